"""A patient takes the aftercare sheet home on their own phone, in their language; the pages around it are fit to use."""

import re

import pytest
from playwright.sync_api import Page, expect

from consent.management.commands.demo import Demo
from consent.models import SealedDocument
from tests import looking
from tests.browsing import as_client
from tests.people import signed_in

DESK = {"width": 1024, "height": 768}
PHONE = {"width": 320, "height": 640}


def amiss(page: Page) -> list[str]:
    """What is wrong for anybody's eyes, and on a phone for fingers."""
    on_phone = page.viewport_size == PHONE
    found = [*looking.axe(page), *looking.faint_borders(page), *(looking.small_targets(page) if on_phone else [])]
    return [*found, "wider than its window"] if looking.overflow(page) > 0 else found


@pytest.fixture
def demo(live) -> Demo:
    return Demo()


@pytest.fixture
def consent(demo) -> SealedDocument:
    screening = demo.case("Lucía Fernández", 44, "Tension in the shoulders", language="spanish")
    demo.consent(demo.plan(demo.settle(screening, can_decide="yes"), "upper_trapezius_left"))
    return SealedDocument.objects.get()


def test_a_patient_reads_what_to_look_out_for_on_their_phone(demo, consent, device, live):
    desk = device(viewport=DESK, has_touch=False)
    as_client(desk, signed_in(demo.siobhan), live.url)
    page = desk.new_page()
    page.goto(f"/cases/{consent.visit_id}/consent/")
    assert not amiss(page)
    page.get_by_role("button", name="Copy for the patient’s phone").click()
    address = page.locator("main .mono").inner_text()
    assert not amiss(page)

    phone = device(viewport=PHONE).new_page()
    phone.goto(address)
    expect(phone.locator("html")).to_have_attribute("lang", "es")
    assert not amiss(phone)
    assert "Fernández" not in phone.content()
    expect(phone.get_by_label("Día")).to_be_visible()
    day = consent.visit.patient.born
    for box, value in zip(
        phone.locator(".born input:not([type=hidden])").all(), (day.day, day.month, day.year), strict=True
    ):
        box.fill(str(value))
    phone.locator("button[value=aftercare]").click()
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    heading = phone.get_by_role("heading", level=2).first
    assert re.search("pulmón", heading.inner_text()), "the lung comes first when the plan was near it"
    assert not amiss(phone)


def test_the_sheet_prints_alone_and_a_consent_is_taken_back_by_keyboard(demo, consent, device, live):
    desk = device(viewport=DESK, has_touch=False)
    as_client(desk, signed_in(demo.siobhan), live.url)
    page = desk.new_page()
    page.goto(f"/records/{consent.pk}/aftercare/")
    assert not amiss(page)
    page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    page.get_by_role("button", name="Print").press("Enter")
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Print").is_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.emulate_media(media="screen")

    page.goto(f"/records/{consent.pk}/withdraw/")
    assert not amiss(page)
    page.get_by_role("button", name="Withdraw and seal").press("Enter")
    expect(page.get_by_text("The record of it is sealed")).to_be_visible()
    page.goto(f"/records/{consent.pk}/")
    expect(page.get_by_text(re.compile("Withdrawn on"))).to_be_visible()
    assert not amiss(page)
