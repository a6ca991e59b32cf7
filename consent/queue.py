"""Where each visit stands, read from its rows and never stored, and who has to act next."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clinic.models import IDLE, Clinic, Handover, Visit
from consent.models import Ceremony, SealedDocument, Signature
from screening.models import Decision, Finding, Intake, IntakeDraft, Override, Screening
from screening.precautions.vocabulary import Case, Outcome, Requirement
from screening.words import OUTCOMES


class State(TextChoices):
    """Where a visit stands; its label says it in words."""

    REVIEW = "review", lazy("Waiting for review")
    SECOND = "second", lazy("Waiting for a second clinician")
    DISAGREED = "disagreed", lazy("The second clinician did not agree")
    REFUSED = "refused", lazy("Patient did not agree")
    CLINICIAN_SIGNS = "clinician_signs", lazy("Waiting for the clinician's signature")
    NOT_SEALED = "not_sealed", lazy("Decided, not sealed yet")
    CONSENT = "consent", lazy("Waiting for consent")
    ANSWERS = "answers", lazy("Waiting for answers")
    SEALED = "sealed", lazy("Sealed")


WITH_PATIENT = frozenset({State.ANSWERS, State.CONSENT})
SEAL_WORDS = {
    Decision.PROCEED: lazy("Consent sealed"),
    Decision.DEFER: lazy("Deferred, sealed"),
    Decision.DECLINE: lazy("Declined, sealed"),
}


@dataclass(frozen=True)
class Badge:
    """A class as shown: its CSS name and its word."""

    code: str
    words: str


@dataclass(frozen=True)
class Row:
    """One visit in a list: where it stands, what was found, since when the patient waits."""

    visit: Visit
    state: State
    outcomes: tuple[Outcome, ...]
    since: datetime.datetime
    document: SealedDocument | None
    begun: bool
    in_hand: bool
    age: int

    @property
    def badges(self) -> list[Badge]:
        """The classes found, most serious first; what is only staff's to answer is not something reported."""
        if self.state == State.ANSWERS:
            return []
        found = [Badge(outcome, str(OUTCOMES[outcome])) for outcome in self.outcomes]
        return found or [Badge("clear", _("Nothing reported"))]

    @property
    def edge(self) -> str:
        return "" if self.state == State.ANSWERS else self.badges[0].code

    @property
    def words(self) -> str:
        return str(SEAL_WORDS[Decision(self.document.decision)] if self.document else self.state.label)

    @property
    def waits(self) -> str:
        """How long the patient has waited since they sent their answers, or else since the visit began."""
        now = timezone.now()
        if self.since > now:
            return _("comes at %(time)s") % {
                "time": date_format(timezone.localtime(self.since, self.visit.clinic.zone), "H:i")
            }
        if now - self.since < datetime.timedelta(minutes=1):
            return _("just now")
        return _("waiting %(time)s") % {"time": timesince(self.since, now, depth=1)}

    @property
    def weight(self) -> int:
        return self.outcomes[0].weight if self.outcomes else -1

    @property
    def is_due(self) -> bool:
        """Whether a clinician has to act."""
        return self.state not in WITH_PATIENT and self.state != State.SEALED

    @property
    def is_with_patient(self) -> bool:
        return self.state in WITH_PATIENT

    @property
    def is_at_consent(self) -> bool:
        """Decided: the consent page goes on from here, not the case."""
        return self.state in {State.CONSENT, State.CLINICIAN_SIGNS, State.REFUSED, State.NOT_SEALED, State.SEALED}


def day_of(clinic: Clinic) -> tuple[datetime.datetime, datetime.datetime]:
    """Today at the clinic, from midnight to midnight."""
    start = datetime.datetime.combine(clinic.today(), datetime.time.min, clinic.zone)
    return start, datetime.datetime.combine(clinic.today() + datetime.timedelta(days=1), datetime.time.min, clinic.zone)


