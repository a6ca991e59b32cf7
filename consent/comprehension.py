"""Which question is asked next, and what was answered: each at most twice, a miss explained again and told to the clinician."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clinic.languages import ORIGINAL
from consent.models import Ceremony, Comprehension
from consent.wording import words_in

ATTEMPTS = 2
GO_ON = "go-on"  # instead of a second answer


@dataclass(frozen=True)
class Turn:
    """The question of the moment in one language; at the second attempt it stands below its explanation."""

    code: str
    attempt: int
    language: str
    text: str
    replies: tuple[tuple[str, str], ...]
    right: str
    again: str
    went_on: str
    number: int
    total: int

    @property
    def is_again(self) -> bool:
        return self.attempt > 1

    def words_of(self, said: str) -> str:
        """A reply in words; `KeyError` for one that is not on offer."""
        return (dict(self.replies) | ({GO_ON: self.went_on} if self.is_again else {}))[said]


@dataclass(frozen=True)
class Try:
    """One answer as it was said and, where that was in another language, in the clinic's."""

    said: str
    original: str
    language: str
    right: bool
    at: datetime.datetime


@dataclass(frozen=True)
class Heard:
    """One question with its answers: in the clinic's words and, where they were others, as it was asked."""

    question: str
    asked: str
    language: str
    tries: tuple[Try, ...]

    @property
    def missed(self) -> bool:
        return any(not item.right for item in self.tries)

    @property
    def understood(self) -> bool:
        return any(item.right for item in self.tries)


def answers_of(ceremony: Ceremony) -> dict[str, list[Comprehension]]:
    """What was answered so far, by the question's code."""
    found: dict[str, list[Comprehension]] = {}
    for row in sorted(ceremony.comprehension.all(), key=lambda row: row.attempt):
        found.setdefault(row.code, []).append(row)
    return found


def is_settled(rows: list[Comprehension]) -> bool:
    return len(rows) >= ATTEMPTS or any(row.right for row in rows)


def next_turn(ceremony: Ceremony, language: str) -> Turn | None:
    """What is asked now; None when there is nothing left to ask."""
    answers = answers_of(ceremony)
    words = words_in(ceremony.shown, language)
    for number, asked in enumerate(words["questions"], 1):
        rows = answers.get(asked["code"], [])
        if not is_settled(rows):
            return Turn(
                code=asked["code"], attempt=len(rows) + 1, language=words["code"], text=asked["text"],
                replies=tuple((code, reply) for code, reply in asked["replies"]), right=asked["right"],
                again=asked["again"], went_on=asked["went_on"], number=number, total=len(words["questions"]),
            )  # fmt: skip
    return None


def heard(ceremony: Ceremony) -> list[Heard]:
    """Every question that was answered, in the order of the consent."""
    answers = answers_of(ceremony)
    questions = {asked["code"]: asked for asked in ceremony.shown.get("questions", [])}
    return [
        heard_one(ceremony.shown, questions[code], rows)
        for code in questions
        if (rows := answers.get(code))
    ]  # fmt: skip


def heard_one(shown: Mapping[str, Any], question: Mapping[str, Any], rows: list[Comprehension]) -> Heard:
    first = rows[0]
    other = first.language != ORIGINAL
    return Heard(
        question["text"],
        first.asked if other else "",
        first.language,
        tuple(one_try(shown, question, row) for row in rows),
    )


def one_try(shown: Mapping[str, Any], question: Mapping[str, Any], row: Comprehension) -> Try:
    original = "" if row.language == ORIGINAL else original_of(shown, question, row)
    return Try(row.said, original, row.language, row.right, row.created_at)


def original_of(shown: Mapping[str, Any], question: Mapping[str, Any], row: Comprehension) -> str:
    """The reply in the words from which it was translated."""
    asked = next(item for item in words_in(shown, row.language)["questions"] if item["code"] == question["code"])
    codes = {words: code for code, words in asked["replies"]} | {asked["went_on"]: GO_ON}
    return str((dict(question["replies"]) | {GO_ON: question["went_on"]}).get(codes.get(row.said, ""), ""))
