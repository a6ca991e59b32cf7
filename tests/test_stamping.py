"""Time stamps: in the seal when the authority answers, late and beside the file when it was away, never in the way."""

import datetime

import pytest
from cryptography.x509 import load_der_x509_certificate
from django.core.management import call_command
from django.utils import timezone
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import HTTPTimeStamper

from consent import archive, decision, keys, sealing, stamping
from consent.management.commands.demo import Demo
from consent.models import SealedDocument, TimeStamp
from consent.seals import read_seals
from consent.stamping import StampRefused, read_stamp, stamp_of
from tests import authority, papers

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


def test_a_stamped_seal_that_lost_a_bit_of_its_stamp_is_not_whole_or_not_trusted():
    with authority.serving() as address:
        sealed = sealing.seal(papers.draft(), papers.sealer(), reason="r", location="l", stamper=HTTPTimeStamper(address)).data
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
