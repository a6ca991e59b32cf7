"""Finds sealed records, and hands many of them out as one ZIP that streams with an exact length and flat memory."""

import csv
import datetime
import hashlib
import io
import logging
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from zipstream import ZipStream

from clinic import audit
from clinic.models import Clinic, User
from consent import archive
from consent.models import SealedDocument

log = logging.getLogger(__name__)

COLUMNS = ("file", "sha256", "sealed at", "decision")
FORMULA = frozenset("=+-@\t\r\n")  # a spreadsheet runs a cell that begins with one of these


class ExportRefused(Exception):
    """An export that cannot be made; the text says why and what to do."""


@dataclass(frozen=True)
class Wanted:
    """Which records are looked for; what is None or empty does not matter."""

    since: datetime.date | None = None
    until: datetime.date | None = None
    clinician: User | None = None
    decision: str = ""
    overridden: bool | None = None
    patient: str = ""

    def for_audit(self) -> dict[str, Any]:
        """What was looked for, without names: whether a patient was named, not which."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "clinician": self.clinician.pk if self.clinician else None,
            "decision": self.decision,
            "overridden": self.overridden,
            "patient_named": bool(self.patient),
        }


def records(documents: QuerySet[SealedDocument]) -> QuerySet[SealedDocument]:
    """Newest first."""
    return documents.select_related("visit__patient", "clinic", "decided_by").order_by("-sealed_at", "number")


def matching(documents: QuerySet[SealedDocument], wanted: Wanted, clinic: Clinic) -> QuerySet[SealedDocument]:
    """The records that fit; days are the clinic's."""
    found = records(documents)
    if wanted.since:
        found = found.filter(sealed_at__gte=midnight(wanted.since, clinic))
    if wanted.until:
        found = found.filter(sealed_at__lt=midnight(wanted.until + datetime.timedelta(days=1), clinic))
    if wanted.clinician:
        found = found.filter(decided_by=wanted.clinician)
    if wanted.decision:
        found = found.filter(decision=wanted.decision)
    if wanted.overridden is not None:
        found = found.filter(overridden=wanted.overridden)
    for word in wanted.patient.split():
        found = found.filter(named(word))
    return found


def midnight(day: datetime.date, clinic: Clinic) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.min, clinic.zone)


def named(word: str) -> Q:
    """SQLite compares only ASCII letters without regard to case; the usual spellings of a name help the others."""
    either = Q()
    for spelling in {word, word.lower(), word.upper(), word.title()}:
        either |= Q(patient_name__icontains=spelling)
    return either


def safe_cell(value: str) -> str:
    """A cell that a spreadsheet shows and never runs; full-width signs count as the plain ones."""
    plain = unicodedata.normalize("NFKC", value[:1])
    return f"'{value}" if plain and plain[0] in FORMULA else value


@dataclass(frozen=True)
class Member:
    """One record in the ZIP. Its name holds the day and our own number, never what a person typed."""

    name: str
    sha256: str
    size: int
    sealed_at: str
    decision: str


def members_of(documents: QuerySet[SealedDocument], clinic: Clinic) -> list[Member]:
    """What goes into the ZIP, and nothing else of the rows: a few hundred bytes for each record."""
    found = documents.values_list("number", "sha256", "size", "sealed_at", "decision")
    members = []
    for number, sha256, size, sealed_at, decision in found.iterator():
        at = sealed_at.astimezone(clinic.zone)
        name = f"{at:%Y/%m}/{number}.pdf"
        members.append(Member(name, sha256, size, at.isoformat(timespec="seconds"), decision))
    return members


def check_on_disk(members: Iterable[Member]) -> None:
    """Every file is there in its full size, before the first byte goes out; its hash is checked as it is read."""
    amiss = [member.name for member in members if not is_on_disk(member)]
    if amiss:
        raise ExportRefused(
            _(
                "These records are missing from the archive or damaged: %(names)s. Nothing was exported. "
                "Restore their files from the backup, or untick them."
            )
            % {"names": ", ".join(amiss[:10]) + (" …" if len(amiss) > 10 else "")}
        )


def is_on_disk(member: Member) -> bool:
    try:
        return archive.path_of(member.sha256).stat().st_size == member.size
    except (OSError, archive.ArchiveMissing):
        return False


def manifest(members: Iterable[Member]) -> bytes:
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for member in members:
        cells = (member.name, member.sha256, member.sealed_at, member.decision)
        rows.writerow([safe_cell(cell) for cell in cells])
    return out.getvalue().encode()


def export(
    documents: QuerySet[SealedDocument], clinic: Clinic, by: User, reason: str, wanted: Wanted | None
) -> ZipStream:
    """Write the audit event, then give a ZIP whose length is known. `wanted` is None when records were picked by hand."""
    members = members_of(documents, clinic)
    if not members:
        raise ExportRefused(_("No record matches, so there is nothing to export."))
    check_on_disk(members)
    hashes = "\n".join(member.sha256 for member in members)
    with transaction.atomic():
        audit.log(
            clinic, by, "records.exported", clinic, count=len(members), reason=reason,
            hashes=hashlib.sha256(hashes.encode()).hexdigest(), wanted=wanted.for_audit() if wanted else "picked",
        )  # fmt: skip
    stream = ZipStream(sized=True)
    stream.add(manifest(members), "manifest.csv")
    for member in members:
        stream.add(checked(member), member.name, size=member.size)
    return stream


def checked(member: Member) -> Iterator[bytes]:
    """The record's bytes, read when their turn comes. A file that is not what was sealed ends the stream short of its
    promised length, so that the download fails instead of seeming whole."""
    try:
        yield archive.get(member.sha256)
    except (archive.ArchiveMissing, archive.ArchiveDamaged):
        log.error("export stopped: record %s is missing or damaged", member.sha256)
        raise
