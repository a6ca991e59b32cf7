"""Reads the signatures of a PDF, offline: what each one proves, whoever made it."""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

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


@dataclass(frozen=True)
class Seal:
    """What a signature in a PDF proves. `whole`: it covers every byte and allows no change. `trusted`: its certificate
    was valid when it says it was made, and may sign; whose certificate it is, is for the reader to judge."""

    fingerprint: str
    sealed_at: datetime | None
    whole: bool
    trusted: bool
    stamped_at: datetime | None = None  # by a time stamp inside, whoever its authority is


def signatures(data: bytes) -> list[EmbeddedPdfSignature]:
    """The signatures of a PDF, none of them judged yet; on rotten input it raises one of ROTTEN."""
    return PdfFileReader(BytesIO(data)).embedded_signatures


def read_seals(data: bytes) -> list[Seal]:
    """Every signature of a PDF, judged; on rotten input it raises one of ROTTEN."""
    return [read_seal(signature) for signature in signatures(data)]


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
    stamped_at = stamp.timestamp if stamp else None
    return Seal(hashlib.sha256(own.dump()).hexdigest(), moment, whole, valid and status.bottom_line, stamped_at)


def authority_context(signature: EmbeddedPdfSignature) -> ValidationContext | None:
    """The certificates that a time stamp brings stand for themselves, as the clinic's own does."""
    tokens = find_cms_attribute_iter(signature.signer_info["unsigned_attrs"], "signature_time_stamp_token")
    roots = [
        found.chosen for token in tokens for found in token["content"]["certificates"] if found.name == "certificate"
    ]
    if not roots:
        return None
    return ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
