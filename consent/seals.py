"""Reads the signatures of a PDF, offline: what each one proves, whoever made it."""

import hashlib
import re
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import parser
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

# What pyHanko lets through when a file's structure is rotten: its own errors, and those of code that met another type,
# number or depth than the format promises.
ROTTEN = (
    PdfError,
    PathError,
    ValidationError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    EOFError,
    zlib.error,
    struct.error,
)

COVERED = re.compile(rb"/ByteRange\s*\[\s*0\s+\d{1,10}\s+(\d{1,10})\s+(\d{1,10})\s*\]")
HEX_DIGITS = re.compile(rb"<[0-9A-Fa-f\s]*>")


@dataclass(frozen=True)
class Seal:
    """What a signature in a PDF proves. `whole`: it covers every byte and allows no change. `trusted`: its certificate
    was valid when it says it was made, and may sign; whose certificate it is, is for the reader to judge. `stuffed`: what
    it covers is as it was, but the room of the signature itself, which it cannot cover, is not as sealing leaves it."""

    fingerprint: str
    sealed_at: datetime | None
    whole: bool
    trusted: bool
    stamped_at: datetime | None = None  # by a time stamp inside, whoever its authority is
    stuffed: bool = False


def signatures(data: bytes) -> list[EmbeddedPdfSignature]:
    """The signatures of a PDF, none of them judged yet; on rotten input it raises one of ROTTEN."""
    return PdfFileReader(BytesIO(data)).embedded_signatures


def read_seals(data: bytes) -> list[Seal]:
    """Every signature of a PDF, judged; on rotten input it raises one of ROTTEN."""
    return [read_seal(signature) for signature in signatures(data)]


def sealed_beginning(data: bytes) -> bytes:
    """The file up to where its first seal says that it ends; nothing where that leaves nothing behind."""
    covered = COVERED.search(data)
    end = sum(map(int, covered.groups())) if covered else len(data)
    return data[:end] if end < len(data) else b""


def read_seal(signature: EmbeddedPdfSignature) -> Seal:
    own = signature.signer_cert
    moment = signature.self_reported_timestamp
    # Offline, with the signer's own certificate as the only root: what is left to decide is whether we know it.
    context = ValidationContext(trust_roots=[own], moment=moment, allow_fetching=False, revocation_mode="soft-fail")
    # What else was put in is not weighed, which takes seconds: a seal that leaves a byte out does not count anyway.
    status = validate_pdf_signature(
        signature, context, ts_validation_context=authority_context(signature), skip_diff=True
    )
    stamp = status.timestamp_validity
    whole = (
        status.intact
        and status.valid
        and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and bool(status.docmdp_ok)
        and signature.docmdp_level == MDPPerm.NO_CHANGES
    )
    valid = moment is not None and own.not_valid_before <= moment <= own.not_valid_after
    return Seal(
        hashlib.sha256(own.dump()).hexdigest(),
        moment,
        whole,
        trusted=valid and status.bottom_line,
        stamped_at=stamp.timestamp if stamp else None,
        stuffed=status.intact and status.valid and has_changed_room(signature),
    )


def has_changed_room(signature: EmbeddedPdfSignature) -> bool:
    """Whether the room holds hex digits, of which nothing is shown, but not the signature and zeros as they are written."""
    first, then = signature.byte_range[1], signature.byte_range[2]
    signature.reader.stream.seek(first)
    room = signature.reader.stream.read(then - first)
    content = signature.pkcs7_content
    as_written = b"<" + content.hex().upper().encode() + b">"
    return bool(HEX_DIGITS.fullmatch(room)) and (room != as_written or any(content[parser.peek(content) :]))


def authority_context(signature: EmbeddedPdfSignature) -> ValidationContext | None:
    """The certificates that a time stamp brings stand for themselves, as the clinic's own does."""
    tokens = find_cms_attribute_iter(signature.signer_info["unsigned_attrs"], "signature_time_stamp_token")
    roots = [
        found.chosen for token in tokens for found in token["content"]["certificates"] if found.name == "certificate"
    ]
    if not roots:
        return None
    return ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
