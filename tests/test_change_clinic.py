"""Somebody who works in two clinics is at work in one at a time, and sees nothing of the other."""

import pytest

from clinic.models import AuditEvent, Membership, Role
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
