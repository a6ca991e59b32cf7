"""The audit trail: one hash chain per clinic, written by explicit calls inside the verb's own transaction."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from clinic.models import AuditEvent, Clinic, User, Visit

GENESIS = "0" * 64
DOMAIN = "needlepoint-audit-v1"


@dataclass(frozen=True)
class Head:
    """The newest link of a clinic's chain; seq 0 with the genesis hash before the first event."""

    seq: int
    hash: str


def subject_of(row: models.Model) -> str:
    return f"{type(row).__name__}:{row.pk}"


def digest(
    clinic_id: Any,
    seq: int,
    at: str,
    actor: Any,
    kind: str,
    action: str,
    subject: str,
    data: dict[str, Any],
    previous: str,
) -> str:
    """SHA-256 over the canonical JSON list of every field and the link before (hex)."""
    fields = [DOMAIN, str(clinic_id), seq, at, str(actor or ""), kind, action, subject, data, previous]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def head(clinic: Clinic) -> Head:
    last = AuditEvent.objects.filter(clinic=clinic).order_by("-seq").first()
    return Head(last.seq, last.hash) if last else Head(0, GENESIS)


def log(clinic: Clinic, actor: User | None, action: str, subject: models.Model, **data: Any) -> AuditEvent:
    """Add a link. Only inside a transaction, so that no change stands without its event; `actor` None is the tablet."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("audit.log must be called inside the verb's transaction")
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    last = head(clinic)
    at = timezone.now()
    kind = "staff" if actor else "nobody" if action == "member.sign_in_refused" else "tablet"
    what = subject_of(subject)
    hashed = digest(
        clinic.pk, last.seq + 1, at.isoformat(), actor.pk if actor else None, kind, action, what, data, last.hash
    )
    return AuditEvent.objects.create(
        clinic=clinic, created_at=at, seq=last.seq + 1, actor=actor, actor_kind=kind,
        action=action, subject=what, data=data, previous=last.hash, hash=hashed,
    )  # fmt: skip


def story(visit: Visit) -> list[AuditEvent]:
    """Everything recorded about a visit since it was opened, in order."""
    events = AuditEvent.objects.filter(clinic=visit.clinic)
    opened = events.filter(subject=subject_of(visit)).order_by("seq").values_list("seq", flat=True).first()
    mine = models.Q(subject=subject_of(visit)) | models.Q(data__visit=str(visit.pk))
    return list(events.filter(mine, seq__gte=opened or 1).select_related("actor").order_by("seq"))


def breaks(clinic: Clinic, tell: Callable[[int], None] = lambda seq: None) -> Iterator[str]:
    """Walk the chain and name every link that does not hold; nothing when it is whole. `tell` hears how far it is."""
    expected = Head(0, GENESIS)
    for event in AuditEvent.objects.filter(clinic=clinic).order_by("seq").iterator():
        at = event.created_at.isoformat()
        hashed = digest(
            clinic.pk,
            event.seq,
            at,
            event.actor_id,
            event.actor_kind,
            event.action,
            event.subject,
            event.data,
            event.previous,
        )
        tell(event.seq)
        if event.seq != expected.seq + 1:
            yield f"event {event.seq} follows {expected.seq}"
        if event.previous != expected.hash:
            yield f"event {event.seq} does not point to the event before it"
        if event.hash != hashed:
            yield f"event {event.seq} was changed"
        expected = Head(event.seq, event.hash)
