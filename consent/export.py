"""Hands many sealed records out at once: as a ZIP that can be checked anywhere, one PDF to read, or a table.

What leaves is counted: a clinic has so many records a day, and every export is on the trail with its reason.
"""

import gc
import hashlib
import logging
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from zipstream import ZipStream

from clinic import audit
from clinic.models import AuditEvent, Clinic, User
from consent import archive, fhir, manifest
from consent.filing import sealer_of
from consent.finding import AT_ONCE, Wanted, in_batches, midnight
from consent.manifest import Batch, Member, batch_of
from consent.models import RecordExport, SealedDocument
from consent.state import states_of

log = logging.getLogger(__name__)

EXPORTED = "records.exported"
MOST_MERGED = 200
BUNDLES_AT_ONCE = 25  # each with all its answers and signatures


class Form(TextChoices):
    """In what form records leave."""

    ZIP = "zip", lazy("ZIP of the sealed PDFs, with a signed list and a program that checks them")
    MERGED = "merged", lazy("One PDF for reading (up to 200 records; merging breaks the seals)")
    CSV = "csv", lazy("Table for a spreadsheet (CSV)")
    FHIR = "fhir", lazy("Data for other systems (FHIR R4, one record a line, its sealed PDF inside)")


class ExportRefused(Exception):
    """An export that cannot be made; the text says why and what to do."""


class FilesMissing(ExportRefused):
    """Some files are not in the archive; the export can be made without them, and lists them as gaps."""


def batch_of_files(documents: QuerySet[SealedDocument], clinic: Clinic, form: str, without_missing: bool) -> Batch:
    """What an export of the files themselves would hold. Every file is read before anything is sent, so that a damaged one
    is a gap like a missing one; what can be refused without reading them is refused first."""
    found = batch_of(documents, clinic)
    check_count(found, clinic, form)
    batch = found.read_through()
    check_gaps(batch, without_missing)
    return batch


def left_today(clinic: Clinic) -> int:
    """How many records may still leave the clinic today."""
    events = AuditEvent.objects.filter(
        clinic=clinic, action=EXPORTED, created_at__gte=midnight(clinic.today(), clinic)
    ).values_list("data", flat=True)
    return max(0, clinic.exports_a_day - sum(int(data.get("count", 0)) for data in events))


def last_count(clinic: Clinic, by: User) -> int:
    """How many records this person exported last."""
    events = AuditEvent.objects.filter(clinic=clinic, action=EXPORTED, actor=by)
    return int(events.order_by("-seq").values_list("data", flat=True)[0]["count"])


def note(
    batch: Batch, clinic: Clinic, by: User, reason: str, form: str, wanted: Wanted | None, without_file: int = 0
) -> None:
    """Put the export on the trail, within what may leave today: counted and written under one lock."""
    hashes = "\n".join(member.sha256 for member in batch.members)
    with transaction.atomic():
        locked = Clinic.objects.select_for_update().get(pk=clinic.pk)
        check_left(batch, locked)
        event = audit.log(
            clinic, by, EXPORTED, clinic, count=len(batch.members), gaps=len(batch.gaps) + without_file, reason=reason, form=form,
            hashes=hashlib.sha256(hashes.encode()).hexdigest(), wanted=wanted.for_audit() if wanted else "picked",
        )  # fmt: skip
        for at in range(0, len(batch.members), AT_ONCE):
            hashed = [member.sha256 for member in batch.members[at : at + AT_ONCE]]
            keys = SealedDocument.objects.filter(clinic=clinic, sha256__in=hashed).values_list("pk", flat=True)
            RecordExport.objects.bulk_create([RecordExport(document_id=key, event=event) for key in keys])


def check_left(batch: Batch, clinic: Clinic) -> None:
    """Refuse more than may still leave today."""
    left = left_today(clinic)
    if len(batch.members) > left:
        raise ExportRefused(
            _(
                "Of the %(most)s records that may leave the clinic in one day, %(left)s are left today, and these are "
                "%(count)s. Narrow the filter, go on tomorrow, or have the number raised in the clinic's settings."
            )
            % {"most": clinic.exports_a_day, "left": left, "count": len(batch.members)}
        )


def check_count(batch: Batch, clinic: Clinic, form: str) -> None:
    """Refuse what is nothing or too much, before anything is read, written or sent."""
    if not batch.members and not batch.gaps:
        raise ExportRefused(_("No record matches, so there is nothing to export."))
    if form == Form.MERGED and len(batch.members) > MOST_MERGED:
        raise ExportRefused(
            _("One PDF holds up to %(most)s records, and these are %(count)s. Narrow the filter, or take the ZIP.")
            % {"most": MOST_MERGED, "count": len(batch.members)}
        )
    check_left(batch, clinic)


def check_gaps(batch: Batch, without_missing: bool) -> None:
    """Refuse an export with gaps unless it was asked for."""
    if batch.gaps and not without_missing:
        names = ", ".join(member.name for member in batch.gaps[:10]) + (" …" if len(batch.gaps) > 10 else "")
        raise FilesMissing(
            _(
                "These records are missing from the archive or damaged: %(names)s. Nothing was exported. "
                "Restore their files from the backup, or export without them; a ZIP’s list or the data then names them as gaps."
            )
            % {"names": names}
        )


