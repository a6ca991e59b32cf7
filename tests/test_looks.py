"""How a patient wishes to have the pages: three sizes that fit, contrast that is enough, a language menu that goes away."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from clinic.models import Handover
from screening import intake
from screening.questionnaire import PAGES
from tests.browsing import as_client
from tests.people import make_clinic, make_member, make_patient, make_visit, tablet_for
from tests.serving import Live

pytestmark = pytest.mark.looks

WIDTHS = (810, 320)
LOOKS = Path(__file__).with_name("looks.js").read_text()


@pytest.fixture
def patient(device: Callable[..., BrowserContext], live: Live) -> Callable[..., Page]:
    """A tablet with wishes, called for help so that the notice shows."""

    def hand_over(wishes: dict[str, Any] | None = None, **options: Any) -> Page:
        clinic = make_clinic()
        visit = make_visit(make_patient(clinic), make_member(clinic))
        intake.mark_read(visit)
        client = tablet_for(visit, **(wishes or {}))
        Handover.objects.filter(visit=visit).update(help_wanted_at=visit.created_at)
        context = device(**options)
        as_client(context, client, live.url)
        return context.new_page()

    return hand_over


def page_of(code: str) -> str:
    return next(reverse("intake-page", args=[page.code]) for page in PAGES if code in {q.code for q in page.questions})


def look(page: Page, at: str) -> Any:
    return page.evaluate(f"{LOOKS.split('*/', 1)[1]}.{at}")


def each_kind_of_page(page: Page) -> Iterator[str]:
    """To read, to answer with what follows, with places of the body, with its errors, and to say who helps."""
    page.goto(reverse("intake-read", args=["what-it-does"]))
    yield "reading"
    for code in ("blood-thinner", "pregnant", "skin"):
        page.goto(page_of(code))
        page.get_by_text("Yes", exact=True).first.click()
        yield code
    page.goto(page_of("blood-thinner"))
    page.locator("main .button.main").click()
    page.locator(".error-summary").wait_for()
    yield "errors"
    page.goto(reverse("intake-help"))
    yield "helpers"


@pytest.mark.parametrize("size", [0, 1, 2])
@pytest.mark.parametrize("width", WIDTHS)
def test_in_every_size_everything_fits_and_is_large_enough_to_press(patient, size, width):
    page = patient({"text_size": size}, viewport={"width": width, "height": 900})
    misfits = {kind: found for kind in each_kind_of_page(page) if (found := look(page, "misfits()"))}
    assert misfits == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_from_right_to_left_everything_fits_too(patient, width):
    page = patient({"text_size": 2, "language": "ar"}, viewport={"width": width, "height": 900})
    page.goto(page_of("blood-thinner"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator(".language summary").click()
    assert look(page, "misfits()") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_each_size_is_larger_than_the_one_before_in_all_its_parts(patient, width):
    page = patient(viewport={"width": width, "height": 900})
    page.goto(page_of("blood-thinner"))
    sizes = [look(page, "sizes()")]
    for press in ("Larger text", "Largest text"):
        page.get_by_role("button", name=press).click()
        page.locator(f"html.text-{len(sizes)}").wait_for()
        sizes.append(look(page, "sizes()"))
    for part in sizes[0]:
        assert sizes[0][part] < sizes[1][part] < sizes[2][part], part
    page.get_by_role("button", name="Normal text").click()
    page.locator("html.text-0").wait_for()
    assert look(page, "sizes()") == sizes[0]


@pytest.mark.parametrize(
    ("wishes", "device_asks", "wanted"),
    [({}, "no-preference", 7), ({"high_contrast": True}, "no-preference", 15), ({}, "more", 15)],
)
def test_text_controls_and_progress_have_the_contrast_they_promise(patient, wishes, device_asks, wanted):
    page = patient(wishes, contrast=device_asks)
    pale = {kind: found for kind in each_kind_of_page(page) if (found := look(page, f"pale({wanted})"))}
    assert pale == {}


def test_a_device_that_asks_for_contrast_gets_the_palette_of_the_button_and_needs_no_button(patient):
    css = (settings.BASE_DIR / "static" / "css" / "patient.css").read_text()
    wished = re.search(r"html\.high-contrast \{ (--.*?) \}", css)
    asked = re.search(r"@media \(prefers-contrast: more\) \{\s*:root \{ (--.*?) \}", css)
    assert wished
    assert asked
    assert wished[1] == asked[1]
    page = patient(contrast="more")
    page.goto(page_of("blood-thinner"))
    expect(page.get_by_role("button", name="High contrast")).to_be_hidden()


def test_high_contrast_says_whether_it_is_on_and_keeps_what_was_typed(patient):
    page = patient()
    page.goto(page_of("blood-thinner"))
    page.get_by_text("Yes", exact=True).first.click()
    page.locator("#id_blood-thinner-details").fill("Warfarin 3 mg")
    page.get_by_role("button", name="High contrast", pressed=False).click()
    expect(page.get_by_role("button", name="High contrast", pressed=True)).to_be_visible()
    expect(page.locator("#id_blood-thinner-details")).to_have_value("Warfarin 3 mg")
    page.get_by_role("button", name="High contrast", pressed=True).click()
    expect(page.locator("html.high-contrast")).to_have_count(0)


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_who_wants_no_motion_gets_none(patient, motion, moves):
    page = patient(reduced_motion=motion)
    page.goto(page_of("blood-thinner"))
    page.locator(".language summary").click()
    assert bool(look(page, "moving()")) is moves


def test_the_language_menu_closes_with_escape_by_a_tap_elsewhere_and_by_moving_on(patient):
    page = patient()
    page.goto(page_of("blood-thinner"))
    menu, list_ = page.locator(".language summary"), page.locator(".language-list")
    menu.click()
    expect(list_).to_be_visible()
    page.keyboard.press("Escape")
    expect(list_).to_be_hidden()
    assert menu.evaluate("one => one === document.activeElement")
    menu.click()
    page.locator("legend").first.click()
    expect(list_).to_be_hidden()
    menu.click()
    page.locator("main .button.main").focus()
    expect(list_).to_be_hidden()


def test_the_language_menu_names_each_language_in_its_own_words_and_works_without_scripts(patient):
    page = patient(java_script_enabled=False)
    page.goto(page_of("blood-thinner"))
    page.locator(".language summary").click()
    assert page.locator(".language-list button").all_inner_texts() == ["English", "Español", "简体中文", "العربية"]
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html[lang=es]")).to_be_visible()
    assert page.locator(".language summary").inner_text().startswith("Español")
