"""Somebody who does not agree on the tablet is not treated, and a sealed record says so in their words."""

import re

from playwright.sync_api import expect

from clinic.models import Role
from tests.journeys import walking
from tests.people import make_clinic, make_member

WORDS = "I would rather try exercise first."


def test_a_refusal_on_the_tablet_ends_in_a_sealed_decision(page):
    clinic = make_clinic()
    make_member(clinic, Role.FRONT_DESK, "Mia Torres", "mia")
    make_member(clinic, Role.CLINICIAN, "Siobhan Byrne", "siobhan")
    visit = walking.take_intake(page, "mia", "Harold Finch", "1955-01-30", "Knee pain")

    walking.sign_in(page, "siobhan")
    walking.open_case(page, "Harold Finch")
    walking.answer_questions(page, can_decide="yes")
    walking.plan(page, "rectus_femoris", "left")
    walking.proceed(page)
    walking.hand_over_consent(page)
    page.get_by_role("link", name="I do not agree").click()
    page.get_by_role("textbox").fill(WORDS)
    page.get_by_role("button", name="I do not agree").click()
    expect(page).to_have_url(re.compile("/tablet/done/$"))

    walking.sign_in(page, "siobhan")
    page.get_by_role("link", name=re.compile("Harold Finch")).first.click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_role("button", name="Take the case up again").click()
    page.locator("summary", has_text="Decline").click()
    page.locator("#decline-reason").fill("He prefers exercise; a plan was given.")
    page.get_by_role("button", name="Decline and seal").click()
    expect(page.get_by_role("heading", name="Sealed")).to_be_visible()

    text = walking.sealed_text(visit)
    for words in ("Decision: declined", WORDS, "He prefers exercise; a plan was given.", "Harold Finch"):
        assert words in text