def followed(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The visits, each with its newest screening and what else tells where it stands."""
    of_visit = {"visit": OuterRef("pk")}
    newest = Screening.objects.filter(**of_visit).order_by("-seq").values("pk")[:1]
    sent = Intake.objects.filter(**of_visit, version=1).values("created_at")[:1]
    now = timezone.now()
    in_hand = Handover.objects.filter(**of_visit, ended_at=None, expires_at__gt=now, seen_at__gt=now - IDLE)
    return visits.select_related("patient", "clinician", "clinic").annotate(
        newest=Subquery(newest),
        sent_at=Subquery(sent),
        begun=Exists(IntakeDraft.objects.filter(**of_visit)),
        in_hand=Exists(in_hand),
    )


def todays(visits: QuerySet[Visit], clinic: Clinic) -> list[Row]:
    """Today's visits, in the order of their times."""
    start, end = day_of(clinic)
    return rows(followed(visits.filter(clinic=clinic, starts_at__gte=start, starts_at__lt=end)).order_by("starts_at"))


def queue(visits: QuerySet[Visit], clinic: Clinic) -> list[Row]:
    """Today's visits and older ones whose answers are in and not decided: most serious first, then longest waiting.

    An older visit without answers is over: the patient who comes back gets a new one.
    """
    start, end = day_of(clinic)
    sealed = SealedDocument.objects.filter(review__screening=OuterRef("newest"))
    open_ones = followed(visits.filter(clinic=clinic, starts_at__lt=end)).filter(
        Q(starts_at__gte=start) | (Q(sent_at__isnull=False) & ~Exists(sealed))
    )
    return sorted(rows(open_ones), key=lambda row: (-row.weight, row.since))


def rows(visits: Iterable[Visit]) -> list[Row]:
    """One row for each visit, in a number of queries that does not depend on how many there are."""
    visits = list(visits)
    screenings = {row.visit_id: row for row in newest_screenings(visits)}
    overrides = overrides_of(visits)
    ceremonies = ceremonies_of(visits)
    return [row_of(visit, screenings.get(visit.pk), overrides, ceremonies) for visit in visits]


def newest_screenings(visits: list[Visit]) -> QuerySet[Screening]:
    findings = Finding.objects.only(
        "screening", "number", "part", "outcome", "requires", "awaits_staff_only", "fingerprint"
    )
    return (
        Screening.objects.filter(pk__in=[visit.newest for visit in visits])  # type: ignore[attr-defined]
        .select_related("review__document")
        .defer("replies")
        .prefetch_related(Prefetch("findings", findings))
    )


def overrides_of(visits: list[Visit]) -> dict[tuple[object, str], Override]:
    """By visit and fingerprint: an override binds while the finding stays the same."""
    found = Override.objects.filter(finding__screening__visit__in=visits).select_related("second_opinion")
    found = found.select_related("finding__screening", "second_opinion").defer("finding__screening__replies")
    return {(row.finding.screening.visit_id, row.finding.fingerprint): row for row in found.order_by("created_at")}


def ceremonies_of(visits: list[Visit]) -> dict[object, Ceremony]:
    """The newest consent of each review."""
    signatures = Signature.objects.only("ceremony", "role")
    found = Ceremony.objects.filter(visit__in=visits).select_related("refusal").defer("shown").order_by("created_at")
    return {row.review_id: row for row in found.prefetch_related(Prefetch("signatures", signatures))}


def row_of(
    visit: Visit,
    screening: Screening | None,
    overrides: dict[tuple[object, str], Override],
    ceremonies: dict[object, Ceremony],
) -> Row:
    review = getattr(screening, "review", None)
    ceremony = ceremonies.get(review.pk) if review else None
    findings = list(screening.findings.all()) if screening else []
    outcomes = {Outcome(finding.outcome) for finding in findings if not finding.awaits_staff_only}
    standing = [
        overrides[visit.pk, finding.fingerprint]
        for finding in findings
        if Requirement.SECOND_CLINICIAN in finding.requires and (visit.pk, finding.fingerprint) in overrides
    ]
    return Row(
        visit,
        state_of(screening, standing, ceremony),
        tuple(sorted(outcomes, key=lambda outcome: -outcome.weight)),
        visit.sent_at or visit.starts_at,  # type: ignore[attr-defined]
        getattr(review, "document", None),
        bool(visit.begun or (ceremony and ceremony.signatures.all())),  # type: ignore[attr-defined]
        visit.in_hand,  # type: ignore[attr-defined]
        Case(visit.patient.born, visit.clinic.today(), {}).age,
    )


def state_of(screening: Screening | None, second_due: list[Override], ceremony: Ceremony | None) -> State:
    """`second_due`: the overrides that stand for this screening and need a second clinician."""
    if screening is None:
        return State.ANSWERS
    review = getattr(screening, "review", None)
    if review is None:
        opinions = [getattr(override, "second_opinion", None) for override in second_due]
        if any(opinion and not opinion.agrees for opinion in opinions):
            return State.DISAGREED
        return State.SECOND if None in opinions else State.REVIEW
    if hasattr(review, "document"):
        return State.SEALED
    if review.decision != Decision.PROCEED:
        return State.NOT_SEALED
    return consent_state(ceremony)


def consent_state(ceremony: Ceremony | None) -> State:
    if ceremony is None:
        return State.CONSENT
    if hasattr(ceremony, "refusal"):
        return State.REFUSED
    signed = {signature.role for signature in ceremony.signatures.all()}
    waiting = {signer["role"] for signer in ceremony.roles} - signed
    return State.CLINICIAN_SIGNS if waiting <= {"clinician"} else State.CONSENT
