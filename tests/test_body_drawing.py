"""The drawn body shows every area on the patient's own side, and the body map colours the right one."""

import re
from collections import Counter
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from screening.body import AREAS
from screening.body_drawing import BACK, BOX, FIGURES, FINE, FRONT, Drawn, Figure
from screening.body_map import HEADS, body_map

Points = list[tuple[float, float]]
SVG = "{http://www.w3.org/2000/svg}"
SHAPES = [(figure, shape) for figure in FIGURES for shape in figure.shapes]
ALL_DRAWN = [(figure, shape) for figure in FIGURES for shape in (*figure.shapes, *figure.rest)]
ON_BOTH_FIGURES = {"elbow", "forearm", "wrist_hand", "knee", "upper_shoulder"}


def named(pair: tuple[Figure, Drawn]) -> str:
    figure, shape = pair
    return f"{figure.code}-{shape.code or 'rest'}"


def steps(shape: Drawn) -> Points:
    """The path as straight steps where it is seen: both ends of each curve and the curve's own middle."""
    x = y = 0.0
    points: Points = []
    for command, numbers in re.findall(r"([Mlq])([-\d ]+)", shape.path):
        figures = [float(number) for number in re.findall(r"-?\d+", numbers)]
        if command == "q":
            bend, end = (x + figures[0], y + figures[1]), (x + figures[2], y + figures[3])
            points.append(((x + 2 * bend[0] + end[0]) / 4, (y + 2 * bend[1] + end[1]) / 4))
            x, y = end
        else:
            x, y = x + figures[0], y + figures[1]
        points.append((x, y))
    return [(-x, y) if shape.mirrored else (x, y) for x, y in points]


