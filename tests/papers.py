"""PDFs to seal and to spoil, made in a moment; and a clinic's key to seal them with."""

from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO

import time_machine
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from consent import keys, sealing

WORDS = b"Ann Keogh agrees to dry needling"
PASSPHRASE = b"of the clinic's key"


@cache
def draft() -> bytes:
    """One page that says WORDS, not compressed so that a test can find and spoil them."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 12 Tf 72 720 Td (" + WORDS + b") Tj ET")
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@cache
def sealer(clinic: str = "Harbour Physio") -> keys.Sealer:
    """A clinic's key that it has had for two months, so that what a test seals in the past is sealed with a valid one."""
    with time_machine.travel(datetime.now(UTC) - timedelta(days=60)):
        identity = keys.make_identity(clinic, PASSPHRASE)
    return keys.Sealer.from_pkcs12(identity, PASSPHRASE)


def identity(passphrase: bytes) -> bytes:
    """The clinic's key and certificate as a file, under another passphrase."""
    own = sealer()
    assert isinstance(own.signer, keys.KeptKey)
    lock = BestAvailableEncryption(passphrase)
    return pkcs12.serialize_key_and_certificates(b"clinic", own.signer._key, own.certificate, None, lock)


@cache
def sealed() -> bytes:
    return sealing.seal(draft(), sealer(), reason="Record 7F3A", location="Harbour Physio").data


def flip(data: bytes, at: int, mask: int = 1) -> bytes:
    """One bit of the byte is another."""
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def gap(data: bytes) -> tuple[int, int]:
    """Where the signature itself lies: the hex digits between the signed parts."""
    start = data.rindex(b"/Contents <") + 11
    return start, data.index(b">", start)


class Careless(sealing.TimedSigner):
    """Signs what it is told to, also where an earlier seal forbids it."""

    def _enforce_certification_constraints(self, reader: object) -> None:
        return


def sign_carelessly(
    data: bytes,
    by: keys.Sealer,
    moment: datetime,
    *,
    certify: bool = True,
    allows: MDPPerm = MDPPerm.NO_CHANGES,
    field: str = sealing.FIELD,
) -> bytes:
    """A signature that `seal` would refuse to make."""
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=certify,
        docmdp_permissions=allows,
    )
    writer = IncrementalPdfFileWriter(BytesIO(data))
    signed: bytes = Careless(metadata, by.signer, moment).sign_pdf(writer, bytes_reserved=6144).getvalue()
    return signed
