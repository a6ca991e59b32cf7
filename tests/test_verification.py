"""Every way to spoil, swap or feign a sealed record has its verdict, and no file stops the judge."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.diff_analysis import StandardDiffPolicy
from pyhanko.sign.fields import MDPPerm
from pypdf import PdfWriter

from consent import keys, sealing, verification
from consent.keys import Sealer
from consent.verification import Outcome, Verdict
from tests import papers
from tests.door import Door

NOW = datetime.now(UTC)


def inspect(data: bytes, by: Sealer | None = None, *, on_record: bool = True) -> Verdict:
    """With our clinic's key known and, unless told otherwise, every file on record: the seal alone has to speak."""
    known = {(by or papers.sealer()).fingerprint}
    return verification.inspect(data, known.__contains__, lambda sha256: on_record)


def seal(data: bytes, by: Sealer) -> bytes:
    return sealing.seal(data, by, reason="Record", location="Clinic").data


def test_a_sealed_record_is_whole_and_says_who_sealed_it_and_when() -> None:
    verdict = inspect(papers.sealed())
    assert verdict.ok
    assert verdict.outcome is Outcome.WHOLE
    assert verdict.fingerprint == papers.sealer().fingerprint
    assert verdict.sealed_at is not None
    assert abs(verdict.sealed_at - NOW) < timedelta(minutes=10)
    assert verdict.explains == str(Outcome.WHOLE.label)


def test_the_verdict_asks_for_the_hash_of_the_whole_file() -> None:
    kept = {hashlib.sha256(papers.sealed()).hexdigest()}
    verdict = verification.inspect(papers.sealed(), lambda fingerprint: True, kept.__contains__)
    assert verdict.ok
    assert {verdict.sha256} == kept
    assert not verification.inspect(papers.sealed(), lambda fingerprint: True, set[str]().__contains__).ok


def test_a_second_signature_is_named_as_such() -> None:
    assert "more than one signature" in inspect(SPOILT["another signature"]).explains


def rewritten(data: bytes) -> bytes:
    out = BytesIO()
    PdfWriter(clone_from=BytesIO(data)).write(out)
    return out.getvalue()


def updated(data: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(data))
    writer.root[pdf_name("/Lang")] = pdf_string("fr")
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def locked(data: bytes, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(data))
    writer.encrypt("a password", algorithm=algorithm)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


