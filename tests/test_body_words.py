"""Every place of the body has its words in one piece, so that each can be said in another language."""

import ast
from pathlib import Path

import pytest

from screening import body
from screening.body import AREA_WORDS, AREAS, MUSCLE_SAID, MUSCLES, REGIONS, WHOLE_BODY, MuscleSite, words_of

PSOAS = MuscleSite(MUSCLES["psoas_major"], "right")
SPANISH = {
    "left calf": "pantorrilla izquierda",
    "whole body": "todo el cuerpo",
    "%(muscle)s, right": "%(muscle)s, derecho",
    "%(muscle)s, right side": "%(muscle)s, lado derecho",
}


def marked_for_translation() -> set[str]:
    """What is between the brackets of `_("…")` in the module: a literal, or it would not be found."""
    calls = [node for node in ast.walk(ast.parse(Path(body.__file__).read_text("utf-8"))) if isinstance(node, ast.Call)]
    marks = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_"]
    return {str(mark.value) for mark in marks if isinstance(mark, ast.Constant)}


@pytest.mark.parametrize("code", list(AREAS))
def test_the_words_of_an_area_are_its_side_and_its_region(code):
    area = AREAS[code]
    assert area.words == f"{area.side} {area.region.name}".strip()


def test_every_area_group_and_way_of_saying_a_muscle_is_marked_for_translation():
    groups = {region.group for region in REGIONS.values()}
    muscles = {*body.MUSCLE_ON_SIDE.values(), *body.MUSCLE_SAID.values()}
    assert marked_for_translation() == {*AREA_WORDS.values(), *groups, *muscles, "whole body"}
    assert set(AREA_WORDS) == set(AREAS)


def test_places_are_said_in_english_or_as_the_caller_translates():
    assert words_of(["calf_left", PSOAS.code]) == ["left calf", "Psoas major, right"]
    assert words_of(["calf_left", PSOAS.code], SPANISH.__getitem__) == ["pantorrilla izquierda", "Psoas major, derecho"]
    assert words_of(WHOLE_BODY) == ["whole body"]
    assert words_of(WHOLE_BODY, SPANISH.__getitem__) == ["todo el cuerpo"]


def test_a_planned_muscle_is_said_to_a_patient_by_its_name_and_side():
    assert MUSCLE_SAID["right"] % {"muscle": "Psoas major"} == "Psoas major, right side"
    assert PSOAS.words == "Psoas major, right"
