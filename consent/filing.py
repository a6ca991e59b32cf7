"""Makes the sealed record of a review: drawn, sealed and stored outside any transaction, then put on record in one."""

import datetime
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from clinic import audit, particulars
from clinic.models import Clinic, User, Visit
from consent import archive, attached, document, fhir, keys, rendering, sealing, stamping
from consent.document import notes
from consent.document.versions import drawn_with, software_version
from consent.document.words import is_right_to_left
from consent.models import Ceremony, RecordKind, SealedDocument, SealingCertificate, Signature
from consent.state import last_before
from screening.models import Review, Screening, rules_of
from screening.standing import standings

# What may go wrong with a record, and is told to the person; the next try may succeed.
NOT_SEALED = (rendering.RenderingFailed, keys.SealingFailed, archive.ArchiveDamaged, archive.ArchiveMissing, OSError)
NOT_WRITTEN = (*NOT_SEALED, OperationalError)  # a full disk stops the record's file, or the rows about it
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
            row, is_new = SealingCertificate.objects.get_or_create(
                clinic=clinic, fingerprint=sealer.fingerprint,
                defaults={"pem": sealer.certificate_pem, "valid_until": sealer.not_after},
            )  # fmt: skip
            if is_new:  # another request may have been first
                audit.log(clinic, None, "certificate.added", row, fingerprint=sealer.fingerprint)
    return sealer


def new_number() -> str:
    """A record number that says nothing about the patient, readable aloud."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join(letters[i : i + 4] for i in (0, 4, 8))


@dataclass(frozen=True)
class Told:
    """What a record says of itself: `key` is the certificate's fingerprint, `previous` the record before it, `address`
    where the outside could reach the product at the time."""

    number: str
    at: datetime.datetime
    head: audit.Head
    key: str
    previous: SealedDocument | None = None
    valid_until: datetime.date | None = None
    address: str = ""

    @property
    def frozen(self) -> dict[str, Any]:
        """What no row holds and the page needs to be drawn again, and by what it was drawn."""
        head = [self.head.seq, self.head.hash]
        return {"head": head, "address": self.address, "software": software_version(), "drawn_with": drawn_with()}


def drawn(html: str, visit: Visit, told: Told, carried: Sequence[rendering.Attachment]) -> bytes:
    """The page with the logo that the clinic had at the time; it says its number and whose it is."""
    logo, name = particulars.logo_of(visit.clinic, told.at), visit.patient.name
    # Words that run from the right do not come out of a PDF in the order in which they went in.
    says = [told.number] if is_right_to_left(name) else [told.number, name]
    assets = {document.LOGO: (bytes(logo.png), "image/png")} if logo else {}
    return rendering.render(html, assets=assets, attachments=carried, says=says)


def record_pdf(review: Review, given: fhir.Agreement | None, told: Told) -> bytes:
    """The record of a decision, not sealed yet: with what was agreed a consent."""
    html = document.record_html(
        review, number=told.number, sealed_at=told.at, head=told.head, certificate=told.key,
        ceremony=given.ceremony if given else None, signatures=given.signatures if given else (),
        valid_until=told.valid_until, previous=told.previous, address=told.address,
    )  # fmt: skip
    return drawn(
        html, review.screening.visit, told, attached.attachments_of(review, given, told.number, told.at, told.head)
    )


def note_pdf(note: notes.Note, given: fhir.Agreement, told: Told) -> bytes:
    """The short record that a consent was not given or taken back, not sealed yet."""
    html = notes.note_html(
        note, given.review, number=told.number, sealed_at=told.at, head=told.head, certificate=told.key,
        previous=told.previous, address=told.address,
    )  # fmt: skip
    carried = attached.attachments_of(given.review, given, told.number, told.at, told.head)
    return drawn(html, given.review.screening.visit, told, carried)


def seal_page(
    clinic: Clinic, draw: Callable[[Told], bytes], previous: SealedDocument | None,
    valid_until: datetime.date | None = None,
) -> Filed:  # fmt: skip
    """Draw, seal and store a record. No row is written; a file without a row is harmless."""
    sealer, head = sealer_of(clinic), audit.head(clinic)
    told = Told(new_number(), timezone.now(), head, sealer.fingerprint, previous, valid_until, settings.PUBLIC_ADDRESS)
    unsigned = draw(told)
    sealed = stamping.with_stamp(
        lambda stamper: sealing.seal(
            unsigned, sealer, reason=f"Record {told.number}", location=clinic.name, signed_at=told.at, stamper=stamper
        )
    )
    certificate = SealingCertificate.objects.get(fingerprint=sealer.fingerprint)
    return Filed(
        told.number, archive.put(sealed.data), len(sealed.data), len(unsigned), certificate, told.at, valid_until,
        sealed.seal.stamped_at, previous, told.frozen,
    )  # fmt: skip


def seal_consent(ceremony: Ceremony, signatures: Sequence[Signature]) -> Filed:
    """The record of a decision to proceed to which all agreed, drawn and sealed; valid as long as the policy says."""
    review, clinic = ceremony.review, ceremony.visit.clinic
    until = clinic.today() + datetime.timedelta(days=rules_of(review.screening.policy).consent_valid_days)
    draw = partial(record_pdf, review, fhir.Agreement(review, ceremony, signatures))
    return seal_page(clinic, draw, last_before(ceremony.visit, timezone.now()), until)


def seal_note(note: notes.Note, given: fhir.Agreement, previous: SealedDocument | None) -> Filed:
    """The short record that a consent was not given or taken back, drawn and sealed."""
    return seal_page(given.review.visit.clinic, partial(note_pdf, note, given), previous)


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
    """A decision's record; call inside the transaction that completes it, with the visit locked.

    The visit is closed with it, unless the case was taken up again while the record was drawn: then it stays in the queue.
    """
    row = put(
        filed, RecordKind.CONSENT if ceremony else RecordKind.DECISION, review, by, {"decision": review.decision} | data,
        review=review, ceremony=ceremony, decision=review.decision,
        overridden=any(standing.override for standing in standings(review.screening).findings),
    )  # fmt: skip
    newer = Screening.objects.filter(visit=review.visit_id, seq__gt=review.screening.seq)
    if not newer.exists():
        Visit.objects.filter(pk=review.visit_id).update(closed_at=filed.sealed_at)
    return row
