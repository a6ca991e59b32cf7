"""The drawn body shows every area once, on the patient's own side, and the body map colours the right one."""

import re
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from screening.body import AREAS
from screening.body_drawing import BACK, FRONT, LABELS, REST, VIEW_BOX, VIEWS
from screening.body_map import body_map

Points = list[tuple[float, float]]
FRONT_MIDDLE, BACK_MIDDLE = (view.head.real for view in VIEWS)
RIGHTS = sorted(code for code in AREAS if code.endswith("_right"))
SVG = "{http://www.w3.org/2000/svg}"


def spots(path: str) -> Points:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]


def polygon(path: str) -> Points:
    """The path as straight steps: both ends of each curve and the curve's own middle."""
    steps: Points = []
    for (ax, ay), (bx, by), (cx, cy) in zip(*(spots(path)[start::3] for start in range(3)), strict=True):
        steps += [(ax, ay), ((ax + 2 * bx + cx) / 4, (ay + 2 * by + cy) / 4), (cx, cy)]
    return steps


def holds(corners: Points, x: float, y: float) -> bool:
    """Whether a point lies inside, by the even-odd rule."""
    inside = False
    for (ax, ay), (bx, by) in zip(corners[-1:] + corners[:-1], corners, strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside


def middle_of(code: str) -> float:
    return FRONT_MIDDLE if code in FRONT else BACK_MIDDLE


def drawn(code: str) -> str:
    return (FRONT | BACK)[code]


def rendered(**states: list[str]) -> ElementTree.Element:
    return ElementTree.fromstring(render_to_string("screening/body_map.html", {"map": body_map(**states)}))


def area_in(svg: ElementTree.Element, code: str) -> ElementTree.Element:
    return next(path for path in svg.iter(f"{SVG}path") if path.get("data-area") == code)


def test_every_one_of_the_52_areas_is_drawn_exactly_once():
    assert sorted([*FRONT, *BACK]) == sorted(AREAS)
    assert len({*FRONT, *BACK}) == 52
    assert len({*FRONT.values(), *BACK.values()}) == 52


@pytest.mark.parametrize("code", RIGHTS)
def test_the_patients_right_is_on_the_viewers_left_in_front_and_on_the_viewers_right_in_the_back(code):
    if code in FRONT:
        assert max(x for x, _ in spots(FRONT[code])) < FRONT_MIDDLE
    else:
        assert min(x for x, _ in spots(BACK[code])) > BACK_MIDDLE


def test_each_view_is_labelled_with_the_sides_of_the_areas_below_the_label():
    placed = [(words, x) for x, _, words in LABELS]
    assert [words for words, _ in sorted(placed, key=lambda label: label[1])] == [
        *("Right", "Front", "Left"),
        *("Left", "Back", "Right"),
    ]
    for (words, x), code in product(placed, ("wrist_hand_right", "wrist_hand_left", "calf_right", "calf_left")):
        same_view = abs(x - middle_of(code)) < FRONT_MIDDLE
        if same_view and words not in {"Front", "Back"}:
            same_half = (x < middle_of(code)) == (spots(drawn(code))[0][0] < middle_of(code))
            assert same_half == code.endswith(words.lower())


@pytest.mark.parametrize("code", RIGHTS)
def test_a_left_area_is_the_mirror_image_of_its_right_one(code):
    mirrored = sorted((2 * middle_of(code) - x, y) for x, y in spots(drawn(code)))
    other = sorted(spots(drawn(code.replace("_right", "_left"))))
    assert len(mirrored) == len(other)
    assert all(any(abs(x - a) < 0.15 and abs(y - b) < 0.15 for a, b in other) for x, y in mirrored)


@pytest.mark.parametrize("code", sorted(code for code in AREAS if not AREAS[code].side))
def test_a_middle_area_is_symmetrical(code):
    found = spots(drawn(code))
    for x, y in found:
        assert any(abs(2 * middle_of(code) - x - a) < 0.15 and abs(y - b) < 0.15 for a, b in found)


@pytest.mark.parametrize("path", [*FRONT.values(), *BACK.values(), *REST])
def test_every_path_is_one_closed_shape_inside_the_view_box(path):
    assert re.fullmatch(r"M[^MZ]+Z", path)
    left, top, width, height = VIEW_BOX
    assert all(left < x < left + width and top < y < top + height for x, y in spots(path))


def test_no_point_of_the_body_belongs_to_two_shapes_and_few_belong_to_none():
    shapes = [polygon(path) for path in [*FRONT.values(), *BACK.values(), *REST]]
    left, top, width, height = VIEW_BOX
    counts = [
        sum(holds(shape, x + 0.5, y + 0.5) for shape in shapes)
        for x, y in product(range(left, left + width, 3), range(top, top + height, 3))
    ]
    assert max(counts) == 1
    trunk = [(FRONT_MIDDLE + x, y + 32) for x, y in product(range(-30, 31, 3), range(80, 200, 3))]
    covered = sum(any(holds(shape, x, y) for shape in shapes) for x, y in trunk)
    assert covered / len(trunk) > 0.9


def test_a_state_colours_its_own_area_and_no_other():
    svg = rendered(planned=["calf_left"], forbidden=["upper_chest_left"], caution=["knee_right"], marked=["abdomen"])
    states = {"calf_left": "planned", "upper_chest_left": "forbidden", "knee_right": "caution", "abdomen": "marked"}
    plain = area_in(svg, "calf_right").get("fill")
    for code in AREAS:
        area = area_in(svg, code)
        assert area.get("class") == " ".join(filter(None, ["area", states.get(code)]))
        assert (area.get("fill") == plain) == (code not in states)
    assert area_in(svg, "upper_chest_left").get("fill") == "url(#body-hatch)"
    assert svg.find(f".//{SVG}pattern[@id='body-hatch']") is not None


def test_an_area_planned_and_forbidden_shows_both():
    svg = rendered(planned=["calf_left"], forbidden=["calf_left"])
    outlines = [path for path in svg.iter(f"{SVG}path") if path.get("d") == drawn("calf_left")]
    assert [path.get("stroke") for path in outlines] == ["#0b5c63", "#ffffff", "#16242b"]
    assert outlines[-1].get("fill") == "url(#body-hatch)"
    assert area_in(svg, "calf_left").findtext(f"{SVG}title") == "left calf: planned, not here"


def test_areas_with_a_state_are_drawn_after_all_their_neighbours():
    codes = [shape.code for shape in body_map(forbidden=["forehead_temple", "calf_left"]).shapes]
    assert set(codes[-2:]) == {"forehead_temple", "calf_left"}


def test_the_words_say_what_the_drawing_shows():
    words = body_map(
        planned=["lower_back_right"], forbidden=["upper_chest_left", "abdomen"], marked=["knee_left"]
    ).words
    assert words == ("Planned: right lower back. Not here: left upper chest, belly. Marked by the patient: left knee.")
    assert body_map().words == "No area is marked."


def test_a_code_that_is_no_area_is_refused_rather_than_left_out():
    with pytest.raises(ValueError, match="psoas_major_right"):
        body_map(forbidden=["calf_left", "psoas_major_right"])


def test_the_drawing_names_itself_first_and_describes_itself_in_words():
    svg = rendered(planned=["calf_left"])
    assert svg.get("role") == "img"
    assert (svg[0].tag, svg[0].text) == (f"{SVG}title", "Body map, front and back")
    assert (svg[1].tag, svg[1].text) == (f"{SVG}desc", "Planned: left calf.")


@pytest.mark.parametrize("template", ["body_map.html", "body_legend.html"])
def test_the_drawing_needs_no_inline_style_and_no_script(template):
    source = (Path(__file__).parent.parent / "templates" / "screening" / template).read_text(encoding="utf-8")
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=", source)
