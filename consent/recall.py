"""Deferred patients who are to come back on a day, and have not yet."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.models import Clinic, Patient, Visit
from consent.stages import no_later_than
from screening.models import Decision, Review

PAGE = 30
FORGOTTEN = datetime.timedelta(days=365)  # whom nobody has called for a year has gone elsewhere


@dataclass(frozen=True)
class Recalled:
    """One patient of the list: when, why, who said so."""

    review: Review
    is_due: bool

    @property
    def patient(self) -> Patient:
        return self.review.visit.patient


@dataclass(frozen=True)
class Recall:
    """A page of the list, and where the next begins (0: nowhere)."""

    due: list[Recalled]
    later: list[Recalled]
    after: int


def awaited(reviews: QuerySet[Review], clinic: Clinic) -> QuerySet[Review]:
    """Deferrals that stand: to a day, not taken up again, and the patient has no later visit."""
    later = Q(created_at__gt=OuterRef("created_at")) | Q(starts_at__gt=OuterRef("visit__starts_at"))
    back = Visit.objects.filter(later, patient=OuterRef("visit__patient")).exclude(pk=OuterRef("visit"))
    return reviews.filter(
        no_later_than("screening"),
        ~Exists(back),
        visit__clinic=clinic,
        visit__patient__entered_in_error="",
        decision=Decision.DEFER,
        until__gte=clinic.today() - FORGOTTEN,
    )


def recall(reviews: QuerySet[Review], clinic: Clinic, first: int = 0) -> Recall:
    """The longest due first, then those whose day will come."""
    today = clinic.today()
    found = awaited(reviews, clinic).select_related("by", "visit__patient").order_by("until", "pk")
    page = [
        Recalled(review, review.until is not None and review.until <= today)
        for review in found[first : first + PAGE + 1]
    ]
    shown = page[:PAGE]
    return Recall(
        [row for row in shown if row.is_due],
        [row for row in shown if not row.is_due],
        first + PAGE if len(page) > PAGE else 0,
    )
