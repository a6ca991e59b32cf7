"""Walks a clinic's audit trail and holds it against the sealed records: what was cut, changed or added is named."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import AuditEvent, Clinic
from consent import archive
from consent.models import SealedDocument

SEALED = "record.sealed"


@dataclass(frozen=True)
class Anchor:
    """A link of the chain as a sealed record prints it on its last page."""

    seq: int
    hash: str


def faults(clinic: Clinic, anchors: tuple[Anchor, ...] = (), with_files: bool = False) -> Iterator[str]:
    """Everything that does not hold, in words; nothing when the trail is whole."""
    yield from audit.breaks(clinic)
    yield from anchor_faults(clinic, anchors)
    yield from record_faults(clinic, with_files)


def anchor_faults(clinic: Clinic, anchors: tuple[Anchor, ...]) -> Iterator[str]:
    """A printed link that the trail no longer has: it was cut short, or written anew."""
    head = audit.head(clinic)
    for anchor in anchors:
        if anchor.seq > head.seq:
            yield _("The trail was cut: a record names event %(seq)s, and the last one is %(last)s.") % {
                "seq": anchor.seq, "last": head.seq,
            }  # fmt: skip
        elif not AuditEvent.objects.filter(clinic=clinic, seq=anchor.seq, hash=anchor.hash).exists():
            yield _("The trail was written anew: event %(seq)s is not the one that a record names.") % {"seq": anchor.seq}


def record_faults(clinic: Clinic, with_files: bool) -> Iterator[str]:
    """Every sealed record has its event with its hash, and every such event its record."""
    events = AuditEvent.objects.filter(clinic=clinic, action=SEALED).order_by("seq")
    known = {subject: data.get("sha256") for subject, data in events.values_list("subject", "data").iterator()}
    for document in SealedDocument.objects.filter(clinic=clinic).only("number", "sha256", "size").iterator():
        sha256 = known.pop(audit.subject_of(document), None)
        if sha256 is None:
            yield _("Record %(number)s has no event on the trail.") % {"number": document.number}
        elif sha256 != document.sha256:
            yield _("Record %(number)s is not the one that the trail names: its hash is another.") % {
                "number": document.number
            }
        if with_files:
            yield from file_faults(document)
    for subject in known:
        yield _("The trail names a record that is not there: %(subject)s.") % {"subject": subject}


def file_faults(document: SealedDocument) -> Iterator[str]:
    try:
        archive.get(document.sha256)
    except archive.ArchiveMissing:
        yield _("The file of record %(number)s is missing.") % {"number": document.number}
    except archive.ArchiveDamaged:
        yield _("The file of record %(number)s was changed or damaged.") % {"number": document.number}
