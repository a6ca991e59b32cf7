"""The words in which precautions are written: questions, replies, statements, triggers and the case a rule can see."""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Self

from screening.body import AREAS, WHOLE_BODY, MuscleSite
from screening.precautions.policy import Policy

YES, NO, UNSURE = "yes", "no", "unsure"


def _(text: str) -> str:
    """Mark a string for translation; it is translated where it is shown."""
    return text


class Outcome(StrEnum):
    """The class of a finding, from the mildest to the most serious."""

    INFORMATIONAL = "informational"
    EDUCATE = "educate"
    CAUTION = "caution"
    MODIFY_EQUIPMENT = "modify_equipment"
    CONSENT_STEP = "consent_step"
    AVOID_REGION = "avoid_region"
    NOT_RECOMMENDED = "not_recommended"
    CONTRAINDICATED = "contraindicated"

    @property
    def weight(self) -> int:
        return list(Outcome).index(self)


class Scope(StrEnum):
    """What a finding is about."""

    PERSON = "person"
    REGIONS = "regions"
    MUSCLES = "muscles"


class Origin(StrEnum):
    """Who says so: the source, this clinic's practice beyond it, or a clinic policy stricter than it."""

    SOURCE = "source"
    PRACTICE = "practice"
    POLICY = "policy"


class Asked(StrEnum):
    """Who answers a question."""

    PATIENT = "patient"
    STAFF = "staff"
    CLINICIAN = "clinician"
    GUARDIAN = "guardian"


class Requirement(StrEnum):
    """What releases treatment after a finding."""

    EDUCATION = "education"
    MEASURES = "measures"
    INSPECTION = "inspection"
    NEEDLES = "needle_material"
    PLAN_FREE = "plan_free_of_places"
    OVERRIDE = "override"
    SECOND_CLINICIAN = "second_clinician"
    WORKING_ROUTE = "working_route"
    WILLINGNESS = "willingness"
    CAPACITY_OR_REPRESENTATIVE = "capacity_or_representative"
    CHILD_AND_GUARDIAN = "agreement_of_child_and_guardian"


class BadReply(ValueError):
    """A reply that its question does not offer; the message says what is wrong."""


