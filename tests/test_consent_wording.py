"""What a person is told: the right figures with unit and study, nothing that must never be printed."""

import json
import re

import pytest

from consent import decision, signing, telling, wording
from consent.management.commands.demo import Demo
from consent.models import Ceremony, SignerRole
from tests.translated import confirmed, in_tongue, made_up
from tests.written import clear_case

EVERYTHING = json.dumps(wording.everything(), ensure_ascii=False)
FIGURES = {
    "19.18% of treatments": "Brady 2014",
    "36.7% of sessions": "Boyce 2020",
    "16%, 7.7%, 5.9% of sessions": "Boyce 2020",
    "0.88%, 0.26%, 0.14%, 0.13% of treatments": "Brady 2014",
    "common: 29 to 91% across trials": "Navarro-Santana 2020",
    "0.94% and 0.11% of procedures": "Chen 1990, acupuncture",
    "fewer than 0.1% of sessions": "Boyce 2020",
    "1 moderate bleed in 3,974 treatments, 0.025%": "McCulloch 2015, acupuncture",
}


@pytest.mark.parametrize(("figure", "study"), FIGURES.items())
def test_every_figure_stands_with_its_study(figure, study):
    rows = [*wording.RISKS.rows, wording.THINNER_ROW]
    assert any(row[1] == figure and row[2].startswith(study) for row in rows)


@pytest.mark.parametrize("banned", ["0.003", "0.04%", "100% safe", "no concern", "stop taking", "skilled hands"])
def test_what_must_never_be_printed_is_not_there(banned):
    assert banned not in EVERYTHING


@pytest.mark.parametrize(
    "wanted",
    [
        "chest pain",
        "dry cough",
        "sudden severe headache",
        "without any penalty",
        "No treatment",
        "some people, not all",
        "still being studied",
    ],
)
def test_warning_signs_rights_and_alternatives_are_said(wanted):
    assert wanted in EVERYTHING


def test_no_word_changes_without_a_new_version():
    assert wording.wording_digest() == wording.WORDING_DIGEST


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def opened(demo: Demo, screening=None) -> Ceremony:
    made = decision.record(screening or clear_case(demo), "proceed", demo.siobhan)
    return signing.open_ceremony(made, demo.mia)


def strings(told) -> list[str]:
    """Every string in the JSON of a consent, codes left out."""
    if isinstance(told, str):
        return [told]
    if isinstance(told, dict):
        codes = {"code", "page", "right", "checked"}
        return [words for key, value in told.items() if key not in codes for words in strings(value)]
    if isinstance(told, list) and len(told) == 2 and re.fullmatch("[a-z]+", str(told[0])):
        return strings(told[1])  # a reply: its code and its words
    return [words for value in told for words in strings(value)]


def test_a_consent_is_frozen_in_every_language_on_offer(demo, monkeypatch):
    made_up(monkeypatch)
    shown = opened(demo).shown
    assert shown["language"] == "en"
    assert set(shown["in"]) == {"es", "zh-hans", "ar"}
    original = strings({key: shown[key] for key in ("sections", "questions", "meanings")})
    assert len(original) > 60
    for code, told in shown["in"].items():
        assert len(strings(told)) == len(original)
        assert all(f"[{code}]" in words for words in strings(told))
    assert not any(words.startswith("[") for words in original)


def test_every_language_says_how_far_it_was_checked(demo, monkeypatch):
    confirmed(monkeypatch, "es")
    shown = opened(demo).shown
    assert shown["checked"] == ""
    assert {code: told["checked"] for code, told in shown["in"].items()} == {
        "es": "confirmed", "zh-hans": "unconfirmed", "ar": "unconfirmed",
    }  # fmt: skip


