"""Where a visit stands: worked out by the database from its rows, so that a list can be counted and cut there."""

from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as lazy

from clinic.models import Visit
from consent.models import Ceremony, Signature, SignerRole
from screening.models import Decision, Finding, Intake, Override, Review, Screening
from screening.precautions.vocabulary import Requirement


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
DUE = frozenset(State) - WITH_PATIENT - {State.SEALED}


class ListLength(Func):
    """How many items a JSON list has."""

    function = "json_array_length"
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, function="jsonb_array_length")


def any_of(rows: QuerySet[Any]) -> IsNull:
    """Whether there are such rows, looked up by index for each row that is judged.

    For an EXISTS in its place, PostgreSQL may read a whole table to judge a page of rows.
    """
    return IsNull(Subquery(rows.order_by().values("pk")[:1]), False)


def no_later_than(screening: str) -> Any:
    """Holds for rows of the newest screening of a visit; `screening` is the path to it."""
    later = Screening.objects.filter(visit=OuterRef(f"{screening}__visit"), seq__gt=OuterRef(f"{screening}__seq"))
    return ~Exists(later)


def asked_twice() -> QuerySet[Finding]:
    """Findings of a visit's newest screening that only two clinicians together may override."""
    wanted = Finding.objects.annotate(needs=Cast("requires", TextField()))
    return wanted.filter(no_later_than("screening"), needs__contains=f'"{Requirement.SECOND_CLINICIAN}"')


def reviewed() -> Coalesce:
    """While nothing is decided: the overrides that stand and need a second clinician say who is waited for."""
    same = {"screening__visit": OuterRef("finding__screening__visit"), "fingerprint": OuterRef("finding__fingerprint")}
    later = Override.objects.filter(
        finding__screening__visit=OuterRef("finding__screening__visit"),
        finding__fingerprint=OuterRef("finding__fingerprint"),
        created_at__gt=OuterRef("created_at"),
    )
    standing = Override.objects.filter(finding__screening__visit=OuterRef("pk")).filter(
        Exists(asked_twice().filter(**same)), ~Exists(later)
    )
    opinion = Case(
        When(second_opinion__agrees=False, then=Value(State.DISAGREED)),
        When(second_opinion=None, then=Value(State.SECOND)),
        default=Value(State.REVIEW),
        output_field=CharField(),
    )
    first = Case(When(second_opinion__agrees=False, then=0), When(second_opinion=None, then=1), default=2)
    said = standing.annotate(said=opinion, first=first).order_by("first").values("said")[:1]
    return Coalesce(Subquery(said), Value(State.REVIEW), output_field=CharField())


def consented() -> Coalesce:
    """After the decision to proceed: what the newest consent of it waits for."""
    signed = (
        Signature.objects.filter(ceremony=OuterRef("pk"))
        .exclude(role=SignerRole.CLINICIAN)
        .order_by()
        .values("ceremony")
        .annotate(count=Count("pk"))
        .values("count")
    )
    stands = Case(
        When(refusal__isnull=False, then=Value(State.REFUSED)),
        When(signed__gte=ListLength("roles") - 1, then=Value(State.CLINICIAN_SIGNS)),
        default=Value(State.CONSENT),
        output_field=CharField(),
    )
    newest = (
        Ceremony.objects.filter(no_later_than("review__screening"), visit=OuterRef("pk"))
        .annotate(signed=Coalesce(Subquery(signed), 0))
        .annotate(stands=stands)
        .order_by("-created_at")
        .values("stands")[:1]
    )
    return Coalesce(Subquery(newest), Value(State.CONSENT), output_field=CharField())


def with_state(visits: QuerySet[Visit]) -> QuerySet[Any]:
    """The visits, each with its `state`."""
    decided = Review.objects.filter(no_later_than("screening"), visit=OuterRef("pk"))
    overridden = Override.objects.filter(finding__screening__visit=OuterRef("pk"))
    return visits.annotate(
        state=Case(
            When(closed_at__isnull=False, then=Value(State.SEALED)),
            When(~Q(any_of(Screening.objects.filter(visit=OuterRef("pk")))), then=Value(State.ANSWERS)),
            When(~Q(any_of(decided)) & ~Q(any_of(overridden)), then=Value(State.REVIEW)),  # nearly all, and at a glance
            When(~Q(any_of(decided)), then=reviewed()),
            When(any_of(decided.exclude(decision=Decision.PROCEED)), then=Value(State.NOT_SEALED)),
            default=consented(),
            output_field=CharField(),
        )
    )


def with_order(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The visits with `weight` and `since`, the most serious first, then the longest waiting.

    The patient waits since they sent their answers, or else since the visit began.
    """
    newest = Screening.objects.filter(visit=OuterRef("pk")).order_by("-seq").values("weight")[:1]
    sent = Intake.objects.filter(visit=OuterRef("pk"), version=1).values("created_at")[:1]
    return visits.annotate(
        weight=Coalesce(Subquery(newest), -1), since=Coalesce(Subquery(sent), F("starts_at"))
    ).order_by("-weight", "since", "pk")


def having(outcome: str) -> Exists:
    """Visits whose newest screening reports a finding of this class."""
    found = Finding.objects.filter(no_later_than("screening"), screening__visit=OuterRef("pk"), outcome=outcome)
    return Exists(found.filter(awaits_staff_only=False))


def nothing_reported() -> Q:
    """Visits whose newest screening reports nothing but what is staff's own to answer."""
    return Q(weight=-1) & Q(Exists(Screening.objects.filter(visit=OuterRef("pk"))))
