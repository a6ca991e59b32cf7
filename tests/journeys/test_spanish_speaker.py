"""A patient who reads Spanish: asked, told and signed for in Spanish, under one seal with the clinic's English."""

import re
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from clinic.languages import in_language
from clinic.models import Role, Visit
from consent.checks import CHECKS
from screening.evaluation import current_intake
from tests.journeys import walking
from tests.people import clear_replies, make_clinic, make_member, make_patient, make_visit


def es(text: str) -> str:
    return in_language("es", text)


def main_button(page: Page) -> None:
    walking.onward(page.locator("main .button.main").first)


def answer_in_spanish(page: Page, visit: Visit, **changes: Any) -> None:
    replies = clear_replies(visit, **changes)
    while not page.url.endswith(reverse("intake-check")):
        for code, reply in walking.on_page(page, replies).items():
            walking.fill(page, code, reply)
        main_button(page)
        expect(page.locator(".error-summary")).to_have_count(0)


def test_a_spanish_speaker_is_asked_told_and_signs_in_spanish(page):
    clinic = make_clinic()
    make_member(clinic, Role.FRONT_DESK, "Mia Torres", "mia")
    siobhan = make_member(clinic, Role.CLINICIAN, "Siobhan Byrne", "siobhan")
    visit = make_visit(make_patient(clinic, "Rosa Martínez", language="Spanish"), siobhan)

    walking.sign_in(page, "mia")
    page.goto(reverse("visit", args=[visit.pk]))
    page.get_by_role("button", name="Hand to patient").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")  # as her file says, from the first page on
    walking.onward(page.get_by_role("button", name=es("Yes, this is me")))
    for _page in range(3):
        main_button(page)
    expect(page.get_by_role("group", name=re.compile(re.escape(es("Are you afraid of needles?"))))).to_be_visible()

    # She looks at it in English for a moment, in the middle of a page, and loses nothing.
    page.locator('[name="needle-fear"][value="no"]').check()
    page.locator("details.language > summary").click()
    walking.onward(page.locator('button[name="wish-language"][value="en"]'))
    expect(page.get_by_role("radio", name="No", exact=True).first).to_be_checked()
    page.locator("details.language > summary").click()
    walking.onward(page.locator('button[name="wish-language"][value="es"]'))
    expect(page.locator('[name="needle-fear"][value="no"]')).to_be_checked()

    answer_in_spanish(page, visit, blood_thinner="yes", blood_thinner_details="Warfarina, 3 mg por la noche")
    page.get_by_role("button", name=es("Send my answers")).click()
    expect(page).to_have_url(re.compile(r"/tablet/done/\?language=es$"))
    assert current_intake(visit).language == "es"

    walking.sign_in(page, "siobhan")
    walking.open_case(page, "Rosa Martínez")
    expect(page.get_by_text("Spanish, translation not yet confirmed by a clinician").first).to_be_visible()
    walking.answer_questions(page, can_decide="yes")
    walking.note(page, "11a", "measures", "Press for a minute after each needle.")
    walking.plan(page, "infraspinatus", "left")
    walking.proceed(page)
    page.get_by_role("button", name="Hand to patient for consent").click()
    walking.onward(page.get_by_role("button", name=es("Yes, this is me")))
    while not page.url.endswith(reverse("ceremony-check")):
        main_button(page)
    right = [es(asked.replies[check.right]) for check in CHECKS for asked in (check.adult, check.child)]
    while page.url.endswith(reverse("ceremony-check")):
        reply = next(words for words in page.locator("main .reply").all_inner_texts() if words in right)
        page.get_by_label(reply, exact=True).check()
        main_button(page)
    meaning = es(
        "I agree to dry needling today as planned above. I was told what it is, the risks, and what else I could choose. "
        "I could ask my questions. I can stop at any time."
    )
    expect(page.get_by_text(meaning)).to_be_visible()
    walking.draw(page)
    main_button(page)
    expect(page).to_have_url(re.compile("/tablet/done/"))
    walking.sign_and_seal(page, "siobhan", "Rosa Martínez")

    text = walking.sealed_text(visit)
    for words in (
        "Rosa Martínez",
        "translation not yet confirmed by a clinician",
        es("Do you take a medicine that thins your blood?"),
        "Do you take a medicine that thins your blood?",
        "Warfarina, 3 mg por la noche",
        meaning[:60],
        es("What dry needling is and does"),
        "What dry needling is and does",
        "Press for a minute after each needle.",
    ):
        assert words in text, words
