"""The case page in a browser: all at a glance on a small screen, the plan picked by keyboard and by tapping the body."""

import datetime
import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from screening.evaluation import current_screening
from screening.models import Override, Resolution, Review, Screening
from tests import browsing, looking, people
from tests.journeys import walking
from tests.test_review import NOTE, PACEMAKER, SKIN, VEINS, WHY, Desk

SMALL = {"width": 1024, "height": 768}
FOUR = {"blood_thinner": "yes", "immune_weak": "yes", **SKIN, **PACEMAKER}


@pytest.fixture
def screening(fresh) -> Screening:
    return Desk().ready("iliocostalis_lumborum_right", "upper_trapezius_left", **FOUR)


def opened(device, live, screening: Screening, has_touch: bool = False, **size: int) -> Page:
    context = device(viewport=SMALL | size, has_touch=has_touch)
    browsing.as_client(context, people.signed_in(screening.visit.clinician), live.url)
    page: Page = context.new_page()
    page.goto(reverse("case", args=[screening.visit.pk]))
    return page


def test_patient_findings_and_decision_are_seen_together_without_scrolling(device, live, screening):
    page = opened(device, live, screening)
    heads = page.locator(".glance > li")
    expect(heads).to_have_count(4)
    seen = [page.get_by_role("heading", level=1), *heads.all(), page.get_by_role("button", name="Proceed")]
    seen += [page.get_by_role("heading", name="Decision"), page.locator(".body-map")]
    for one in seen:
        box = one.bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= SMALL["height"]
    page.mouse.wheel(0, 1500)
    expect(page.get_by_role("button", name="Proceed")).to_be_in_viewport()
    assert looking.axe(page) == []
    assert looking.faint_borders(page) == []


def test_everything_is_large_enough_for_a_finger(device, live, screening):
    page = opened(device, live, screening, has_touch=True)
    page.evaluate("document.querySelector('header').remove()")  # not this page's own
    assert looking.small_targets(page) == []


def test_on_a_phone_all_stands_in_one_column_and_the_decision_is_one_link_away(device, live, screening):
    page = opened(device, live, screening, width=320, height=640)
    assert looking.overflow(page) == 0
    page.get_by_role("link", name="To the decision").click()
    expect(page.get_by_role("button", name="Proceed")).to_be_in_viewport()


def test_a_plan_is_picked_by_keyboard_alone_and_saved_once(device, live, screening):
    page = opened(device, live, screening)
    box = page.locator("input[role=combobox]")
    box.focus()
    page.keyboard.type("hip psoas")
    options = page.locator(".muscles").get_by_role("option")
    expect(options).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(options).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Add left")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    row = page.locator('[data-token="psoas_major_right@"]')
    expect(row.get_by_role("link", name="■ Source 11")).to_be_visible()
    expect(row.get_by_text("Instead:")).to_be_visible()
    expect(box).to_be_focused()
    assert looking.axe(page) == []
    row.locator("[data-ways] button").first.press("Enter")
    expect(row).to_have_count(0)
    assert Screening.objects.filter(visit=screening.visit).latest("seq") == screening, "nothing is stored while picking"
    page.get_by_role("button", name="Save the plan").press("Enter")
    expect(page).to_have_url(re.compile("#plan$"))
    saved = current_screening(screening.visit)
    assert saved
    assert saved.seq == screening.seq + 1
    assert saved.sites.count() == 3


def test_a_tap_on_the_body_lists_the_muscles_there_with_their_side(device, live, screening):
    page = opened(device, live, screening)
    page.locator('.body-map [data-area="calf_left"]').first.click()
    expect(page.get_by_role("option", name="Gastrocnemius")).to_be_visible()
    page.get_by_role("option", name="Gastrocnemius").click()
    expect(page.get_by_role("button", name="Add left")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-token="gastrocnemius_left@"]')).to_be_visible()
    expect(page.locator('.body-map [data-area="calf_left"].picked')).to_have_count(1)


def test_unsaved_picks_are_not_lost_to_another_form_without_a_word(device, live, screening):
    page = opened(device, live, screening)
    page.locator("input[role=combobox]").fill("masseter")
    page.get_by_role("option", name="Masseter").click()
    page.get_by_role("button", name="Add both").click()
    expect(page.locator('[data-token="masseter_right@"]')).to_be_visible()
    walking.note(page, "12a", "measures", NOTE)
    expect(page.locator("[data-unsaved]")).to_be_focused()
    expect(page.locator("#resolve-12a-measures textarea")).to_have_value(NOTE)
    assert not screening.visit.resolutions.filter(kind="measures").exists()


def test_whoever_waits_for_a_record_sees_that_it_is_drawn_and_sealed(device, live, screening):
    page = opened(device, live, screening)
    told: list[str] = []
    page.expose_binding("told", lambda _source, words: told.append(words))
    page.evaluate(
        """() => new MutationObserver((found) => found.forEach(({ target }) => told(target.textContent)))
            .observe(document.body, { childList: true, characterData: true, subtree: true })"""
    )
    page.get_by_text("Decline", exact=True).click()
    page.get_by_label("Why, and what is offered instead").fill("Physiotherapy without needles instead.")
    page.get_by_role("button", name="Decline and seal").click()
    expect(page.get_by_role("heading", name="Sealed")).to_be_visible(timeout=30_000)
    assert told.count("Drawing and sealing the record…") == 2, "on the button, and where screen readers listen"


def send_by_keys(page: Page, form: str, *typed: str) -> None:
    """By Tab to the form's fields in turn, what is typed into each, and on to its button."""
    for number, words in enumerate(typed):
        if number:
            page.keyboard.press("Tab")
        else:
            looking.focus(page, f"{form} textarea")
        page.keyboard.type(words)
    looking.focus(page, f"{form} button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_findings_are_met_and_the_case_decided_by_keyboard_alone(device, live, fresh):
    screening = Desk().ready("infraspinatus_left", blood_thinner="yes", **VEINS)
    page = opened(device, live, screening)
    send_by_keys(page, 'form:has([name=part][value="11a"])', NOTE)
    send_by_keys(page, 'form:has([name=part][value="14a"])', WHY)
    assert [row.note for row in Resolution.objects.filter(visit=screening.visit, part="11a")] == [NOTE]
    assert [over.reason for over in Override.objects.all()] == [WHY]
    looking.focus(page, "#decision details:has(#defer-reason) summary")
    page.keyboard.press("Enter")
    send_by_keys(page, "#decision details:has(#defer-reason) form", "Until her doctor has answered", "01152031")
    expect(page.get_by_role("main")).to_contain_text("15 January 2031")
    review = Review.objects.get()
    assert (review.decision, review.until) == ("defer", datetime.date(2031, 1, 15))
