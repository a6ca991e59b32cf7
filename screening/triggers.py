"""Which reply raises which statement, found by running the rules over single replies. Plain Python."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from screening.body import MUSCLES, MuscleSite
from screening.precautions.policy import ADDITIONAL_GROUPS, Policy
from screening.precautions.questions import UNSURE, Message, OneOf, Question, Weeks
from screening.precautions.vocabulary import Case, Plan, Precaution
from screening.written import harmless

TODAY = datetime.date(2026, 11, 30)
ADULT, CHILD = datetime.date(1980, 5, 17), datetime.date(2012, 5, 17)
# One muscle that pressure cannot reach and one near the lung, so that statements about planned muscles show.
PLAN = Plan((MuscleSite(MUSCLES["psoas_major"], "left"), MuscleSite(MUSCLES["upper_trapezius"], "left")))
ASKS_ALL = Policy(additional=ADDITIONAL_GROUPS)
WEEKS = ("13+6", "14+0")


@dataclass(frozen=True)
class Raised:
    """A reply in words, and the parts that it raises beyond what its question's mildest reply does."""

    reply: Message
    parts: tuple[str, ...]


def replies_to(question: Question) -> tuple[Any, ...]:
    """The replies that may make a difference; free words and places make none of class, and a due date is told by its weeks."""
    if isinstance(question, OneOf):
        return tuple(dict.fromkeys([*(option.code for option in question.options), UNSURE]))
    if isinstance(question, Weeks):
        return (*WEEKS, UNSURE)
    return ()


def leading_to(question: Question) -> dict[str, Any]:
    """Replies that bring the question up."""
    if not question.follows:
        return {}
    lead = question.follows[0]
    return leading_to(lead.question) | {lead.question.code: lead.replies[0]}


def parts_of(precaution: Precaution, born: datetime.date, replies: dict[str, Any]) -> set[str]:
    return {trigger.part for trigger in precaution.rule(Case(born, TODAY, replies, PLAN, ASKS_ALL))}


@cache
def raised_by(precaution: Precaution, question: Question) -> tuple[Raised, ...]:
    """By reply, in the order offered; empty when no reply to the question changes what is found."""
    born = CHILD if question.minors_only else ADULT
    # What follows this question has not been answered yet.
    apart = [other for other in precaution.questions if question not in [lead.question for lead in other.follows]]
    base = {other.code: harmless(other) for other in apart if other.clear is not None}
    led = base | leading_to(question)
    found = {reply: parts_of(precaution, born, led | {question.code: reply}) for reply in replies_to(question)}
    always = set.intersection(*found.values()) if found else set()
    order = [statement.part for statement in precaution.statements]
    rows = (
        Raised(question.say(reply), tuple(part for part in order if part in parts - always))
        for reply, parts in found.items()
    )
    return tuple(row for row in rows if row.parts)


def not_by_a_reply(precaution: Precaution) -> Iterator[str]:
    """The parts that follow from the birth date alone."""
    by_reply = {
        part for question in precaution.questions for row in raised_by(precaution, question) for part in row.parts
    }
    yield from (statement.part for statement in precaution.statements if statement.part not in by_reply)
