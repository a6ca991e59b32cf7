"""Is this file a record of ours, exactly as it was sealed? One verdict for whatever is handed in, offline."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pyhanko.pdf_utils.crypt import PdfKeyNotAvailableError

from consent import stamping
from consent.models import SealedDocument, SealingCertificate
from consent.seals import ROTTEN, Seal, read_seal, sealed_beginning, signatures
from consent.state import state_of

LARGEST = 32 * 1024 * 1024


class Outcome(TextChoices):
    """What became of a file since it was sealed, if it ever was; its label is a plain sentence."""

    WHOLE = "whole", gettext_lazy("This is a record exactly as it was sealed. Nothing has been changed since.")
    CHANGED = (
        "changed",
        gettext_lazy(
            "This file was changed or damaged after it was sealed. Do not rely on it; ask for the record again."
        ),
    )
    UNKNOWN_KEY = "unknown_key", gettext_lazy("This file carries a seal, but none that was made with a key of ours.")
    NOT_SEALED = (
        "not_sealed",
        gettext_lazy("This PDF carries no seal. It may be a draft, or a copy that was printed to a file."),
    )
    NOT_A_PDF = "not_a_pdf", gettext_lazy("This file is not a PDF.")
    NOT_ON_RECORD = (
        "not_on_record",
        gettext_lazy("This file carries a seal of ours, but exactly this file is not among our records."),
    )


@dataclass(frozen=True)
class Verdict:
    """The outcome, with what the seal proves; who sealed and when is told only where the signature itself holds."""

    outcome: Outcome
    sha256: str
    explains: str
    fingerprint: str | None = None
    sealed_at: datetime | None = None
    number: str = ""
    today: str = ""  # how the record stands now: valid, expired, withdrawn, replaced

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.WHOLE


def inspect(data: bytes, known: Callable[[str], bool], on_record: Callable[[str], bool]) -> Verdict:
    """Judge a file. `known`: is this certificate (sha256) one of ours; `on_record`: did we keep a file of this sha256."""
    sha256 = hashlib.sha256(data).hexdigest()
    outcome, sentence, seal = examine(data)
    if seal and outcome is Outcome.WHOLE:
        if not (seal.trusted and known(seal.fingerprint)):
            outcome = Outcome.UNKNOWN_KEY
        elif not on_record(sha256):
            outcome = Outcome.CHANGED if seal.stuffed else Outcome.NOT_ON_RECORD
        sentence = inside_the_seal() if outcome is Outcome.CHANGED else str(outcome.label)
        return Verdict(outcome, sha256, sentence, seal.fingerprint, seal.sealed_at)
    return Verdict(outcome, sha256, sentence or str(outcome.label))


def examine(data: bytes) -> tuple[Outcome, str, Seal | None]:
    """What the file's own bytes say; a sentence only where the outcome's own would not explain it."""
    if len(data) > LARGEST:
        return Outcome.NOT_ON_RECORD, _("This file is larger than any record that we keep."), None
    if b"%PDF-" not in data[:1024]:
        return Outcome.NOT_A_PDF, "", None
    try:
        found = signatures(data)
        seal = read_seal(found[0]) if len(found) == 1 else None
    except PdfKeyNotAvailableError:
        locked = _("This PDF is locked with a password. Our records never are.")
        return unless_added_to(data, Outcome.NOT_SEALED, locked)
    except ROTTEN:
        rotten = _("This PDF is damaged: it cannot be read to the end. Do not rely on it.")
        return unless_added_to(data, Outcome.CHANGED, rotten)
    if len(found) > 1:
        return Outcome.CHANGED, _("This PDF carries more than one signature. Our records carry exactly one."), None
    if seal is None:
        return unless_added_to(data, Outcome.NOT_SEALED, "")
    if seal.whole:
        return Outcome.WHOLE, "", seal
    return unless_added_to(data, Outcome.CHANGED, inside_the_seal() if seal.stuffed else "")


def unless_added_to(data: bytes, outcome: Outcome, sentence: str) -> tuple[Outcome, str, None]:
    """This verdict, or the more exact one: a whole sealed file lies at the beginning, and something behind its end."""
    if not begins_sealed(data):
        return outcome, sentence, None
    added = _(
        "Something was added to this file after its end, when it had been sealed, and may change what it shows. "
        "Do not rely on it; ask for the record again."
    )
    return Outcome.CHANGED, added, None


def begins_sealed(data: bytes) -> bool:
    try:
        found = signatures(sealed_beginning(data))
        return len(found) == 1 and read_seal(found[0]).whole
    except ROTTEN:
        return False


def inside_the_seal() -> str:
    return _(
        "This file was changed inside its seal, where nothing is shown. It is not the file that was sealed; "
        "ask for the record again."
    )


def check(data: bytes) -> Verdict:
    """Judge a file by the certificates and the records that are kept here; a whole one with how it stands today."""
    verdict = inspect(
        data,
        known=lambda fingerprint: SealingCertificate.objects.filter(fingerprint=fingerprint).exists(),
        on_record=lambda sha256: SealedDocument.objects.filter(sha256=sha256).exists(),
    )
    if not verdict.ok:
        return verdict
    document = SealedDocument.objects.select_related("clinic", "time_stamp").get(sha256=verdict.sha256)
    return replace(verdict, explains=explained(document), number=document.number, today=state_of(document).words)


def explained(document: SealedDocument) -> str:
    """What is said of the whole file of a record: also that a time stamp beside it does not hold."""
    whole = str(Outcome.WHOLE.label)
    if why := late_stamp_amiss(document):
        return whole + " " + _("But its late time stamp, kept beside it, does not hold: %(why)s.") % {"why": why}
    return whole


def late_stamp_amiss(document: SealedDocument) -> str:
    """Why the time stamp that came after the seal no longer fits, in words; empty where it does, or there is none."""
    stamp = getattr(document, "time_stamp", None)
    return stamping.what_is_amiss(bytes(stamp.token), document.sha256, stamp.stamped_at) if stamp else ""
