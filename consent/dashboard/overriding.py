"""How often findings that may be overridden were: the share by precaution and by clinician, and every reason."""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from clinic.models import Clinic, User
from consent.dashboard.period import Period
from screening.models import Finding, Override, Review


@dataclass(frozen=True)
class Share:
    """Of the findings that could be overridden in cases decided, how many were."""

    found: int
    overridden: int

    @property
    def percent(self) -> int:
        return round(100 * self.overridden / self.found) if self.found else 0


@dataclass(frozen=True)
class Given:
    """One override that stood at a decision, with the reason that was written."""

    number: int
    part: str
    outcome: str
    by: str
    on: datetime.datetime
    reason: str
    agreed_by: str


@dataclass(frozen=True)
class Overriding:
    """`by_clinician` is keyed by user id, and `names` says who they are: a finding that was overridden counts for whoever
    overrode it, one that was not for whoever decided the case. So each finding counts once."""

    by_precaution: dict[int, Share]
    by_clinician: dict[int, Share]
    names: dict[int, str]
    reasons: tuple[Given, ...]

    @property
    def total(self) -> Share:
        shares = self.by_precaution.values()
        return Share(sum(share.found for share in shares), sum(share.overridden for share in shares))

    @property
    def by_name(self) -> dict[str, Share]:
        """By clinician's printed name; two clinicians of one name stay two."""
        all_names = Counter(self.names.values())
        named = {key: f"{name} ({key})" if all_names[name] > 1 else name for key, name in self.names.items()}
        return {named[key]: share for key, share in self.by_clinician.items()}


def overriding(clinic: Clinic, period: Period) -> Overriding:
    """Of decisions made in the period. An override counts while its finding stood unchanged at the decision."""
    decided = Q(screening__visit__clinic=clinic, screening__visit__patient__entered_in_error="")
    decided &= Q(**period.within("screening__review__created_at"))
    found = list(
        Finding.objects.filter(decided, overridable=True).values_list(
            "screening__visit", "fingerprint", "number", "screening__review__by"
        )
    )
    standing = standing_overrides(clinic, {visit for visit, *_rest in found}, period)
    precautions: Counter[tuple[int, bool]] = Counter()
    clinicians: Counter[tuple[int, bool]] = Counter()
    given: dict[tuple[Any, str], Override] = {}
    for visit, fingerprint, number, decided_by in found:
        override = standing.get((visit, fingerprint))
        precautions[number, override is not None] += 1
        clinicians[override.by_id if override else decided_by, override is not None] += 1
        if override:
            given[visit, fingerprint] = override
    return Overriding(
        shares(precautions),
        shares(clinicians),
        {user.pk: user.printed_name for user in User.objects.filter(pk__in={by for by, _stood in clinicians})},
        tuple(
            map(reason_of, sorted(given.values(), key=lambda row: (row.finding.number, -row.created_at.timestamp())))
        ),
    )


def standing_overrides(clinic: Clinic, visits: set[Any], period: Period) -> dict[tuple[Any, str], Override]:
    """By visit and fingerprint; a visit's decision in the period looks for its overrides whenever they were given."""
    rows = Override.objects.filter(
        finding__screening__visit__clinic=clinic,
        finding__screening__visit__reviews__in=decided_in(clinic, period),
    )
    rows = rows.select_related("finding__screening", "by", "second_opinion__by").defer("finding__screening__replies")
    return {
        (row.finding.screening.visit_id, row.finding.fingerprint): row
        for row in rows.order_by("created_at")
        if row.finding.screening.visit_id in visits
    }


def decided_in(clinic: Clinic, period: Period) -> Any:
    return Review.objects.filter(visit__clinic=clinic, **period.within("created_at")).values("pk")


def shares(counts: Counter[tuple[int, bool]]) -> dict[int, Share]:
    """By key, the largest number of overrides first, then of findings."""
    keys = {key for key, _stood in counts}
    found = {key: Share(counts[key, False] + counts[key, True], counts[key, True]) for key in keys}
    return dict(sorted(found.items(), key=lambda item: (-item[1].overridden, -item[1].found, item[0])))


def reason_of(row: Override) -> Given:
    second = getattr(row, "second_opinion", None)
    return Given(
        row.finding.number, row.finding.part, row.finding.outcome, row.by.printed_name, row.created_at, row.reason,
        second.by.printed_name if second and second.agrees else "",
    )  # fmt: skip
