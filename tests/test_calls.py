"""A call for help as staff meet it in the browser: there without a reload, told once, and nothing moves under their hands."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from clinic.models import Handover, Role
from tests.browsing import as_client
from tests.people import make_clinic, make_member, make_patient, make_visit, signed_in, tablet_for
from tests.serving import Live

COUNT_WHAT_IS_TOLD = """
window.told = [];
document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-calls-told]");
  const note = () => place.textContent && window.told.push(place.textContent);
  if (place) new MutationObserver(note).observe(place, { childList: true });
});
"""


@pytest.fixture
def clinic(live):
    return make_clinic()


@pytest.fixture
def visit(clinic):
    return make_visit(make_patient(clinic, "Ann Keogh"), make_member(clinic))


@pytest.fixture
def at_desk(device: Callable[..., BrowserContext], live: Live, clinic: Any) -> Callable[..., Page]:
    """The first page of a member of staff, with a clock that the test moves."""

    def sign_in(name: str = "Mia Torres", **options: Any) -> Page:
        staff = signed_in(make_member(clinic, Role.FRONT_DESK, name))
        context = device(**options)
        as_client(context, staff, live.url)
        page = context.new_page()
        page.clock.install()
        page.add_init_script(COUNT_WHAT_IS_TOLD)
        page.goto(reverse("home"))
        return page

    return sign_in


def call(tablet: Client) -> None:
    tablet.post(reverse("tablet"), {"wish-staff": "1"})


def ten_seconds_later(page: Page) -> None:
    with page.expect_response("**" + reverse("calls")):
        page.clock.fast_forward(10_000)


def ann(page: Page) -> Any:
    return page.locator(".calls").get_by_text("Ann Keogh's tablet asks for help, since")


def test_a_call_appears_without_a_reload_and_is_told_once(at_desk, visit):
    page = at_desk()
    expect(page.locator(".calls")).to_be_hidden()
    call(tablet_for(visit))
    ten_seconds_later(page)
    expect(ann(page)).to_be_visible()
    ten_seconds_later(page)
    expect(ann(page)).to_have_count(1)
    told = page.evaluate("told")
    assert len(told) == 1
    assert told[0].startswith("Ann Keogh's tablet asks for help, since ")


def test_one_goes_and_the_call_leaves_the_screens_of_the_others(at_desk, visit):
    call(tablet_for(visit))
    mia, grace = at_desk(), at_desk("Grace Okafor")
    grace.get_by_role("button", name="I am going").focus()
    mia.get_by_role("button", name="I am going").click()
    expect(mia.get_by_text("Ann Keogh waits for you")).to_be_visible()
    ten_seconds_later(grace)
    expect(ann(grace)).to_have_count(0)
    expect(grace.locator(".calls")).to_be_hidden()
    assert grace.evaluate("document.activeElement.id") == "main"


def test_focus_and_place_stay_while_calls_come_and_go(at_desk, visit, clinic):
    for number in range(12):
        make_visit(make_patient(clinic, f"Liam Park {'abcdefghijkl'[number]}"), visit.clinician)
    page = at_desk()
    link = page.get_by_role("link", name="Hand to patient").last
    link.focus()
    page.evaluate("scrollTo(0, 600)")
    before = link.bounding_box()
    call(tablet_for(visit))
    ten_seconds_later(page)
    expect(ann(page)).to_be_in_viewport()
    assert link.bounding_box() == before
    assert link.evaluate("link => link === document.activeElement")
    Handover.objects.update(help_wanted_at=None)
    ten_seconds_later(page)
    expect(ann(page)).to_have_count(0)
    assert link.bounding_box() == before


def test_a_page_that_nobody_sees_asks_nothing_until_it_is_seen_again(at_desk, visit):
    page = at_desk()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    look = (
        "Object.defineProperty(document, 'hidden', { value: %s, configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.evaluate(look % "true")
    page.clock.fast_forward(60_000)
    assert [url for url in asked if url.endswith(reverse("calls"))] == []
    call(tablet_for(visit))
    with page.expect_response("**" + reverse("calls")):
        page.evaluate(look % "false")
    expect(ann(page)).to_be_visible()


def test_when_calls_cannot_be_asked_for_the_page_says_so(at_desk, visit, faults):
    page = at_desk()
    lost = page.get_by_text("New calls for help cannot be shown at the moment")
    page.route("**" + reverse("calls"), lambda route: route.fulfill(status=503))
    ten_seconds_later(page)
    expect(lost).to_be_hidden()
    ten_seconds_later(page)
    expect(lost).to_be_visible()
    page.unroute("**" + reverse("calls"))
    call(tablet_for(visit))
    ten_seconds_later(page)
    expect(lost).to_be_hidden()
    expect(ann(page)).to_be_visible()
    faults.clear()


def test_after_the_sign_in_has_ended_the_page_does_not_pretend_to_listen(at_desk):
    page = at_desk()
    page.context.clear_cookies()
    ten_seconds_later(page)
    ten_seconds_later(page)
    expect(page.get_by_text("New calls for help cannot be shown at the moment")).to_be_visible()


def test_without_scripts_a_call_is_there_on_loading_and_can_be_answered(device, live, visit, clinic):
    call(tablet_for(visit))
    staff = signed_in(make_member(clinic, Role.ADMIN, "Grace Okafor"))
    context = device(java_script_enabled=False)
    as_client(context, staff, live.url)
    page = context.new_page()
    page.goto(reverse("home"))
    page.get_by_role("button", name="I am going").click()
    expect(page.get_by_text("Ann Keogh waits for you")).to_be_visible()
    assert Handover.objects.get().help_wanted_at is None
