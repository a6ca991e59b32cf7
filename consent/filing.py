"""Makes the sealed record of a review: drawn, sealed and stored outside any transaction, then put on record in one."""

import datetime
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic import audit
from clinic.models import Clinic, User, Visit
from consent import archive, attached, document, keys, rendering, sealing, stamping
from consent.document import notes
from consent.document.versions import software_version
from consent.models import Ceremony, RecordKind, SealedDocument, SealingCertificate, Signature
from consent.seals import read_seals
from screening.models import Review, rules_of
from screening.standing import standings

# What may go wrong with a record, and is told to the person; the next try may succeed.
NOT_SEALED = (rendering.RenderingFailed, keys.SealingFailed, archive.ArchiveDamaged, OSError)
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
    previous: SealedDocument | None = None
    frozen: Mapping[str, Any] = field(default_factory=dict)


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


type_of_draw = Callable[[str, datetime.datetime, audit.Head, str, SealedDocument | None], str]
type_of_attach = Callable[[str, datetime.datetime, audit.Head], tuple[rendering.Attachment, ...]]


def before(visit: Visit) -> SealedDocument | None:
    """The newest record of the visit."""
    return visit.documents.order_by("-sealed_at", "-created_at").first()


def seal_page(
    clinic: Clinic, draw: type_of_draw, attach: type_of_attach, previous: SealedDocument | None,
    valid_until: datetime.date | None = None,
) -> Filed:  # fmt: skip
    """Draw, seal and store a record. No row is written; a file without a row is harmless."""
    sealer, head = sealer_of(clinic), audit.head(clinic)
    number, sealed_at = new_number(), timezone.now()
    unsigned = rendering.render(
        draw(number, sealed_at, head, sealer.fingerprint, previous), attachments=attach(number, sealed_at, head)
    )
    sealed = stamping.with_stamp(
        lambda stamper: sealing.seal(
            unsigned, sealer, reason=f"Record {number}", location=clinic.name, signed_at=sealed_at, stamper=stamper
        )
    )
    [seal] = read_seals(sealed)
    certificate = SealingCertificate.objects.get(fingerprint=sealer.fingerprint)
    return Filed(
        number, archive.put(sealed), len(sealed), len(unsigned), certificate, sealed_at, valid_until, seal.stamped_at,
        previous, {"head": [head.seq, head.hash], "software": software_version()},
    )  # fmt: skip


def draw_and_seal(review: Review, ceremony: Ceremony | None, signatures: Sequence[Signature]) -> Filed:
    """The record of a decision, drawn and sealed: with its ceremony a consent."""
    visit, valid_until = review.visit, None
    if ceremony:
        days = rules_of(review.screening.policy).consent_valid_days
        valid_until = visit.clinic.today() + datetime.timedelta(days=days)

    def draw(number: str, at: datetime.datetime, head: audit.Head, key: str, previous: SealedDocument | None) -> str:
        return document.record_html(
            review, number=number, sealed_at=at, head=head, certificate=key, ceremony=ceremony, signatures=signatures,
            valid_until=valid_until, previous=previous,
        )  # fmt: skip

    def attach(number: str, at: datetime.datetime, head: audit.Head) -> tuple[rendering.Attachment, ...]:
        return attached.attachments_of(review, ceremony, signatures, number, at, head)

    return seal_page(visit.clinic, draw, attach, before(visit), valid_until)


def seal_note(note: notes.Note, review: Review, previous: SealedDocument | None) -> Filed:
    """The short record that a consent was not given or taken back, drawn and sealed."""

    def draw(number: str, at: datetime.datetime, head: audit.Head, key: str, previous: SealedDocument | None) -> str:
        return notes.note_html(note, review, number=number, sealed_at=at, head=head, certificate=key, previous=previous)

    def attach(number: str, at: datetime.datetime, head: audit.Head) -> tuple[rendering.Attachment, ...]:
        return attached.attachments_of(review, None, (), number, at, head)

    return seal_page(review.visit.clinic, draw, attach, previous)


def put(
    filed: Filed, kind: str, decided: Review, by: User | None, data: Mapping[str, Any], **about: Any
) -> SealedDocument:
    """The row and its audit event. `decided`: the decision that it goes back to; `about`: the rows that it records."""
    visit = decided.visit
    row = SealedDocument.objects.create(
        clinic=visit.clinic, visit=visit, kind=kind, number=filed.number, sha256=filed.sha256, size=filed.size,
        unsigned_length=filed.unsigned_length, certificate=filed.certificate, sealed_at=filed.sealed_at,
        stamped_at=filed.stamped_at, valid_until=filed.valid_until, previous=filed.previous,
        patient_name=visit.patient.name, decided_by=decided.by,
        frozen=dict(filed.frozen), **about,
    )  # fmt: skip
    told = {"visit": str(visit.pk), "sha256": filed.sha256, "kind": kind}
    audit.log(visit.clinic, by, "record.sealed", row, **told, **data)
    return row


def put_on_record(filed: Filed, review: Review, ceremony: Ceremony | None, by: User, **data: Any) -> SealedDocument:
    """A decision's record; call inside the transaction that completes it. The visit is closed with it."""
    row = put(
        filed, RecordKind.CONSENT if ceremony else RecordKind.DECISION, review, by, {"decision": review.decision} | data,
        review=review, ceremony=ceremony, decision=review.decision,
        overridden=any(standing.override for standing in standings(review.screening).findings),
    )  # fmt: skip
    Visit.objects.filter(pk=review.visit_id).update(closed_at=filed.sealed_at)
    return row
