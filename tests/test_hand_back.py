"""Nothing of one patient is there for the next: over HTTPS, in a real browser, its back/forward cache and form history on.

Each of the controls leaves a layer of the hand-back out, and must leak what the layer is for: a rig that saw none of it
would find every page clean.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import include, path, reverse
from django.views.decorators.csrf import csrf_exempt
from playwright.sync_api import BrowserContext, Error, Page, expect

from clinic.models import IDLE, Handover, Purpose, Role, Visit
from consent import decision, signing
from consent.management.commands.demo import PASSWORD as DEMO_PASSWORD
from consent.management.commands.demo import Demo
from consent.wording import PAGES as PAGES_TO_READ
from screening.questionnaire import PAGES
from tests import browsing
from tests.journeys import walking
from tests.people import BORN, answered, make_clinic, make_member, make_patient, make_visit, tablet_for
from tests.test_tablet import TABLET
from tests.written import clear_case

pytestmark = pytest.mark.looks

NAME = "Quintessa Vandermolen"
SAVED, TYPED = "Zyxadrine nine", "Wolframide four"
SECRETS = (*NAME.split(), *SAVED.split()[:1], *TYPED.split()[:1])
MINUTES = 60_000
CONTROL = """<!DOCTYPE html><html lang="en"><head><title>Control</title><link rel="icon" href="/static/icon.svg">{script}</head>
<body><form method="post"{form}><input name="condition" aria-label="Condition"><button>Send</button></form></body></html>"""
GUARD = '<script type="module" src="/static/js/guard.js"></script>'


@csrf_exempt
def control(request: HttpRequest, layers: str) -> HttpResponse:
    """A form with some of the layers only; its answer is always no-store, and so is the page it leads to."""
    if request.method == "POST":
        response: HttpResponse = HttpResponseRedirect("/control/after/")
        if "cookie" in layers:
            response.delete_cookie("__Host-control")
    else:
        off = ' autocomplete="off"' if "off" in layers else ""
        response = HttpResponse(CONTROL.format(script=GUARD if "guard" in layers else "", form=off))
        response.set_cookie("__Host-control", "1", secure=True, httponly=True)
    response["Cache-Control"] = "no-store"
    return response


def after(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(CONTROL.partition("<form")[0].format(script="") + "<p>Thank you</p></body></html>")
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("control/after/", after),
    path("control/<str:layers>/", control),
    path("", include("clinic.urls")),
]


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


@pytest.fixture
def kiosk(
    browser, secure, settings, trust, profile, faults
) -> Iterator[Callable[[], AbstractContextManager[BrowserContext]]]:
    """Opens the clinic's tablet: a browser that keeps what browsers keep, and lets it be looked at once it is closed."""
    settings.ROOT_URLCONF = __name__
    # Pages as they are, so that one that was kept on the disk would be found there.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != "clinic.assets.CompressedPages"]

    @contextmanager
    def opened() -> Iterator[BrowserContext]:
        options = {"base_url": secure.url, "viewport": browsing.TABLET, "locale": "en-GB", "reduced_motion": "reduce"}
        with browsing.own_profile(browser, profile, trust.home, **options) as context:
            context.set_default_timeout(10_000)
            browsing.watch(context, secure.url, faults.append)
            yield context

    yield opened
    assert not faults, "\n".join(faults)


def step(page: Page, way: int) -> bool:
    """The browser's own back or forward button; False where it leads no further.

    Playwright does not learn of a page that comes out of the back/forward cache, so the page itself is asked where it is.
    """
    if not look(page, f"() => navigation.canGo{'Back' if way < 0 else 'Forward'}"):
        return False
    before = look(page, "() => navigation.currentEntry.key")
    page.evaluate("way => { setTimeout(() => history.go(way)) }", way)
    for _ in range(100):
        if look(page, "() => navigation.currentEntry.key") != before:
            look(
                page,
                "() => new Promise((go) => document.readyState === 'complete' ? go() : addEventListener('load', go))",
            )
            return True
        page.wait_for_timeout(30)
    raise AssertionError(f"the browser's button did not lead away from {page.url}")


def look(page: Page, question: str) -> Any:
    """What the page answers, once it stays: the guard may be about to ask for it anew."""
    for _ in range(20):
        try:
            return page.evaluate(question)
        except Error as gone:
            if "navigat" not in str(gone):
                raise
            page.wait_for_timeout(50)
    raise AssertionError(f"{page.url} does not stay")


def type_and_send(page: Page, layers: str, part: str = "") -> None:
    page.goto(f"/control/{layers}/{part}")
    page.evaluate("window.same = true")
    page.get_by_label("Condition").press_sequentially(TYPED)
    page.get_by_role("button").click()
    page.wait_for_url(re.compile("/control/after/"))
    assert step(page, -1)


def on_disk(profile: Path) -> set[str]:
    """The files of the profile in which a secret stands, as bytes of UTF-8 or UTF-16."""
    wanted = [word.encode(code) for word in SECRETS for code in ("utf-8", "utf-16-le")]
    files = [file for file in profile.rglob("*") if file.is_file()]
    assert any(file.name == "Web Data" for file in files)
    return {file.name for file in files if any(word in file.read_bytes() for word in wanted)}


