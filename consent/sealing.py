"""The clinic's seal: a PAdES signature that allows no change, time-stamped where there is an authority, read back at once."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import TimeStamper

from consent.keys import Sealer, SealingFailed
from consent.seals import ROTTEN, Seal, read_seals

FIELD = "ClinicSeal"
RESERVED = 6144  # hex digits for the signature: a fixed room spares a trial run
RESERVED_STAMPED = 40960  # a time stamp brings its authority's certificates


class CertificateExpired(SealingFailed):
    """The clinic's certificate is not valid at the time of sealing."""


class Sealed(NamedTuple):
    """A sealed PDF, and its seal as it was read back."""

    data: bytes
    seal: Seal


class TimedSigner(PdfSigner):
    """Writes the given time into the seal, rather than the time at which it happens to run."""

    def __init__(
        self, metadata: PdfSignatureMetadata, signer: Signer, moment: datetime, stamper: TimeStamper | None = None
    ) -> None:
        super().__init__(metadata, signer, timestamper=stamper, new_field_spec=SigFieldSpec(metadata.field_name or FIELD))
        self.moment = moment

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.moment
        return session


def seal(
    unsigned: bytes, sealer: Sealer, *, reason: str, location: str, signed_at: datetime | None = None,
    stamper: TimeStamper | None = None,
) -> Sealed:  # fmt: skip
    """The PDF with the clinic's invisible seal appended, read back and found whole before it is handed out.

    `stamper`: an authority that says when; what it raises when it is away comes through.
    """
    moment = (signed_at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    if not sealer.valid_at(moment):
        raise CertificateExpired(
            _(
                "The clinic's sealing certificate is not valid at this time. Check the clock; if the certificate has expired, "
                "a new one is needed before records can be sealed. Records that were sealed with this one stay valid."
            )
        )
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
        location=location,
    )
    try:
        writer = IncrementalPdfFileWriter(BytesIO(unsigned))
        sealed = TimedSigner(metadata, sealer.signer, moment, stamper).sign_pdf(
            writer, bytes_reserved=RESERVED_STAMPED if stamper else RESERVED
        ).getvalue()
        seals = read_seals(sealed)
    except ROTTEN as error:
        raise SealingFailed(_("What was drawn is no PDF that a seal can be put on.")) from error
    expected = Seal(sealer.fingerprint, moment, whole=True, trusted=True)
    if sealed[: len(unsigned)] != unsigned or [replace(found, stamped_at=None) for found in seals] != [expected]:
        raise SealingFailed(_("The record was sealed, but the seal did not hold when it was read back."))
    return Sealed(sealed, seals[0])