def test_what_each_language_says_is_part_of_the_digest(demo, monkeypatch):
    made = decision.record(clear_case(demo), "proceed", demo.siobhan)
    first = signing.open_ceremony(made, demo.mia)
    assert signing.open_ceremony(made, demo.mia) == first
    confirmed(monkeypatch, "ar")
    second = signing.open_ceremony(made, demo.mia)
    assert second.shown_digest != first.shown_digest
    made_up(monkeypatch)
    assert signing.open_ceremony(made, demo.mia).shown_digest not in {first.shown_digest, second.shown_digest}


def test_names_are_filled_into_a_translated_sentence_and_not_translated(demo, monkeypatch):
    made_up(monkeypatch)
    shown = opened(demo).shown
    people = next(part for part in shown["in"]["es"]["sections"] if part["code"] == "people")
    named = in_tongue("es", wording.PEOPLE) % {"clinician": "Siobhan Byrne", "clinic": "Harbour Physio"}
    assert people["paragraphs"] == [named]


def test_the_plan_is_said_by_muscle_side_and_place_each_translated(demo, monkeypatch):
    made_up(monkeypatch)
    shown = opened(demo).shown
    plan = {
        code: next(part for part in told["sections"] if part["code"] == "plan") for code, told in shown["in"].items()
    }
    assert plan["es"]["items"] == ["[es] [es] Infraspinatus, left side ([es] left shoulder blade)"]
    written = next(part for part in shown["sections"] if part["code"] == "plan")
    assert written["items"] == ["Infraspinatus, left side (left shoulder blade)"]


@pytest.mark.parametrize("material", ["gold_plated", "silver_plated", "titanium", "other"])
def test_other_needles_are_said_in_a_sentence_of_their_own(demo, material):
    screening = clear_case(demo, metal_rash="yes", metal_which="nickel")
    details = {"material": material, "brand": "Seirin", "lot": "1", "free_of_metal": True}
    demo.resolve(screening, "10a", "needle_material", "", **details)
    plan = next(part for part in opened(demo, screening).shown["sections"] if part["code"] == "plan")
    assert plan["paragraphs"] == [wording.NEEDLES[material]]


def test_a_child_signs_in_words_for_a_child_and_the_guardian_in_their_own():
    told = wording.meanings(["patient", "guardian"], is_child=True)
    assert told == {"patient": wording.CHILD_SIGNS, "guardian": wording.MEANINGS["guardian"]}
    assert wording.meanings(["patient"], is_child=False) == {"patient": wording.MEANINGS["patient"]}


def test_every_role_has_its_meaning():
    assert set(wording.MEANINGS) == set(SignerRole.values)


def test_a_language_that_was_not_on_offer_then_falls_back_to_the_original(demo):
    shown = opened(demo).shown
    assert wording.words_in(shown, "fr")["code"] == "en"
    assert wording.words_in(shown, "es")["code"] == "es"


def test_a_consent_of_an_earlier_version_can_still_be_read():
    shown = {"language": "en", "sections": [], "meanings": {"patient": "I agree"}}
    assert wording.words_in(shown, "es") == {
        "code": "en", "checked": "", "sections": [], "questions": [], "meanings": {"patient": "I agree"},
    }  # fmt: skip


def test_blood_thinners_bring_their_figure_with_them(demo):
    screening = clear_case(demo, blood_thinner="yes", blood_thinner_details="Warfarin")
    demo.resolve(screening, "11a", "measures", "Press for a minute")
    with_thinner = next(part for part in opened(demo, screening).shown["sections"] if part["code"] == "risks")
    without = next(part for part in opened(demo).shown["sections"] if part["code"] == "risks")
    assert list(wording.THINNER_ROW) in with_thinner["rows"]
    assert list(wording.THINNER_ROW) not in without["rows"]


def test_muscles_near_the_lung_come_first_for_whoever_decides(demo):
    screening = demo.plan(demo.settle(demo.case("Ruth", 44, "Neck"), can_decide="yes"), "upper_trapezius_left")
    codes = [section.code for section in telling.sections(decision.record(screening, "proceed", demo.siobhan))]
    assert codes[0] == "lung"
