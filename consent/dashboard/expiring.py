"""Consents whose time is nearly over, so that the clinic can ask again before it needs them."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from clinic.models import Clinic
from consent.models import RecordKind, SealedDocument

SOON = datetime.timedelta(days=30)
MOST = 100


@dataclass(frozen=True)
class Expiring:
    """The consents that end first, and how many there are in all."""

    rows: tuple[Any, ...]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def expiring(clinic: Clinic) -> Expiring:
    """The patients' newest consents that end within thirty days and were neither withdrawn nor replaced, soonest first."""
    today = clinic.today()
    consents = SealedDocument.objects.filter(clinic=clinic, kind=RecordKind.CONSENT)
    newer = consents.filter(visit__patient=OuterRef("visit__patient"), sealed_at__gt=OuterRef("sealed_at"))
    sealed = OuterRef("sealed_at")  # a decision or refusal from before it may have been sealed after it
    came_later = (
        Q(kind=RecordKind.CONSENT, sealed_at__gt=sealed)
        | Q(kind=RecordKind.DECISION, review__created_at__gt=sealed)
        | Q(kind=RecordKind.REFUSAL, refusal__created_at__gt=sealed)
    )
    replaced = SealedDocument.objects.filter(came_later, visit=OuterRef("visit"))
    due = (
        consents.filter(valid_until__gte=today, valid_until__lte=today + SOON, withdrawn_by=None)
        .filter(~Exists(newer), ~Exists(replaced), visit__patient__entered_in_error="")
        .select_related("visit__patient", "decided_by")
        .order_by("valid_until", "sealed_at")
    )
    rows = tuple(due[: MOST + 1])
    return Expiring(rows[:MOST], len(rows) if len(rows) <= MOST else due.count())
