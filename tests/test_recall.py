"""The recall list: deferred to a day, why, by whom, and gone from it as soon as the patient is back."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from clinic.models import Patient, Visit
from consent.management.commands.demo import Demo
from screening import review
from tests.people import make_clinic, make_member, signed_in


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def defer(demo: Demo, name: str, days: int):
    """Deferred twenty days ago, to come back so many days after that."""
    with time_machine.travel(timezone.now() - datetime.timedelta(days=20), tick=True):
        until = demo.clinic.today() + datetime.timedelta(days=days)
        return review.decide(demo.case(name, 40, "Elbow"), "defer", demo.siobhan, "A cold with fever", until)


def listed(client) -> tuple[list[str], list[str]]:
    found = client.get("/recall/").context["found"]
    return [row.patient.name for row in found.due], [row.patient.name for row in found.later]


def test_the_longest_due_come_first_and_then_those_whose_day_will_come(demo):
    for name, days in (("Later", 30), ("Today", 20), ("Past", 5), ("Sooner", 21)):
        defer(demo, name, days)
    assert listed(signed_in(demo.mia)) == (["Past", "Today"], ["Sooner", "Later"])


def test_who_is_back_for_another_visit_or_was_taken_up_again_is_not_called(demo):
    for name in ("Back", "Taken up", "To call"):
        defer(demo, name, 10)
    back = Patient.objects.get(name="Back")
    Visit.objects.create(clinic=demo.clinic, patient=back, clinician=demo.tom, reason="Elbow", opened_by=demo.mia)
    review.reopen(Visit.objects.get(patient__name="Taken up"), demo.siobhan)
    assert listed(signed_in(demo.mia)) == (["To call"], [])


def test_an_earlier_visit_a_file_in_error_and_a_year_gone_by(demo):
    made = defer(demo, "Ann Keogh", 10)
    Visit.objects.create(
        clinic=demo.clinic, patient=made.visit.patient, clinician=demo.tom, reason="Before", opened_by=demo.mia,
        starts_at=made.visit.starts_at - datetime.timedelta(days=9),
        created_at=made.visit.created_at - datetime.timedelta(days=9),
    )  # fmt: skip
    client = signed_in(demo.mia)
    assert listed(client) == (["Ann Keogh"], [])
    with time_machine.travel(timezone.now() + datetime.timedelta(days=380)):
        assert listed(signed_in(demo.mia)) == ([], [])
    Patient.objects.update(entered_in_error="Typed twice")
    assert listed(client) == ([], [])


def test_a_row_says_the_number_to_call_who_deferred_and_opens_a_visit_and_why_to_clinicians(demo):
    made = defer(demo, "Peter Walsh", 10)
    page = signed_in(demo.mia).get("/recall/").content.decode()
    assert "02 5550 0100" in page
    assert "Siobhan Byrne" in page
    assert f"/patients/{made.visit.patient_id}/visits/add/" in page
    assert "A cold with fever" not in page
    assert "A cold with fever" in signed_in(demo.siobhan).get("/recall/").content.decode()


def test_decisions_without_a_day_and_of_other_clinics_are_not_listed(demo):
    review.decide(demo.case("No day", 40, "Elbow"), "defer", demo.siobhan, "Ask again when well")
    defer(demo, "Ours", 10)
    assert listed(signed_in(demo.mia)) == (["Ours"], [])
    elsewhere = make_member(make_clinic("Other"), "front_desk", "Elsa Else")
    assert listed(signed_in(elsewhere)) == ([], [])
    assert "Nobody has to be called" in signed_in(elsewhere).get("/recall/").content.decode()
    assert signed_in(demo.people["grace"]).get("/recall/").status_code == 403


def test_many_cost_as_many_queries_as_one(demo, django_assert_num_queries):
    client = signed_in(demo.mia)
    defer(demo, "First", 10)
    client.get("/recall/")
    with django_assert_num_queries(4):
        client.get("/recall/")
    for turn in range(5):
        defer(demo, f"Number {turn}", 10)
    with django_assert_num_queries(4):
        client.get("/recall/")
