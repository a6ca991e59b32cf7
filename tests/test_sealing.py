"""A clinic's key seals a record so that every byte is covered, and no change is allowed."""

import os
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from django.db import transaction
from pypdf import PdfReader

from consent import archive, decision, filing, keys, sealing, verification
from consent.keys import KeyMissing, Sealer, SealingFailed
from consent.management.commands.demo import Demo
from consent.sealing import CertificateExpired
from consent.seals import Seal, read_seals
from tests import papers, people
from tests.papers import PASSPHRASE


def seal(data: bytes, by: Sealer | None = None, **more: Any) -> bytes:
    return sealing.seal(data, by or papers.sealer(), reason="Record 7F3A", location="Harbour Physio", **more).data


def test_the_sealed_record_begins_with_the_unsigned_one_byte_for_byte() -> None:
    assert papers.sealed().startswith(papers.draft())
    assert len(papers.sealed()) < len(papers.draft()) + 12_000


def test_the_seal_is_invisible_names_its_reason_and_allows_no_change() -> None:
    reader = PdfReader(BytesIO(papers.sealed()))
    root: Any = reader.trailer["/Root"]
    [field] = [field.get_object() for field in root["/AcroForm"]["/Fields"]]
    value = field["/V"]
    assert field["/T"] == "ClinicSeal"
    assert list(field["/Rect"]) == [0, 0, 0, 0]
    assert value["/SubFilter"] == "/ETSI.CAdES.detached"
    assert (value["/Reason"], value["/Location"]) == ("Record 7F3A", "Harbour Physio")
    assert root["/Perms"]["/DocMDP"] == value
    assert value["/Reference"][0]["/TransformParams"]["/P"] == 1


def test_the_seal_carries_the_time_it_was_given_whatever_its_zone() -> None:
    moment = datetime.now(UTC).replace(microsecond=999) + timedelta(days=3)
    [found] = read_seals(seal(papers.draft(), signed_at=moment.astimezone()))
    assert found == Seal(papers.sealer().fingerprint, moment.replace(microsecond=0), whole=True, trusted=True)


@pytest.mark.needs("pdfsig")
def test_a_program_of_others_finds_the_seal_valid(tmp_path: Path) -> None:
    file = tmp_path / "record.pdf"
    file.write_bytes(papers.sealed())
    told = subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "Not total" not in told
    assert "ETSI.CAdES.detached" in told
    assert "SHA-256" in told


def test_the_certificate_can_sign_records_and_nothing_else() -> None:
    certificate = papers.sealer().certificate
    assert certificate.subject.rfc4514_string() == "CN=Harbour Physio record seal"
    assert certificate.issuer == certificate.subject
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not any([usage.key_cert_sign, usage.crl_sign, usage.key_agreement, usage.key_encipherment])
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    key: Any = certificate.public_key()
    assert key.curve.name == "secp256r1"
    assert timedelta(days=1825) < certificate.not_valid_after_utc - certificate.not_valid_before_utc < timedelta(days=1827)


def test_the_sealer_tells_its_certificate_and_never_its_key() -> None:
    sealer = papers.sealer()
    assert x509.load_pem_x509_certificate(sealer.certificate_pem.encode()) == sealer.certificate
    assert len(sealer.fingerprint) == 64
    assert sealer.not_after == sealer.certificate.not_valid_after_utc
    assert "Key" not in repr(sealer)


@pytest.mark.parametrize("name", ["A" * 120, "診" * 40, "é" * 60, "x"])
def test_any_clinic_name_fits_into_a_certificate(name: str) -> None:
    sealer = Sealer.from_pkcs12(keys.make_identity(name, PASSPHRASE), PASSPHRASE)
    [title] = sealer.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert str(title.value).startswith(name[:10])
    assert str(title.value).endswith(" record seal")


def test_a_wrong_passphrase_does_not_open_the_key() -> None:
    with pytest.raises(SealingFailed, match="passphrase"):
        Sealer.from_pkcs12(keys.make_identity("North", PASSPHRASE), b"another")


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())])
def test_a_key_of_another_kind_is_refused(key: Any) -> None:
    data = pkcs12.serialize_key_and_certificates(None, key, None, None, NoEncryption())
    with pytest.raises(SealingFailed, match="P-256"):
        Sealer.from_pkcs12(data, b"")


@pytest.mark.parametrize("years", [-1, 6])
def test_nothing_is_sealed_outside_the_certificates_time(years: int) -> None:
    with pytest.raises(CertificateExpired):
        seal(papers.draft(), signed_at=datetime.now(UTC) + timedelta(days=366 * years))


def test_nothing_is_sealed_today_with_a_certificate_of_long_ago() -> None:
    with time_machine.travel(datetime(2015, 3, 1, tzinfo=UTC)):
        old = Sealer.from_pkcs12(keys.make_identity("North", PASSPHRASE), PASSPHRASE)
    with pytest.raises(CertificateExpired):
        seal(papers.draft(), old)


@pytest.mark.parametrize(
    "unsigned",
    [b"", b"no PDF", b"%PDF-1.7\nrotten", papers.draft()[:-40]],
    ids=["empty", "text", "rotten", "cut off"],
)
def test_what_is_no_pdf_is_refused_by_name(unsigned: bytes) -> None:
    with pytest.raises(SealingFailed):
        seal(unsigned)