@pytest.mark.parametrize("layers", ["none", "off"])
def test_control_a_page_that_is_only_not_to_be_stored_comes_back_with_the_answer(kiosk, layers):
    with kiosk() as context:
        page = context.new_page()
        type_and_send(page, layers)
        assert page.evaluate("window.same"), "the page did not come out of the back/forward cache: the rig is blind"
        assert page.get_by_label("Condition").input_value() == TYPED


def test_control_a_page_asked_for_again_has_the_answer_filled_in(kiosk):
    """Another cookie keeps it out of the cache, but the browser gives a form without autocomplete=off its content back."""
    with kiosk() as context:
        page = context.new_page()
        type_and_send(page, "cookie")
        assert not page.evaluate("window.same")
        assert page.get_by_label("Condition").input_value() == TYPED


def test_control_a_form_without_autocomplete_off_writes_the_answer_to_the_disk(kiosk, profile):
    with kiosk() as context:
        type_and_send(context.new_page(), "none")
    assert "Web Data" in on_disk(profile)


@pytest.mark.parametrize(("layers", "part"), [("guard", ""), ("guard", "#condition"), ("cookie-off", "")])
def test_the_guard_and_the_other_cookie_each_suffice_by_themselves(kiosk, layers, part):
    with kiosk() as context:
        page = context.new_page()
        type_and_send(page, layers, part)
        expect(page.get_by_label("Condition")).to_be_visible()
        assert page.get_by_label("Condition").input_value() == ""


@pytest.fixture
def visit(fresh: None) -> Visit:
    """A visit with everything answered, one answer of it a secret."""
    clinic = make_clinic()
    mia = make_member(clinic, Role.FRONT_DESK, "Mia Torres", "mia")
    visit = make_visit(make_patient(clinic, NAME), make_member(clinic), opened_by=mia)
    return answered(visit, blood_thinner="yes", blood_thinner_details=SAVED)


def take_tablet(context: BrowserContext, visit: Visit) -> Page:
    """Staff sign in and hand over."""
    page = context.pages[0]
    walking.sign_in(page, "mia")
    page.goto(reverse("visit", args=[visit.pk]))
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    page.get_by_role("button", name="Hand to patient").click()
    expect(page.get_by_role("button", name="Yes, this is me")).to_be_visible()
    return page


def look_round(page: Page) -> None:
    """The patient sees their answers, and changes one without sending it."""
    walking.onward(page.get_by_role("button", name="Yes, this is me"))
    expect(page.locator("main")).to_contain_text(SAVED)
    walking.onward(page.get_by_role("link", name=re.compile("Change.*thins your blood")))
    field = page.locator('[name="blood-thinner-details"]')
    expect(field).to_have_value(SAVED)
    field.press_sequentially(f" and {TYPED}")


def give_back(page: Page) -> None:
    look_round(page)
    page.get_by_role("button", name="Give the tablet back").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def send(page: Page) -> None:
    look_round(page)
    walking.onward(page.get_by_role("button", name="Save"))
    expect(page.locator("main")).to_contain_text(TYPED)
    walking.send_answers(page)


def say_not_me(page: Page) -> None:
    page.get_by_role("button", name="No, this is not me").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def leave_lying(page: Page) -> None:
    page.clock.install()
    look_round(page)
    page.clock.fast_forward(3 * MINUTES)
    expect(page.get_by_role("heading", name="These pages are closed")).to_be_visible()
    page.wait_for_url("**/tablet/closed/?language=en")


def leave_asleep(page: Page) -> None:
    """The tablet slept, and the page did not notice the time: only the clinic did."""
    look_round(page)
    handover = Handover.objects.get()
    Handover.objects.update(seen_at=handover.seen_at - IDLE)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="These pages are closed")).to_be_visible()


ENDINGS = {
    give_back: "returned", send: "submitted", say_not_me: "not_me", leave_lying: "idle", leave_asleep: "idle",
}  # fmt: skip


def shown(page: Page) -> str:
    """All that a page holds: its text, its addresses, and what stands in its fields."""
    held = look(
        page,
        """() => [document.title, location.href, document.documentElement.outerHTML,
        ...[...document.querySelectorAll("input, textarea, select")].map((field) => field.name + "=" + field.value)]""",
    )
    return "\n".join(held)


def stored(page: Page) -> list[str]:
    """What pages have left in the browser by any of the ways of leaving something."""
    if page.url == "about:blank":
        return []
    kept = look(
        page,
        """async () => [...Object.keys(localStorage), ...Object.keys(sessionStorage),
        ...(await indexedDB.databases()).map((base) => base.name), ...(await caches.keys()), document.cookie]""",
    )
    return [item for item in kept if item]


