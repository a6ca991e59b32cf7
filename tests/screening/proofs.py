"""What must hold of every precaution, each as a checker that names the faults it finds: none for a right one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

from screening.body import AREAS, WHOLE_BODY
from screening.precautions.questions import UNSURE, Question, Where
from screening.precautions.vocabulary import Case, Precaution, Trigger
from screening.questionnaire import QUESTIONS, roll_up
from tests.screening.answer_space import (
    ASKS_ALL,
    DEEP,
    Around,
    Findings,
    Memory,
    Replies,
    in_surroundings,
    leads,
    spaces,
    values,
)
from tests.screening.cases import found

MILDEST_FIRST = [
    "informational",
    "educate",
    "caution",
    "modify_equipment",
    "avoid_region",
    "consent_step",
    "not_recommended",
    "contraindicated",
]


def weight(trigger: Trigger) -> int:
    return MILDEST_FIRST.index(trigger.outcome)


def covers(harsher: Trigger, milder: Trigger) -> bool:
    return weight(harsher) >= weight(milder) and harsher.places >= milder.places and harsher.scope == milder.scope


def lost(before: Findings, after: Findings) -> list[str]:
    """The parts of findings that are gone, milder, or at fewer places than before."""
    return [part for part, trigger in before.items() if part not in after or not covers(after[part], trigger)]


def harsher(question: Question, reply: Any) -> list[Any]:
    """The replies that must not score better: not sure than any, the reply of concern than a clear one."""
    others = [other for other in values(question) if other != reply]
    of_concern = question.clear is not None and question.is_clear(reply)
    return [
        other
        for other in others
        if reply != UNSURE and (other == UNSURE or (of_concern and not question.is_clear(other)))
    ]


def falls(precaution: Precaution) -> Iterator[str]:
    """Replies that get worse and take a finding, its class or one of its places away."""
    for around, space in spaces(precaution):
        memory = Memory(precaution, around)
        for replies in space:
            for question in precaution.questions:
                reply = replies.get(question.code, UNSURE)
                for worse in harsher(question, reply) if question.code in replies else ():
                    if gone := lost(memory[replies], memory.changed(replies, question.code, worse)):
                        yield f"{replies}: {question.code} to {worse} loses {gone}"
                if question.code not in replies or question.clear is None or question.is_clear(reply):
                    continue
                for clear in question.clear:
                    if gone := lost(memory.changed(replies, question.code, clear), memory[replies]):
                        yield f"{replies}: {question.code} from {clear} loses {gone}"


def without_outcome(precaution: Precaution) -> Iterator[str]:
    for around, space in spaces(precaution):
        for replies in space:
            if not roll_up(found(precaution, around.case(replies)).values(), around.plan):
                yield f"{replies} comes to nothing"


def missing_unlike_unsure(precaution: Precaution) -> Iterator[str]:
    """Replies that are missing where not sure would have found more, less or something else."""
    for around, space in spaces(precaution):
        memory = Memory(precaution, around)
        for replies in space:
            unanswered = {code: reply for code, reply in replies.items() if reply != UNSURE}
            if shape(memory[replies]) != shape(memory[unanswered]):
                yield f"{replies} is not the same when not sure is left out"


Shape = dict[str, tuple[Any, ...]]


def shape(findings: Findings) -> Shape:
    """What matters of findings, without their reasons."""
    return {
        part: (
            trigger.outcome,
            trigger.scope,
            trigger.places,
            trigger.requires,
            trigger.overridable,
            trigger.origin,
            trigger.declines,
        )
        for part, trigger in findings.items()
    }


def cleared_unasked(precaution: Precaution) -> Iterator[str]:
    """Replies to questions that are not shown, and that change something all the same."""
    for around, space in in_surroundings(precaution):
        for replies in space:
            hidden = [question for question in precaution.questions if not around.case(replies).shows(question)]
            before = shape(found(precaution, around.case(replies))) if hidden else {}
            for take in (0, 1) if hidden else ():
                stray = {question.code: values(question)[take] for question in hidden}
                if shape(found(precaution, around.case(replies | stray))) != before:
                    yield f"{replies}: changed by {stray}, which was not asked"


def reached(precaution: Precaution) -> set[str]:
    """The parts that some replies bring about."""
    return {
        part for around, space in spaces(precaution) for replies in space for part in found(precaution, around.case(replies))
    }  # fmt: skip


def counting(precaution: Precaution) -> set[str]:
    """The questions of which some reply, toggled while the others stay, changes what is found without any stricter switch."""
    counts: set[str] = set()
    for around, space in spaces(precaution):
        memory = Memory(precaution, replace(around, policy=ASKS_ALL))
        for replies in space if around.policy == ASKS_ALL else ():
            before = shape(memory[replies])
            for code in replies.keys() - counts:
                question = QUESTIONS[code]
                if any(shape(memory.changed(replies, code, to)) != before for to in harmless_and_not(question)):
                    counts.add(code)
    return counts


def harmless_and_not(question: Question) -> list[Any]:
    """Enough replies to see whether a question counts."""
    options = values(question)
    return [reply for reply in options if question.clear is None or reply == UNSURE or question.is_clear(reply)]


def misplaced(precaution: Precaution) -> Iterator[str]:
    """Findings of regions that are not exactly where their questions were marked; unplaced means the whole body."""
    for around, space in spaces(precaution):
        for replies in space:
            for trigger in found(precaution, around.case(replies)).values():
                if trigger.scope == "regions" and trigger.places != marked(precaution, replies, trigger):
                    yield f"{replies}: {trigger.part} at {sorted(trigger.places)}"


# Where a finding is by what the illness is, and nobody is asked to mark it.
FIXED = {
    "A3": frozenset(
        f"{region}_{side}"
        for region in ("front_thigh", "inner_thigh", "back_thigh", "knee", "shin", "calf", "ankle_foot_top", "heel_sole")
        for side in ("left", "right")
    )
}


def marked(precaution: Precaution, replies: Replies, trigger: Trigger) -> frozenset[str]:
    if trigger.part in FIXED:
        return FIXED[trigger.part]
    because_of = {reason.question for reason in trigger.reasons}
    wheres = [q for q in precaution.questions if isinstance(q, Where) and leads(q) & because_of]
    said = [replies.get(question.code, UNSURE) for question in wheres]
    return WHOLE_BODY if UNSURE in said or not said else frozenset().union(*said)


def pairs_apart(precaution: Precaution) -> Iterator[str]:
    """Pairs of areas, for one place question at a time, that are not found at both of them."""
    around = Around(plan=DEEP)
    leading = {code for question in precaution.questions for code in leads(question)}
    for where in precaution.questions:
        if not isinstance(where, Where):
            continue
        base: Replies = {
            question.code: "yes" if question.code in leads(where) else question.clear[0]
            for question in precaution.questions
            if question.clear is not None and (question.code in leading or not question.follows)
        }
        single = {area: found(precaution, around.case(base | {where.code: frozenset({area})})) for area in AREAS}
        for one, other in combinations(AREAS, 2):
            both = found(precaution, around.case(base | {where.code: frozenset({one, other})}))
            for part, trigger in both.items():
                if trigger.places != single[one][part].places | single[other][part].places:
                    yield f"{where.code} {one} and {other}: {part} at {sorted(trigger.places)}"
            if not both.keys() == single[one].keys() == single[other].keys():
                yield f"{where.code} {one} and {other}: {sorted(both)}"


class Recording(dict[str, Any]):
    """Replies that remember which of them were looked at."""

    def __init__(self, replies: Mapping[str, Any]) -> None:
        super().__init__(replies)
        self.read: set[str] = set()

    def __getitem__(self, code: str) -> Any:
        self.read.add(code)
        return super().__getitem__(code)

    def get(self, code: str, default: Any = None) -> Any:
        self.read.add(code)
        return super().get(code, default)

    def __contains__(self, code: object) -> bool:
        self.read.add(str(code))
        return super().__contains__(code)

    def all_of_them(self, *_: Any) -> Any:
        raise AssertionError("a rule asks for the replies it names, never for all of them")

    __iter__ = keys = values = items = copy = all_of_them


def foreign_reads(precaution: Precaution) -> set[str]:
    """The questions of others that a precaution's rules look at."""
    own = {question.code for question in precaution.questions}
    foreign: set[str] = set()
    for around, space in spaces(precaution):
        for replies in space:
            recording = Recording(replies)
            found(precaution, around.case(recording))
            foreign |= recording.read - own
    return foreign


def undeclared(precaution: Precaution) -> set[str]:
    """Parts found that the precaution does not state, which the whole screening would leave out."""
    return reached(precaution) - {statement.part for statement in precaution.statements}


def first(faults: Iterable[str]) -> str:
    """The first fault, or nothing."""
    return next(iter(faults), "")


def replies_as_clear(case: Case, *questions: Question) -> Case:
    """The case as a rule sees it that forgets these questions."""
    cleared = {question.code: question.clear[0] for question in questions if question.clear}
    return Case(case.born, case.today, {**case.replies, **cleared}, case.plan, case.policy)
