"""An export in the browser: what is prepared is said at once, one press sends once, and the page tells when it begins."""

import threading

import pytest
from playwright.sync_api import Page, expect

from clinic.models import AuditEvent
from consent.management.commands.demo import PASSWORD, Demo
from consent.manifest import batch_of
from tests import on_record
from tests.browsing import as_client
from tests.people import signed_in


@pytest.fixture
def demo(live) -> Demo:
    return Demo()


@pytest.fixture
def held(monkeypatch) -> threading.Event:
    """An export is made only when this is set."""
    go = threading.Event()

    def late(*args, **more):
        assert go.wait(20)
        return batch_of(*args, **more)

    monkeypatch.setattr("consent.export.batch_of", late)
    return go


@pytest.fixture
def records(demo, device, live) -> Page:
    for name in ("Peter Walsh", "Ann Keogh"):
        on_record.put(demo, on_record.decided(demo, name))
    context = device(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    as_client(context, signed_in(demo.people["grace"]), live.url)
    page = context.new_page()
    page.goto("/records/")
    page.locator("[name=reason]").fill("Yearly audit")
    page.locator("[name=password]").fill(PASSWORD)
    return page


# Playwright waits with every look at a page until what was asked for has come, so the page looks and presses by itself.
PRESS = """() => {
  const [ticked, all] = ["ticked", "all"].map((value) => document.querySelector(`button[value=${value}]`));
  const look = () => [all.textContent, document.querySelector("[data-download-told]").textContent, all.ariaDisabled];
  all.click();
  window.looked = [look()];
  setTimeout(() => { all.click(); ticked.click(); window.looked.push(look()); }, 500);
}"""


def test_a_press_says_what_is_prepared_and_another_sends_nothing_until_the_download_begins(records, held):
    asked: list[str] = []
    records.on("request", lambda request: asked.append(request.url) if "/export/" in request.url else None)
    with records.expect_download() as downloading:
        records.evaluate(PRESS)
        threading.Timer(1.5, held.set).start()
    assert downloading.value.suggested_filename.endswith(".zip")
    told = records.locator("[data-download-told]")
    expect(told).to_have_text("The download has begun: 2 records")
    expect(told).to_be_visible()
    expect(told).to_have_role("status")
    expect(records.locator("button[value=all]")).to_have_text("Export all that match")
    assert records.evaluate("window.looked") == [["Preparing 2 records…", "Preparing 2 records…", "true"]] * 2
    assert len(asked) == 1
    assert AuditEvent.objects.filter(action="records.exported").count() == 1
    assert not [one for one in records.context.cookies() if one["name"].startswith("export-")]


def test_a_refused_export_leaves_a_page_on_which_it_can_be_pressed_again(records, held):
    held.set()
    records.locator("[name=ticked]").first.check()
    records.locator("[name=password]").fill("guess")
    records.locator("button[value=ticked]").click()
    expect(records.get_by_text("This is not your password")).not_to_have_count(0)
    records.locator("[name=password]").fill(PASSWORD)
    with records.expect_download():
        records.locator("button[value=ticked]").click(no_wait_after=True)
    expect(records.locator("[data-download-told]")).to_have_text("The download has begun: 1 record")
