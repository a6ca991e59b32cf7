"""At the next visit the clinician is told that a consent was not given, or taken back, before they plan as last time."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import Visit
from consent import signing, withdrawing
from consent.management.commands.demo import Demo
from consent.models import SealedDocument
from screening import review
from tests import on_record, people
from tests.people import signed_in
from tests.written import clear_case

WORDS = "It reminded me of the hospital."
REFUSED, WITHDRAWN = "Consent was not given at the last visit.", "The consent of the last visit was withdrawn."


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


@pytest.fixture
def document(demo) -> SealedDocument:
    made = review.decide(clear_case(demo), "proceed", demo.siobhan)
    return on_record.put(demo, made, ceremony=signing.open_ceremony(made, demo.mia))


def next_visit(demo: Demo, visit: Visit) -> str:
    """The case page of the patient's next visit."""
    back = people.make_visit(visit.patient, demo.siobhan)
    people.submitted(back)
    answer = signed_in(demo.siobhan).get(reverse("case", args=[back.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_consent_that_stands_says_no_such_thing(demo, document):
    page = next_visit(demo, document.visit)
    assert "Since the last visit" in page
    assert REFUSED not in page
    assert WITHDRAWN not in page


def test_a_consent_that_was_taken_back_is_told_with_what_was_said_and_done(demo, document):
    withdrawing.withdraw(document, demo.siobhan, "patient", timezone.now(), "Two needles had been placed.", WORDS)
    page = next_visit(demo, document.visit)
    assert page.index(WITHDRAWN) < page.index("As last time")
    assert WORDS in page
    assert "Two needles had been placed." in page


def test_a_consent_that_was_not_given_is_told_with_what_was_said(demo):
    made = review.decide(clear_case(demo), "proceed", demo.siobhan)
    signing.refuse(signing.open_ceremony(made, demo.mia), "patient", WORDS)
    page = next_visit(demo, made.visit)
    assert REFUSED in page
    assert WORDS in page


def test_the_earlier_records_say_how_each_stands_today(demo, document):
    address = reverse("patient-records", args=[document.visit.patient_id])
    client = signed_in(demo.siobhan)
    assert "<td>valid" in client.get(address).content.decode()
    withdrawing.withdraw(document, demo.siobhan, "patient", timezone.now(), "Nothing had been done yet.")
    assert "<td>withdrawn on" in client.get(address).content.decode()