@dataclass(frozen=True)
class Message:
    """A sentence to be translated where it is shown, and what to fill in (strings, or messages translated in turn)."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def render(self, translate: Callable[[str], str] = str) -> str:
        filled = {
            name: value.render(translate) if isinstance(value, Message) else value
            for name, value in self.params.items()
        }
        return translate(self.text) % filled if filled else translate(self.text)


@dataclass(frozen=True)
class Reason:
    """Why a statement applies. `question` and `reply` name the answer it rests on; `awaited` when nobody has answered yet."""

    message: Message
    question: str = ""
    reply: Any = None
    awaited: bool = False


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
    """One idea, asked in one sentence. The code never changes and is never used again for another question."""

    code: str
    text: str
    hint: str = ""
    why: str = ""
    asked: Asked = Asked.PATIENT
    follows: tuple[Lead, ...] = ()
    minors_only: bool = False

    options: tuple[Option, ...] = ()
    clear: tuple[str, ...] | None = None
    kind: ClassVar[str]

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
        return Message("%(reply)s", {"reply": ", ".join(AREAS[code].words for code in AREAS if code in reply)})


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
        return Message("%(reply)s", {"reply": f"{reply.day} {reply:%B %Y}"})

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
    """A few words; may be left empty. No rule reads it."""

    lines: int = 1
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


@dataclass(frozen=True)
class Plan:
    """Where the clinician means to needle: muscles on their sides, and areas named without a muscle."""

    muscles: tuple[MuscleSite, ...] = ()
    areas: frozenset[str] = frozenset()

    @property
    def places(self) -> frozenset[str]:
        """Every area that the plan touches."""
        return self.areas.union(*(site.areas for site in self.muscles))

    @property
    def near_lung(self) -> tuple[MuscleSite, ...]:
        return tuple(site for site in self.muscles if site.muscle.near_lung)


@dataclass(frozen=True)
class Case:
    """All that a rule can see. A reply that is missing counts as not sure."""

    born: datetime.date
    today: datetime.date
    replies: Mapping[str, Any]
    plan: Plan = Plan()
    policy: Policy = Policy()

    @cached_property
    def age(self) -> int:
        """Completed years on the day of treatment; a birthday on 29 February falls on 1 March in other years."""
        had_birthday = (self.today.month, self.today.day) >= (self.born.month, self.born.day)
        return self.today.year - self.born.year - (not had_birthday)

    @property
    def is_minor(self) -> bool:
        return self.age < self.policy.age_of_majority

    def __getitem__(self, question: Question) -> Any:
        return self.replies.get(question.code, UNSURE)

    def shows(self, question: Question) -> bool:
        """Whether the question applies: to everyone, to minors only, or after certain replies."""
        if question.minors_only and not self.is_minor:
            return False
        leads = question.follows
        return not leads or any(self.shows(lead.question) and self[lead.question] in lead.replies for lead in leads)

    def unclear(self, *questions: Question) -> tuple[Reason, ...]:
        """The safety principle, said once: of the questions that apply, those not answered clear, not sure among them."""
        return tuple(
            self.reason(question)
            for question in questions
            if self.shows(question) and not question.is_clear(self[question])
        )

    def reason(self, question: Question) -> Reason:
        awaited = question.code not in self.replies
        said = Message(_("Not answered yet")) if awaited else question.say(self[question])
        message = Message(_("%(question)s %(reply)s"), {"question": Message(question.text), "reply": said})
        return Reason(message, question.code, question.dump(self[question]), awaited)

    def places(self, *questions: Where) -> frozenset[str]:
        """Where it is: the areas marked, and the whole body for every question that applies without a place marked."""
        marked = [
            self[question] if self[question] not in (UNSURE, frozenset()) else WHOLE_BODY for question in questions if self.shows(question)
        ]
        return frozenset().union(*marked)


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One thing that the source says, with its own strength. A part ending in + is this clinic's practice."""

    part: str
    says: str
    outcome: Outcome
    scope: Scope = Scope.PERSON
    requires: tuple[Requirement, ...] = ()
    overridable: bool = False
    origin: Origin = Origin.SOURCE

    def stricter(self, outcome: Outcome, *requires: Requirement, overridable: bool = False) -> Self:
        """The same statement as a clinic's policy may raise it."""
        return replace(
            self, outcome=outcome, requires=(*self.requires, *requires), overridable=overridable, origin=Origin.POLICY
        )

    def because(self, *reasons: Reason, at: Iterable[str] = (), declines: bool = False) -> "Trigger":
        """The statement applies, for these reasons and, where it has places, there."""
        return Trigger(
            self,
            self.outcome,
            self.scope,
            tuple(reasons),
            frozenset(at),
            self.requires,
            self.overridable,
            self.origin,
            declines,
        )


@dataclass(frozen=True)
class Trigger:
    """A statement that applies to a case. `declines` marks the patient's own refusal."""

    statement: Statement
    outcome: Outcome
    scope: Scope
    reasons: tuple[Reason, ...]
    places: frozenset[str]
    requires: tuple[Requirement, ...]
    overridable: bool
    origin: Origin
    declines: bool = False

    @property
    def part(self) -> str:
        return self.statement.part

    @property
    def forbids_places(self) -> bool:
        return self.scope != Scope.PERSON and self.outcome in {Outcome.AVOID_REGION, Outcome.CONTRAINDICATED}

    @property
    def awaits_staff_only(self) -> bool:
        """Nothing was reported: it stands only because staff have not answered their own questions yet."""
        return bool(self.reasons) and all(reason.awaited for reason in self.reasons)


@dataclass(frozen=True, kw_only=True)
class Precaution:
    """One of the fifteen: what we ask, what the source says, when it applies, how we say it.

    `stricter` holds a clinic's switches: statements that replace one of the same part when they are more serious.
    """

    number: int
    code: str
    title: str
    questions: tuple[Question, ...]
    statements: tuple[Statement, ...]
    rule: Callable[[Case], Iterator[Trigger]]
    stricter: Callable[[Case], Iterator[Trigger]] | None = None
    for_patient: str
    for_clinician: str
