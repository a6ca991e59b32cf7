"""All the ways in which one precaution can be answered, and what it finds for each."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from screening.body import AREAS
from screening.precautions.policy import ADDITIONAL_GROUPS, Policy
from screening.precautions.questions import UNSURE, Choice, Date, Question, Text, Weeks, Where, YesNo
from screening.precautions.vocabulary import Case, Plan, Precaution, Trigger
from tests.screening.cases import ADULT, CHILD, NO_PLAN, TODAY, YOUNG, found, plan

ONE, OTHER = frozenset({"calf_left"}), frozenset({"upper_chest_right"})
ASKS_ALL = Policy(additional=ADDITIONAL_GROUPS)
STRICTEST = Policy(
    age_of_majority=21, minimum_age=16, first_trimester_ends=105, avoid_lymphedema_region=True, caution_all_pregnancy=True,
    advise_against_low_white_cells=True, advise_against_strong_fear=True, additional=ADDITIONAL_GROUPS,
)  # fmt: skip


@dataclass(frozen=True)
class Around:
    """What surrounds the replies: who, what is planned, which policy."""

    born: datetime.date = ADULT
    plan: Plan = NO_PLAN
    policy: Policy = ASKS_ALL

    def case(self, replies: Mapping[str, Any]) -> Case:
        return Case(self.born, TODAY, replies, self.plan, self.policy)


DEEP = plan("psoas_major_left", "upper_trapezius_right")
SURROUNDINGS = (
    Around(), Around(plan=DEEP), Around(policy=STRICTEST), Around(plan=DEEP, policy=STRICTEST),
    Around(born=CHILD), Around(born=YOUNG), Around(born=CHILD, policy=STRICTEST),
)  # fmt: skip


def days_from_now(days: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=days)


Values = tuple[Any, ...]


def values(question: Question, areas: Values = (ONE, OTHER)) -> Values:
    """Every reply to a question; of endless kinds, those on either side of what matters."""
    match question:
        case YesNo() | Choice():
            return tuple(dict.fromkeys([*(option.code for option in question.options), UNSURE]))
        case Where():
            return (*areas, UNSURE)
        case Weeks():
            return ("0+0", "13+6", "14+0", "15+0", "15+1", "40+0", UNSURE)
        case Date():
            return (*(days_from_now(280 - days) for days in (0, 97, 98, 105, 106, 300)), UNSURE)
    return ("in a few words", UNSURE)


Replies = dict[str, Any]
EACH_AREA: Values = tuple(frozenset({code}) for code in AREAS)


def leads(question: Question) -> set[str]:
    return {lead.question.code for lead in question.follows}


def enumerate_replies(precaution: Precaution, around: Around, offered: Mapping[str, Values]) -> Iterator[Replies]:
    """Every combination of the offered replies to the questions that are shown, leads before what follows them."""

    def extend(replies: Replies, left: tuple[Question, ...]) -> Iterator[Replies]:
        if not left:
            yield replies
            return
        question, *rest = left
        if not around.case(replies).shows(question):
            yield from extend(replies, tuple(rest))
            return
        for reply in offered[question.code]:
            yield from extend(replies | {question.code: reply}, tuple(rest))

    return extend({}, precaution.questions)


def spaces(precaution: Precaution) -> Iterator[tuple[Around, Iterator[Replies]]]:
    """All combinations in every surrounding, one place beside not sure; then each place question over all areas."""
    yield from in_surroundings(precaution)
    around = SURROUNDINGS[1]
    for swept in precaution.questions:
        if isinstance(swept, Where) or only_recorded(precaution, swept):
            aside = {question.code: bystander(question, swept) for question in precaution.questions}
            every = {swept.code: values(swept, EACH_AREA)}
            yield around, enumerate_replies(precaution, around, aside | every)


def in_surroundings(precaution: Precaution) -> Iterator[tuple[Around, Iterator[Replies]]]:
    """All combinations in every surrounding, but for the many replies to what is only recorded."""
    brief = {
        question.code: (UNSURE,) if only_recorded(precaution, question) else values(question, (ONE,))
        for question in precaution.questions
    }
    for around in SURROUNDINGS:
        yield around, enumerate_replies(precaution, around, brief)


def only_recorded(precaution: Precaution, question: Question) -> bool:
    """A question of many replies of which none is of concern and none brings up another question."""
    followed = {code for other in precaution.questions for code in leads(other)}
    return isinstance(question, Text | Choice) and question.clear is None and question.code not in followed


def bystander(question: Question, swept: Question) -> Values:
    """The replies to the other questions while one goes through all areas, or all its options."""
    if question.code in leads(swept):
        return values(question)
    return (UNSURE,) if question.clear is None else (question.clear[0], UNSURE)


def fitted(precaution: Precaution, case: Case) -> Replies:
    """The replies without those to questions that are no longer shown."""
    shown = {question.code for question in precaution.questions if case.shows(question)}
    return {code: reply for code, reply in case.replies.items() if code in shown}


Findings = dict[str, Trigger]


class Memory:
    """What a precaution finds in one surrounding, worked out once for each set of replies."""

    def __init__(self, precaution: Precaution, around: Around) -> None:
        self.precaution, self.around = precaution, around
        self.known: dict[frozenset[tuple[str, Any]], Findings] = {}

    def __getitem__(self, replies: Replies) -> Findings:
        key = frozenset(replies.items())
        if key not in self.known:
            self.known[key] = found(self.precaution, self.around.case(replies))
        return self.known[key]

    def changed(self, replies: Replies, code: str, reply: Any) -> Findings:
        """With one reply changed; what is no longer shown falls away, what is newly shown has no reply."""
        return self[fitted(self.precaution, self.around.case(replies | {code: reply}))]