def find_nothing(page: Page, been: list[str]) -> None:
    """The next person tries the back button as often as it goes, forward, reload, other tabs, and every address."""

    def clean(page: Page) -> None:
        held = shown(page)
        assert not [word for word in SECRETS if word in held], page.url
        assert "strokes=[" not in held
        assert stored(page) == []

    clean(page)
    ways_back = 0
    for way in (-1, 1, -1):
        while step(page, way):
            clean(page)
            ways_back += way == -1
    assert ways_back
    page.reload()
    clean(page)
    other = page.context.new_page()
    for address in dict.fromkeys(been):
        other.goto(address)
        clean(other)
    assert step(other, -1)
    clean(other)


def addresses(page: Page) -> list[str]:
    """The addresses of the pages that this tab shows, as it goes along."""
    been: list[str] = []
    page.on("framenavigated", lambda frame: been.append(frame.url))
    return been


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_nothing_of_a_patient_can_be_found_by_the_next(kiosk, visit, profile, ending):
    with kiosk() as context:
        page = take_tablet(context, visit)
        been = addresses(page)
        ending(page)
        assert Handover.objects.get().ended_because == ENDINGS[ending]
        assert "__Host-sid" not in {cookie["name"] for cookie in context.cookies()}
        find_nothing(page, been)
    assert on_disk(profile) == set()


def test_nothing_of_a_consent_can_be_found_after_it_is_signed(kiosk, fresh, profile):
    demo = Demo()
    made = decision.record(clear_case(demo, NAME), "proceed", demo.siobhan)
    with pytest.MonkeyPatch.context() as patch, kiosk() as context:
        patch.setattr(walking, "PASSWORD", DEMO_PASSWORD)
        page = context.pages[0]
        walking.sign_in(page, "mia")
        page.goto(reverse("consent-desk", args=[made.visit_id]))
        walking.hand_over_consent(page)
        been = addresses(page)
        walking.read_consent(page)
        expect(page.locator("main")).to_contain_text(NAME)
        walking.draw(page)
        assert "strokes=[[" in shown(page)
        walking.sign(page)
        page.wait_for_url("**/tablet/done/")
        assert Handover.objects.get().ended_because == "signed"
        find_nothing(page, been)
    assert on_disk(profile) == set()


def test_the_patient_finds_no_page_of_the_staff_behind_the_first_page(kiosk, visit):
    with kiosk() as context:
        page = take_tablet(context, visit)
        assert step(page, -1)
        while True:
            assert NAME not in shown(page)
            assert "Sign out" not in shown(page)
            if not step(page, -1):
                break


class Forms(HTMLParser):
    """The forms of a page, by their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "form":
            self.found.append(dict(attrs))


def patient_templates(settings) -> list[Path]:
    folder = Path(settings.TEMPLATES[0]["DIRS"][0])
    return [file for file in folder.rglob("*.html") if '{% extends "patient.html" %}' in file.read_text()]


def test_no_form_in_any_template_of_a_patient_page_lets_the_browser_keep_its_content(settings):
    templates = patient_templates(settings)
    assert {"tablet.html", "intake_page.html", "ceremony_sign.html", "phone.html"} <= {file.name for file in templates}
    parts = [Path(settings.TEMPLATES[0]["DIRS"][0]) / "patient.html"]
    parts += parts[0].parent.glob("clinic/tablet_*.html")
    forms = [(file.name, form) for file in [*templates, *parts] for form in Forms(file.read_text()).found]
    assert len(forms) > 10
    assert [name for name, form in forms if form.get("autocomplete") != "off"] == []


def in_a_patients_hands() -> Iterator[tuple[Client, list[str]]]:
    """Tablets before and after the patient has said who they are, in an intake and in a consent, and their pages."""
    demo = Demo()
    visit = answered(demo.visit("Ann Keogh", BORN, "Neck"))
    yield tablet_for(visit, confirmed=False), ["tablet"]
    visit.handovers.all().delete()
    yield tablet_for(visit), [name for name in TABLET if name.startswith("intake")]
    made = decision.record(clear_case(demo), "proceed", demo.siobhan)
    signing.open_ceremony(made, demo.mia)
    yield tablet_for(made.visit, Purpose.CONSENT), [name for name in TABLET if name.startswith("ceremony")]


# Parts of addresses with which a page is found.
PARTS = {
    "intake-read": ["what-it-is", "how-it-works"],
    "intake-page": [page.code for page in PAGES],
    "ceremony-read": PAGES_TO_READ,
    "ceremony-copy-page": ["1"],
}


@pytest.mark.django_db
def test_every_page_in_a_patients_hands_has_all_the_layers():
    seen: set[str] = set()
    for client, names in in_a_patients_hands():
        addresses = [reverse(name, args=[part] if part else []) for name in names for part in PARTS.get(name, [""])]
        for address in addresses:
            answer = client.get(address, follow=True)
            html = answer.content.decode()
            assert answer.status_code == 200
            assert "no-store" in answer["Cache-Control"]
            assert re.search(r'src="[^"]*js/guard[^"]*\.js"', html), address
            assert re.search(r'src="[^"]*js/idle[^"]*\.js"', html), address
            assert [form for form in Forms(html).found if form.get("autocomplete") != "off"] == [], address
            seen.add(answer.request["PATH_INFO"])
    assert len(seen) > len(PAGES) + 8