def test_a_sealed_record_is_not_sealed_again() -> None:
    with pytest.raises(SealingFailed):
        seal(papers.sealed())


@pytest.mark.parametrize("at", [600, -900])
def test_a_seal_that_does_not_hold_is_not_handed_out(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    sign = sealing.TimedSigner.sign_pdf

    def spoilt(self: Any, *args: Any, **kwargs: Any) -> BytesIO:
        data = sign(self, *args, **kwargs).getvalue()
        return BytesIO(papers.flip(data, at % len(data)))

    monkeypatch.setattr(sealing.TimedSigner, "sign_pdf", spoilt)
    with pytest.raises(SealingFailed):
        seal(papers.draft())


def test_a_seal_by_another_key_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = Sealer(papers.sealer().certificate, papers.sealer("South").signer)
    with pytest.raises(SealingFailed, match="read back"):
        seal(papers.draft(), mixed)


def test_a_key_is_made_once_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    made = keys.load_or_make(folder, "c1", "North", PASSPHRASE, may_make=True)
    kept = keys.identity_path(folder, "c1").read_bytes()
    assert keys.load_or_make(folder, "c1", "North renamed", PASSPHRASE, may_make=True) is made
    assert keys.load_or_make(folder, "c2", "South", PASSPHRASE, may_make=True) != made
    assert keys.identity_path(folder, "c1").read_bytes() == kept
    assert read_seals(seal(papers.draft(), made))[0].fingerprint == made.fingerprint


def test_key_files_are_for_our_eyes_only(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys.load_or_make(folder, "c1", "North", PASSPHRASE, may_make=True)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600]


def test_a_missing_key_is_not_made_where_there_was_one(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match=r"c1\.p12.*backup"):
        keys.load_or_make(tmp_path / "keys", "c1", "North", PASSPHRASE, may_make=False)
    assert not (tmp_path / "keys").exists()


def test_a_key_that_may_not_be_read_is_told_by_its_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.load_or_make(tmp_path / "keys", "c1", "North", PASSPHRASE, may_make=True)
    keys.open_file.cache_clear()

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SealingFailed, match=r"locked.*c1\.p12") as told:
        keys.load_or_make(tmp_path / "keys", "c1", "North", PASSPHRASE, may_make=False)
    assert str(tmp_path) not in str(told.value)


def test_a_restored_key_file_is_opened_anew(tmp_path: Path) -> None:
    first = keys.load_or_make(tmp_path / "keys", "c1", "North", PASSPHRASE, may_make=True)
    path = keys.identity_path(tmp_path / "keys", "c1")
    path.write_bytes(keys.make_identity("North", PASSPHRASE))
    os.utime(path, (1, 1))
    assert (
        keys.load_or_make(tmp_path / "keys", "c1", "North", PASSPHRASE, may_make=False).fingerprint
        != first.fingerprint
    )


def test_an_open_key_does_not_open_for_another_passphrase(tmp_path: Path) -> None:
    keys.load_or_make(tmp_path / "keys", "c1", "North", PASSPHRASE, may_make=True)
    with pytest.raises(SealingFailed):
        keys.load_or_make(tmp_path / "keys", "c1", "North", b"another", may_make=True)


def test_workers_that_start_together_share_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together, found = threading.Barrier(4), []
    make = keys.make_identity

    def make_together(name: str, passphrase: bytes) -> bytes:
        together.wait(10)  # all four have seen that there is no file
        return make(name, passphrase)

    def start() -> None:
        found.append(keys.load_or_make(tmp_path / "keys", "c1", "North", PASSPHRASE, may_make=True).fingerprint)

    monkeypatch.setattr(keys, "make_identity", make_together)
    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert len(list((tmp_path / "keys").iterdir())) == 1


def test_after_renewal_new_records_have_the_new_seal_and_old_ones_stay_ours(db, settings, capsys):
    demo = Demo()
    old = decision.record(demo.case("Ann Keogh", 40, "Neck"), "defer", demo.siobhan, "Comes back next week.").document
    call_command("certificate", renew=str(demo.clinic.pk))
    new = decision.record(demo.case("Ben Ode", 40, "Neck"), "defer", demo.siobhan, "Comes back next week.").document
    assert old.certificate != new.certificate
    printed = capsys.readouterr().out
    for document in (old, new):
        assert verification.check(archive.get(document.sha256)).ok
        assert document.certificate.fingerprint in printed
    assert len(list((settings.VAR / "keys").glob("*.p12"))) == 2


def test_two_first_sealings_at_once_put_one_certificate_on_record(db, monkeypatch):
    clinic = people.make_clinic()

    class AnotherFirst:
        @staticmethod
        def atomic() -> transaction.Atomic:
            monkeypatch.setattr(filing, "transaction", transaction)
            filing.sealer_of(clinic)
            return transaction.atomic()

    monkeypatch.setattr(filing, "transaction", AnotherFirst)
    sealer = filing.sealer_of(clinic)
    assert [row.fingerprint for row in clinic.certificates.all()] == [sealer.fingerprint]
    assert clinic.events.filter(action="certificate.added").count() == 1


def test_a_renewal_of_no_clinic_says_how_to_find_one(db):
    with pytest.raises(CommandError, match="There is no clinic"):
        call_command("certificate", renew="nowhere")
