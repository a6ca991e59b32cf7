"""Makes the sealed record of a review: drawn, sealed and stored outside any transaction, then put on record in one."""

import datetime
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic import audit
from clinic.models import Clinic, User, Visit
from consent import archive, document, keys, rendering, sealing, stamping
from consent.models import Ceremony, RecordKind, SealedDocument, SealingCertificate, Signature
from consent.seals import read_seals
from screening.models import Review, rules_of
from screening.standing import standings

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Filed:
    """A sealed file in the archive that is not on record yet."""

    number: str
    sha256: str
    size: int
    unsigned_length: int
    certificate: SealingCertificate
    sealed_at: datetime.datetime
    valid_until: datetime.date | None
    stamped_at: datetime.datetime | None = None


def sealer_of(clinic: Clinic) -> keys.Sealer:
    """The clinic's key; made on the first run, and never again once a certificate is on record."""
    known = SealingCertificate.objects.filter(clinic=clinic)
    sealer = keys.sealer_for(clinic.pk, clinic.name, may_make=not known.exists())
    if not known.filter(fingerprint=sealer.fingerprint).exists():
        with transaction.atomic():
            row = SealingCertificate.objects.create(
                clinic=clinic, fingerprint=sealer.fingerprint, pem=sealer.certificate_pem, valid_until=sealer.not_after
            )
            audit.log(clinic, None, "certificate.added", row, fingerprint=sealer.fingerprint)
    return sealer


def new_number() -> str:
    """A record number that says nothing about the patient, readable aloud."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join(letters[i : i + 4] for i in (0, 4, 8))


def draw_and_seal(review: Review, ceremony: Ceremony | None, signatures: Sequence[Signature]) -> Filed:
    """Render, seal and store the record. No row is written; a file without a row is harmless."""
    visit, clinic = review.visit, review.visit.clinic
    sealer = sealer_of(clinic)
    number, sealed_at = new_number(), timezone.now()
    valid_until = None
    if ceremony:
        days = rules_of(review.screening.policy).consent_valid_days
        valid_until = visit.clinic.today() + datetime.timedelta(days=days)
    html = document.record_html(
        review, number=number, sealed_at=sealed_at, head=audit.head(clinic), certificate=sealer.fingerprint,
        ceremony=ceremony, signatures=signatures, valid_until=valid_until,
    )  # fmt: skip
    unsigned = rendering.render(html)
    sealed = stamping.with_stamp(
        lambda stamper: sealing.seal(
            unsigned, sealer, reason=f"Record {number}", location=clinic.name, signed_at=sealed_at, stamper=stamper
        )
    )
    [seal] = read_seals(sealed)
    sha256 = archive.put(sealed)
    certificate = SealingCertificate.objects.get(fingerprint=sealer.fingerprint)
    return Filed(number, sha256, len(sealed), len(unsigned), certificate, sealed_at, valid_until, seal.stamped_at)


def put_on_record(filed: Filed, review: Review, ceremony: Ceremony | None, by: User, **data: Any) -> SealedDocument:
    """The row and its audit event; call inside the transaction that completes the record."""
    visit, screening = review.visit, review.screening
    row = SealedDocument.objects.create(
        clinic=visit.clinic, visit=visit, review=review, ceremony=ceremony,
        kind=RecordKind.CONSENT if ceremony else RecordKind.DECISION,
        number=filed.number, sha256=filed.sha256, size=filed.size, unsigned_length=filed.unsigned_length,
        certificate=filed.certificate, sealed_at=filed.sealed_at, valid_until=filed.valid_until,
        stamped_at=filed.stamped_at,
        patient_name=visit.patient.name, decision=review.decision, decided_by=review.by,
        overridden=any(standing.override for standing in standings(screening).findings),
    )  # fmt: skip
    Visit.objects.filter(pk=visit.pk).update(closed_at=filed.sealed_at)
    audit.log(
        visit.clinic,
        by,
        "record.sealed",
        row,
        visit=str(review.visit_id),
        sha256=filed.sha256,
        decision=review.decision,
        **data,
    )
    return row
