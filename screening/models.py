"""What was answered, what the screening found, and what clinicians recorded about it; all append-only but the draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.append_only import AppendOnly
from clinic.models import Clinic, User, Visit
from clinic.text import check_text
from screening.body import AREAS, MUSCLES, MuscleSite, words_of
from screening.precautions.policy import Policy
from screening.precautions.questions import Message
from screening.precautions.vocabulary import Origin, Outcome, Plan, Precaution, Requirement, Scope, Statement
from screening.questionnaire import PRECAUTION_OF_PART

THINNEST_REASON = 15
LONGEST_NOTE = 20_000
LONGEST_DETAIL = 120


class ClinicPolicy(AppendOnly):
    """One version of a clinic's policy; the newest is in force."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="policies")
    values = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    @property
    def policy(self) -> Policy:
        return Policy(**self.values)


def rules_of(row: ClinicPolicy | None) -> Policy:
    """What a row sets; a clinic that has set nothing has the defaults."""
    return row.policy if row else Policy()


class IntakeDraft(models.Model):
    """Answers so far, saved page by page and deleted when they are submitted.

    `typed` holds, by page, what was sent when the patient left a page before it was complete: shown again, never read.
    `confirmed` names, by question code, the day of the earlier answer that the patient said is still right; `languages`
    in which each was asked; `help` lists who helped to answer and how: {"who": "staff", "name": "…", "ways": ["read_aloud",
    …]}. `guardian_with` is the hand-over in which the tablet went on to the guardian, who does not see the child's answers.
    """

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="draft")
    replies = models.JSONField(default=dict)
    read = models.BooleanField(default=False)
    confirmed = models.JSONField(default=dict)
    typed = models.JSONField(default=dict)
    languages = models.JSONField(default=dict)
    guardian_absent = models.BooleanField(default=False)
    guardian_with = models.CharField(max_length=36, blank=True)
    help = models.JSONField(default=list)
    updated_at = models.DateTimeField(auto_now=True)


class Intake(AppendOnly):
    """The questions as asked and the patient's answers; a correction is a new version with who and why.

    `language` is the one in which most was asked; a row of `asked` names its own where it differs. `translation` says how
    far the words shown had been checked, the weakest of all ("confirmed", "unconfirmed"; empty for English alone).
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="intakes")
    version = models.PositiveIntegerField(default=1)
    questionnaire_version = models.CharField(max_length=20)
    questionnaire_digest = models.CharField(max_length=64)
    language = models.CharField(max_length=20, default="en")
    translation = models.CharField(max_length=20, blank=True)
    replies = models.JSONField()
    asked = models.JSONField()
    help = models.JSONField(default=list)
    corrected_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True, validators=[check_text])
    clinic_path = "visit__clinic"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "version"], name="one_intake_per_version"),
            models.CheckConstraint(
                condition=models.Q(version=1, corrected_by=None)
                | models.Q(version__gt=1, corrected_by__isnull=False) & ~models.Q(reason=""),
                name="intake_correction_says_who_and_why",
            ),
        ]


def in_english(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A question of an intake's `asked` with its answer, in the words that translations are made from."""
    original: Mapping[str, Any] = row.get("original") or row
    return original


