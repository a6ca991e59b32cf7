"""The fifteen precautions of a record: what the source says, what was asked and answered, who settled what, the outcome."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from consent.document.findings import Found
from consent.document.words import Act, Badge, Clock, act, direction_of, is_right_to_left, reply_words
from screening.models import Resolution, Screening, in_english
from screening.precautions import ADDITIONAL, PRECAUTIONS
from screening.precautions.questions import UNSURE, Asked, Question
from screening.precautions.vocabulary import Case, Origin, Precaution
from screening.questionnaire import QUESTIONS, parse_replies
from screening.words import ASKED

LONGEST_IN_CELL = 500


@dataclass(frozen=True)
class Settled:
    """An answer that staff gave or settled."""

    words: str
    by: Act


@dataclass(frozen=True)
class Answer:
    """One question as asked, with its code in the questionnaire, what was said, and how it was settled.

    `shown` and `shown_said` are the patient's own words in `language`, where the intake was not in the clinic's.
    """

    code: str
    question: str
    hint: str
    asked: str
    said: str
    settled: tuple[Settled, ...]
    shown: str = ""
    shown_said: str = ""
    language: str = ""
    confirmed: str = ""

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @property
    def in_own_words(self) -> bool:
        """The same in both languages, as what the patient typed; printed once."""
        return bool(self.said) and self.said == self.shown_said

    @property
    def said_direction(self) -> str:
        """A medicine's name alone stays from left to right."""
        return self.direction if is_right_to_left(self.said) else "ltr"

    @property
    def is_long(self) -> bool:
        """Too long for a cell of a table: it runs on below, over pages if it must."""
        settled = sum(len(item.words) + len(item.by.note) for item in self.settled)
        return len(self.said) + len(self.shown_said) + settled > LONGEST_IN_CELL


@dataclass(frozen=True)
class Section:
    """One precaution as printed."""

    number: int
    mark: str
    title: str
    says: tuple[str, ...]
    adds: tuple[str, ...]
    answers: tuple[Answer, ...]
    found: tuple[Found, ...]
    badges: tuple[Badge, ...]
    has_concern: bool

    @property
    def is_quiet(self) -> bool:
        return not self.found and not self.has_concern


def case_of(screening: Screening) -> Case:
    """The case as that screening saw it."""
    replies, _faults = parse_replies(screening.replies)
    policy = screening.policy
    known = {"policy": policy.policy} if policy else {}
    return Case(screening.born, screening.today, replies, screening.plan, **known)


class Interview:
    """All questions of a visit with their answers, by precaution."""

    def __init__(self, screening: Screening, resolutions: list[Resolution], clock: Clock) -> None:
        self.intake = screening.intake
        self.asked: Mapping[str, dict[str, Any]] = {row["code"]: row for row in self.intake.asked}
        self.case = case_of(screening)
        self.clock = clock
        self.binding: dict[str, list[Resolution]] = {}
        for row in resolutions:
            if row.settles(self.intake):
                self.binding.setdefault(row.question, []).append(row)

    def answers(self, precaution: Precaution) -> tuple[Answer, ...]:
        known = {question.code for question in precaution.questions}
        here = [
            self.answer(question)
            for question in precaution.questions
            if question.code in self.asked or question.code in self.binding or self.case.shows(question)
        ]
        # An answer to a question that the rules no longer know is never lost.
        others = [
            self.in_words(row, Answer(code, "", "", str(ASKED[Asked.PATIENT]), "", ()))
            for code, row in self.asked.items()
            if row["precaution"] == precaution.number and code not in known
        ]
        return (*here, *others)

    def answer(self, question: Question) -> Answer:
        row = self.asked.get(question.code)
        settled = tuple(self.settled(item) for item in self.binding.get(question.code, []))
        found = Answer(question.code, _(question.text), _(question.hint), str(ASKED[question.asked]), "", settled)
        if row:
            found = self.in_words(row, found)
        if not found.said and not settled:
            return replace(found, said=_("Not answered; it counts as not sure"))
        return found

    def in_words(self, row: dict[str, Any], found: Answer) -> Answer:
        """As stored with the intake: in the clinic's words and, beside them, in those that were shown."""
        words = in_english(row)
        found = replace(found, question=words["text"], hint=words["hint"], said=words["said"])
        if words is not row:
            spoken = row.get("language", self.intake.language)
            found = replace(found, shown=row["text"], shown_said=row["said"], language=spoken)
        if day := row.get("confirmed"):
            return replace(found, confirmed=self.clock.day(datetime.date.fromisoformat(day)))
        return found

    def settled(self, row: Resolution) -> Settled:
        words = reply_words(row.question, row.reply)
        if row.reply == UNSURE and QUESTIONS[row.question].clear is not None:
            words = _("Not sure: decided as if it were of concern")
        return Settled(words, act(row, self.clock, row.note))

    def has_concern(self, precaution: Precaution) -> bool:
        """Whether anything but harmless replies was given, before or after it was settled."""
        for question in precaution.questions:
            replies = [row.reply for row in self.binding.get(question.code, [])]
            if question.code in self.asked:
                replies.append(self.asked[question.code]["reply"])
            if any(not question.is_clear(question.parse(reply)) for reply in replies):
                return True
        return False


def fifteen(interview: Interview, found: tuple[Found, ...]) -> tuple[Section, ...]:
    return tuple(section(precaution, interview, found) for precaution in PRECAUTIONS)


def additional(interview: Interview, found: tuple[Found, ...]) -> tuple[Section, ...]:
    """The groups that the clinic asked beyond the source; one that was off is not in the record."""
    made = (section(group, interview, found) for group in ADDITIONAL)
    return tuple(each for each in made if each.answers or each.found)


def section(precaution: Precaution, interview: Interview, found: tuple[Found, ...]) -> Section:
    """One precaution, its findings in the source's order."""
    here = [item for item in found if item.number == precaution.number]
    return Section(
        number=precaution.number,
        mark=precaution.mark,
        title=_(precaution.title),
        says=tuple(_(statement.says) for statement in precaution.statements if statement.origin == Origin.SOURCE),
        adds=tuple(_(statement.says) for statement in precaution.statements if statement.origin != Origin.SOURCE),
        answers=interview.answers(precaution),
        found=tuple(here),
        badges=tuple(dict.fromkeys(item.badge for item in here)),
        has_concern=interview.has_concern(precaution),
    )
