"""Whose records have been kept long enough: a preview. Nothing here erases anything."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, ExtractDay, ExtractMonth, ExtractYear, Greatest

from clinic.models import Clinic, LegalHold, Patient, Visit
from consent.models import SealedDocument
from screening.models import rules_of

PAGE = 50
ADULT = 18  # or the clinic's own age of majority where that is higher


@dataclass(frozen=True)
class Preview:
    """What today's limits would erase, from `first` on; `held` patients are past them too but on hold."""

    rows: list[Patient]
    first: int
    patients: int
    visits: int
    records: int
    held: int

    @property
    def after(self) -> int:
        """Where the next page begins; 0 when this is the last."""
        end = self.first + len(self.rows)
        return end if self.rows and end < self.patients else 0


def years_before(day: datetime.date, years: int) -> datetime.date:
    """The same day that many years ago; 28 February for a leap day, so that nobody is early."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def newest(rows: QuerySet[Any], field: str) -> Subquery:
    return Subquery(rows.order_by(f"-{field}").values(field)[:1], output_field=DateTimeField())


def with_last(clinic: Clinic) -> QuerySet[Any]:
    """Every file with the moment of its last visit or record, the age then, and whether it is on hold.

    Files that were merged into another go with that one.
    """
    visits = newest(Visit.objects.filter(patient=OuterRef("pk")), "starts_at")
    records = newest(SealedDocument.objects.filter(visit__patient=OuterRef("pk")), "sealed_at")
    hold = LegalHold.objects.filter(patient=OuterRef("pk")).order_by("-created_at").values("holds")[:1]
    rows = Patient.objects.filter(clinic=clinic, merged_into=None).annotate(
        last=Greatest("created_at", Coalesce(visits, "created_at"), Coalesce(records, "created_at")),
        on_hold=Coalesce(Subquery(hold, output_field=BooleanField()), False),
    )
    return rows.annotate(
        years=ExtractYear("last", tzinfo=clinic.zone) - ExtractYear("born"),
        day=ExtractMonth("last", tzinfo=clinic.zone) * 100 + ExtractDay("last", tzinfo=clinic.zone),
        birthday=ExtractMonth("born") * 100 + ExtractDay("born"),
    )


def majority_of(clinic: Clinic) -> int:
    return max(ADULT, rules_of(clinic.policies.order_by("-created_at").first()).age_of_majority)


def past(clinic: Clinic) -> QuerySet[Any]:
    """Files past the clinic's limits: the years after the last visit, and for a child the age too."""
    today, majority = clinic.today(), majority_of(clinic)
    day = years_before(today, clinic.adult_years)
    before = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), clinic.zone)
    was_adult = Q(years__gt=majority) | Q(years=majority, day__gte=F("birthday"))
    grown = Q(born__lte=years_before(today, clinic.child_until_age))
    return with_last(clinic).filter(was_adult | grown, last__lt=before)


def preview(clinic: Clinic, first: int = 0) -> Preview:
    """The same few queries however much there is."""
    found = past(clinic)
    due = found.filter(on_hold=False)
    keys = due.values("pk")
    rows = due.annotate(
        visit_count=Count("visits", distinct=True), record_count=Count("visits__documents", distinct=True)
    ).order_by("last", "pk")[first : first + PAGE]
    return Preview(
        list(rows), first, due.count(), Visit.objects.filter(patient__in=keys).count(),
        SealedDocument.objects.filter(visit__patient__in=keys).count(), found.filter(on_hold=True).count(),
    )  # fmt: skip


def on_hold(clinic: Clinic) -> list[LegalHold]:
    """The holds in force."""
    later = LegalHold.objects.filter(patient=OuterRef("patient"), created_at__gt=OuterRef("created_at"))
    rows = LegalHold.objects.filter(~Exists(later), patient__clinic=clinic, patient__merged_into=None, holds=True)
    return list(rows.select_related("patient", "by").order_by("patient__name", "pk"))
