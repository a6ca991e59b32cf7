"""The figures of a period as plain values, from a number of queries that does not depend on how many rows there are.

Answers count on the day they were sent, decisions on the day they were made. Patients entered in error count nowhere.
"""

import datetime
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, OuterRef, Q, Subquery

from clinic.models import AuditEvent, Clinic, Handover
from consent.dashboard.overriding import Overriding, overriding
from consent.dashboard.period import Period, monday_of
from consent.models import SealedDocument
from screening.models import Decision, Finding, Intake, Review, Screening

HELP_CALLED = "tablet.help_called"


@dataclass(frozen=True)
class Median:
    """The middle of several durations, and how many there were; None of none."""

    value: datetime.timedelta | None
    n: int


@dataclass(frozen=True)
class Reasoned:
    """A decision against treatment today, with the reason that was written."""

    decision: str
    by: str
    on: datetime.datetime
    reason: str


@dataclass(frozen=True)
class Figures:
    """`precautions`: number of patients' visits by precaution; `helpers` and `ways`: intakes by who helped and how."""

    intakes: int
    by_week: dict[datetime.date, int]
    languages: dict[str, int]
    helped: int
    helpers: dict[str, int]
    ways: dict[str, int]
    calls: int
    precautions: dict[int, int]
    nothing_found: int
    decisions: dict[str, int]
    not_treated: tuple[Reasoned, ...]
    to_decision: Median
    to_seal: Median
    overriding: Overriding

    @property
    def decided(self) -> int:
        return sum(self.decisions.values())

    @property
    def is_empty(self) -> bool:
        return not (self.intakes or self.decided or self.calls)


def meant(path: str = "visit__") -> Q:
    """Rows of patients who were not entered in error."""
    return Q(**{f"{path}patient__entered_in_error": ""})


def figures(clinic: Clinic, period: Period) -> Figures:
    intakes = list(
        Intake.objects.filter(meant(), visit__clinic=clinic, version=1, **period.within("created_at")).values(
            "visit", "created_at", "language", "help"
        )
    )
    reviews = list(
        Review.objects.filter(meant(), visit__clinic=clinic, **period.within("created_at"))
        .select_related("by")
        .order_by("-created_at")
    )
    found = found_by_visit(clinic, period)
    weeks = Counter(monday_of(period.day_of(row["created_at"])) for row in intakes)
    helpers, ways = helped(row["help"] for row in intakes)
    return Figures(
        intakes=len(intakes),
        by_week={monday: weeks[monday] for monday in period.weeks()},
        languages=sorted_counts(Counter(row["language"] for row in intakes)),
        helped=sum(bool(row["help"]) for row in intakes),
        helpers=helpers,
        ways=ways,
        calls=AuditEvent.objects.filter(clinic=clinic, action=HELP_CALLED, **period.within("created_at")).count(),
        precautions=sorted_counts(Counter(number for _visit, number in found)),
        nothing_found=len({row["visit"] for row in intakes} - {visit for visit, _number in found}),
        decisions={decision.value: sum(row.decision == decision for row in reviews) for decision in Decision},
        not_treated=tuple(
            Reasoned(row.decision, row.by.printed_name, row.created_at, row.reason)
            for row in reviews
            if row.decision != Decision.PROCEED
        ),
        to_decision=median(waits(Review.objects.filter(meant()), "created_at", clinic, period)),
        to_seal=median(waits(SealedDocument.objects.filter(meant()), "sealed_at", clinic, period)),
        overriding=overriding(clinic, period),
    )


def found_by_visit(clinic: Clinic, period: Period) -> set[tuple[Any, int]]:
    """What was reported, by visit and precaution, at the newest screening of the visits whose answers came in.

    What only waits for staff's own answers is not reported by anybody.
    """
    newest = Screening.objects.filter(visit=OuterRef("screening__visit")).order_by("-seq").values("pk")[:1]
    sent = Intake.objects.filter(meant(), visit__clinic=clinic, version=1, **period.within("created_at"))
    rows = Finding.objects.filter(
        screening__visit__in=sent.values("visit"), screening=Subquery(newest), awaits_staff_only=False
    )
    return set(rows.values_list("screening__visit", "number"))


def helped(stored: Iterable[list[dict[str, Any]]]) -> tuple[dict[str, int], dict[str, int]]:
    """Intakes by who helped and by what they did; an intake with two of a kind counts once."""
    who: Counter[str] = Counter()
    how: Counter[str] = Counter()
    for helpers in stored:
        who.update({one["who"] for one in helpers})
        how.update({way for one in helpers for way in one["ways"]})
    return sorted_counts(who), sorted_counts(how)


def waits(rows: Any, end: str, clinic: Clinic, period: Period) -> list[datetime.timedelta]:
    """From a visit's first hand-over to its first row, for the visits whose first row falls into the period."""
    begun = Handover.objects.filter(visit=OuterRef("visit")).order_by("created_at").values("created_at")[:1]
    firsts = (
        rows.filter(visit__clinic=clinic).order_by().values("visit").annotate(first=Min(end), begun=Subquery(begun))
    )
    found = firsts.filter(begun__isnull=False, **period.within("first")).values_list("begun", "first")
    return [first - begun for begun, first in found if first >= begun]


def median(durations: list[datetime.timedelta]) -> Median:
    return Median(statistics.median(durations) if durations else None, len(durations))  # type: ignore[type-var]


def sorted_counts(counts: "Counter[Any]") -> dict[Any, int]:
    """Most first; equal ones in the order of their names."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