SEALED, UPDATE = papers.sealed(), len(papers.draft())
FIRST, LAST = papers.gap(SEALED)
SPOILT = {
    "a bit of the page": papers.flip(SEALED, SEALED.index(papers.WORDS)),
    "a bit of the reason": papers.flip(SEALED, SEALED.index(b"Record 7F3A")),
    "a bit of the update's table": papers.flip(SEALED, SEALED.rindex(b"startxref") - 30),
    "the last byte cut off": SEALED[:-1],
    "cut off inside the signature": SEALED[: FIRST + 2000],
    "a nibble of the signature": papers.flip(SEALED, FIRST + 700),
    "a nibble of the certificate": papers.flip(SEALED, FIRST + 300),
    "rewritten": rewritten(SEALED),
    "updated": updated(SEALED),
    "garbage after the end": SEALED + b"\n%garbage",
    "one byte after the end": SEALED + b"\n",
    "a byte before the beginning": b"\n" + SEALED,
    "another signature": papers.sign_carelessly(SEALED, papers.sealer(), NOW, certify=False, field="Second"),
    "a seal that allows forms": papers.sign_carelessly(papers.draft(), papers.sealer(), NOW, allows=MDPPerm.FILL_FORMS),
    "a seal that allows all": papers.sign_carelessly(papers.draft(), papers.sealer(), NOW, certify=False),
    "a beginning and no more": b"%PDF-1.7\n" + bytes(range(256)) * 8,
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_changed_record_is_found_out(spoilt: str) -> None:
    verdict = inspect(SPOILT[spoilt])
    assert verdict.outcome is Outcome.CHANGED
    assert not verdict.ok
    assert verdict.fingerprint is None
    assert verdict.sealed_at is None
    assert verdict.explains


@pytest.mark.parametrize("spoilt", ["updated", "another signature", "garbage after the end"])
def test_what_was_put_into_a_file_is_not_weighed_since_it_takes_seconds(
    spoilt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    weighed: list[object] = []
    monkeypatch.setattr(StandardDiffPolicy, "review_file", lambda *about, **more: weighed.append(about))
    assert inspect(SPOILT[spoilt]).outcome is Outcome.CHANGED
    assert not weighed


def test_of_several_signatures_none_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "read_seal", lambda signature: pytest.fail("a signature was worked out"))
    assert "more than one signature" in inspect(SPOILT["another signature"]).explains


def unlisted(data: bytes) -> bytes:
    """The signature is still there, but an update's form no longer names it."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    del writer.root["/AcroForm"]
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


ADDED = {
    "garbage": SPOILT["garbage after the end"],
    "one byte": SPOILT["one byte after the end"],
    "so much that no reader finds the end": SEALED + b"\xff" * 50_000,
    "an update": SPOILT["updated"],
    "an update that hides the signature": unlisted(SEALED),
    "another PDF": SEALED + papers.draft(),
}


@pytest.mark.parametrize("added", ADDED)
def test_what_was_added_after_the_end_is_named_as_such(added: str) -> None:
    verdict = inspect(ADDED[added])
    assert verdict.outcome is Outcome.CHANGED
    assert "added to this file after its end" in verdict.explains
    assert verdict.fingerprint is None


def test_what_was_added_to_a_changed_record_is_not_all_that_is_amiss() -> None:
    verdict = inspect(SPOILT["a bit of the page"] + b"\n%garbage")
    assert verdict.outcome is Outcome.CHANGED
    assert verdict.explains == str(Outcome.CHANGED.label)


LETTER = next(at for at in range(FIRST, LAST) if SEALED[at : at + 1].isalpha())
STUFFED = {
    "the last digit": papers.flip(SEALED, LAST - 1),
    "a word behind the signature": SEALED[: LAST - 10] + b"C0FFEE" + SEALED[LAST - 4 :],
    "a small letter": papers.flip(SEALED, LETTER, 0x20),
    "blanks for zeros": SEALED[: LAST - 10] + b" " * 10 + SEALED[LAST:],
}


@pytest.mark.parametrize("stuffed", STUFFED)
def test_the_room_of_the_signature_is_outside_of_it_so_the_files_hash_decides(stuffed: str) -> None:
    verdict = inspect(STUFFED[stuffed], on_record=False)
    assert verdict.outcome is Outcome.CHANGED
    assert "inside its seal, where nothing is shown" in verdict.explains
    assert not verdict.ok


def test_what_is_no_digit_in_the_room_of_the_signature_might_be_shown() -> None:
    verdict = inspect(SEALED[: LAST - 10] + b">/X (more)" + SEALED[LAST:], on_record=False)
    assert verdict.outcome is Outcome.CHANGED
    assert "inside its seal" not in verdict.explains


def test_a_record_of_ours_that_was_not_kept_is_still_told_apart_from_a_changed_one() -> None:
    assert inspect(SEALED, on_record=False).outcome is Outcome.NOT_ON_RECORD


def test_a_record_that_was_cut_back_to_its_draft_carries_no_seal() -> None:
    assert inspect(SEALED[:UPDATE]).outcome is Outcome.NOT_SEALED
    assert inspect(papers.draft()).outcome is Outcome.NOT_SEALED


def test_a_seal_by_an_unknown_key_is_told_apart() -> None:
    stranger = papers.sealer("Harbour Physio, feigned")
    verdict = inspect(seal(papers.draft(), stranger))
    assert verdict.outcome is Outcome.UNKNOWN_KEY
    assert verdict.fingerprint == stranger.fingerprint


def test_a_known_certificate_with_another_key_behind_it_does_not_hold() -> None:
    other: Any = papers.sealer("Feigned").signer
    ours = papers.sealer().certificate
    feigned = Sealer(ours, keys.KeptKey(other._key, ours))
    verdict = inspect(papers.sign_carelessly(papers.draft(), feigned, NOW))
    assert verdict.outcome is Outcome.CHANGED


def test_an_old_record_stays_whole_when_its_certificate_has_expired() -> None:
    with time_machine.travel(datetime(2015, 3, 1, tzinfo=UTC)):
        old = Sealer.from_pkcs12(keys.make_identity("North", papers.PASSPHRASE), papers.PASSPHRASE)
        record = seal(papers.draft(), old)
    assert old.not_after < NOW
    assert inspect(record, old).ok


def test_a_seal_from_outside_its_certificates_time_is_not_trusted() -> None:
    late = papers.sign_carelessly(papers.draft(), papers.sealer(), papers.sealer().not_after + timedelta(days=1))
    assert inspect(late).outcome is Outcome.UNKNOWN_KEY


@pytest.mark.parametrize("data", [b"", b"\0" * 5000, b"Consent to dry needling", b"<html></html>", b"PK\x03\x04" * 400])
def test_what_is_no_pdf_is_called_so(data: bytes) -> None:
    assert inspect(data).outcome is Outcome.NOT_A_PDF


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
@pytest.mark.parametrize("data", [papers.draft(), papers.sealed()], ids=["draft", "record"])
def test_a_locked_pdf_is_not_a_record(algorithm: str, data: bytes) -> None:
    verdict = inspect(locked(data, algorithm))
    assert verdict.outcome in {Outcome.NOT_SEALED, Outcome.CHANGED}


def test_a_huge_file_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "LARGEST", len(SEALED) - 1)
    assert inspect(SEALED).outcome is Outcome.NOT_ON_RECORD


OUTSIDE = st.one_of(st.integers(0, FIRST - 1), st.integers(LAST, len(SEALED) - 1))


@settings(max_examples=120)
@given(at=OUTSIDE, bit=st.integers(0, 7))
def test_no_bit_outside_of_the_signature_can_change_unseen(at: int, bit: int) -> None:
    assert not inspect(papers.flip(SEALED, at, 1 << bit)).ok


@settings(max_examples=120)
@given(at=OUTSIDE, length=st.integers(0, 400), put=st.binary(max_size=80))
def test_rotten_files_get_a_verdict_and_never_an_error(at: int, length: int, put: bytes) -> None:
    rotten = SEALED[:at] + put + SEALED[at + length :]
    assert inspect(rotten).ok is (rotten == SEALED)


PIECES = [
    piece.span()
    for piece in re.finditer(rb"\d{1,6}|/[A-Z]\w+|<<|>>|\[|\]", SEALED)
    if not FIRST <= piece.start() < LAST
]
OTHERS = [b"", b"0", b"-1", b"99999999999", b"null", b"/X", b"<<>>", b"[]", b"true", b"1 0 R", b"(x)", b"[" * 5000]


@settings(max_examples=150)
@given(piece=st.sampled_from(PIECES), other=st.sampled_from(OTHERS))
def test_a_pdf_of_another_structure_gets_a_verdict_and_never_an_error(piece: tuple[int, int], other: bytes) -> None:
    start, end = piece
    other_pdf = SEALED[:start] + other + SEALED[end:]
    assert inspect(other_pdf).ok is (other_pdf == SEALED)


@settings(max_examples=60)
@given(rest=st.binary(max_size=2000))
def test_any_bytes_get_a_verdict(rest: bytes) -> None:
    assert not inspect(rest).ok
    assert not inspect(b"%PDF-1.7\n" + rest + b"\nstartxref\n9\n%%EOF\n").ok


def chatty(port: int) -> Sealer:
    """A key whose certificate names places on the network to ask about it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Chatty")])
    place = x509.UniformResourceIdentifier(f"http://127.0.0.1:{port}/ask")
    ask = [
        x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place),
        x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place),
    ]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)]), critical=False)
        .add_extension(x509.AuthorityInformationAccess(ask), critical=False)
        .sign(key, SHA256())
    )
    return Sealer(certificate, keys.KeptKey(key, certificate))


def test_nobody_is_asked_over_the_network() -> None:
    with Door() as door:
        by = chatty(door.port)
        inspect(papers.sign_carelessly(papers.draft(), by, NOW), by)
        assert door.knocks() == 0
