"""Time stamps: in the seal when the authority answers, late and beside the file when it was away, never in the way."""

import datetime
import re
from collections.abc import Callable

import pytest
from asn1crypto import cms, tsp
from cryptography.x509 import load_der_x509_certificate
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper

from consent import archive, decision, keys, sealing, stamping
from consent.management.commands.demo import Demo
from consent.models import SealedDocument, TimeStamp
from consent.seals import read_seals
from consent.stamping import StampRefused, read_stamp, stamp_of
from tests import authority, on_record, papers

GONE = "http://127.0.0.1:9/stamp"


@pytest.fixture
def demo(db):
    return Demo()


def deferred(demo: Demo) -> SealedDocument:
    """A record drawn and sealed as the product does."""
    made = decision.record(demo.case("Peter Walsh", 35, "Elbow"), "defer", demo.siobhan, "A cold with fever today.")
    return SealedDocument.objects.get(review=made)


def test_a_record_is_stamped_inside_its_seal_when_the_authority_answers(demo, settings):
    with authority.serving() as settings.TIME_STAMPS:
        document = deferred(demo)
    [seal] = read_seals(archive.get(document.sha256))
    assert seal.whole
    assert seal.trusted
    assert document.stamped_at == seal.stamped_at
    assert document.stamped_at
    assert abs(document.stamped_at - timezone.now()) < datetime.timedelta(minutes=1)


@pytest.mark.parametrize("how", ["gone", "nonsense"])
def test_an_authority_that_is_away_does_not_hold_up_a_record(demo, settings, how):
    with authority.serving(nonsense=True) as address:
        settings.TIME_STAMPS = address if how == "nonsense" else GONE
        document = deferred(demo)
    assert document.stamped_at is None
    [seal] = read_seals(archive.get(document.sha256))
    assert (seal.whole, seal.trusted, seal.stamped_at) == (True, True, None)


def test_without_an_authority_nobody_is_asked(demo):
    assert deferred(demo).stamped_at is None


def test_a_late_stamp_is_kept_beside_the_record_and_speaks_of_its_hash(demo, settings, capsys):
    settings.TIME_STAMPS = GONE
    document = deferred(demo)
    with pytest.raises(SystemExit):
        call_command("stamp")
    assert "away" in capsys.readouterr().out
    assert not TimeStamp.objects.exists()
    with authority.serving() as settings.TIME_STAMPS:
        call_command("stamp")
        call_command("stamp")
    row = TimeStamp.objects.get(document=document)
    assert read_stamp(bytes(row.token), document.sha256) == row.stamped_at
    assert row.authority == settings.TIME_STAMPS
    with pytest.raises(StampRefused, match="another file"):
        read_stamp(bytes(row.token), "0" * 64)
    with pytest.raises(StampRefused, match="cannot be read"):
        read_stamp(bytes(row.token)[:90], document.sha256)


class Spoiling(TimeStamper):
    """An authority whose answers are spoilt on their way."""

    def __init__(self, spoil: Callable[[tsp.TimeStampResp], tsp.TimeStampResp]) -> None:
        super().__init__()
        self.spoil, self.inner = spoil, authority.stamper()

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = await self.inner.async_request_tsa_response(req)
        return self.spoil(tsp.TimeStampResp.load(answer.dump()))