class Screening(AppendOnly):
    """One application of the fifteen precautions to an intake, a plan and a policy.

    `weight` is that of its most serious reported finding (-1: nothing reported), so that a queue can be sorted by it.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="screenings")
    intake = models.ForeignKey(Intake, models.PROTECT, related_name="screenings")
    policy = models.ForeignKey(ClinicPolicy, models.PROTECT, null=True, related_name="+")
    seq = models.PositiveIntegerField()
    rules_version = models.CharField(max_length=20)
    born = models.DateField()
    today = models.DateField()
    replies = models.JSONField()
    overall = models.JSONField()
    conflicts = models.JSONField()
    open = models.JSONField()
    cause = models.CharField(max_length=40)
    weight = models.SmallIntegerField(default=-1)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    clinic_path = "visit__clinic"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "seq"], name="one_screening_per_seq")]

    @property
    def plan(self) -> Plan:
        sites = list(self.sites.all())
        muscles = tuple(site.muscle_site for site in sites if site.muscle)
        return Plan(muscles, frozenset(site.area for site in sites if site.area))

    @property
    def details(self) -> "dict[str, Details]":
        """How each planned site is needled, by its token; sites of which nothing is said are left out."""
        said = {site.token: site.details for site in self.sites.all()}
        return {token: details for token, details in said.items() if details != Details()}


@dataclass(frozen=True)
class Details:
    """How a planned site is needled: what the patient agrees to, and no part of what the rules see."""

    needles: str = ""
    technique: str = ""
    number: int | None = None
    depth: str = ""


def token_of(site: MuscleSite) -> str:
    """Names a planned muscle on its side with its entry; an area is named by its code."""
    return f"{site.code}@{site.entry}"


class PlannedSite(AppendOnly):
    """A muscle on a side, or an area, that the clinician means to needle, and how."""

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="sites")
    muscle = models.CharField(max_length=60, blank=True)
    side = models.CharField(max_length=5, blank=True)
    entry = models.CharField(max_length=40, blank=True)
    area = models.CharField(max_length=40, blank=True)
    needles = models.CharField(max_length=20, blank=True)
    technique = models.CharField(max_length=LONGEST_DETAIL, blank=True, validators=[check_text])
    number = models.PositiveSmallIntegerField(null=True)
    depth = models.CharField(max_length=LONGEST_DETAIL, blank=True, validators=[check_text])
    clinic_path = "screening__visit__clinic"

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(~models.Q(muscle="") & models.Q(side__in=["left", "right"], area=""))
                | (models.Q(muscle="") & ~models.Q(area="")),
                name="planned_site_is_a_muscle_on_a_side_or_an_area",
            )
        ]

    @property
    def muscle_site(self) -> MuscleSite:
        return MuscleSite(MUSCLES[self.muscle], self.side, self.entry)  # type: ignore[arg-type]

    @property
    def words(self) -> str:
        return self.muscle_site.words if self.muscle else AREAS[self.area].words

    @property
    def code(self) -> str:
        return self.muscle_site.code if self.muscle else self.area

    @property
    def token(self) -> str:
        return token_of(self.muscle_site) if self.muscle else self.area

    @property
    def details(self) -> Details:
        return Details(self.needles, self.technique, self.number, self.depth)


class Finding(AppendOnly):
    """A statement that applied, as it was at that screening."""

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="findings")
    part = models.CharField(max_length=8)
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=20, choices=[(outcome, outcome) for outcome in Outcome])
    scope = models.CharField(max_length=10, choices=[(scope, scope) for scope in Scope])
    origin = models.CharField(max_length=10, choices=[(origin, origin) for origin in Origin])
    places = models.JSONField()
    reasons = models.JSONField()
    requires = models.JSONField()
    overridable = models.BooleanField()
    declines = models.BooleanField()
    awaits_staff_only = models.BooleanField()
    fingerprint = models.CharField(max_length=64)
    clinic_path = "screening__visit__clinic"

    class Meta:
        ordering = ["number", "part"]
        constraints = [
            models.UniqueConstraint(fields=["screening", "part"], name="one_finding_per_part"),
            models.CheckConstraint(condition=models.Q(outcome__in=list(Outcome)), name="finding_outcome_known"),
        ]

    @property
    def precaution(self) -> Precaution:
        return PRECAUTION_OF_PART[self.part]

    @property
    def statement(self) -> Statement:
        return next(statement for statement in self.precaution.statements if statement.part == self.part)

    @property
    def weight(self) -> int:
        return Outcome(self.outcome).weight

    @property
    def place_words(self) -> list[str]:
        return words_of(self.places)

    @property
    def reason_words(self) -> list[str]:
        return [message_from(row["message"]).render() for row in self.reasons]

    @property
    def conflicts(self) -> bool:
        """Whether the plan of its screening runs into it."""
        return self.part in self.screening.conflicts


def message_to(message: Message) -> dict[str, object]:
    """A message as JSON."""
    return {"text": message.text, "params": {name: _stored(value) for name, value in message.params.items()}}


def _stored(value: Any) -> Any:
    if isinstance(value, Message):
        return message_to(value)
    return [_stored(item) for item in value] if isinstance(value, tuple) else value


def message_from(stored: dict) -> Message:  # type: ignore[type-arg]
    return Message(stored["text"], {name: _restored(value) for name, value in stored["params"].items()})


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return message_from(value)
    return tuple(_restored(item) for item in value) if isinstance(value, list) else value


class Override(AppendOnly):
    """A clinician's decision to treat despite a finding, and why. It binds only while the finding's fingerprint stays."""

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="override")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField(max_length=LONGEST_NOTE, validators=[check_text])
    clinic_path = "finding__screening__visit__clinic"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__regex=r"(?s)^.{15,}"), name="override_reason_of_substance"
            )
        ]


class SecondOpinion(AppendOnly):
    """Another clinician's agreement or disagreement with an override, by their own sign-in."""

    override = models.OneToOneField(Override, models.PROTECT, related_name="second_opinion")
    first = models.ForeignKey(User, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    reason = models.TextField(blank=True, max_length=LONGEST_NOTE, validators=[check_text])
    clinic_path = "override__finding__screening__visit__clinic"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(by=models.F("first")), name="second_opinion_by_another_person")
        ]


