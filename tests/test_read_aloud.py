"""Reading aloud stays on the device: only voices that the browser calls local, and nothing where there is none."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from screening import intake
from screening.questionnaire import PAGES
from tests.browsing import as_client
from tests.people import make_clinic, make_member, make_patient, make_visit, tablet_for
from tests.serving import Live

pytestmark = pytest.mark.looks

NEAR = {"name": "Near", "lang": "en-AU", "localService": True, "default": False}
FAR = {"name": "Far", "lang": "en-GB", "localService": False, "default": True}
UNSAID = {"name": "Unsaid", "lang": "en-GB", "default": True}

FAKE = """
class Speech extends EventTarget {
  voices = %s;
  queue = [];
  getVoices() { return this.voices; }
  speak(utterance) { this.queue.push(utterance); note([utterance.text, utterance.voice.name, utterance.lang, utterance.rate]); }
  cancel() {
    if (!this.queue.length) return;
    note("silence");
    sessionStorage.silent = "yes";
    this.queue = [];
  }
  say() { const one = this.queue.shift(); one.dispatchEvent(new Event("start")); one.dispatchEvent(new Event("end")); }
  become(voices) { this.voices = voices; this.dispatchEvent(new Event("voiceschanged")); }
}
Object.defineProperty(window, "speechSynthesis", { value: new Speech() });
window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
"""


@pytest.fixture
def tablet(device: Callable[..., BrowserContext], live: Live) -> Callable[..., Page]:
    """A page of questions on a tablet that has these voices."""

    def open_page(*voices: dict[str, Any], language: str = "en", code: str = "blood-thinner", **options: Any) -> Page:
        clinic = make_clinic()
        visit = make_visit(make_patient(clinic), make_member(clinic))
        intake.mark_read(visit)
        context = device(**options)
        as_client(context, tablet_for(visit, language=language), live.url)
        page = context.new_page()
        page.said = []  # type: ignore[attr-defined]
        page.expose_function("note", lambda what: page.said.append(what))  # type: ignore[attr-defined]
        page.add_init_script(FAKE % json.dumps(voices))
        page.goto(
            next(reverse("intake-page", args=[one.code]) for one in PAGES if code in {q.code for q in one.questions})
        )
        return page

    return open_page


def button(page: Page) -> Any:
    return page.locator("[data-read-aloud]")


def said(page: Page) -> list[Any]:
    page.evaluate("0")  # what the page has told by now has come in
    return page.said  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("voices", "language", "offered"),
    [
        ([], "en", False),
        ([FAR], "en", False),
        ([UNSAID], "en", False),
        ([NEAR], "en", True),
        ([FAR, NEAR], "en", True),
        ([NEAR], "es", False),
        ([NEAR | {"lang": "es_MX"}], "es", True),
        ([NEAR | {"lang": "zh-CN"}], "zh-hans", True),
        ([NEAR | {"lang": "zh_CN_#Hans"}], "zh-hans", True),
        ([NEAR | {"lang": "zh"}], "zh-hans", True),
        ([NEAR | {"lang": "zh-HK"}], "zh-hans", False),
        ([FAR | {"lang": "zh-CN"}], "zh-hans", False),
        ([NEAR | {"lang": "ar-EG"}], "ar", True),
        ([NEAR | {"lang": "arn-CL"}], "ar", False),
    ],
)
def test_reading_aloud_is_offered_only_by_a_local_voice_of_the_language(tablet, voices, language, offered):
    page = tablet(*voices, language=language)
    page.wait_for_load_state("networkidle")
    assert button(page).is_visible() is offered


def test_a_voice_that_comes_later_is_offered_and_one_that_goes_takes_the_button_with_it(tablet):
    page = tablet()
    expect(button(page)).to_be_hidden()
    page.evaluate("voices => speechSynthesis.become(voices)", [NEAR])
    expect(button(page)).to_be_visible()
    button(page).click()
    page.evaluate("voices => speechSynthesis.become(voices)", [FAR])
    expect(button(page)).to_be_hidden()
    assert said(page)[-1] == "silence"


def test_it_reads_title_question_hint_and_replies_in_order_with_the_local_voice_and_slowly(tablet):
    page = tablet(FAR, NEAR)
    button(page).click()
    texts = [text for text, _voice, _language, _rate in said(page)]
    assert {(voice, language, rate) for _text, voice, language, rate in said(page)} == {("Near", "en-AU", 0.9)}
    wanted = [
        page.locator("h1").inner_text(),
        page.locator("legend").first.inner_text(),
        page.locator(".hint").first.inner_text(),
        "Yes", "No", "I am not sure", "Why we ask", "Continue", "Back",
    ]  # fmt: skip
    places = [texts.index(text) for text in wanted]
    assert places == sorted(places)
    assert texts[0].startswith("Your health")


def test_it_reads_what_is_shown_and_nothing_that_is_hidden_or_typed(tablet):
    page = tablet(NEAR)
    details = page.locator("#id_blood-thinner-details")
    asks = page.locator("label[for=id_blood-thinner-details]").text_content().split("(")[0].strip()
    why = page.locator("details.why p").first.text_content()
    button(page).click()
    assert not [one for one in said(page) if one[0].startswith(asks) or one[0] == why]
    button(page).click()
    page.get_by_text("Yes", exact=True).first.click()
    page.locator("details.why summary").first.click()
    details.fill("Warfarin 3 mg")
    said(page).clear()
    button(page).click()
    texts = [one[0] for one in said(page)]
    assert any(text.startswith(asks) for text in texts)
    assert why in texts
    assert not [text for text in texts if "Warfarin 3 mg" in text]


def test_a_refused_page_is_read_with_what_is_to_be_mended(tablet):
    page = tablet(NEAR)
    page.get_by_role("button", name="Continue").click()
    page.locator(".error-summary").wait_for()
    button(page).click()
    assert "There is a problem" in [one[0] for one in said(page)]


def test_the_button_stops_the_reading_and_offers_it_anew_at_the_end(tablet):
    page = tablet(NEAR)
    expect(button(page)).to_have_text("Read aloud")
    button(page).click()
    expect(button(page)).to_have_text("Stop reading")
    button(page).click()
    assert said(page)[-1] == "silence"
    expect(button(page)).to_have_text("Read aloud")
    button(page).click()
    page.evaluate("while (speechSynthesis.queue.length > 1) speechSynthesis.say()")
    expect(button(page)).to_have_text("Stop reading")
    page.evaluate("speechSynthesis.say()")
    expect(button(page)).to_have_text("Read aloud")


@pytest.mark.parametrize("press", ["Give the tablet back", "Larger text", "Someone helps me"])
def test_the_reading_stops_when_the_page_is_left(tablet, press):
    page = tablet(NEAR)
    button(page).click()
    page.evaluate("document.body.dataset.old = ''")
    page.get_by_role("button", name=press).click()
    expect(page.locator("body[data-old]")).to_have_count(0)
    assert said(page)[-1] == "silence"


def test_the_reading_stops_on_the_way_to_another_page(tablet):
    page = tablet(NEAR)
    button(page).click()
    page.goto(reverse("intake-read", args=["what-it-is"]))
    assert page.evaluate("sessionStorage.silent") == "yes"  # the test's own note, which outlives the page


def test_the_reading_stops_when_nobody_sees_the_page(tablet):
    page = tablet(NEAR)
    button(page).click()
    page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true }); document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert said(page)[-1] == "silence"


def test_the_reading_stops_when_the_page_closes_by_itself(tablet):
    page = tablet(NEAR)
    button(page).click()
    page.evaluate("document.body.replaceChildren()")
    assert said(page)[-1] == "silence"


def test_who_listens_uses_the_page(tablet):
    page = tablet(NEAR)
    button(page).click()
    page.evaluate("window.uses = 0; window.addEventListener('scroll', () => window.uses++)")
    page.evaluate("speechSynthesis.say()")
    assert page.evaluate("uses") == 1


def test_without_scripts_there_is_no_button(tablet):
    expect(button(tablet(NEAR, java_script_enabled=False))).to_be_hidden()


def test_a_browser_that_cannot_speak_has_no_button_and_no_error(tablet):
    page = tablet(NEAR)
    other = page.context.new_page()
    other.add_init_script("delete Window.prototype.speechSynthesis; delete window.speechSynthesis")
    other.goto(page.url)
    assert other.evaluate("window.speechSynthesis === undefined")
    expect(button(other)).to_be_hidden()
