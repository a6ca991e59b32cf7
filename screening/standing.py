"""What stands for a screening: which overrides and resolutions still bind, and what is due before the decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from screening.models import Finding, Override, Resolution, ResolutionKind, Screening, SecondOpinion
from screening.precautions.age_and_willingness import GUARDIAN_AGREES, GUARDIAN_NAME, RELATIONSHIP
from screening.precautions.communication import NEEDS_HELP
from screening.precautions.questions import NO, UNSURE, YES, Text
from screening.precautions.vocabulary import Requirement
from screening.questionnaire import PRECAUTION_OF, QUESTIONS


@dataclass(frozen=True)
class Outstanding:
    """One thing still due before the decision. `part` or `question` says what it belongs to."""

    requirement: str
    words: str
    part: str = ""
    question: str = ""


@dataclass(frozen=True)
class Standing:
    """A finding of the current screening with what has been recorded for it and still binds."""

    finding: Finding
    override: Override | None
    second: SecondOpinion | None
    resolutions: dict[str, Resolution]
    open: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        return not self.open


@dataclass(frozen=True)
class Standings:
    """All that stands for a screening: its findings, what is void, what is due."""

    findings: tuple[Standing, ...]
    void: tuple[Override, ...]
    outstanding: tuple[Outstanding, ...]
    representative: Resolution | None = None
    communication: Resolution | None = None
    needles: Resolution | None = None
    settled: dict[str, Resolution] = field(default_factory=dict)


WORDS = {
    Requirement.EDUCATION: "explain, and record that the patient is still willing",
    Requirement.MEASURES: "record your measures",
    Requirement.INSPECTION: "look, and record what you saw",
    Requirement.NEEDLES: "choose needles free of the named metal",
    Requirement.PLAN_FREE: "plan keeps clear of these places",
    Requirement.OVERRIDE: "override with a reason, or change the plan or decision",
    Requirement.SECOND_CLINICIAN: "a second clinician agrees",
    Requirement.WORKING_ROUTE: "a working way to communicate",
    Requirement.WILLINGNESS: "the patient is willing",
    Requirement.CAPACITY_OR_REPRESENTATIVE: "understanding and capacity shown, or a representative",
    Requirement.CHILD_AND_GUARDIAN: "child willing and able to explain, guardian agrees",
}


def standings(screening: Screening) -> Standings:
    """What has been recorded and still binds, and what is still due before the decision."""
    return standings_of([screening])[screening.pk]


def standings_of(screenings: Sequence[Screening]) -> Mapping[Any, Standings]:
    """What stands for each, by its key, in two queries besides those of their findings."""
    visits = {screening.visit_id for screening in screenings}
    overrides: dict[Any, list[Override]] = {visit: [] for visit in visits}
    resolutions: dict[Any, list[Resolution]] = {visit: [] for visit in visits}
    said = Override.objects.filter(finding__screening__visit__in=visits).annotate(of=F("finding__screening__visit_id"))
    for over in said.select_related("finding__screening", "by", "second_opinion__by").order_by("created_at"):
        overrides[over.of].append(over)
    for row in Resolution.objects.filter(visit__in=visits).select_related("by", "screening").order_by("created_at"):
        resolutions[row.visit_id].append(row)
    return {one.pk: standing_on(one, overrides[one.visit_id], resolutions[one.visit_id]) for one in screenings}


def standing_on(screening: Screening, overrides: Sequence[Override], resolutions: Sequence[Resolution]) -> Standings:
    """What stands for one, by all that was recorded in its visit, the oldest first."""
    by_print = {override.finding.fingerprint: override for override in overrides}
    newest = {row.kind: row for row in resolutions if not row.fingerprint}
    settled = {row.question: row for row in resolutions if row.settles(screening.intake)}
    findings = list(screening.findings.all())
    rows = []
    for finding in findings:
        finding.screening = screening
        mine = {row.kind: row for row in resolutions if row.fingerprint == finding.fingerprint}
        over = by_print.get(finding.fingerprint)
        second = getattr(over, "second_opinion", None) if over else None
        due = tuple(
            need
            for need in finding.requires
            if not is_met(finding, need, mine, over, second, newest.get(ResolutionKind.REPRESENTATIVE))
        )
        rows.append(Standing(finding, over, second, mine, due))
    prints = {finding.fingerprint for finding in findings}
    return Standings(
        findings=tuple(rows),
        void=tuple(override for override in overrides if override.finding.fingerprint not in prints),
        outstanding=(
            *open_replies(screening, settled),
            *open_guardian(screening),
            *open_requirements(rows),
            *open_communication(screening, newest),
        ),
        representative=newest.get(ResolutionKind.REPRESENTATIVE),
        communication=newest.get(ResolutionKind.COMMUNICATION) if needs_help_to_talk(screening) else None,
        needles=next(
            (row.resolutions[Requirement.NEEDLES] for row in rows if Requirement.NEEDLES in row.resolutions), None
        ),
        settled=settled,
    )


def is_met(
    finding: Finding,
    need: str,
    mine: Mapping[str, Resolution],
    over: Override | None,
    second: SecondOpinion | None,
    representative: Resolution | None,
) -> bool:
    """Whether one requirement of a finding is met. Steps of consent are met only by a screening without the finding."""
    if need == Requirement.PLAN_FREE:
        return not finding.conflicts
    if need == Requirement.OVERRIDE:
        return over is not None
    if need == Requirement.SECOND_CLINICIAN:
        return second is not None and second.agrees
    if need == Requirement.CAPACITY_OR_REPRESENTATIVE:
        return representative is not None
    return need in mine


def open_replies(screening: Screening, settled: Mapping[str, Resolution]) -> list[Outstanding]:
    """Replies that are not sure and that nobody has settled, even as "decided as if of concern"."""
    codes = [code for code in screening.open if code not in settled and not isinstance(QUESTIONS[code], Text)]
    return [
        Outstanding("reply", QUESTIONS[code].text, question=code, part=PRECAUTION_OF[code].mark)
        for code in codes
    ]


def open_guardian(screening: Screening) -> list[Outstanding]:
    """Whoever agrees for a child is on record by name and by relationship: both stand beside the signature."""
    if screening.replies.get(GUARDIAN_AGREES.code, NO) != YES:
        return []  # not a minor, or finding 4d stands
    unnamed = [
        question
        for question in (GUARDIAN_NAME, RELATIONSHIP)
        if screening.replies.get(question.code, UNSURE) in ("", UNSURE)
    ]
    return [Outstanding("reply", question.text, question=question.code, part="4") for question in unnamed]


def open_requirements(rows: list[Standing]) -> list[Outstanding]:
    return [
        Outstanding(
            need,
            f"{row.finding.precaution.title} ({row.finding.part}): {WORDS[Requirement(need)]}",
            part=row.finding.part,
        )
        for row in rows
        for need in row.open
    ]


def needs_help_to_talk(screening: Screening) -> bool:
    return bool(screening.replies.get(NEEDS_HELP.code, NO) != NO)


def open_communication(screening: Screening, newest: Mapping[str, Resolution]) -> list[Outstanding]:
    """Whoever needs help to talk with us has it on record: who, which language, how."""
    if not needs_help_to_talk(screening) or ResolutionKind.COMMUNICATION in newest:
        return []
    return [
        Outstanding(ResolutionKind.COMMUNICATION, _("Communication: record the interpreter or other help"), part="3a")
    ]
