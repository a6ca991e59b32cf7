"""Tablets in the hands of patients, walked to the pages that are measured; each page is kept as an address and a cookie."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from clinic.models import Clinic, Handover, User, Visit
from clinic.tablet import LASTS
from consent.management.commands.demo import PASSWORD
from tests import browsing
from tests.journeys import walking
from tests.people import clear_replies, make_patient, make_visit

WAITING_FOR_CONSENT = "Ewa Nowak"  # of the demo
NAMES = ("start", "question", "follow-up", "body map", "signing")
MOST_PAGES = 80
MARKS = {
    "question": "main .reply input[type=radio]",
    "follow-up": "main [data-follows], main [data-shown-when]",
    "body map": "main [data-area]:visible",
}
DEVICE: dict[str, Any] = {
    "viewport": browsing.TABLET,
    "has_touch": True,
    "locale": "en-GB",
    "reduced_motion": "reduce",
}


@dataclass(frozen=True)
class Stop:
    """A page that is measured, and the tablet that may open it."""

    name: str
    url: str
    visit: Visit
    cookies: list[Any] = field(repr=False)

    def opened(self, browser: Browser) -> BrowserContext:
        """A browser with an empty cache, on a tablet that is in use: one left alone closes its pages."""
        self.keep()
        context = browser.new_context(**DEVICE)
        context.add_cookies(self.cookies)
        return context

    def keep(self, **changes: Any) -> None:
        now = timezone.now()
        rows = Handover.objects.filter(visit=self.visit, ended_at=None)
        rows.update(seen_at=now, expires_at=now + LASTS, **changes)


def stops(browser: Browser, base: str) -> dict[str, Stop]:
    """The pages of NAMES, in that order."""
    came_past = {stop.name: stop for walk in (start, intake, signing) for stop in walk(browser, base)}
    if missing := [name for name in NAMES if name not in came_past]:
        raise SystemExit(f"The walk did not come past: {', '.join(missing)}")
    return {name: came_past[name] for name in NAMES}


@contextmanager
def new_tablet(browser: Browser, base: str) -> Iterator[Page]:
    """Put away in the end, or it would notice that nobody is there and close its pages."""
    context = browser.new_context(base_url=base, **DEVICE)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def stop(name: str, page: Page, visit: Visit) -> Stop:
    return Stop(name, page.url, visit, list(page.context.cookies()))


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def handed_over(page: Page, name: str) -> Visit:
    visit = make_visit(make_patient(Clinic.objects.get(), name), User.objects.get(username="siobhan"))
    sign_in(page, "mia")
    page.goto(f"/visits/{visit.pk}/")
    page.get_by_role("button", name="Hand to patient").click()
    page.wait_for_url("**/tablet/**")
    return visit


def start(browser: Browser, base: str) -> Iterator[Stop]:
    with new_tablet(browser, base) as page:
        visit = handed_over(page, "Ruth Lindgren")
        yield stop("start", page, visit)


def intake(browser: Browser, base: str) -> Iterator[Stop]:
    """Everything answered page by page, clear but for a sore place that is marked on the body."""
    with new_tablet(browser, base) as page:
        visit = handed_over(page, "Ruth Lindberg")
        replies = clear_replies(visit, skin="yes", skin_where=["knee_right"])
        wanted = dict(MARKS)
        for _ in range(MOST_PAGES):
            if not wanted or urlsplit(page.url).path.endswith(("/check/", "/done/")):
                return
            for code, reply in walking.on_page(page, replies).items():
                walking.fill(page, code, reply)
            here = [stop(name, page, visit) for name, mark in wanted.items() if page.locator(mark).count()]
            go_on(page)
            for one in here:  # after the page was sent: opened again, it shows what was answered
                del wanted[one.name]
                yield one


def go_on(page: Page) -> None:
    """The one main button of the page."""
    with page.expect_navigation():
        page.locator("main .button.main").last.click()
    if page.locator(".error-summary").count():
        said = re.sub(r"\s+", " ", page.locator(".error-summary").inner_text())
        raise SystemExit(f"{page.url} was answered and not accepted: {said}")


def signing(browser: Browser, base: str) -> Iterator[Stop]:
    with new_tablet(browser, base) as page:
        sign_in(page, "siobhan")
        page.get_by_role("link", name=re.compile(WAITING_FOR_CONSENT)).first.click()
        visit = Visit.objects.get(patient__name=WAITING_FOR_CONSENT)
        walking.hand_over_consent(page)
        walking.read_consent(page)
        page.locator("canvas").wait_for()
        yield stop("signing", page, visit)
