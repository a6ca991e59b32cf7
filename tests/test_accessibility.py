"""Every page in a patient's hands, in every language, blank and with errors, as people with any eyes, hands or ears meet it."""

import datetime
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from clinic import phone
from clinic.models import Handover, Purpose, Visit
from consent import decision, signing, wording
from consent.management.commands.demo import Demo
from screening import intake
from screening.questionnaire import PAGES
from tests import looking
from tests.people import (
    answered,
    clear_replies,
    make_clinic,
    make_member,
    make_patient,
    make_visit,
    submitted,
    tablet_for,
)

pytestmark = pytest.mark.looks

CONTROLS = {"button", "link", "radio", "checkbox", "textbox"}
LANGUAGES = [code for code, _name in settings.LANGUAGES]
TABLET: ViewportSize = {"width": 810, "height": 1080}
PHONE: ViewportSize = {"width": 320, "height": 256}  # a window of 1280 by 1024 at 400 %


def tablet_page_of(context: BrowserContext, visit: Visit, language: str, purpose: str = Purpose.INTAKE) -> Page:
    """The tablet of a visit, in a language, as a page of the context."""
    visit.handovers.filter(ended_at=None).update(ended_at=visit.created_at)
    client = tablet_for(visit, purpose, now=datetime.datetime.now(datetime.UTC), language=language)
    context.clear_cookies()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    host = urlsplit(context.pages[0].url).hostname
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "domain": host, "path": "/"}])
    return context.pages[0]


def problems(page: Page) -> list[str]:
    """All that is amiss on the page as it stands, at tablet size and at 400 % zoom."""
    found = [f"axe {what}" for what in looking.axe(page)]
    found += [f"target {what}" for what in looking.small_targets(page)]
    found += [f"border {what}" for what in looking.faint_borders(page)]
    page.set_viewport_size(PHONE)
    if over := looking.overflow(page):
        found.append(f"{over} px wider than a window of 320 px")
    page.set_viewport_size(TABLET)
    return found


