"""Gaps in the Wi-Fi: what could not be sent stays on the page, goes by itself when it can, and arrives once."""

import datetime
import threading
from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Dialog, Page, Route, expect

from clinic.models import AuditEvent, Handover, Visit
from screening.models import Intake, IntakeDraft
from tests import browsing
from tests.people import answered, make_clinic, make_member, make_patient, make_visit, tablet_for

SECOND, MINUTE = 1_000, 60_000
NOT_SENT = "Not sent yet. We keep trying, you need not do anything."
WARFARIN = "Warfarin 3 mg"


@pytest.fixture
def visit(fresh: None) -> Visit:
    clinic = make_clinic()
    return answered(make_visit(make_patient(clinic), make_member(clinic)))


@pytest.fixture
def tablet(device, live, visit) -> Callable[..., Page]:
    """A tablet in the patient's hands, at the question about blood thinners, the reply chosen and a medicine typed."""

    def handed_over(address: str = "intake-page", *, typed: str = WARFARIN, clock: bool = False, **options) -> Page:
        context = device(**options)
        browsing.as_client(context, tablet_for(visit), live.url)
        page = context.new_page()
        if clock:
            page.clock.install()
        page.goto(reverse(address, args=["bleeding"] if address == "intake-page" else []))
        if address == "intake-page":
            page.locator("[name=blood-thinner][value=yes]").check()
            page.locator("[name=blood-thinner-details]").fill(typed)
        return page

    return handed_over


def medicine() -> str:
    return str(IntakeDraft.objects.get().replies.get("blood-thinner-details", ""))


def press(page: Page, name: str = "Continue") -> None:
    page.get_by_role("button", name=name).click()


def said(page: Page):
    """What the page says beside its button, to eyes and to screen readers."""
    return page.locator("[role=status].unsent")


def lasting(page: Page) -> list[str]:
    kept: list[str] = page.evaluate("""async () => [...Object.keys(localStorage), ...Object.keys(sessionStorage),
        ...(await indexedDB.databases()).map((base) => base.name), ...(await caches.keys())]""")
    return kept


def is_next(page: Page) -> None:
    """The page after the one about blood thinners."""
    expect(page.locator("[name=blood-thinner]")).to_have_count(0)
    expect(page.locator("[name=antiplatelet]").first).to_be_attached()


def count_sendings(page: Page, ending: str) -> list[str]:
    """The posts to an address, as they are tried."""
    tried: list[str] = []

    def note(request) -> None:
        if request.method == "POST" and request.url.partition("?")[0].endswith(ending):
            tried.append(request.post_data or "")

    page.on("request", note)
    return tried


def test_a_page_that_cannot_be_sent_says_so_keeps_everything_and_goes_by_itself(tablet, faults):
    page = tablet()
    page.context.set_offline(True)
    press(page)
    expect(said(page)).to_have_text(NOT_SENT)
    assert page.get_by_role("button", name="Continue").is_enabled()
    assert page.locator("[name=blood-thinner-details]").input_value() == WARFARIN
    assert lasting(page) == []
    assert medicine() == ""
    page.context.set_offline(False)
    is_next(page)
    assert medicine() == WARFARIN
    assert lasting(page) == []
    clear_offline(faults)


def clear_offline(faults: list[str]) -> None:
    """A browser reports each failed sending on its console; everything else stays a fault."""
    faults[:] = [fault for fault in faults if "net::ERR_" not in fault]


@pytest.mark.parametrize("status", [500, 503])
def test_a_clinic_that_cannot_answer_is_tried_again_and_again_with_growing_pauses(tablet, faults, status):
    page = tablet(clock=True)
    tried = count_sendings(page, "/bleeding/")
    page.route("**/bleeding/", lambda route: route.fulfill(status=status))
    press(page)
    expect(said(page)).to_have_text(NOT_SENT)
    for pause in (2, 4, 8, 15, 15):
        before = len(tried)
        page.clock.run_for((pause - 1) * SECOND)
        assert len(tried) == before
        page.clock.run_for(2 * SECOND)
        page.wait_for_timeout(100)
        assert len(tried) == before + 1
    page.unroute("**/bleeding/")
    page.clock.run_for(16 * SECOND)
    is_next(page)
    assert medicine() == WARFARIN
    faults.clear()


def test_what_is_changed_while_it_is_not_sent_goes_with_the_next_press(tablet, faults):
    page = tablet()
    page.context.set_offline(True)
    press(page)
    expect(said(page)).to_have_text(NOT_SENT)
    page.locator("[name=blood-thinner-details]").fill("Apixaban 5 mg")
    expect(said(page)).to_have_text("Not sent yet. Press the button again when you are ready.")
    page.context.set_offline(False)
    page.wait_for_timeout(2_500)
    assert medicine() == "", "an answer went while it was being changed"
    press(page)
    is_next(page)
    assert medicine() == "Apixaban 5 mg"
    clear_offline(faults)


def test_the_same_button_pressed_again_tries_at_once(tablet, faults):
    page = tablet(clock=True)
    tried = count_sendings(page, "/bleeding/")
    page.route("**/bleeding/", lambda route: route.abort())
    press(page)
    expect(said(page)).to_have_text(NOT_SENT)
    page.unroute("**/bleeding/")
    press(page)
    is_next(page)
    assert len(tried) == 2
    clear_offline(faults)


def test_pressed_twice_it_is_sent_once(tablet):
    page = tablet()
    tried = count_sendings(page, "/bleeding/")
    page.get_by_role("button", name="Continue").dblclick()
    is_next(page)
    assert len(tried) == 1


