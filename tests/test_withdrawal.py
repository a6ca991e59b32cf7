"""A consent is taken back, or not given, in a sealed record of its own; the old file stays, and says how it stands today."""

import datetime
import json
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pypdf import PdfReader

from consent import archive, attached, filing, keys, rendering, signing, verification, withdrawing
from consent.management.commands.demo import Demo
from consent.models import RecordKind, Refusal, SealedDocument, Withdrawal
from consent.state import Standing, state_of, states_of
from consent.withdrawing import WithdrawalRefused, seal_refusal, seal_withdrawal, withdraw
from screening import review
from tests import people
from tests.fhir.breaks import entry
from tests.test_ceremony import no_room

DONE = "One needle in the left shoulder, taken out at once."


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def consented(demo: Demo, name: str = "Ann Keogh") -> SealedDocument:
    screening = demo.plan(demo.settle(demo.case(name, 40, "Neck"), can_decide="yes"), "infraspinatus_left")
    demo.consent(screening)
    return SealedDocument.objects.get(visit=screening.visit)


def text(document: SealedDocument) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(archive.get(document.sha256))).pages).split())


def carried(document: SealedDocument) -> dict[str, Any]:
    """The consent in the data inside the file."""
    [data] = PdfReader(BytesIO(archive.get(document.sha256))).attachments[attached.BUNDLE]
    return entry(json.loads(data), "Consent")


def test_a_withdrawal_is_sealed_points_to_the_consent_by_hash_and_leaves_it_as_it_is(demo):
    consent = consented(demo)
    before = archive.get(consent.sha256)
    made = seal_withdrawal(withdraw(consent, demo.siobhan, "patient", timezone.now(), DONE, "I changed my mind."))
    assert (made.kind, made.previous, made.review) == (RecordKind.WITHDRAWAL, consent, None)
    printed = text(made)
    for words in ("Consent withdrawn", "Ann Keogh, Patient", DONE, "I changed my mind.", "Siobhan Byrne", consent.number):
        assert words in printed
    assert consent.sha256 in printed.replace(" ", "")
    assert archive.get(consent.sha256) == before
    assert (carried(consent)["status"], carried(made)["status"]) == ("active", "inactive")
    assert carried(made)["verification"] == carried(consent)["verification"]
    assert made.withdrawal
    assert seal_withdrawal(made.withdrawal) == made


def test_verify_says_how_a_record_stands_today(demo):
    consent = consented(demo)
    assert "valid until" in verification.check(archive.get(consent.sha256)).today
    withdraw(consent, demo.siobhan, "patient", timezone.now(), DONE)
    verdict = verification.check(archive.get(consent.sha256))
    assert verdict.ok
    assert verdict.today.startswith("withdrawn on")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"role": "clinician"}, "one of those who gave it"),
        ({"said_at": datetime.timedelta(hours=1)}, "between the sealing"),
        ({"said_at": datetime.timedelta(days=-1)}, "between the sealing"),
        ({"done": " . "}, "Say what had been done"),
    ],
)
def test_a_withdrawal_that_cannot_be_right_is_refused_in_words(demo, wrong, says):
    consent = consented(demo)
    said = {"role": "patient", "done": DONE} | wrong
    moment = timezone.now() + said.pop("said_at", datetime.timedelta())
    with pytest.raises(WithdrawalRefused, match=says):
        withdraw(consent, demo.siobhan, said_at=moment, **said)
    assert not Withdrawal.objects.exists()


def test_a_consent_is_withdrawn_once_and_a_decision_record_never(demo):
    consent = consented(demo)
    withdraw(consent, demo.siobhan, "patient", timezone.now(), DONE)
    with pytest.raises(WithdrawalRefused, match="withdrawn on"):
        withdraw(consent, demo.siobhan, "patient", timezone.now(), DONE)
    from consent import decision

    deferred = decision.record(demo.case("Ben Ode", 40, "Neck"), "defer", demo.siobhan, "A cold with fever.").document
    with pytest.raises(WithdrawalRefused, match="Only a consent"):
        withdraw(deferred, demo.siobhan, "patient", timezone.now(), DONE)


