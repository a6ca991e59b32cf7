"""A clinic's sealing key and certificate: made on the first run, opened once, renewed before it expires.

`from_file` is the one place that knows where a key comes from. A clinic whose key lives in a hardware module or with a key
service names a function of its own in NEEDLEPOINT_SEALER: clinic id, clinic name and whether a key may be made in, a
`Sealer` with any pyHanko `Signer` out.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from consent import durable

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
            raise SealingFailed(_("The sealing key seals over SHA-256 and no other digest."))
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

    def sign(self, data: bytes) -> bytes:
        """A plain ECDSA signature (DER) over SHA-256 of the data, for what is no PDF."""
        return asyncio.run(self.signer.async_sign_raw(data, "sha256"))

    def valid_at(self, moment: datetime) -> bool:
        return self.certificate.not_valid_before_utc <= moment <= self.not_after


def identity_path(folder: Path, clinic_id: object) -> Path:
    """Where a clinic's key lies; the clinic is named by its id."""
    return folder / f"{clinic_id}.p12"


def load_or_make(folder: Path, clinic_id: object, clinic_name: str, passphrase: bytes, may_make: bool) -> Sealer:
    """The clinic's sealer. A key that is there is never written over; a new one is made only where the caller may."""
    path = identity_path(folder, clinic_id)
    try:
        if not path.exists():
            make(path, clinic_name, passphrase, may_make)
        return open_file(path, path.stat().st_mtime_ns, passphrase)
    except PermissionError as error:
        raise SealingFailed(
            _(
                "The clinic's sealing key is locked: Needlepoint may not use the file %(name)s. Whoever runs the server "
                "gives Needlepoint's account the right to it; until then no record can be sealed."
            )
            % {"name": path.name}
        ) from error


def make(path: Path, clinic_name: str, passphrase: bytes, may_make: bool) -> None:
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


@lru_cache(maxsize=64)
def open_file(path: Path, mtime: int, passphrase: bytes) -> Sealer:
    """Opened once per process, and again when the file is another."""
    return Sealer.from_pkcs12(path.read_bytes(), passphrase)


def from_file(clinic_id: object, clinic_name: str, may_make: bool) -> Sealer:
    """The clinic's key from its PKCS#12 file."""
    return load_or_make(settings.VAR / "keys", clinic_id, clinic_name, settings.KEY_PASSPHRASE, may_make)


def sealer_for(clinic_id: object, clinic_name: str, may_make: bool) -> Sealer:
    """The clinic's sealer, from wherever this installation keeps its keys."""
    found: Sealer = import_string(settings.SEALER)(clinic_id, clinic_name, may_make)
    return found


def renew(folder: Path, clinic_id: object, clinic_name: str, passphrase: bytes) -> Sealer:
    """A new key in the place of the old one, whose file is kept beside it. What was sealed with the old one stays valid."""
    path = identity_path(folder, clinic_id)
    if path.exists():
        durable.write(path.with_suffix(f".{open_file(path, path.stat().st_mtime_ns, passphrase).fingerprint[:16]}.p12"),
                      path.read_bytes(), replace=True)
    durable.write(path, make_identity(clinic_name, passphrase), replace=True)
    return open_file(path, path.stat().st_mtime_ns, passphrase)