def test_leaving_a_page_with_something_unsent_asks_first(tablet, faults):
    page = tablet()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.context.set_offline(True)
    press(page)
    expect(said(page)).to_have_text(NOT_SENT)
    page.close(run_before_unload=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    page.context.set_offline(False)
    is_next(page)
    page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    clear_offline(faults)


def test_errors_come_back_as_a_page_with_everything_typed(tablet, faults):
    page = tablet()
    page.locator("[name=blood-thinner-details]").fill("x" * 5_000)
    press(page)
    expect(page.locator(".error-summary")).to_be_visible()
    assert len(page.locator("[name=blood-thinner-details]").input_value()) == 5_000
    page.locator("[name=blood-thinner-details]").fill(WARFARIN)
    press(page)
    is_next(page)
    assert medicine() == WARFARIN


def test_a_wish_for_the_page_keeps_what_is_typed_and_not_yet_sent(tablet, faults):
    page = tablet()
    page.context.set_offline(True)
    press(page, "Larger text")
    expect(said(page)).to_have_text(NOT_SENT)
    page.context.set_offline(False)
    expect(page.locator("html.text-1")).to_be_attached()
    assert page.locator("[name=blood-thinner-details]").input_value() == WARFARIN
    assert medicine() == ""
    clear_offline(faults)


def test_handing_back_waits_for_the_answers_that_are_not_sent_yet(tablet, faults):
    page = tablet()
    page.context.set_offline(True)
    press(page, "Give the tablet back")
    press(page)
    expect(said(page)).to_have_count(2)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert medicine() == WARFARIN
    assert Handover.objects.get().ended_because == "returned"
    clear_offline(faults)


def test_without_a_connection_a_link_stays_where_it_is_and_says_why(tablet, faults):
    page = tablet("intake-check")
    link = page.get_by_role("link", name="Change").first
    page.context.set_offline(True)
    before = page.url
    link.click()
    expect(said(page)).to_have_text("No connection right now. Nothing is lost. Please press again in a moment.")
    assert page.url == before
    page.context.set_offline(False)
    page.wait_for_timeout(300)
    assert page.url == before, "a page must not turn by itself under somebody who reads it"
    link.click()
    expect(page).not_to_have_url(before)
    clear_offline(faults)


def test_a_page_left_alone_in_a_gap_is_emptied_and_its_answer_still_arrives(tablet, faults):
    page = tablet(clock=True)
    page.context.set_offline(True)
    press(page)
    expect(said(page)).to_have_text(NOT_SENT)
    page.clock.fast_forward(3 * MINUTE)
    expect(page.get_by_role("heading", name="These pages are closed")).to_be_visible()
    assert WARFARIN not in page.content()
    assert page.locator("input, textarea").count() == 0
    page.context.set_offline(False)
    page.clock.run_for(20 * SECOND)
    page.wait_for_url("**/tablet/closed/?language=en")
    assert medicine() == WARFARIN
    assert Handover.objects.get().ended_because == "idle"
    clear_offline(faults)


@pytest.mark.parametrize("first", ["the sign of life", "the answer"])
def test_in_a_long_gap_a_patient_who_stays_is_not_taken_for_gone(tablet, faults, first):
    """Nine minutes out of reach, three times what the clinic takes for being left alone; the answer is typed meanwhile."""
    page = tablet(clock=True, typed="")
    field = page.locator("[name=blood-thinner-details]")
    page.context.set_offline(True)
    for word in ("War", "fa", "rin", " 3", " m", "g"):
        page.clock.fast_forward(90 * SECOND)
        field.press_sequentially(word)
        page.wait_for_timeout(100)
    Handover.objects.update(seen_at=timezone.now() - datetime.timedelta(minutes=9))
    if first == "the answer":
        page.route("**/still-here/", lambda route: route.abort())
        page.context.set_offline(False)
    else:
        with page.expect_response("**/still-here/"):
            page.context.set_offline(False)
    press(page)
    is_next(page)
    assert medicine() == WARFARIN
    clear_offline(faults)


def test_an_answer_that_was_lost_on_the_way_back_does_no_harm(tablet, faults):
    """The clinic has the answers, and the page does not know: sent again, they are one intake, and the page says so."""
    page = tablet("intake-check")
    tried = count_sendings(page, "/submit/")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/submit/", lose, times=1)
    press(page, "Send my answers")
    expect(page.get_by_role("heading", name="These pages are closed")).to_be_visible()
    assert len(tried) == 2
    assert Intake.objects.count() == 1
    assert AuditEvent.objects.filter(action="intake.submitted").count() == 1
    clear_offline(faults)


def test_a_page_that_was_lost_on_the_way_back_is_saved_as_it_was(tablet, faults):
    page = tablet()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/bleeding/", lose, times=1)
    press(page)
    is_next(page)
    assert medicine() == WARFARIN
    clear_offline(faults)


def test_answers_sent_by_several_at_once_are_one_intake(visit):
    first = tablet_for(visit)
    start = threading.Barrier(6)
    answers: list[int] = []

    def send() -> None:
        client = Client()
        client.cookies = first.cookies
        try:
            start.wait()
            answers.append(client.post(reverse("intake-submit"), headers={"Sent-By": "page"}).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {204, 410}
    assert 204 in answers
    assert Intake.objects.count() == 1
    assert AuditEvent.objects.filter(action__in=["intake.submitted", "tablet.returned"]).count() == 2


def test_without_scripts_pages_are_sent_as_any_page_is(tablet):
    page = tablet(java_script_enabled=False)
    press(page)
    is_next(page)
    assert medicine() == WARFARIN
    press(page, "Give the tablet back")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert said(page).count() == 0
