"""An adult with nothing to report: from the front desk to a sealed consent, all on one tablet."""

import re

from playwright.sync_api import expect

from clinic.models import Role
from screening.precautions import PRECAUTIONS
from tests.journeys import walking
from tests.people import make_clinic, make_member


def test_an_adult_with_nothing_to_report_is_treated_with_a_sealed_consent(page):
    clinic = make_clinic()
    make_member(clinic, Role.FRONT_DESK, "Mia Torres", "mia")
    make_member(clinic, Role.CLINICIAN, "Siobhan Byrne", "siobhan")

    visit = walking.take_intake(page, "mia", "Ruth Lindqvist", "1982-03-04", "Tension in the shoulders")

    walking.sign_in(page, "siobhan")
    walking.open_case(page, "Ruth Lindqvist")
    walking.answer_questions(page, can_decide="yes")
    walking.plan(page, "infraspinatus", "left")
    walking.proceed(page)
    walking.hand_over_consent(page)
    walking.read_consent(page)
    walking.draw(page)
    walking.sign(page)
    expect(page).to_have_url(re.compile("/tablet/done/$"))
    walking.sign_and_seal(page, "siobhan", "Ruth Lindqvist")

    text = walking.sealed_text(visit)
    for words in (
        "Consent to dry needling",
        "Ruth Lindqvist",
        "Decision: proceed",
        "Infraspinatus, left",
        "Siobhan Byrne",
        "Page 1 of",
    ):
        assert words in text
    for precaution in PRECAUTIONS:
        assert f"{precaution.number}. {precaution.title}" in text
    assert text.count("Nothing to report") == 15
