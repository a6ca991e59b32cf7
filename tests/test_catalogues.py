"""Every language on offer is whole: no sentence missing, doubtful or changed in what it fills in, and none left in English."""

import re
from html.parser import HTMLParser

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from clinic import languages
from clinic.languages import ORIGINAL, Checked, code_for, in_language, status_words
from clinic.models import Handover
from consent.management.commands.catalogue import CONTEXT, catalogue_path, message_ids
from screening import intake
from screening.models import Intake, IntakeDraft
from screening.precautions.questions import MONTHS
from screening.questionnaire import PAGES
from tests.people import answered, make_clinic, make_member, make_patient, make_visit, submitted, tablet_for

TRANSLATED = [code for code, _name in settings.LANGUAGES if code != ORIGINAL]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
TAG = re.compile(r"</?\w+>")
# Left as they are in every language: own names, and what languages call themselves.
NAMES = {"needlepoint", "harbour", "physio", "english", "español", "ann", "keogh", "siobhan", "byrne"}


def catalogue(code: str) -> polib.POFile:
    return polib.pofile(str(catalogue_path(code)))


def key(entry: polib.POEntry) -> str:
    return f"{entry.msgctxt}{CONTEXT}{entry.msgid}" if entry.msgctxt else entry.msgid


@pytest.fixture
def visit(db):
    clinic = make_clinic()
    return make_visit(make_patient(clinic), make_member(clinic))


# The catalogues themselves


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_sentence_is_missing_empty_doubtful_or_left_over(code):
    found = catalogue(code)
    assert {key(entry) for entry in found} == message_ids(), "run `manage.py catalogue`, and translate what is new"
    assert [entry.msgid for entry in found if not entry.msgstr.strip()] == []
    assert [entry.msgid for entry in found if entry.fuzzy or entry.obsolete] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_fills_in_what_the_english_fills_in_and_has_its_tags(code):
    wrong = [
        entry.msgid
        for entry in catalogue(code)
        if sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr))
        or sorted(TAG.findall(entry.msgid)) != sorted(TAG.findall(entry.msgstr))
    ]
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_figures_are_the_same_in_every_language(code):
    def figures(text: str) -> list[str]:
        return sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[.,\s\u00a0\u202f](?=\d)", "", PLACEHOLDER.sub("", text))))

    said = [entry for entry in catalogue(code) if entry.msgid not in MONTHS]  # which Chinese counts
    differ = [entry.msgid for entry in said if figures(entry.msgid) != figures(entry.msgstr)]
    assert differ == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_compiled_is_what_is_written(code):
    compiled = polib.mofile(str(catalogue_path(code).with_suffix(".mo")))
    written = {key(entry): entry.msgstr for entry in catalogue(code)}
    assert {key(entry): entry.msgstr for entry in compiled} == written


@pytest.mark.parametrize("code", TRANSLATED)
def test_left_and_right_are_never_mixed_up(code):
    """The translation of the left area is not that of the right one, and differs from it in the word for the side alone."""
    words = {entry.msgid: entry.msgstr for entry in catalogue(code)}
    lefts = [text for text in words if text.startswith("left ")]
    assert len(lefts) == 23
    with override(code):
        sides = {side: {gettext(f"{side} {text[5:]}") for text in lefts} for side in ("left", "right")}
    assert len(sides["left"]) == len(sides["right"]) == 23
    assert not sides["left"] & sides["right"]


# Their status


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_catalogue_says_whether_a_clinician_has_confirmed_it(code):
    header = catalogue(code).metadata["X-Confirmed-By-Clinician"]
    assert header in {"yes", "no"}
    assert (languages.checked(code) == Checked.CONFIRMED) is (header == "yes")


def test_a_catalogue_that_says_nothing_of_itself_is_not_confirmed(monkeypatch):
    monkeypatch.setattr(languages, "headers", lambda code: {})
    assert languages.checked("es") == Checked.UNCONFIRMED
    monkeypatch.setattr(languages, "headers", lambda code: {"x-confirmed-by-clinician": "yes"})
    assert languages.checked("es") == Checked.CONFIRMED
    assert languages.checked(ORIGINAL) == Checked.ORIGINAL


def test_staff_read_the_language_and_its_status():
    assert status_words("es", Checked.UNCONFIRMED) == "Spanish, translation not yet confirmed by a clinician"
    assert status_words("ar", Checked.CONFIRMED) == "Arabic, translation confirmed by a clinician"
    assert status_words("en", Checked.ORIGINAL) == ""


@pytest.mark.parametrize(
    ("written", "code"),
    [("Spanish", "es"), ("español", "es"), ("MANDARIN", "zh-hans"), ("العربية", "ar"), ("Klingon", "en"), ("", "en")],
)
def test_the_tablet_begins_in_the_language_of_the_patients_file(written, code):
    assert code_for(written) == code


# The pages


