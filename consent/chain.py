"""Walks a clinic's audit trail and holds it against the sealed records: what was cut, changed or added is named."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import AuditEvent, Clinic
from consent import archive
from consent.attached import EVENTS
from consent.finding import AT_ONCE, in_batches
from consent.models import SealedDocument
from consent.rechecking import NothingToCheck, carried

SEALED = "record.sealed"


@dataclass(frozen=True)
class Anchor:
    """A link of the chain as a sealed record prints it on its last page."""

    seq: int
    hash: str


def faults(
    clinic: Clinic,
    anchors: tuple[Anchor, ...] = (),
    with_files: bool = False,
    tell: Callable[[int], None] = lambda seq: None,
) -> Iterator[str]:
    """Everything that does not hold, in words; nothing when the trail is whole. `tell` hears how far the walk is."""
    yield from audit.breaks(clinic, tell)
    yield from anchor_faults(clinic, anchors)
    yield from record_faults(clinic, with_files)
    yield from orphan_faults(clinic)


def anchor_faults(clinic: Clinic, anchors: Iterable[Anchor]) -> Iterator[str]:
    """A link that a record names and that the trail no longer has: it was cut short, or written anew."""
    named = list(anchors)
    last = audit.head(clinic).seq
    rows = AuditEvent.objects.filter(clinic=clinic, seq__in={anchor.seq for anchor in named if anchor.seq <= last})
    there = dict(rows.values_list("seq", "hash"))
    for anchor in named:
        if anchor.seq > last:
            yield _("The trail was cut: a record names event %(seq)s, and the last one is %(last)s.") % {
                "seq": anchor.seq, "last": last,
            }  # fmt: skip
        elif there.get(anchor.seq, audit.GENESIS if not anchor.seq else "") != anchor.hash:
            yield _("The trail was written anew: event %(seq)s is not the one that a record names.") % {
                "seq": anchor.seq
            }


def record_faults(clinic: Clinic, with_files: bool) -> Iterator[str]:
    """Every sealed record has its event with its hash, and the trail still has the link that the record names."""
    documents = SealedDocument.objects.filter(clinic=clinic).only("number", "sha256", "frozen", "clinic")
    for some in in_batches(documents.iterator(AT_ONCE)):
        subjects = [audit.subject_of(document) for document in some]
        events = AuditEvent.objects.filter(clinic=clinic, action=SEALED, subject__in=subjects)
        known = {subject: data.get("sha256") for subject, data in events.values_list("subject", "data")}
        for document in some:
            yield from event_faults(document, known)
        yield from anchor_faults(clinic, filter(None, map(printed, some)))
        if with_files:
            for document in some:
                yield from file_faults(clinic, document)


def event_faults(document: SealedDocument, known: dict[str, Any]) -> Iterator[str]:
    subject = audit.subject_of(document)
    if subject not in known:
        yield _("Record %(number)s has no event on the trail.") % {"number": document.number}
    elif known[subject] != document.sha256:
        yield _("Record %(number)s is not the one that the trail names: its hash is another.") % {
            "number": document.number
        }


def orphan_faults(clinic: Clinic) -> Iterator[str]:
    """Every event of a sealing has its record."""
    events = AuditEvent.objects.filter(clinic=clinic, action=SEALED).order_by("seq").values_list("subject", flat=True)
    for some in in_batches(events.iterator(AT_ONCE)):
        keys = [subject.partition(":")[2] for subject in some]
        there = {str(key) for key in SealedDocument.objects.filter(pk__in=keys).values_list("pk", flat=True)}
        for subject, key in zip(some, keys, strict=True):
            if key not in there:
                yield _("The trail names a record that is not there: %(subject)s.") % {"subject": subject}


def printed(document: SealedDocument) -> Anchor | None:
    """The link that stood at the head of the trail when the record was drawn, as it prints it."""
    match document.frozen.get("head"):
        case [int(seq), str(hash)]:
            return Anchor(seq, hash)
    return None


def file_faults(clinic: Clinic, document: SealedDocument) -> Iterator[str]:
    """The file is there and is the one sealed, and the trail still has the events that the file carries."""
    try:
        data = archive.get(document.sha256)
    except archive.ArchiveMissing:
        yield _("The file of record %(number)s is missing.") % {"number": document.number}
    except archive.ArchiveDamaged:
        yield _("The file of record %(number)s was changed or damaged.") % {"number": document.number}
    else:
        yield from anchor_faults(clinic, carried_links(data))


def carried_links(pdf: bytes) -> list[Anchor]:
    """The events that a record carries inside its file; none in a file that carries nothing."""
    try:
        return [Anchor(row["seq"], row["hash"]) for row in json.loads(carried(pdf, EVENTS))]
    except (NothingToCheck, ValueError, LookupError, TypeError):
        return []