class Walk:
    """Goes from page to page and writes down what is amiss where."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        self.seen = 0

    def look(self, where: str) -> None:
        self.seen += 1
        self.found += [f"{where}: {what}" for what in problems(self.page)]

    def visit(self, name: str, *args: str, query: str = "") -> None:
        self.page.goto(reverse(name, args=args) + query)
        self.look(f"{name} {' '.join(args)}{query}")

    def press_main(self) -> None:
        self.page.locator("main .button.main").first.click()


def of_concern(page: Page) -> None:
    """Answer every question on the page so that all its follow-ups come up."""
    for _round in range(3):
        for group in page.locator("fieldset:visible:has(> .replies)").all():
            if group.locator("input:checked").count() == 0:
                group.locator("input:visible").first.check()


@pytest.fixture
def visit(fresh: None) -> Visit:
    clinic = make_clinic()
    return make_visit(make_patient(clinic), make_member(clinic))


@pytest.fixture
def context(device: Callable[..., BrowserContext], live: Any, faults: list[str]) -> BrowserContext:
    made = device()
    made.new_page().goto(f"{live.url}/tablet/done/")
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_intake_has_a_flaw_blank_with_follow_ups_or_with_errors(visit, context, language):
    page = tablet_page_of(context, visit, language)
    walk = Walk(page)
    for reading in ("what-it-is", "what-it-does", "how-it-works"):
        walk.visit("intake-read", reading)
    intake.mark_read(visit)
    for asked in PAGES:
        walk.visit("intake-page", asked.code)
        walk.press_main()
        expect(page.locator(".error-summary")).to_be_visible()
        walk.look(f"{asked.code} with errors")
        page.goto(reverse("intake-page", args=[asked.code]))
        of_concern(page)
        walk.look(f"{asked.code} with follow-ups")
    answered(visit)
    walk.visit("intake-check")
    assert walk.seen == 3 + 3 * len(PAGES) + 1
    assert not walk.found, "\n".join(walk.found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_around_the_questions_has_a_flaw(visit, context, language):
    page = tablet_page_of(context, visit, language)
    walk = Walk(page)
    Handover.objects.filter(ended_at=None).update(confirmed_at=None)
    walk.visit("tablet")
    submitted(visit)
    again = make_visit(visit.patient, visit.clinician)
    intake.mark_read(again)
    tablet_page_of(context, again, language)
    walk.visit("intake-page", "metal-allergy")
    expect(page.locator("button[name=still-right]")).to_be_visible()
    child = make_visit(
        make_patient(visit.clinic, "Leo Lopez", visit.clinic.today() - datetime.timedelta(days=4000)), visit.clinician
    )
    tablet_page_of(context, answered(child), language)
    for name in ("intake-check", "intake-guardian"):
        walk.visit(name)
    with page.expect_navigation():
        walk.press_main()
    assert page.url.endswith(reverse("intake-guardian-answers"))
    walk.look("the guardian's part")
    walk.press_main()
    expect(page.locator(".error-summary")).to_be_visible()
    walk.look("the guardian's part with errors")
    intake.submit(child)
    walk.visit("intake-check")
    tablet_page_of(context, visit, language)
    Handover.objects.filter(ended_at=None).update(expires_at=visit.created_at)
    walk.visit("tablet")
    walk.visit("tablet-done", query=f"?language={language}")
    assert not walk.found, "\n".join(walk.found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_consent_has_a_flaw(fresh, context, language):
    demo = Demo()
    screening = demo.settle(demo.case("Ruth Lindqvist", 44, "Shoulders"), can_decide="yes")
    made = decision.record(demo.plan(screening, "upper_trapezius_left"), "proceed", demo.siobhan)
    signing.open_ceremony(made, demo.siobhan)
    page = tablet_page_of(context, made.visit, language, Purpose.CONSENT)
    walk = Walk(page)
    for part in wording.PAGES:
        walk.visit("ceremony-read", part)
    walk.visit("ceremony-question")
    walk.visit("ceremony-disagree")
    walk.visit("ceremony-check")
    for _turn in range(8):
        if not page.url.endswith(reverse("ceremony-check")):
            break
        walk.press_main()
        expect(page.locator(".error-summary")).to_be_visible()
        walk.look("a question about the risks with an error")
        page.locator("main .reply input").last.check()  # not sure: explained again
        with page.expect_navigation():
            walk.press_main()
        walk.look("a question about the risks, the next or again")
    assert page.url.endswith(reverse("ceremony-sign"))
    walk.look("the pad")
    walk.press_main()
    expect(page.locator(".error-summary")).to_be_visible()
    walk.look("the pad with an error")
    page.locator("[data-pad-type]").click()
    walk.look("the typed name")
    assert not walk.found, "\n".join(walk.found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_for_helpers_or_on_the_patients_own_phone_has_a_flaw(visit, context, language):
    intake.mark_read(visit)
    page = tablet_page_of(context, visit, language)
    walk = Walk(page)
    walk.visit("intake-help")
    walk.press_main()
    expect(page.locator(".error-summary")).to_be_visible()
    walk.look("helpers with errors")
    _link, token = phone.make(visit, visit.clinician)
    context.clear_cookies()
    walk.visit("phone", token, query=f"?language={language}")
    walk.press_main()
    expect(page.locator(".error-summary")).to_be_visible()
    walk.look("the date of birth with an error")
    walk.visit("phone", "no-such-key", query=f"?language={language}")
    assert not walk.found, "\n".join(walk.found)


# By keyboard alone, and by ear


def answer_by_keys(page: Page, replies: dict[str, Any]) -> None:
    """The questions of a page as they come up, by Tab, Space and arrows, and then on by Enter."""
    for code, reply in replies.items():
        if not page.locator(f'[name="{code}"]:visible, [name="{code}_0"]:visible').count():
            continue
        if page.locator(f'[name="{code}"][type=radio]').count():
            looking.focus(page, f'[name="{code}"]')
            for _step in range(10):
                page.keyboard.press("Space")
                if page.evaluate("() => document.activeElement.value") == reply:
                    break
                page.keyboard.press("ArrowDown")
            expect(page.locator(f'[name="{code}"][value="{reply}"]')).to_be_checked()
    looking.focus(page, "main .button.main")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_whole_intake_can_be_answered_by_keyboard_alone(visit, context):
    page = tablet_page_of(context, visit, "en")
    page.goto(reverse("intake"))
    for _reading in range(3):
        looking.focus(page, "main .button.main")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    replies = clear_replies(visit)
    for asked in PAGES:
        assert page.url.endswith(reverse("intake-page", args=[asked.code])), page.url
        codes = [question.code for question in asked.questions]
        answer_by_keys(page, {code: replies[code] for code in codes if code in replies})
    looking.focus(page, "main .button.main")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(reverse("tablet-done"))
    assert visit.intakes.get().replies == replies


def test_places_are_marked_by_keyboard_in_the_list(visit, context):
    intake.mark_read(visit)
    page = tablet_page_of(context, visit, "en")
    page.goto(reverse("intake-page", args=["skin-lesions"]))
    looking.focus(page, '[name="skin"]')
    page.keyboard.press("Space")
    looking.focus(page, ".body-list > summary")
    if not page.locator('[name="skin-where"][value="knee_left"]').is_visible():
        page.keyboard.press("Enter")
    looking.focus(page, '[name="skin-where"][value="knee_left"]')
    page.keyboard.press("Space")
    expect(page.locator('[name="skin-where"][value="knee_left"]')).to_be_checked()


def test_what_has_the_focus_is_seen(visit, context):
    """Each stop of the Tab key on a page of questions has an outline or a shadow that it has not otherwise."""
    intake.mark_read(visit)
    page = tablet_page_of(context, visit, "en")
    page.goto(reverse("intake-page", args=["bleeding"]))
    look = """() => {
      const one = document.activeElement;
      const style = getComputedStyle(one.closest("label.reply, label.area") ?? one);
      return [one.outerHTML.slice(0, 80), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
    }"""
    seen = []
    for _step in range(14):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(look))
    assert [what for what, shown in seen if not shown and not what.startswith("<body")] == []


def test_a_screen_reader_hears_each_question_with_its_replies(visit, context):
    intake.mark_read(visit)
    page = tablet_page_of(context, visit, "en")
    for asked in PAGES:
        page.goto(reverse("intake-page", args=[asked.code]))
        heard = looking.tree(page)
        names = {(node["role"], node["name"]) for node in heard}
        leads = [question for question in asked.questions if not question.follows]
        for question in leads:
            groups = [name for role, name in names if role in {"group", "radiogroup"} and question.text in name]
            assert groups, f"no group is named {question.text!r} on {asked.code}"
            for option in question.options:
                assert any(role == "radio" and option.text == name for role, name in names), option.text
        assert ("button", "Continue") in names
        assert ("heading", asked.precaution.title) in names
        assert any(role == "progressbar" and name for role, name in names)
        nameless = [node for node in heard if node["role"] in CONTROLS and not node["name"]]
        assert nameless == [], asked.code
