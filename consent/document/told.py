"""What was explained, in every language in which it was read or signed, and what was answered to the questions before signing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clinic.languages import ORIGINAL, in_language, status_words
from consent import comprehension
from consent.document.words import Clock, direction_of
from consent.models import Ceremony, Signature, SignerRole
from consent.wording import HEADINGS, words_in


@dataclass(frozen=True)
class Told:
    """The words as shown in one language; `status` says which and whether a clinician confirmed it, nothing for the original."""

    language: str
    direction: str
    status: str
    sections: list[dict[str, Any]]
    headings: tuple[str, ...]


@dataclass(frozen=True)
class Answered:
    """One answer: in the clinic's words and, where they were others, as it was said."""

    words: str
    said: str
    language: str
    direction: str
    right: bool
    when: str


@dataclass(frozen=True)
class Asked:
    """One question with its answers, in order."""

    question: str
    asked: str
    language: str
    direction: str
    answers: tuple[Answered, ...]


def told(ceremony: Ceremony, signatures: Sequence[Signature]) -> tuple[Told, ...]:
    """In every language in which a question was answered or a signature given, in that order, and in the original."""
    rows = [*ceremony.comprehension.all(), *(row for row in signatures if row.role != SignerRole.CLINICIAN)]
    used = [row.language for row in sorted(rows, key=lambda row: row.created_at)]
    return tuple(told_in(ceremony, code) for code in dict.fromkeys([*used, ORIGINAL]))


def told_in(ceremony: Ceremony, code: str) -> Told:
    words = words_in(ceremony.shown, code)
    language = words["code"]
    return Told(
        language=language, direction=direction_of(language), status=status_words(language, words["checked"]),
        sections=words["sections"], headings=tuple(in_language(language, text) for text in HEADINGS),
    )  # fmt: skip


def asked(ceremony: Ceremony, clock: Clock) -> tuple[Asked, ...]:
    """The questions before signing, as answered."""
    return tuple(
        Asked(
            item.question, item.asked, item.language, direction_of(item.language),
            tuple(answered(one, clock) for one in item.tries),
        )
        for item in comprehension.heard(ceremony)
    )  # fmt: skip


def answered(one: comprehension.Try, clock: Clock) -> Answered:
    words, said = (one.original, one.said) if one.original else (one.said, "")
    return Answered(words, said, one.language, direction_of(one.language), one.right, clock.time(one.at))
