"""The clinic's seal: its key and certificate, and a PAdES signature that allows no change and is read back at once."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from consent import durable
from consent.seals import ROTTEN, Seal, read_seals

FIELD = "ClinicSeal"
RESERVED = 6144  # hex digits for the signature: a fixed room spares a trial run
TITLE = " record seal"
OTHER_USES = (
    "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
LIFETIME = timedelta(days=5 * 365 + 1)
LEEWAY = timedelta(hours=1)  # a record may carry a time a little before its clinic's first certificate


class SealingFailed(Exception):
    """A record could not be sealed; the text says why and what to do."""


class KeyMissing(SealingFailed):
    """The clinic has no sealing key, and this is not the moment to make one."""


class CertificateExpired(SealingFailed):
    """The clinic's certificate is not valid at the time of sealing."""


def make_identity(clinic_name: str, passphrase: bytes) -> bytes:
    """A new P-256 key with its self-made certificate, as PKCS#12."""
    key = ec.generate_private_key(ec.SECP256R1())
    room = 64 - len(TITLE)  # a common name has at most 64 bytes
    title = clinic_name.encode()[:room].decode(errors="ignore") + TITLE
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    now = datetime.now(UTC)
    other_uses = dict.fromkeys(OTHER_USES, False)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - LEEWAY)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **other_uses), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"needlepoint", key, certificate, None, BestAvailableEncryption(passphrase)
    )


class KeptKey(Signer):
    """Signs with a key that was parsed once; pyHanko's own signer parses and checks it anew for every seal."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        own = asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
        super().__init__(signing_cert=own, cert_registry=SimpleCertificateStore())  # type: ignore[no-untyped-call]

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise SealingFailed(digest_algorithm)
        return self._key.sign(data, ec.ECDSA(SHA256()))


@dataclass(frozen=True)
class Sealer:
    """A clinic's opened key and certificate, ready to seal any number of records."""

    certificate: x509.Certificate
    signer: Signer = field(repr=False)

    @classmethod
    def from_pkcs12(cls, data: bytes, passphrase: bytes) -> "Sealer":
        try:
            key, certificate, _others = pkcs12.load_key_and_certificates(data, passphrase)
        except ValueError as error:
            raise SealingFailed(
                _("The sealing key does not open: its file is damaged, or the passphrase is another.")
            ) from error
        if (
            certificate is None
            or not isinstance(key, ec.EllipticCurvePrivateKey)
            or not isinstance(key.curve, ec.SECP256R1)
        ):
            raise SealingFailed(_("The sealing key's file does not hold a P-256 key with its certificate."))
        return cls(certificate, KeptKey(key, certificate))

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(SHA256()).hex()

    @property
    def certificate_pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def not_after(self) -> datetime:
        return self.certificate.not_valid_after_utc

    def valid_at(self, moment: datetime) -> bool:
        return self.certificate.not_valid_before_utc <= moment <= self.not_after


class TimedSigner(PdfSigner):
    """Writes the given time into the seal, rather than the time at which it happens to run."""

    def __init__(self, metadata: PdfSignatureMetadata, signer: Signer, moment: datetime) -> None:
        super().__init__(metadata, signer, new_field_spec=SigFieldSpec(metadata.field_name or FIELD))
        self.moment = moment

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.moment
        return session


def seal(unsigned: bytes, sealer: Sealer, *, reason: str, location: str, signed_at: datetime | None = None) -> bytes:
    """The PDF with the clinic's invisible seal appended, read back and found whole before it is handed out."""
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
        sealed = TimedSigner(metadata, sealer.signer, moment).sign_pdf(writer, bytes_reserved=RESERVED).getvalue()
        seals = read_seals(sealed)
    except ROTTEN as error:
        raise SealingFailed(_("The record could not be sealed.")) from error
    if sealed[: len(unsigned)] != unsigned or seals != [Seal(sealer.fingerprint, moment, whole=True, trusted=True)]:
        raise SealingFailed(_("The record was sealed, but the seal did not hold when it was read back."))
    return sealed


def identity_path(folder: Path, clinic_id: object) -> Path:
    """Where a clinic's key lies; the clinic is named by its id."""
    return folder / f"{clinic_id}.p12"


def load_or_make(folder: Path, clinic_id: object, clinic_name: str, passphrase: bytes, may_make: bool) -> Sealer:
    """The clinic's sealer. A key that is there is never written over; a new one is made only where the caller may."""
    path = identity_path(folder, clinic_id)
    if not path.exists():
        if not may_make:
            raise KeyMissing(
                _(
                    "The clinic's sealing key is missing: there is no file %(name)s. "
                    "Restore it from the backup; until then no record can be sealed."
                )
                % {"name": path.name}
            )
        with suppress(FileExistsError):  # another worker was first: its key is the clinic's
            durable.write(path, make_identity(clinic_name, passphrase), replace=False)
    return open_file(path, path.stat().st_mtime_ns, passphrase)


@lru_cache(maxsize=64)
def open_file(path: Path, mtime: int, passphrase: bytes) -> Sealer:
    """Opened once per process, and again when the file is another."""
    return Sealer.from_pkcs12(path.read_bytes(), passphrase)
