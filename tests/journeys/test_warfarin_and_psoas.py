"""Warfarin with psoas planned: refused, moved to a muscle that can be pressed, veins overridden by two clinicians, sealed."""

import re
from typing import Any

from playwright.sync_api import expect

from clinic.models import Role
from tests.journeys import walking
from tests.people import make_clinic, make_member

REASON = "Varicose veins in the left calf only; the needles stay in the shoulder. The patient was told and agrees."


def test_psoas_on_warfarin_is_moved_to_trapezius_and_the_veins_are_overridden(page):
    clinic = make_clinic()
    make_member(clinic, Role.FRONT_DESK, "Mia Torres", "mia")
    make_member(clinic, Role.CLINICIAN, "Siobhan Byrne", "siobhan")
    make_member(clinic, Role.CLINICIAN, "Tom Ellis", "tom")
    changes: dict[str, Any] = {
        "blood_thinner": "yes",
        "blood_thinner_details": "Warfarin 3 mg, evening",
        "varicose_veins": "yes",
        "vessel_where": ["calf_left"],
    }
    visit = walking.take_intake(page, "mia", "Ann Keogh", "1968-03-14", "Neck pain", **changes)

    walking.sign_in(page, "siobhan")
    walking.open_case(page, "Ann Keogh")
    walking.answer_questions(page, can_decide="yes")
    walking.plan(page, "psoas_major", "right")
    walking.note(page, "11a", "measures", "INR 2.3 on Friday. Press 60 seconds after each needle.")
    walking.proceed(page)
    expect(page.get_by_text(re.compile("needles where it must not"))).to_be_visible()

    page.get_by_role("button", name=re.compile("Take Psoas major, right out of the plan")).click()
    walking.plan(page, "upper_trapezius", "left")
    form = page.locator("form#override-14a")
    form.get_by_role("textbox").fill("ok")
    form.get_by_role("button").click()
    expect(page.get_by_text(re.compile("reason that another clinician can follow"))).to_be_visible()
    page.locator("form#override-14a").get_by_role("textbox").fill(REASON)
    page.locator("form#override-14a").get_by_role("button").click()
    walking.proceed(page)
    expect(page.get_by_text(re.compile("second clinician")).first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()

    walking.sign_in(page, "tom")
    walking.open_case(page, "Ann Keogh")
    second = page.locator("form#second-14a")
    second.get_by_role("textbox").fill("Far from the planned site.")
    second.get_by_role("button", name="I agree with the override").click()
    page.get_by_role("button", name="Sign out").click()

    walking.sign_in(page, "siobhan")
    walking.open_case(page, "Ann Keogh")
    walking.proceed(page)
    walking.hand_over_consent(page)
    expect(page.get_by_role("heading", name="About dry needling")).to_be_visible()
    walking.read_consent(page)
    walking.type_name(page, "Ann Keogh")
    walking.sign(page)
    walking.sign_and_seal(page, "siobhan", "Ann Keogh")

    text = walking.sealed_text(visit)
    for words in (
        REASON,
        "Tom Ellis",
        "Far from the planned site.",
        "Upper trapezius, left",
        "Warfarin 3 mg, evening",
        "Press 60 seconds",
    ):
        assert words in text
    assert "Psoas major, right" in text  # the earlier plan stays in the history
