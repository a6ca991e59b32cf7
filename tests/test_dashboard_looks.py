"""The overview and the audit trail as they are looked at: on a desk, on a phone, with the keyboard, and on paper."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from consent.management.commands.demo import Demo
from screening import review
from tests import looking, on_record
from tests.browsing import as_client
from tests.people import signed_in
from tests.serving import Live

pytestmark = pytest.mark.looks

DESK, PHONE = {"width": 1024, "height": 768}, {"width": 320, "height": 640}
VEINS = {"varicose_veins": "yes", "vessel_where": ["calf_left"]}


@pytest.fixture
def admin(device: Callable[..., BrowserContext], live: Live) -> Page:
    demo = Demo()
    screening = demo.plan(demo.settle(demo.case("Ann", 40, "Neck", **VEINS), can_decide="yes"), "infraspinatus_left")
    review.override(demo.finding(screening, "14a"), demo.siobhan, "Veins in the calf; the needles are far from them.")
    on_record.put(demo, on_record.decided(demo, "", screening=screening))
    demo.case("Bea", 40, "Neck", language="spanish", blood_thinner="yes", blood_thinner_details="Warfarin")
    context = device(viewport=DESK)
    as_client(context, signed_in(demo.people["grace"]), live.url)
    return context.new_page()


@pytest.mark.parametrize("name", ["dashboard", "audit"])
def test_nothing_is_hard_to_see_or_to_reach(admin, name):
    for size in (DESK, PHONE):
        admin.set_viewport_size(size)
        admin.goto(reverse(name))
        for folded in admin.locator("details > summary").all():
            folded.click()
        assert looking.axe(admin) == []
        assert looking.faint_borders(admin) == []
        assert looking.overflow(admin) == 0


def test_words_of_a_chart_do_not_run_into_each_other_on_a_phone(admin):
    admin.set_viewport_size(PHONE)
    admin.goto(reverse("dashboard"))
    overlaps = admin.evaluate("""() => [...document.querySelectorAll("svg")].flatMap((svg) => {
        const boxes = [...svg.querySelectorAll("text")].map((one) => [one.textContent.trim(), one.getBoundingClientRect()]);
        return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
          .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 6 && b.top < a.bottom - 6)
          .map(([other]) => `${one} | ${other}`));
    })""")
    assert overlaps == []


def test_a_chart_says_the_same_in_words_and_as_a_table(admin):
    admin.goto(reverse("dashboard"))
    expect(admin.get_by_role("img", name="Overrides by clinician Siobhan Byrne: 1 of 1")).to_be_visible()
    admin.get_by_text("As a table: Overrides by clinician").click()
    expect(admin.get_by_role("region", name="Overrides by clinician as a table")).to_contain_text("Siobhan Byrne")


def test_on_paper_the_figures_stand_without_what_can_be_pressed(admin, tmp_path: Path):
    admin.goto(reverse("dashboard"))
    admin.pdf(path=tmp_path / "overview.pdf", format="A4")
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "overview.pdf").pages)
    assert "Veins in the calf" in text
    assert "Export the figures" not in text
    assert "Sign out" not in text
    assert "Show these days" not in text
