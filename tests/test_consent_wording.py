"""What a person is told: the right figures with unit and study, nothing that must never be printed."""

import json
from dataclasses import asdict

import pytest

from consent import wording

EVERYTHING = json.dumps(
    [[asdict(part) for part in wording.FIXED], wording.THINNER_ROW, wording.MEANINGS], ensure_ascii=False
)
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
