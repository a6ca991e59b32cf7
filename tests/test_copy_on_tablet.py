"""The sealed record on a shared tablet: pictures on a page that closes by itself, and no file that a browser would keep."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from consent.management.commands.demo import Demo
from consent.models import SealedDocument
from tests import browsing, looking
from tests.people import signed_in
from tests.written import clear_case

pytestmark = pytest.mark.looks

DRAWN = "image => image.complete && image.naturalWidth > 1000"


@pytest.fixture
def record(device, live, fresh: None) -> Callable[..., Page]:
    """The page with the record, in the hands of the patient who signed it."""
    demo = Demo()
    demo.consent(clear_case(demo, "Ann Keogh"))
    document = SealedDocument.objects.get()

    def opened(**options) -> Page:
        tablet = signed_in(demo.siobhan)
        tablet.post(f"/records/{document.pk}/copy/show/")
        tablet.post("/tablet/confirm/", {"reply": "yes"})
        context = device(**options)
        browsing.as_client(context, tablet, live.url)
        page = context.new_page()
        page.clock.install()
        page.goto("/tablet/consent/copy/")
        page.get_by_role("link", name="Open my record").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your record")
        return page

    return opened


@pytest.mark.parametrize("width", [320, 810])
def test_every_page_is_drawn_and_can_be_heard(record, width):
    page = record(viewport={"width": width, "height": 1080})
    pictures = page.get_by_role("img", name="Page")
    assert pictures.count() > 5
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function(DRAWN, arg=picture.element_handle())
    expect(page.get_by_role("main")).to_contain_text("Ann Keogh")
    assert looking.axe(page) == []
    assert looking.overflow(page) == 0
    assert looking.small_targets(page) == []
    page.get_by_role("link", name="Back").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your copy")


def test_the_record_does_not_stay_on_a_tablet_that_is_left(record):
    page = record()
    page.clock.fast_forward(181_000)
    page.wait_for_url("**/tablet/closed/**")
    page.go_back()
    expect(page.get_by_role("img")).to_have_count(0)
    expect(page.get_by_role("main")).not_to_contain_text("Ann Keogh")
