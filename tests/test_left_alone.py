"""Pages that nobody uses: asked after two minutes, closed after three, as often as wished within the half hour."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from clinic.models import Handover, Visit
from clinic.tablet import LASTS
from screening.models import IntakeDraft
from tests import browsing
from tests.people import answered, make_clinic, make_member, make_patient, make_visit, tablet_for

pytestmark = pytest.mark.looks

SECOND, MINUTE = 1_000, 60_000
SIGN_OF_LIFE = "**/tablet/still-here/"


@pytest.fixture
def visit(fresh: None) -> Visit:
    clinic = make_clinic()
    return answered(make_visit(make_patient(clinic), make_member(clinic)))


@pytest.fixture
def tablet(device, live, visit) -> Callable[..., Page]:
    """A tablet in the patient's hands, in a field they can type in, with a clock of the test's."""

    def handed_over(**handover) -> Page:
        context = device()
        browsing.as_client(context, tablet_for(visit, **handover), live.url)
        page = context.new_page()
        page.clock.install()
        page.goto(reverse("intake-page", args=["bleeding"]))
        page.locator("[name=blood-thinner][value=yes]").check()
        page.locator("[name=blood-thinner-details]").focus()
        return page

    return handed_over


def question(page: Page):
    return page.get_by_role("alertdialog", name="Are you still there?")


def signs_of_life(page: Page) -> list[str]:
    """Those that are answered from now on."""
    seen: list[str] = []
    page.on("response", lambda answer: seen.append(answer.url) if answer.url.endswith("/still-here/") else None)
    return seen


class UnderWay:
    """The signs of life that are still on their way: the test's clock waits for them, as its seconds take no time."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0
        page.on("request", lambda request: self.add(request.url, 1))
        page.on("requestfinished", lambda request: self.add(request.url, -1))
        page.on("requestfailed", lambda request: self.add(request.url, -1))

    def add(self, url: str, change: int) -> None:
        self.count += change if url.endswith("/still-here/") else 0

    def settle(self) -> None:
        self.page.wait_for_timeout(30)
        while self.count > 0:
            self.page.wait_for_timeout(30)


@pytest.mark.parametrize("reply", ["button", "Enter", "Escape"])
def test_after_two_minutes_the_page_asks_and_whoever_is_there_goes_on_where_they_were(tablet, reply):
    page = tablet()
    page.clock.fast_forward(119 * SECOND)
    expect(question(page)).to_have_count(0)
    page.clock.run_for(2 * SECOND)
    expect(question(page)).to_be_visible()
    button = page.get_by_role("button", name="I am still here")
    expect(button).to_be_focused()
    assert button.bounding_box()["height"] >= 68
    expect(question(page)).to_contain_text(re.compile(r"Seconds left: (59|58|57)"))
    with page.expect_response(SIGN_OF_LIFE) as told:
        button.click() if reply == "button" else page.keyboard.press(reply)
    assert told.value.status == 204
    expect(question(page)).to_have_count(0)
    expect(page.locator("[name=blood-thinner-details]")).to_be_focused()


def test_it_can_be_extended_as_often_as_wished(tablet):
    page = tablet()
    for _ in range(4):
        page.clock.fast_forward(150 * SECOND)
        with page.expect_response(SIGN_OF_LIFE):
            page.get_by_role("button", name="I am still here").click()
    assert Handover.objects.get().is_open
    assert page.url.endswith("/bleeding/")


def test_the_seconds_are_said_to_screen_readers_twice_and_not_each(tablet):
    page = tablet()
    spoken = question(page).get_by_role("status")
    page.clock.run_for(125 * SECOND)
    expect(spoken).to_have_text("")
    page.clock.run_for(26 * SECOND)
    expect(spoken).to_have_text("Seconds left: 30")
    page.clock.run_for(10 * SECOND)
    expect(spoken).to_have_text("Seconds left: 30")
    page.clock.run_for(10 * SECOND)
    expect(spoken).to_have_text("Seconds left: 10")


def test_after_three_minutes_the_page_is_emptied_and_closes(tablet):
    page = tablet()
    page.locator("[name=blood-thinner-details]").fill("Warfarin")
    page.clock.run_for(182 * SECOND)
    page.wait_for_url("**/tablet/closed/?language=en")
    expect(page.locator("main")).to_contain_text("every page that you saved is kept")
    assert Handover.objects.get().ended_because == "idle"
    assert IntakeDraft.objects.get().replies["blood-thinner"] == "no"


def test_a_long_answer_keeps_the_page_open_and_the_clinic_told_twice_a_minute_at_most(tablet):
    page = tablet()
    told, under_way = signs_of_life(page), UnderWay(page)
    began = page.evaluate("Date.now()")
    for _ in range(25):
        page.keyboard.press("w")
        page.clock.run_for(10 * SECOND)
        under_way.settle()
    expect(question(page)).to_have_count(0)
    assert 6 <= len(told) <= 1 + (page.evaluate("Date.now()") - began) / (30 * SECOND)
    assert timezone.now() - Handover.objects.get().seen_at < datetime.timedelta(minutes=1)


def test_a_page_that_nobody_touches_tells_the_clinic_of_nobody(tablet):
    page = tablet()
    with page.expect_response(SIGN_OF_LIFE):  # of the touches that opened the field
        page.clock.run_for(35 * SECOND)
    told = signs_of_life(page)
    page.clock.run_for(110 * SECOND)
    expect(question(page)).to_be_visible()
    assert told == []


def test_a_tablet_that_slept_closes_at_the_first_touch_instead_of_taking_it(tablet):
    page = tablet()
    page.clock.pause_at(timezone.now() + datetime.timedelta(seconds=20))
    page.clock.set_fixed_time(timezone.now() + datetime.timedelta(minutes=4))
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="These pages are closed")).to_be_visible()
    page.wait_for_url("**/tablet/closed/?language=en")


def test_before_the_half_hour_is_over_the_page_says_when_and_what_then(tablet, visit):
    closes = timezone.now() + LASTS
    page = tablet(expires_at=closes)
    warning = page.locator(".closing-soon")
    for _ in range(11):
        page.clock.fast_forward(150 * SECOND)
        with page.expect_response(SIGN_OF_LIFE):
            page.get_by_role("button", name="I am still here").click()
    expect(warning).to_be_empty()
    page.clock.fast_forward(50 * SECOND)
    at = closes.astimezone(visit.clinic.zone).strftime("%H:%M")
    expect(warning).to_have_text(f"These pages close at {at}. Staff can open them again at the same question.")
    assert warning.get_attribute("role") == "status"
    page.clock.fast_forward(60 * SECOND)
    page.keyboard.press("w")
    page.clock.fast_forward(60 * SECOND)
    page.wait_for_url("**/tablet/closed/?language=en")
    assert Handover.objects.get().ended_because == "expired"


def test_the_page_closes_in_the_language_of_the_patient(tablet):
    page = tablet(language="ar")
    page.clock.fast_forward(3 * MINUTE)
    page.wait_for_url("**/tablet/closed/?language=ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
