"""A role counts in the clinic where the person is at work; the front desk learns how far a visit is, not why."""

import pytest
from django.urls import reverse

from clinic.models import Membership, Role
from consent import decision, signing
from consent.management.commands.demo import Demo
from tests.people import make_clinic, make_member, make_patient, make_visit, signed_in, submitted
from tests.written import clear_case


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["visit", "case", "consent-desk", "patient"])
def test_a_clinician_of_one_clinic_is_no_clinician_of_another_where_they_work_at_the_desk(page):
    at_work, elsewhere = make_clinic("Harbour Physio"), make_clinic("Hill Physio")
    person = make_member(at_work, Role.CLINICIAN)
    Membership.objects.create(clinic=elsewhere, user=person, role=Role.FRONT_DESK)
    visit = make_visit(make_patient(elsewhere), make_member(elsewhere, Role.CLINICIAN, "Tom Ellis"))
    submitted(visit, ill_today="yes")
    key = visit.patient_id if page == "patient" else visit.pk
    assert signed_in(person).get(reverse(page, args=[key])).status_code == 404


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def consent_page(user, visit) -> str:
    return signed_in(user).get(reverse("consent-desk", args=[visit.pk])).content.decode()


def test_the_front_desk_does_not_read_why_a_clinician_deferred(demo):
    visit = clear_case(demo).visit
    decision.record(demo.now(visit), "defer", demo.siobhan, reason="Hepatitis is being looked into")
    assert "Hepatitis" in consent_page(demo.siobhan, visit)
    assert "Hepatitis" not in consent_page(demo.mia, visit)


def test_the_front_desk_does_not_read_why_a_patient_said_no(demo):
    made = decision.record(clear_case(demo), "proceed", demo.siobhan)
    signing.refuse(signing.open_ceremony(made, demo.mia), "patient", "I may be pregnant")
    assert "pregnant" in consent_page(demo.siobhan, made.visit)
    page = consent_page(demo.mia, made.visit)
    assert "Did not agree" in page
    assert "pregnant" not in page