def test_when_sealing_fails_the_withdrawal_stands_and_can_be_sealed_later(demo, client, monkeypatch):
    consent = consented(demo)
    client.force_login(demo.siobhan)
    now = timezone.now().astimezone(demo.clinic.zone) + datetime.timedelta(minutes=1)
    sent = {"role": "patient", "said_at": now.strftime("%Y-%m-%dT%H:%M"), "done": DONE}
    with monkeypatch.context() as broken:
        broken.setattr(rendering, "render", lambda *args, **more: (_ for _ in ()).throw(rendering.RenderingFailed("no")))
        broken.setattr(timezone, "now", lambda: now.astimezone(datetime.UTC) + datetime.timedelta(minutes=2))
        page = client.post(f"/records/{consent.pk}/withdraw/", sent, follow=True).content.decode()
    assert "could not be sealed" in page
    assert "Seal now" in page
    assert state_of(consent).standing == Standing.WITHDRAWN
    page = client.post(f"/records/{consent.pk}/withdraw/seal/", follow=True).content.decode()
    assert "record of it is sealed" in page
    assert SealedDocument.objects.filter(kind=RecordKind.WITHDRAWAL).count() == 1


def test_a_withdrawal_that_cannot_be_sealed_says_what_is_wrong_with_the_key(demo, client, settings):
    consent = consented(demo)
    withdraw(consent, demo.siobhan, "patient", timezone.now(), DONE)
    keys.identity_path(settings.VAR / "keys", demo.clinic.pk).unlink()
    client.force_login(demo.siobhan)
    page = client.post(f"/records/{consent.pk}/withdraw/seal/", follow=True).content.decode()
    assert page.index("could not be sealed") < page.index("sealing key is missing")
    assert str(settings.VAR) not in page


def test_when_the_database_is_full_the_withdrawal_stands_on_the_page_to_be_sent_again(demo, client):
    consent = consented(demo)
    client.force_login(demo.siobhan)
    now = timezone.now().astimezone(demo.clinic.zone).strftime("%Y-%m-%dT%H:%M")
    sent = {"role": "patient", "said_at": now, "done": DONE}
    with connection.execute_wrapper(no_room):
        answer = client.post(f"/records/{consent.pk}/withdraw/", sent)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "could not be recorded" in page
    assert "disk may be full" in page
    assert DONE in page
    assert not Withdrawal.objects.exists()


def test_when_the_database_is_full_a_withdrawal_can_be_sealed_from_the_page_that_says_so(demo, client):
    consent = consented(demo)
    withdraw(consent, demo.siobhan, "patient", timezone.now(), DONE)
    client.force_login(demo.siobhan)
    with connection.execute_wrapper(no_room):
        answer = client.post(f"/records/{consent.pk}/withdraw/seal/")
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "disk may be full" in page
    assert "Seal now" in page
    assert client.post(f"/records/{consent.pk}/withdraw/seal/").status_code == 302
    assert SealedDocument.objects.filter(kind=RecordKind.WITHDRAWAL).exists()


def test_the_form_keeps_what_was_typed_and_other_clinics_see_nothing(demo, client):
    consent = consented(demo)
    client.force_login(demo.siobhan)
    page = client.post(f"/records/{consent.pk}/withdraw/", {"said_at": "soon", "done": DONE}).content.decode()
    assert DONE in page
    assert "Choose who takes the consent back" in page
    assert "Enter the day and the time" in page
    stranger = people.make_member(people.make_clinic("North"))
    assert people.signed_in(stranger).get(f"/records/{consent.pk}/withdraw/").status_code == 404
    client.force_login(demo.mia)
    assert client.get(f"/records/{consent.pk}/withdraw/").status_code == 403


def test_a_refusal_is_sealed_and_names_who_said_no(demo):
    from consent import decision

    screening = demo.plan(demo.settle(demo.case("Ann Keogh", 40, "Neck"), can_decide="yes"), "infraspinatus_left")
    ceremony = signing.open_ceremony(decision.record(screening, "proceed", demo.siobhan), demo.mia)
    made = seal_refusal(signing.refuse(ceremony, "patient", "Not today."))
    assert made.kind == RecordKind.REFUSAL
    assert "Ann Keogh, Patient" in text(made)
    assert "Not today." in text(made)
    assert carried(made)["status"] == "rejected"
    assert seal_refusal(Refusal.objects.get()) == made
    screening.visit.refresh_from_db()
    assert screening.visit.closed_at is None, "the clinician still has to decide"


def test_a_later_record_of_the_visit_replaces_the_one_before_and_says_so(demo):
    first = consented(demo)
    demo.consent(demo.plan(review.reopen(first.visit, demo.siobhan), "infraspinatus_right"))
    second = SealedDocument.objects.exclude(pk=first.pk).get()
    assert second.previous == first
    assert first.sha256 in text(second).replace(" ", "")
    assert state_of(first).words == f"replaced by record {second.number}"
    assert state_of(second).standing == Standing.VALID
    with pytest.raises(WithdrawalRefused, match="replaced by record"):
        withdraw(first, demo.siobhan, "patient", timezone.now(), DONE)