def export(
    documents: QuerySet[SealedDocument], clinic: Clinic, by: User, reason: str, wanted: Wanted | None,
    without_missing: bool = False,
) -> ZipStream:  # fmt: skip
    """Write the audit event, then give a ZIP whose length is known. `wanted` is None when records were picked by hand."""
    batch = batch_of_files(documents, clinic, Form.ZIP, without_missing)
    told = {
        "clinic": clinic.name, "exported_by": by.printed_name, "reason": reason,
        "exported_at": timezone.now().astimezone(clinic.zone).isoformat(timespec="seconds"),
        "filter": wanted.for_audit() if wanted else "picked",
    }  # fmt: skip
    beside = manifest.files(batch.members, batch.gaps, told, sealer_of(clinic))
    note(batch, clinic, by, reason, Form.ZIP, wanted)
    stream = ZipStream(sized=True)
    for name, data in beside.items():
        stream.add(data, name)
    for member in batch.members:
        stream.add(checked(member), member.name, size=member.size)
    return stream


def checked(member: Member) -> Iterator[bytes]:
    """The record's bytes, when their turn comes."""
    yield read_again(member.sha256)


def read_again(sha256: str) -> bytes:
    """The file, hashed again. One that was damaged since it was looked at ends the stream short of its promised length or of
    its last part, so that the download fails instead of seeming whole."""
    try:
        return archive.get(sha256)
    except (archive.ArchiveMissing, archive.ArchiveDamaged):
        log.error("export stopped: record %s is missing or damaged", sha256)
        raise


def note_rows(
    documents: QuerySet[SealedDocument], clinic: Clinic, by: User, reason: str, form: str, wanted: Wanted | None
) -> list[str]:
    """Check and put on the trail an export of what records say: their files may be missing. Gives the hashes of those counted,
    the newest first, since others may be sealed while these leave."""
    everything = with_gaps(batch_of(documents, clinic))
    check_count(everything, clinic, form)
    note(everything, clinic, by, reason, form, wanted)
    return newest_first(everything)


def with_gaps(batch: Batch) -> Batch:
    """All of them, for what leaves of a record whose file does not."""
    return Batch((*batch.members, *batch.gaps), ())


def newest_first(batch: Batch) -> list[str]:
    return [member.sha256 for member in sorted(batch.members, key=lambda one: one.sealed_at, reverse=True)]


def in_turn(documents: QuerySet[SealedDocument], counted: list[str], size: int) -> Iterator[list[SealedDocument]]:
    """The records of these hashes, a few at a time."""
    for keys in in_batches(counted, size):
        yield list(documents.filter(sha256__in=keys))


COLUMNS = (
    "record", "kind", "patient", "sealed at", "decision", "clinician", "overridden", "valid until", "today", "replaces", "sha256",
)  # fmt: skip


def as_table(
    documents: QuerySet[SealedDocument], clinic: Clinic, by: User, reason: str, wanted: Wanted | None
) -> Iterator[bytes]:
    """Write the audit event, then give a CSV of what the records printed and how they stand today, part by part."""
    counted = note_rows(documents, clinic, by, reason, Form.CSV, wanted)
    return parts_of(documents.select_related("clinic", "decided_by", "previous"), counted, clinic)


def as_ndjson(
    documents: QuerySet[SealedDocument], clinic: Clinic, by: User, reason: str, wanted: Wanted | None,
    without_missing: bool = False,
) -> Iterator[bytes]:  # fmt: skip
    """Write the audit event, then give each record with its sealed file as a FHIR bundle on a line of its own, read when its
    turn comes. A record whose file is a gap leaves too, and says that the file could not be had."""
    batch = batch_of_files(documents, clinic, Form.FHIR, without_missing)
    everything = with_gaps(batch)
    note(everything, clinic, by, reason, Form.FHIR, wanted, without_file=len(batch.gaps))
    return bundle_lines(documents, newest_first(everything), {member.sha256 for member in batch.gaps})


def bundle_lines(documents: QuerySet[SealedDocument], counted: list[str], gaps: set[str]) -> Iterator[bytes]:
    for some in in_turn(fhir.with_lineage(documents), counted, BUNDLES_AT_ONCE):
        files = {one.pk: read_again(one.sha256) for one in some if one.sha256 not in gaps}
        for bundle in fhir.bundles_of(some, files):
            yield fhir.as_bytes(bundle) + b"\n"
        some.clear()
        files.clear()
        gc.collect()  # these rows point at each other: left to chance, they stay in memory for many batches


def parts_of(documents: QuerySet[SealedDocument], counted: list[str], clinic: Clinic) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + manifest.table(COLUMNS, ())  # the mark by which spreadsheets know the encoding
    for some in in_turn(documents, counted, AT_ONCE):
        yield lines(some, clinic)


def lines(chunk: list[SealedDocument], clinic: Clinic) -> bytes:
    states = states_of(chunk)
    rows = [
        (
            one.number, one.kind, one.patient_name, one.sealed_at.astimezone(clinic.zone).isoformat(timespec="seconds"),
            one.decision, one.decided_by.printed_name, "yes" if one.overridden else "no", one.valid_until or "",
            states[one.pk].words, one.previous.number if one.previous else "", one.sha256,
        )
        for one in chunk
    ]  # fmt: skip
    return manifest.table(COLUMNS, rows).split(b"\r\n", 1)[1]


def merged(
    documents: QuerySet[SealedDocument], clinic: Clinic, by: User, reason: str, wanted: Wanted | None,
    without_missing: bool = False,
) -> bytes:  # fmt: skip
    """Write the audit event, then give one PDF of them all, with a first page that says what it is: a copy for reading."""
    from consent import reading_copy  # brings a PDF library that no other page pays for

    batch = batch_of_files(documents, clinic, Form.MERGED, without_missing)
    told: dict[str, Any] = {"clinic": clinic, "by": by, "reason": reason, "at": timezone.now().astimezone(clinic.zone)}
    made = reading_copy.merge([(member.name, archive.get(member.sha256)) for member in batch.members], told)
    note(batch, clinic, by, reason, Form.MERGED, wanted)
    return made
