"""How precautions ask: questions of several kinds, the replies they take, and when a follow-up is asked."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, ClassVar, Self

from screening.body import AREAS

YES, NO, UNSURE = "yes", "no", "unsure"


def _(text: str) -> str:
    """Mark a string for translation; it is translated where it is shown."""
    return text


class Asked(StrEnum):
    """Who answers a question."""

    PATIENT = "patient"
    STAFF = "staff"
    CLINICIAN = "clinician"
    GUARDIAN = "guardian"


class BadReply(ValueError):
    """A reply that its question does not offer; the message says what is wrong."""


@dataclass(frozen=True)
class Message:
    """A sentence to be translated where it is shown, and what to fill in: strings, messages, or a tuple of messages."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def render(self, translate: Callable[[str], str] = str) -> str:
        filled = {name: _filled(value, translate) for name, value in self.params.items()}
        return translate(self.text) % filled if filled else translate(self.text)


COMMA = _(", ")


def _filled(value: Any, translate: Callable[[str], str]) -> Any:
    if isinstance(value, Message):
        return value.render(translate)
    if isinstance(value, tuple):
        return translate(COMMA).join(_filled(item, translate) for item in value)
    return value


@dataclass(frozen=True)
class Lead:
    """A follow-up is asked when the lead question has one of these replies."""

    question: "Question"
    replies: tuple[str, ...]


@dataclass(frozen=True)
class Option:
    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """One idea, asked in one sentence. The code never changes and is never used again for another question.

    `child` and `child_hint` ask the same in words for a child, where the others are not. `each_visit`: never confirmed from
    last time, whatever its precaution. `group` is that of an additional question, asked only where the clinic has it on.
    """

    code: str
    text: str
    hint: str = ""
    child: str = ""
    child_hint: str = ""
    why: str = ""
    asked: Asked = Asked.PATIENT
    follows: tuple[Lead, ...] = ()
    minors_only: bool = False
    each_visit: bool = False
    group: str = ""

    options: tuple[Option, ...] = ()
    clear: tuple[str, ...] | None = None
    kind: ClassVar[str]

    def for_child(self) -> Self:
        """The same question in words for a child."""
        return replace(self, text=self.child or self.text, hint=self.child_hint or self.hint)

    def parse(self, value: Any) -> Any:
        """The reply in Python from its JSON form; `BadReply` names what is wrong."""
        return UNSURE if value == UNSURE else self.read(value)

    def read(self, value: Any) -> Any:
        raise NotImplementedError

    def dump(self, reply: Any) -> Any:
        """The reply as JSON."""
        return reply

    def say(self, reply: Any) -> Message:
        """The reply in words."""
        return Message(_("Not sure")) if reply == UNSURE else self.spell(reply)

    def spell(self, reply: Any) -> Message:
        return Message("%(reply)s", {"reply": reply})

    def is_clear(self, reply: Any) -> bool:
        """False for a reply of concern and for not sure. A question that has no reply of concern is always clear."""
        return self.clear is None or reply in self.clear


YES_NO = (Option(YES, _("Yes")), Option(NO, _("No")), Option(UNSURE, _("I am not sure")))


class OneOf(Question):
    """Common to yes/no and choice: the reply is the code of an option."""

    def read(self, value: Any) -> str:
        codes = [option.code for option in self.options]
        if not isinstance(value, str) or value not in codes:
            raise BadReply(f"{self.code}: must be one of {', '.join(codes)}")
        return value

    def spell(self, reply: str) -> Message:
        return Message(next(option.text for option in self.options if option.code == reply))


@dataclass(frozen=True, kw_only=True)
class YesNo(OneOf):
    """Yes, no or not sure. `clear` holds the harmless reply."""

    clear: tuple[str, ...] | None = (NO,)
    options: tuple[Option, ...] = YES_NO
    kind = "yes_no"


@dataclass(frozen=True, kw_only=True)
class Choice(OneOf):
    """One option of several; `clear` holds the harmless ones, None when the choice only informs."""

    options: tuple[Option, ...]
    clear: tuple[str, ...] | None = None
    kind = "choice"


@dataclass(frozen=True, kw_only=True)
class Where(Question):
    """Areas of the body; nothing marked counts as not sure, which counts as the whole body."""

    kind = "places"

    def read(self, value: Any) -> frozenset[str] | str:
        if not isinstance(value, list | tuple | set | frozenset) or not all(isinstance(code, str) for code in value):
            raise BadReply(f"{self.code}: must be a list of area codes")
        if unknown := sorted(set(value) - set(AREAS)):
            raise BadReply(f"{self.code}: unknown area {', '.join(unknown)}")
        return frozenset(value) or UNSURE

    def dump(self, reply: Any) -> Any:
        return reply if reply == UNSURE else [code for code in AREAS if code in reply]

    def spell(self, reply: frozenset[str]) -> Message:
        return Message("%(reply)s", {"reply": tuple(Message(AREAS[code].words) for code in AREAS if code in reply)})


MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
    _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Date(Question):
    """A day, between the given distances from the day of treatment (in days, earlier ones negative)."""

    earliest: int = -130 * 366
    latest: int = 0
    kind = "date"

    def read(self, value: Any) -> datetime.date:
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(value)
        except (TypeError, ValueError):
            raise BadReply(f"{self.code}: must be a date such as 2026-11-30") from None

    def dump(self, reply: Any) -> Any:
        return reply if reply == UNSURE else reply.isoformat()

    def spell(self, reply: datetime.date) -> Message:
        month = Message(MONTHS[reply.month - 1])
        return Message(_("%(day)s %(month)s %(year)s"), {"day": reply.day, "month": month, "year": reply.year})

    def plausible(self, reply: datetime.date, today: datetime.date) -> bool:
        return self.earliest <= (reply - today).days <= self.latest


@dataclass(frozen=True, kw_only=True)
class Weeks(Question):
    """Completed weeks and days of a pregnancy, written weeks+days: "13+6"."""

    kind = "weeks"
    most: ClassVar[int] = 45

    def read(self, value: Any) -> str:
        match = re.fullmatch(r"(\d{1,2})\+([0-6])", value) if isinstance(value, str) else None
        if not match or int(match[1]) > self.most:
            raise BadReply(f'{self.code}: must be weeks+days, for example "13+6", at most {self.most} weeks')
        return f"{int(match[1])}+{match[2]}"

    def spell(self, reply: str) -> Message:
        weeks, days = reply.split("+")
        return Message(_("%(weeks)s weeks and %(days)s days"), {"weeks": weeks, "days": days})

    @staticmethod
    def days(reply: str) -> int:
        weeks, days = reply.split("+")
        return int(weeks) * 7 + int(days)


@dataclass(frozen=True, kw_only=True)
class Text(Question):
    """A few words; may be left empty unless `needed`. No rule reads it."""

    lines: int = 1
    needed: bool = False
    kind = "text"
    most: ClassVar[int] = 4000

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > self.most:
            raise BadReply(f"{self.code}: must be text of at most {self.most} characters")
        return value

    def spell(self, reply: str) -> Message:
        return Message("%(reply)s", {"reply": reply}) if reply else Message(_("Nothing written"))


def after(question: Question, *replies: str) -> Lead:
    """Asked after the question when its reply is one of these, or any that is not clear."""
    return Lead(
        question, replies or tuple(option.code for option in question.options if not question.is_clear(option.code))
    )