def test_a_consent_is_replaced_though_other_records_lie_between(demo):
    from consent import decision

    first = consented(demo)
    screening = demo.plan(review.reopen(first.visit, demo.siobhan), "infraspinatus_right")
    refusal = seal_refusal(
        signing.refuse(signing.open_ceremony(decision.record(screening, "proceed", demo.siobhan), demo.mia), "patient")
    )
    assert state_of(first).words == f"replaced by record {refusal.number}", "no to a new plan is not yes to the old one"
    decision.record(review.reopen(first.visit, demo.siobhan), "decline", demo.siobhan, "She wants no needles any more.")
    assert state_of(first).standing == Standing.SUPERSEDED
    assert state_of(refusal).standing == Standing.ON_FILE

    other = consented(demo, "Ben Ode")
    seal_withdrawal(withdraw(other, demo.siobhan, "patient", timezone.now(), DONE))
    demo.consent(demo.plan(review.reopen(other.visit, demo.siobhan), "infraspinatus_right"))
    newest = SealedDocument.objects.order_by("-sealed_at")[0]
    assert (state_of(other).standing, state_of(newest).standing) == (Standing.WITHDRAWN, Standing.VALID)


def test_what_came_before_a_consent_and_is_sealed_after_it_neither_replaces_nor_follows_it(demo):
    from consent import decision

    screening = demo.plan(demo.settle(demo.case("Ann Keogh", 40, "Neck"), can_decide="yes"), "infraspinatus_left")
    deferral = review.decide(screening, "defer", demo.siobhan, "A cold with fever")
    again = review.decide(review.reopen(screening.visit, demo.siobhan), "proceed", demo.siobhan)
    refusal = signing.refuse(signing.open_ceremony(again, demo.mia), "patient")
    demo.consent(review.reopen(screening.visit, demo.siobhan))
    consent = SealedDocument.objects.get()
    first, second = decision.seal(deferral, demo.siobhan), seal_refusal(refusal)
    assert (first.previous, second.previous) == (None, first)
    assert state_of(consent).standing == Standing.VALID
    assert state_of(first).words == f"replaced by record {second.number}"
    assert state_of(second).standing == Standing.ON_FILE
    screening.visit.refresh_from_db()
    assert screening.visit.closed_at == consent.sealed_at


def test_what_is_said_within_the_minute_of_the_sealing_can_be_recorded_to_the_minute(demo):
    consent = consented(demo)
    withdraw(consent, demo.siobhan, "patient", consent.sealed_at.replace(second=0, microsecond=0), DONE)
    assert state_of(consent).standing == Standing.WITHDRAWN


def test_the_consent_page_says_that_nobody_may_treat_on_a_consent_taken_back(demo, client):
    consent = consented(demo)
    client.force_login(demo.siobhan)
    address = f"/cases/{consent.visit_id}/consent/"
    assert "Today: valid until" in client.get(address).content.decode()
    withdraw(consent, demo.siobhan, "patient", timezone.now(), DONE)
    assert "Consent withdrawn: do not treat on it" in client.get(address).content.decode()


def test_a_consent_expires_after_its_last_day_at_the_clinic(demo):
    consent = consented(demo)
    object.__setattr__(consent, "valid_until", demo.clinic.today())
    assert state_of(consent).standing == Standing.VALID
    object.__setattr__(consent, "valid_until", demo.clinic.today() - datetime.timedelta(days=1))
    assert state_of(consent).standing == Standing.EXPIRED


def test_many_records_are_judged_in_two_queries(demo, django_assert_num_queries):
    documents = [consented(demo, f"Ann Keog{letter}") for letter in "hij"]
    list(SealedDocument.objects.select_related("clinic"))
    documents = list(SealedDocument.objects.select_related("clinic"))
    with django_assert_num_queries(2):
        assert len(states_of(documents)) == 3


def test_what_follows_an_unsealed_page_writes_no_row(demo, monkeypatch):
    consent = consented(demo)
    row = withdraw(consent, demo.siobhan, "patient", timezone.now(), DONE)
    monkeypatch.setattr(archive, "put", lambda data: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(filing.NOT_SEALED):
        withdrawing.seal_withdrawal(row)
    assert SealedDocument.objects.count() == 1
