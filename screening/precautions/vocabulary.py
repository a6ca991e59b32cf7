"""How precautions speak: statements, triggers, and the case that a rule can see."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from screening.body import WHOLE_BODY, MuscleSite
from screening.precautions.policy import Policy
from screening.precautions.questions import UNSURE, Message, Question, Where, _


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


@dataclass(frozen=True)
class Reason:
    """Why a statement applies. `question` and `reply` name the answer it rests on; `awaited` when nobody has answered yet."""

    message: Message
    question: str = ""
    reply: Any = None
    awaited: bool = False


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

    def worded(self, question: Question) -> Question:
        """The question as this patient is asked it."""
        return question.for_child() if self.is_minor else question

    def shows(self, question: Question) -> bool:
        """Whether the question applies: to everyone, to minors only, where the clinic asks it, or after certain replies."""
        if question.group and question.group not in self.policy.additional:
            return False
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
            self[question] if self[question] not in (UNSURE, frozenset()) else WHOLE_BODY
            for question in questions
            if self.shows(question)
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


# Additional groups are numbered from here, so that they sort after the source's and are never taken for one of them.
BEYOND = 100


@dataclass(frozen=True, kw_only=True)
class Precaution:
    """One of the fifteen, or an additional group: what we ask, what the source says, when it applies, how we say it.

    `each_visit`: asked anew at every visit; all others may be shown as "last time you said" and confirmed.
    `stricter` holds a clinic's switches: statements that replace one of the same part when they are more serious.
    `measures` are offered to the clinician to record, beside their own words.
    """

    number: int
    code: str
    title: str
    questions: tuple[Question, ...]
    each_visit: bool = False
    statements: tuple[Statement, ...]
    rule: Callable[[Case], Iterator[Trigger]]
    stricter: Callable[[Case], Iterator[Trigger]] | None = None
    for_patient: str
    for_clinician: str
    measures: tuple[str, ...] = ()

    @property
    def is_additional(self) -> bool:
        """Asked beyond the source, where the clinic has switched it on; never counted among the fifteen."""
        return self.number > BEYOND

    @property
    def mark(self) -> str:
        """How it is cited: the source's number, or the letter and number of an additional group."""
        return f"A{self.number - BEYOND}" if self.is_additional else str(self.number)