class Words(HTMLParser):
    """The words that a page shows or says, without scripts and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.quiet = 0
        self.foreign: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.words += [found[name] for name in ("aria-label", "title", "alt", "placeholder") if found.get(name)]
        self.words += [value for name, value in attrs if name.startswith("data-say") and value]
        if tag in {"script", "style"}:
            self.quiet += 1

    def handle_endtag(self, tag):
        if tag in {"script", "style"}:
            self.quiet -= 1

    def handle_data(self, data):
        if not self.quiet:
            self.words.append(data)


def english_left(html: str, code: str) -> set[str]:
    """Words in Latin letters that no translation has."""
    reader = Words()
    reader.feed(html)
    known = {word for entry in catalogue(code) for word in latin(entry.msgstr)} | NAMES
    return {word for text in reader.words for word in latin(text)} - known


def latin(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Za-zÀ-ÿ]{3,}", PLACEHOLDER.sub("", text))}


@pytest.mark.parametrize("code", ["zh-hans", "ar"])
def test_no_page_of_the_intake_has_a_word_of_english_left(visit, code):
    client = tablet_for(visit, language=code)
    pages = [reverse("intake-read", args=[name]) for name in ("what-it-is", "what-it-does", "how-it-works")]
    shown = [client.get(page) for page in pages]
    intake.mark_read(visit)
    for page in PAGES:
        shown.append(client.get(reverse("intake-page", args=[page.code])))
        shown.append(client.post(reverse("intake-page", args=[page.code]), {}))
    answered(visit)
    shown.append(client.get(reverse("intake-check")))
    for answer in shown:
        assert answer.status_code in {200, 422}
        assert english_left(answer.content.decode(), code) == set(), answer.request["PATH_INFO"]


@pytest.mark.parametrize("code", ["zh-hans", "ar"])
def test_no_page_around_the_intake_has_a_word_of_english_left(visit, code):
    shown = [tablet_for(visit, language=code, confirmed=False).get(reverse("tablet"))]
    Handover.objects.all().update(ended_at=visit.created_at)
    shown.append(Client().get(reverse("tablet-done") + f"?language={code}"))
    submitted(visit)
    again = make_visit(visit.patient, visit.clinician)
    intake.mark_read(again)
    shown.append(tablet_for(again, language=code).get(reverse("intake-page", args=["metal-allergy"])))
    shown.append(tablet_for(visit, language=code).get(reverse("intake-check")))
    for answer in shown:
        assert english_left(answer.content.decode(), code) == set(), answer.request["PATH_INFO"]


@pytest.mark.parametrize("code", TRANSLATED)
def test_pages_say_their_language_and_direction(visit, code):
    html = tablet_for(visit, language=code).get(reverse("tablet"), follow=True).content.decode()
    assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}"' in html


# Changing the language


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_language_is_changed_on_a_page_of_questions_and_nothing_typed_is_lost(visit, code):
    intake.mark_read(visit)
    client = tablet_for(visit)
    typed = {"blood-thinner": "yes", "blood-thinner-details": "Warfarin 3 mg", "wish-language": code}
    answer = client.post(reverse("intake-page", args=["bleeding"]), typed)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'lang="{code}"' in html
    assert in_language(code, "Do you take a medicine that thins your blood?") in html
    assert "Warfarin 3 mg" in html
    assert re.search(r'value="yes"[^>]* checked', html)
    assert "error-summary" not in html
    assert IntakeDraft.objects.get(visit=visit).replies == {}
    assert Handover.objects.get().language == code


def test_where_something_was_missing_a_change_of_language_keeps_what_was_typed_since(visit):
    intake.mark_read(visit)
    client = tablet_for(visit)
    page = reverse("intake-page", args=["bleeding"]) + "?check=1&missing=1"
    assert "error-summary" in client.get(page).content.decode()
    answer = client.post(page, {"blood-thinner": "yes", "blood-thinner-details": "Warfarin", "wish-language": "es"})
    assert "Warfarin" in answer.content.decode()


def test_on_a_page_without_a_form_the_language_is_changed_by_coming_back_to_it(visit):
    client = tablet_for(visit)
    page = reverse("intake-read", args=["what-it-is"])
    assert client.post(page, {"wish-language": "ar"})["Location"] == page
    assert 'dir="rtl"' in client.get(page).content.decode()


def test_a_language_that_is_not_on_offer_changes_nothing(visit):
    client = tablet_for(visit)
    for code in ("xx", "", "es'--", "EN-gb", "\x00"):
        client.post(reverse("intake-read", args=["what-it-is"]), {"wish-language": code})
        assert Handover.objects.get().language == "en"


def test_staff_pages_stay_in_english_whatever_the_browser_asks_for(visit):
    client = Client(headers={"accept-language": "es"})
    client.force_login(visit.clinician)
    assert '<html lang="en" dir="ltr"' in client.get(reverse("home")).content.decode()


# What is kept


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_intake_keeps_the_words_as_shown_with_the_english_beside_them(visit, code):
    intake.submit(answered(visit, blood_thinner="yes", blood_thinner_details="Warfarina"), code)
    kept = Intake.objects.get()
    rows = {row["code"]: row for row in kept.asked}
    assert (kept.language, kept.translation) == (code, "unconfirmed")
    thinner = rows["blood-thinner"]
    assert thinner["text"] == in_language(code, "Do you take a medicine that thins your blood?") != thinner["original"]["text"]
    assert thinner["said"] == in_language(code, "Yes")
    assert thinner["original"]["said"] == "Yes"
    assert rows["blood-thinner-details"]["said"] == "Warfarina"


def test_an_english_intake_needs_no_original_beside_it(visit):
    intake.submit(answered(visit))
    kept = Intake.objects.get()
    assert (kept.language, kept.translation) == ("en", "")
    assert not any("original" in row for row in kept.asked)
