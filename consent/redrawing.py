"""Draws a record again from its rows, to prove that the stored file is what the database says."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as lazy

from clinic import audit
from clinic.models import AuditEvent
from consent import archive, fhir, filing, rendering
from consent.document import notes, versions
from consent.document.words import Clock
from consent.models import SealedDocument
from screening.models import Screening

# What changes the words of a record after it was sealed; its file stays as it was.
CHANGES = ("patient.changed", "patient.merged", "patient.separated", "member.changed", "clinic.changed")


class Redrawn(TextChoices):
    """What came of drawing a record again; its label is a plain sentence."""

    SAME = "same", lazy("Drawn again from the database, it is the same, byte for byte.")
    DIFFERENT = "different", lazy("Drawn again from the database, it is another. The file or the rows were changed.")
    CHANGED_SINCE = (
        "changed_since",
        lazy("Details were changed or the case went on since, so it cannot be drawn as it was."),
    )
    OTHER_VERSION = (
        "other_version",
        lazy("It was made by another version of this software, which alone draws it the same."),
    )
    MISSING = "missing", lazy("The archive has no file of this record. Restore it from the backup.")
    DAMAGED = "damaged", lazy("Its file in the archive is damaged or cannot be read. Restore it from the backup.")
    NOT_DRAWN = "not_drawn", lazy("It could not be drawn again, so it was not compared. Try again.")


AMISS = {Redrawn.DIFFERENT, Redrawn.MISSING, Redrawn.DAMAGED, Redrawn.NOT_DRAWN}


def redraw(record: SealedDocument) -> Redrawn:
    """Compare the stored file, up to its seal, with the record drawn from today's rows."""
    try:
        stored = archive.get(record.sha256)
    except archive.ArchiveMissing:
        return Redrawn.MISSING
    except archive.ArchiveDamaged:
        return Redrawn.DAMAGED
    if record.frozen.get("drawn_with") != versions.drawn_with():
        return Redrawn.OTHER_VERSION
    head = audit.Head(*record.frozen["head"])
    try:
        drawn = drawn_again(record, head)
    except rendering.RenderingFailed:
        return Redrawn.NOT_DRAWN
    if stored[: record.unsigned_length] == drawn:
        return Redrawn.SAME
    return Redrawn.CHANGED_SINCE if was_changed(record, head) else Redrawn.DIFFERENT


def drawn_again(record: SealedDocument, head: audit.Head) -> bytes:
    key = record.certificate.fingerprint
    address = record.frozen["address"]
    told = filing.Told(record.number, record.sealed_at, head, key, record.previous, record.valid_until, address)
    review, given = fhir.lineage(record)
    note = note_of(record, Clock(record.clinic.zone))
    return filing.note_pdf(note, given, told) if note and given else filing.record_pdf(review, given, told)


def note_of(record: SealedDocument, clock: Clock) -> notes.Note | None:
    if record.refusal:
        return notes.of_refusal(record.refusal, clock)
    return notes.of_withdrawal(record.withdrawal, clock) if record.withdrawal else None


def was_changed(record: SealedDocument, head: audit.Head) -> bool:
    """Whether anything that it prints changed after it was sealed, by the audit trail and the visit's later screenings."""
    later = AuditEvent.objects.filter(clinic=record.clinic, seq__gt=head.seq, action__in=CHANGES)
    return later.exists() or Screening.objects.filter(visit=record.visit, created_at__gt=record.sealed_at).exists()
