"""The first page in the browser: kept up to date without a reload, and nothing lost of the place a person had in it."""

import datetime

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from consent import decision
from consent.management.commands.demo import Demo
from screening import presence
from tests import looking
from tests.browsing import as_client
from tests.people import signed_in


@pytest.fixture
def demo(live) -> Demo:
    return Demo()


@pytest.fixture
def first_page(demo, device, live):
    def open_page(**options) -> Page:
        context = device(**options)
        as_client(context, signed_in(demo.siobhan), live.url)
        page = context.new_page()
        page.clock.install()
        page.goto("/")
        return page

    return open_page


def later(page: Page) -> None:
    with page.expect_response("**/today/rows/*"):
        page.clock.fast_forward(5_000)


def names(page: Page) -> Locator:
    return page.locator('[data-group="due"] [data-link="link"]')


def test_a_more_serious_case_comes_on_top_while_the_focus_stays_where_it_is(demo, first_page):
    with time_machine.travel(timezone.now() - datetime.timedelta(minutes=9), tick=True):
        waiting = demo.case("Joan Mitchell", 52, "Stiff neck")
    page = first_page(viewport={"width": 1024, "height": 768})
    joan = page.get_by_role("link", name="Joan Mitchell")
    joan.focus()
    page.evaluate("window.same = document.activeElement")
    demo.case("Ann Keogh", 58, "Back", varicose_veins="yes", vessel_where=["calf_left"])
    presence.seen(waiting.visit, demo.tom)
    later(page)
    expect(page.get_by_text("Open now: Tom Ellis")).to_be_visible()
    expect(names(page)).to_have_text(["Ann Keogh", "Joan Mitchell"])
    assert page.evaluate("document.activeElement === window.same")
    expect(page.locator("[data-queue-told]")).to_have_text("2 cases, 1 new")
    ann = page.locator('[data-group="due"] li').first
    expect(ann.locator(".badge").first).to_have_text("Contraindicated")
    assert not looking.axe(page)
    decision.record(demo.settle(waiting, can_decide="yes"), "decline", demo.siobhan, "Does not want it")
    later(page)
    expect(names(page)).to_have_text(["Ann Keogh"])
    expect(page.locator("#list-due")).to_be_focused()


def test_a_page_in_the_background_asks_for_nothing(first_page):
    page = first_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.fast_forward(60_000)
    assert not [url for url in asked if "today/rows" in url]