def holds(corners: Points, x: float, y: float) -> bool:
    """Whether a point lies inside, by the even-odd rule."""
    inside = False
    for (ax, ay), (bx, by) in zip(corners[-1:] + corners[:-1], corners, strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside


def rendered(**states: list[str]) -> ElementTree.Element:
    return ElementTree.fromstring(render_to_string("screening/body_map.html", {"map": body_map(**states)}))


def areas_in(svg: ElementTree.Element, code: str) -> list[ElementTree.Element]:
    return [path for path in svg.iter(f"{SVG}path") if path.get("data-area") == code]


def area_in(svg: ElementTree.Element, code: str) -> ElementTree.Element:
    (found,) = areas_in(svg, code)
    return found


def test_every_one_of_the_52_areas_is_drawn_once_or_on_both_figures():
    drawn = Counter(shape.code for _, shape in SHAPES)
    assert sorted(drawn) == sorted(AREAS)
    assert {AREAS[code].region.code for code, times in drawn.items() if times > 1} == ON_BOTH_FIGURES
    for figure in FIGURES:
        assert max(Counter(shape.code for shape in figure.shapes).values()) == 1


@pytest.mark.parametrize("pair", [pair for pair in SHAPES if AREAS[pair[1].code].side], ids=named)
def test_the_patients_right_is_on_the_viewers_left_in_front_and_on_the_viewers_right_in_the_back(pair):
    figure, shape = pair
    side = AREAS[shape.code].side
    on_viewers_right = (side == "left") if figure is FRONT else (side == "right")
    if on_viewers_right:
        assert min(x for x, _ in steps(shape)) > 0
    else:
        assert max(x for x, _ in steps(shape)) < 0


def test_the_sides_of_a_figure_are_named_as_its_areas_lie():
    assert FRONT.sides == ("right", "left")
    assert BACK.sides == ("left", "right")


def test_each_view_of_the_map_is_labelled_with_the_sides_of_the_areas_below_the_label():
    labels = body_map().labels
    assert [words for _, _, words in sorted(labels)] == ["Right", "Front", "Left", "Left", "Back", "Right"]
    svg = rendered()
    for x, _, words in labels:
        if words in HEADS:
            continue
        figure = FRONT if x < HEADS["Front"][0] * 2 else BACK
        middle, _ = HEADS[figure.name]
        for code in ("wrist_hand", "inner_thigh" if figure is FRONT else "calf"):
            shape = next(shape for shape in figure.shapes if shape.code == f"{code}_{words.lower()}")
            assert (x < middle) == (shape.middle[0] < 0)
            path = next(
                path for path in areas_in(svg, shape.code) if f"translate({middle} " in path.get("transform", "")
            )
            assert ("scale(-1 1)" in path.get("transform", "")) == (x < middle)


@pytest.mark.parametrize("pair", [pair for pair in SHAPES if pair[1].code.endswith("_right")], ids=named)
def test_a_left_area_is_the_mirror_image_of_its_right_one(pair):
    figure, shape = pair
    other = next(one for one in figure.shapes if one.code == shape.code.replace("_right", "_left"))
    assert (shape.path, shape.mirrored) == (other.path, not other.mirrored)
    assert shape.middle == (-other.middle[0], other.middle[1])


@pytest.mark.parametrize("pair", [pair for pair in SHAPES if not AREAS[pair[1].code].side], ids=named)
def test_a_middle_area_is_symmetrical(pair):
    found = steps(pair[1])
    for x, y in found:
        assert any(abs(x + a) < 4 and abs(y - b) < 4 for a, b in found)


@pytest.mark.parametrize("pair", ALL_DRAWN, ids=named)
def test_every_path_is_one_closed_shape_inside_the_box(pair):
    shape = pair[1]
    assert re.fullmatch(r"M[^Mz]+z", shape.path)
    left, top, width, height = BOX
    assert all(left < x < left + width and top < y < top + height for x, y in steps(shape))


@pytest.mark.parametrize("pair", SHAPES, ids=named)
def test_the_middle_of_an_area_is_well_inside_it(pair):
    (x, y), corners = pair[1].middle, steps(pair[1])
    assert all(holds(corners, x + away, y + down) for away, down in product((-12, 0, 12), (-6, 0, 6)))


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.code)
def test_no_point_of_the_body_belongs_to_two_shapes_and_few_belong_to_none(figure):
    shapes = [steps(shape) for shape in (*figure.shapes, *figure.rest)]
    left, top, width, height = BOX
    counts = [
        sum(holds(shape, x + 0.5, y + 0.5) for shape in shapes)
        for x, y in product(range(left, left + width, 12), range(top, top + height, 12))
    ]
    assert max(counts) == 1
    trunk = list(product(range(-30 * FINE, 30 * FINE, 12), range(80 * FINE, 200 * FINE, 12)))
    covered = sum(any(holds(shape, x, y) for shape in shapes) for x, y in trunk)
    assert covered / len(trunk) > 0.85


def test_a_state_colours_its_own_area_and_no_other():
    svg = rendered(planned=["calf_left"], forbidden=["upper_chest_left"], caution=["knee_right"], marked=["abdomen"])
    states = {"calf_left": "planned", "upper_chest_left": "forbidden", "knee_right": "caution", "abdomen": "marked"}
    plain = area_in(svg, "calf_right").get("fill")
    for area in svg.iter(f"{SVG}path"):
        if code := area.get("data-area"):
            assert area.get("class") == " ".join(filter(None, ["area", states.get(code)]))
            assert (area.get("fill") == plain) == (code not in states)
    assert area_in(svg, "upper_chest_left").get("fill") == "url(#body-hatch)"
    assert svg.find(f".//{SVG}pattern[@id='body-hatch']") is not None


def test_an_area_planned_and_forbidden_shows_both():
    svg = rendered(planned=["calf_left"], forbidden=["calf_left"])
    calf = area_in(svg, "calf_left")
    same = [
        (path.get("d"), path.get("transform")) == (calf.get("d"), calf.get("transform"))
        for path in svg.iter(f"{SVG}path")
    ]
    outlines = [path for path, is_calf in zip(svg.iter(f"{SVG}path"), same, strict=True) if is_calf]
    assert [path.get("stroke") for path in outlines] == ["#0b5c63", "#ffffff", "#16242b"]
    assert outlines[-1].get("fill") == "url(#body-hatch)"
    assert calf.findtext(f"{SVG}title") == "left calf: planned, not here"


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