class ResolutionKind(models.TextChoices):
    REPLY = "reply", _("Answer settled")
    EDUCATION = Requirement.EDUCATION.value, _("Explanation given, still willing")
    MEASURES = Requirement.MEASURES.value, _("Measures")
    INSPECTION = Requirement.INSPECTION.value, _("Looked at")
    NEEDLES = Requirement.NEEDLES.value, _("Needle material")
    COMMUNICATION = "communication", _("Interpreter or other help")
    REPRESENTATIVE = "representative", _("Representative")


class Resolution(AppendOnly):
    """What a member of staff recorded: an answer settled, or how a finding's requirement was met."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="resolutions")
    screening = models.ForeignKey(Screening, models.PROTECT, related_name="resolutions")
    kind = models.CharField(max_length=30, choices=ResolutionKind)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    question = models.CharField(max_length=60, blank=True)
    was = models.JSONField(null=True)
    reply = models.JSONField(null=True)
    note = models.TextField(blank=True, max_length=LONGEST_NOTE, validators=[check_text])
    details = models.JSONField(default=dict)
    clinic_path = "visit__clinic"

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=ResolutionKind.values), name="resolution_kind_known"),
            models.CheckConstraint(
                condition=~models.Q(kind="reply") | ~models.Q(question=""), name="settled_reply_names_its_question"
            ),
        ]

    def settles(self, intake: Intake) -> bool:
        """It settles the answer it was given for: a corrected answer voids it."""
        return self.kind == ResolutionKind.REPLY and bool(intake.replies.get(self.question) == self.was)


class Decision(models.TextChoices):
    PROCEED = "proceed", _("Proceed")
    DEFER = "defer", _("Defer")
    DECLINE = "decline", _("Decline")


class Review(AppendOnly):
    """A clinician's decision on one screening; there is one, whoever was first."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="reviews")
    screening = models.OneToOneField(Screening, models.PROTECT, related_name="review")
    decision = models.CharField(max_length=10, choices=Decision)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, max_length=LONGEST_NOTE, validators=[check_text])
    until = models.DateField(null=True)
    clinic_path = "visit__clinic"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(decision__in=Decision.values), name="decision_known"),
            models.CheckConstraint(
                condition=models.Q(decision="proceed") | ~models.Q(reason=""), name="defer_and_decline_say_why"
            ),
        ]
        indexes = [models.Index(fields=["until", "id"], condition=models.Q(decision="defer"), name="deferred_until")]


class Presence(models.Model):
    """Who has a case open now, so that two clinicians do not work on it unaware of each other."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="present")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "user"], name="one_presence_per_person")]
