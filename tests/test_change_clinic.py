"""Somebody who works in two clinics is at work in one at a time, and sees nothing of the other."""

import re
from typing import Any

import pytest
from django.test import Client

from clinic.models import AuditEvent, Membership, Patient, Role
from tests.people import make_clinic, make_member, make_patient, signed_in


@pytest.fixture
def both(db):
    """Two clinics, and a person who is a clinician in the first and at the front desk of the second."""
    first, second = make_clinic("Harbour Physio"), make_clinic("North Clinic")
    person = make_member(first, Role.CLINICIAN)
    Membership.objects.create(clinic=second, user=person, role=Role.FRONT_DESK)
    return first, second, person


def test_the_other_clinic_is_offered_and_each_page_is_about_the_chosen_one(both):
    first, second, person = both
    here, there = make_patient(first, name="Ann Keogh"), make_patient(second, name="Walter Finch")
    client = signed_in(person)
    page = client.get("/").content.decode()
    assert "Change clinic" in page
    assert "North Clinic" in page
    assert client.get(f"/patients/{there.pk}/").status_code == 404
    session = client.session
    session["records"] = {"patient": "Ann"}
    session.save()
    page = client.post("/change-clinic/", {"clinic": second.pk}, follow=True).content.decode()
    assert "You are at work in North Clinic now." in page
    assert "front desk" in page
    assert client.get(f"/patients/{there.pk}/").status_code == 200
    assert client.get(f"/patients/{here.pk}/").status_code == 404
    assert client.get("/records/").status_code == 403, "a role counts where the person is at work"
    assert "records" not in client.session
    assert AuditEvent.objects.get(action="member.changed_clinic").clinic == second


def test_a_clinic_where_one_does_not_work_is_refused_and_nothing_changes(both):
    first, _second, person = both
    stranger = make_clinic("Elsewhere")
    client = signed_in(person)
    for wanted in (stranger.pk, "nonsense", ""):
        page = client.post("/change-clinic/", {"clinic": wanted}, follow=True).content.decode()
        assert "You cannot work in that clinic." in page
        assert client.get("/").context["membership"].clinic == first
    assert not AuditEvent.objects.filter(action="member.changed_clinic").exists()


def test_who_is_deactivated_in_the_chosen_clinic_is_back_in_the_other(both):
    first, second, person = both
    client = signed_in(person)
    client.post("/change-clinic/", {"clinic": second.pk})
    Membership.objects.filter(clinic=second, user=person).update(active=False)
    page = client.get("/")
    assert page.context["membership"].clinic == first
    assert "Change clinic" not in page.content.decode()


def test_a_form_of_the_clinic_before_that_is_still_open_is_not_taken(both):
    first, second, person = both
    Membership.objects.create(clinic=first, user=person, role=Role.FRONT_DESK)
    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    client.force_login(person)
    token = token_in(client.get("/patients/add/"))
    change = {"clinic": second.pk, "csrfmiddlewaretoken": token_in(client.get("/"))}
    assert client.post("/change-clinic/", change).status_code == 302
    sent = {"name": "Ann Keogh", "born": "1980-01-02", "language": "english", "csrfmiddlewaretoken": token}
    assert client.post("/patients/add/", sent).status_code == 403
    assert not Patient.objects.exists()


def token_in(response: Any) -> str:
    return re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode())[0]


def test_a_page_of_the_clinic_before_gets_no_rows_of_the_other(both):
    first, second, person = both
    client = signed_in(person)
    page_of = {"Page-Of": str(first.pk)}
    assert client.get("/today/rows/", headers=page_of).status_code == 200
    client.post("/change-clinic/", {"clinic": second.pk})
    assert client.get("/today/rows/", headers=page_of).status_code == 409
    assert client.get("/calls/", headers=page_of).status_code == 409
    assert f'data-clinic="{second.pk}"' in client.get("/").content.decode()


def test_the_choice_is_remembered_when_the_person_signs_in_again_even_on_another_device(both):
    _first, second, person = both
    person.set_password("thin-needle-demo")
    person.save()
    signed_in(person).post("/change-clinic/", {"clinic": second.pk})
    other_device = Client(SERVER_NAME="localhost")
    other_device.post("/sign-in/", {"username": person.username, "password": "thin-needle-demo"})
    assert other_device.get("/").context["membership"].clinic == second
    Membership.objects.filter(clinic=second).delete()
    assert other_device.get("/").context["membership"].clinic != second


def test_pressed_twice_it_is_changed_once(both):
    _first, second, person = both
    client = signed_in(person)
    for _ in range(2):
        page = client.post("/change-clinic/", {"clinic": second.pk}, follow=True).content.decode()
        assert "You are at work in North Clinic now." in page
    assert AuditEvent.objects.filter(action="member.changed_clinic").count() == 1


def test_who_may_not_see_a_page_here_still_finds_the_way_to_the_other_clinic(both):
    _first, second, person = both
    client = signed_in(person)
    client.post("/change-clinic/", {"clinic": second.pk})
    answer = client.get("/records/")
    assert answer.status_code == 403
    assert "Change clinic" in answer.content.decode()
