"""The list of an export: what is in it, what is missing, who made it and why, signed with the clinic's key."""

import csv
import hashlib
import io
import json
import logging
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from clinic.models import Clinic
from consent import archive, check_export
from consent.keys import Sealer
from consent.models import SealedDocument

log = logging.getLogger(__name__)

COLUMNS = (
    "file", "sha256", "size", "sealed at", "kind", "decision", "status", "exported at", "exported by", "reason", "filter",
)  # fmt: skip
EXPORTED, GAP = "exported", "missing or damaged"
FORMULA = frozenset("=+-@\t\r\n")  # a spreadsheet runs a cell that begins with one of these
READ_ME = """This export holds sealed records of a clinic.

manifest.csv    the list for people, manifest.json the same for programs, with who exported it, why and by which filter.
                A record whose status is "missing or damaged" was not in the archive any more, and is not here.
check_export.py checks everything without the program that made it: python3 check_export.py THIS_FOLDER
Each PDF can also be checked by itself: any change breaks its seal.
"""


@dataclass(frozen=True)
class Member:
    """One record in the ZIP. Its name holds the day and our own number, never what a person typed."""

    name: str
    sha256: str
    size: int
    sealed_at: str
    kind: str
    decision: str


@dataclass(frozen=True)
class Batch:
    """What was chosen: the records that can leave, and the gaps."""

    members: tuple[Member, ...]
    gaps: tuple[Member, ...]

    def read_through(self) -> "Batch":
        """With every file read: those that are not what was sealed are gaps too."""
        whole = {member.sha256 for member in self.members if is_whole(member)}
        members = tuple(member for member in self.members if member.sha256 in whole)
        return Batch(members, (*self.gaps, *(member for member in self.members if member.sha256 not in whole)))


def batch_of(documents: QuerySet[SealedDocument], clinic: Clinic) -> Batch:
    """What an export would hold, and nothing else of the rows: a few hundred bytes for each record."""
    found = documents.values_list("number", "sha256", "size", "sealed_at", "kind", "decision")
    members: list[Member] = []
    gaps: list[Member] = []
    for number, sha256, size, sealed_at, kind, decision in found.iterator():
        at = sealed_at.astimezone(clinic.zone)
        member = Member(f"{at:%Y/%m}/{number}.pdf", sha256, size, at.isoformat(timespec="seconds"), kind, decision)
        (members if is_on_disk(member) else gaps).append(member)
    return Batch(tuple(members), tuple(gaps))


def is_on_disk(member: Member) -> bool:
    """There in its full size; what is in it is not read."""
    try:
        return archive.path_of(member.sha256).stat().st_size == member.size
    except (OSError, archive.ArchiveMissing):
        return False


def is_whole(member: Member) -> bool:
    """Its bytes are those that were sealed: read one file at a time, and kept nowhere."""
    try:
        archive.get(member.sha256)
    except (archive.ArchiveMissing, archive.ArchiveDamaged, OSError) as amiss:
        log.error("record %s cannot be exported: %s", member.sha256, type(amiss).__name__)
        return False
    return True


def safe_cell(value: str) -> str:
    """A cell that a spreadsheet shows and never runs; full-width signs count as the plain ones."""
    plain = unicodedata.normalize("NFKC", value[:1])
    return f"'{value}" if plain and plain[0] in FORMULA else value


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV that is safe to open in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([safe_cell(str(cell)) for cell in row] for row in rows)
    return out.getvalue().encode()


def as_csv(members: Iterable[Member], gaps: Iterable[Member], told: Mapping[str, Any]) -> bytes:
    """A row for each record, the gaps last; every row says of what export it is, so that rows can be sorted and cut out."""
    export = (told["exported_at"], told["exported_by"], told["reason"], as_words(told["filter"]))
    rows = (
        (one.name, one.sha256, one.size, one.sealed_at, one.kind, one.decision, status, *export)
        for status, some in ((EXPORTED, members), (GAP, gaps))
        for one in some
    )
    return table(COLUMNS, rows)


def as_words(wanted: Mapping[str, Any] | str) -> str:
    """The filter without what did not matter."""
    if isinstance(wanted, str):
        return wanted
    return "; ".join(f"{name}: {value}" for name, value in wanted.items() if value not in (None, ""))


def as_row(one: Member) -> dict[str, Any]:
    return {
        "file": one.name, "sha256": one.sha256, "size": one.size, "sealed_at": one.sealed_at, "kind": one.kind,
        "decision": one.decision,
    }  # fmt: skip


def files(members: Sequence[Member], gaps: Sequence[Member], told: Mapping[str, Any], sealer: Sealer) -> dict[str, bytes]:
    """The files that go with the records. `told`: who exported, when, why, by which filter."""
    also = {
        "manifest.csv": as_csv(members, gaps, told),
        "check_export.py": Path(check_export.__file__).read_bytes(),
        "READ ME.txt": READ_ME.encode(),
    }
    listed = dict(told) | {
        "certificate": sealer.fingerprint,
        "count": len(members),
        "records": [as_row(one) for one in members],
        "gaps": [as_row(one) for one in gaps],
        "also": {name: hashlib.sha256(data).hexdigest() for name, data in also.items()},
    }
    manifest = json.dumps(listed, indent=1, sort_keys=True, ensure_ascii=False).encode()
    own = {"manifest.json": manifest, "manifest.json.sig": sealer.sign(manifest)}
    return also | own | {"certificate.pem": sealer.certificate_pem.encode()}