class Mistaken(Spoiling):
    """Answers the question of somebody else about the same file."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        other = tsp.TimeStampReq.load(req.dump())
        other["nonce"] = 7
        return await super().async_request_tsa_response(other)


def unspoilt(answer: tsp.TimeStampResp) -> tsp.TimeStampResp:
    return answer


def refused(answer: tsp.TimeStampResp) -> tsp.TimeStampResp:
    return tsp.TimeStampResp({"status": tsp.PKIStatusInfo({"status": "rejection"})})


def another_time(token: bytes) -> bytes:
    """The time that the token says, not one that its certificate has, is in the next century."""
    said = stamping.info_of(cms.ContentInfo.load(token)).dump()
    [spoken] = re.findall(rb"\x18.20\d{12}", said)
    return token.replace(said, said.replace(spoken, spoken[:2] + b"21" + spoken[4:]))


def with_token(spoil: Callable[[bytes], bytes]) -> Callable[[tsp.TimeStampResp], tsp.TimeStampResp]:
    def spoilt(answer: tsp.TimeStampResp) -> tsp.TimeStampResp:
        token = answer["time_stamp_token"].dump()
        return tsp.TimeStampResp.load(answer.dump().replace(token, spoil(token)))

    return spoilt


def without_certificate(answer: tsp.TimeStampResp) -> tsp.TimeStampResp:
    answer["time_stamp_token"]["content"]["certificates"] = []
    return tsp.TimeStampResp.load(answer.dump(force=True))


SPOILT = {
    "refused": (refused, "gave none .rejection."),
    "another time": (with_token(another_time), "signature of the time stamp does not hold"),
    "a bit of the signature": (
        with_token(lambda token: papers.flip(token, len(token) - 1)),
        "signature of the time stamp does not hold",
    ),
    "without its certificate": (without_certificate, "cannot be read"),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_stamp_that_does_not_hold_is_not_kept(spoilt, monkeypatch):
    spoil, says = SPOILT[spoilt]
    monkeypatch.setattr(stamping, "authority", lambda: Spoiling(spoil))
    with pytest.raises(StampRefused, match=says):
        stamp_of("ab" * 32)


def test_an_answer_to_another_question_is_not_kept(monkeypatch):
    monkeypatch.setattr(stamping, "authority", lambda: Mistaken(unspoilt))
    with pytest.raises(StampRefused, match="another question"):
        stamp_of("ab" * 32)


def test_an_answer_that_nobody_spoilt_holds(monkeypatch):
    monkeypatch.setattr(stamping, "authority", lambda: Spoiling(unspoilt))
    token, moment = stamp_of("ab" * 32)
    assert read_stamp(token, "ab" * 32) == moment


def test_a_token_with_the_hash_of_another_file_put_into_it_is_found_out(monkeypatch):
    monkeypatch.setattr(stamping, "authority", lambda: Spoiling(unspoilt))
    token, _moment = stamp_of("ab" * 32)
    with pytest.raises(StampRefused, match="signature of the time stamp does not hold"):
        read_stamp(token.replace(b"\xab" * 32, b"\xcd" * 32), "cd" * 32)


@pytest.mark.parametrize("amiss", ["token", "time", ""])
def test_a_late_stamp_that_no_longer_fits_is_told_by_the_checks(demo, monkeypatch, capsys, tmp_path, amiss):
    monkeypatch.setattr(stamping, "authority", lambda: Spoiling(unspoilt))
    document = on_record.put(demo, on_record.decided(demo, "Peter Walsh"))
    token, moment = stamp_of(document.sha256)
    token = another_time(token) if amiss == "token" else token
    moment -= datetime.timedelta(hours=1 if amiss == "time" else 0)
    TimeStamp.objects.create(document=document, token=token, authority="loopback", stamped_at=moment)
    file = tmp_path / "record.pdf"
    file.write_bytes(archive.get(document.sha256))
    call_command("verify", str(file))
    told = capsys.readouterr().out
    assert "exactly as it was sealed" in told
    assert ("late time stamp" in told) is bool(amiss)
    found = Client().post("/verify/hash/", {"sha256": document.sha256}).json()
    assert ("late time stamp" in found["explains"]) is bool(amiss)
    if amiss:
        with pytest.raises(SystemExit):
            call_command("check_records")
        assert f"{document.number}: its late time stamp does not hold" in capsys.readouterr().out
    else:
        call_command("check_records")


def test_a_stamped_seal_that_lost_a_bit_of_its_stamp_is_not_whole_or_not_trusted():
    with authority.serving() as address:
        sealed = sealing.seal(
            papers.draft(), papers.sealer(), reason="r", location="l", stamper=HTTPTimeStamper(address)
        ).data
    spot = sealed.lower().rindex(b"4c6f6f706261636b")  # the authority's name, in the certificate that the stamp brings
    changed = sealed[: spot + 1] + b"d" + sealed[spot + 2 :]
    assert [seal.trusted for seal in read_seals(sealed)] == [True]
    try:
        [seal] = read_seals(changed)
    except stamping.AWAY:
        return
    assert not (seal.whole and seal.trusted)


def test_a_stamp_without_an_authority_is_refused_in_words():
    with pytest.raises(StampRefused, match="NEEDLEPOINT_TIME_STAMPS"):
        stamp_of("0" * 64)


class FakeKeyService(Signer):
    """Signs elsewhere: what a hardware module or a key service looks like from here."""

    def __init__(self, sealer: keys.Sealer) -> None:
        self.calls = 0
        self.inner = sealer.signer
        super().__init__(signing_cert=self.inner.signing_cert, cert_registry=self.inner.cert_registry)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        self.calls += 1
        return await self.inner.async_sign_raw(data, digest_algorithm, dry_run)


SERVICE = FakeKeyService(papers.sealer())


def from_service(clinic_id: object, clinic_name: str, may_make: bool) -> keys.Sealer:
    assert SERVICE.signing_cert
    return keys.Sealer(load_der_x509_certificate(SERVICE.signing_cert.dump()), SERVICE)


def test_another_keeper_of_keys_can_be_put_in_the_place_of_the_file(demo, settings):
    settings.SEALER = f"{__name__}.from_service"
    before = SERVICE.calls
    document = deferred(demo)
    assert SERVICE.calls == before + 1
    assert read_seals(archive.get(document.sha256))[0].whole
    assert not (settings.VAR / "keys").exists()
