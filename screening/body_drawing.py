# ruff: noqa: E501  (one shape a line)
"""The drawn body: closed shapes for the areas, seen from the front and from the back.

Sides are the patient's own. The figure faces the viewer in the front view, so the patient's left
is on the viewer's right there; in the back view it is on the viewer's left. A paired shape is
typed once, as it lies on the viewer's right, and drawn mirrored on the other side; a middle shape
is typed as its right half, from the top down. Points are walked clockwise; neighbours share theirs
and each is drawn in by half a gap, so the figure stays whole when a point is moved.
"""

from math import inf
from typing import NamedTuple

Outline = list[complex]  # x is measured from the middle of the body, y from the top of the head


class Drawn(NamedTuple):
    """A closed shape of an area; a `mirrored` path is drawn on the viewer's left. `middle` is well inside it, as drawn."""

    code: str
    path: str
    mirrored: bool
    middle: tuple[int, int]


class Figure(NamedTuple):
    """The body from one side: its name, and the patient's side on each side of the viewer. `rest` is drawn and is no area."""

    name: str
    viewer_left: str
    viewer_right: str
    shapes: tuple[Drawn, ...]
    rest: tuple[Drawn, ...]
    lines: str

    @property
    def code(self) -> str:
        return self.name.lower()

    @property
    def sides(self) -> tuple[str, str]:
        """As the viewer sees them, from left to right."""
        return self.viewer_left, self.viewer_right

    @property
    def halves(self) -> tuple[tuple[Drawn, ...], tuple[Drawn, ...]]:
        """As typed, and mirrored."""
        drawn = self.rest + self.shapes
        return tuple(shape for shape in drawn if not shape.mirrored), tuple(shape for shape in drawn if shape.mirrored)


# Paths are in whole quarters of a unit: short to write, and finer than any screen shows them.
FINE = 4
BOX = (-100 * FINE, -4 * FINE, 200 * FINE, 414 * FINE)  # around either figure

_GAP = 1.5
_CORNER = 2.2

_FRONT_MIDDLE_AREAS = {
    "forehead_temple": "0,-0.8 5.6,0 11.2,2.4 15.6,7 18,13.4 18.4,22 16,26 9,23.5 0,22.5",
    "face_jaw": "0,22.5 9,23.5 16,26 18.4,22 17.8,31 15.2,40.5 10.6,48.4 5.4,52.6 0,53.6",
    "front_neck": "0,53.6 5.4,52.6 10.6,48.4 13,44.6 12.8,54 14,66.4 7.4,70.6 0,72",
    "abdomen": "0,118 12,121.4 24,121.4 23,136 21.4,150 20.6,165 19.4,178 15.6,191 9.6,202 5.4,207 0,208.4",
}
_FRONT_PAIRED_AREAS = {
    "upper_shoulder": "12.8,54 20,65 31,70.6 45.6,76.2 38.6,82.6 27,80.8 15,75.6 7.4,70.6 14,66.4",
    "upper_chest": "0,72 7.4,70.6 15,75.6 27,80.8 38.6,82.6 39,87 39.6,96 40.6,111 34,118 24,121.4 12,121.4 0,118",
    "front_shoulder": "38.6,82.6 45.6,76.2 52,80.4 56.4,88 58.2,97 58.2,106.4 49,109.6 40.6,111 39.6,96 39,87",
    "side_ribs": "40.6,111 39.8,122 37.8,136 35,150 33.4,163 27,167 20.6,165 21.4,150 23,136 24,121.4 34,118",
    "groin_front_hip": "20.6,165 27,167 33.4,163 34.6,173 38,186 41,201.4 31,207 17,213.4 4,217 0.5,217 0,208.4 5.4,207 9.6,202 15.6,191 19.4,178",
    "front_upper_arm": "40.6,111 49,109.6 58.2,106.4 59.2,117 60.6,128 61.6,139 62.6,149 55.4,151.6 48.4,151 46.4,139 43.8,127 41.6,118",
    "elbow": "48.4,151 55.4,151.6 62.6,149 66,157 69,165.6 60.6,169.4 51.8,170 49.6,160",
    "forearm": "51.8,170 60.6,169.4 69,165.6 73.4,176 76,188 77.8,200 79,210.6 74,213.8 69,214.2 64.6,203.4 58.6,190 54,179",
    "wrist_hand": "69,214.2 74,213.8 79,210.6 83.4,215.2 88.8,221 93.8,228.6 95.8,234.6 93,236 87.4,231.4 89.6,238 91.6,246 92.4,254 89.6,256 87,253 85,244 86.8,253 87.2,259.4 84,261 82.2,257 80.8,245 81.4,254 80.8,259.6 77.8,260 76.6,256 76.4,244 76.4,250 75.4,254.8 72.4,254.4 70.8,240 69.2,227",
    "inner_thigh": "4,217 17,213.4 18.8,229 17.8,246 15,263 11.6,279 9.2,281 7,264 4,244 1.8,230 0.5,217",
    "front_thigh": "17,213.4 31,207 41,201.4 43,214 43.2,227 41.6,244 38.6,262 35,278 33.2,289 21,286 9,289 9.2,281 11.6,279 15,263 17.8,246 18.8,229",
    "knee": "9,289 21,286 33.2,289 33.4,299 32.2,311 21.4,315 10.2,311 8.6,300",
    "shin": "10.2,311 21.4,315 32.2,311 34.6,323 34.2,338 31,355 27.6,371 21,375 14.6,371 12.4,356 8.6,339 8.2,324",
    "ankle_foot_top": "14.6,371 21,375 27.6,371 28.2,382 31.6,390 36,398 36,403.4 29,406.4 18,406.6 12.6,404 12.2,396 13.8,384",
}
_BACK_MIDDLE_AREAS = {
    "back_head": "0,-0.8 5.6,0 11.2,2.4 15.6,7 18,13.4 18.5,23 17.4,34 13.4,43.2 6.6,46.6 0,47.2",
    "back_neck": "0,47.2 6.6,46.6 13.4,43.2 12.6,54 12.9,59.6 6,65 0,70",
}
_BACK_PAIRED_AREAS = {
    "upper_shoulder": "0,70 6,65 12.9,59.6 20,65 31,70.6 45.6,76.2 41.4,84 25,86.5 10,83 0,79",
    "shoulder_blade": "10,83 25,86.5 41.4,84 40.2,96 40.6,111 39.8,122 32,129.4 22,133 14,126 11,105",
    "mid_back": "0,79 10,83 11,105 14,126 22,133 32,129.4 39.8,122 37.8,136 35,150 18,154 0,155",
    "lower_back": "0,155 18,154 35,150 33.4,163 34.2,171 22,179 10,187 0,195",
    "outer_hip": "34.2,171 38,186 41,201.4 43,214 43.2,222 32.6,223.4 29.6,206 26,191 22,179",
    "buttock": "0,195 10,187 22,179 26,191 29.6,206 32.6,223.4 24,227.4 11,227 2,221 0.4,210",
    "back_upper_arm": "45.6,76.2 52,80.4 56.4,88 58.2,97 59.2,117 60.6,128 61.6,139 62.6,149 55.4,151.6 48.4,151 46.4,139 43.8,127 41.6,118 40.6,111 40.2,96 41.4,84",
    "back_thigh": "2,221 11,227 24,227.4 32.6,223.4 43.2,222 41.6,244 38.6,262 35,278 33.2,289 21,291 9,289 9.2,281 7,264 4,244",
    "knee": "9,289 21,291 33.2,289 33.2,299 33.6,311 21,314 9,311 8.6,299",
    "calf": "9,311 21,314 33.6,311 35.4,325 34.6,340 31,356 27.6,374 21,378 14.6,374 12.4,357 8,341 7.2,326",
    "heel_sole": "14.6,374 21,378 27.6,374 28.2,384 31,392 34.6,398.6 34.4,403.4 28.4,405.4 23,406.8 17,406.6 12.8,402.6 13.2,390",
}
# What is seen of the back of an area is drawn there too; the arm hangs as in front.
_BACK_PAIRED_AREAS |= {code: _FRONT_PAIRED_AREAS[code] for code in ("elbow", "forearm", "wrist_hand")}
_EAR = "18.4,22 21.6,20.8 22.6,24.6 21.2,32 17.8,33.4"
# Eyes, mouth and navel, so that nobody takes the front for the back.
_FACE = "M-28 116h1M28 116h-1M-20 174q20 6 40 0M0 684v10"
# Where the centre of gravity lies at an edge: well inside instead.
_MIDDLES = {"mid_back": 19 + 142j, "outer_hip": 36 + 204j}


def _outline(points: str) -> Outline:
    pairs = (point.split(",") for point in points.split())
    return [complex(float(x), float(y)) for x, y in pairs]


def _whole(half: Outline) -> Outline:
    return half + [-point.conjugate() for point in reversed(half) if point.real]


def _corners(outline: Outline) -> list[tuple[complex, complex, complex]]:
    """Each point with the one before and the one after it."""
    return list(zip(outline[-1:] + outline[:-1], outline, outline[1:] + outline[:1], strict=True))


def _unit(step: complex) -> complex:
    return step / abs(step)


def _drawn_in(outline: Outline) -> Outline:
    """Every edge moved inwards by half a gap; very sharp corners are cut off."""
    moved = []
    for before, point, after in _corners(outline):
        inwards = 1j * _unit(point - before) + 1j * _unit(after - point)
        moved.append(point + _GAP * inwards / max(abs(inwards) ** 2, 1))
    return moved


def _fine(point: complex) -> complex:
    return complex(round(point.real * FINE), round(point.imag * FINE))


def _numbers(*points: complex) -> str:
    return " ".join(f"{point.real:.0f} {point.imag:.0f}" for point in points).replace(" -", "-")


def _path(outline: Outline) -> str:
    """A closed path: gentle turns run together into one curve, sharp ones become a small round corner."""
    path, at = "", 0j
    for before, point, after in _corners(_drawn_in(outline)):
        turn = _unit(after - point) / _unit(point - before)
        reach = inf if turn.real > 0.8 else _CORNER
        start, stop = (point + _unit(end - point) * min(abs(end - point) / 2, reach) for end in (before, after))
        start, corner, stop = _fine(start), _fine(point), _fine(stop)
        if not path or abs(start - at) > 1:  # else the last curve ended here
            path += ("l" if path else "M") + _numbers(start - at)
            at = start
        path += "q" + _numbers(corner - at, stop - at)
        at = stop
    return path + "z"


def _middle(outline: Outline) -> complex:
    """The centre of gravity."""
    edges = [(point, after, point.real * after.imag - after.real * point.imag) for _, point, after in _corners(outline)]
    return sum((point + after) * cross for point, after, cross in edges) / (3 * sum(cross for *_, cross in edges))


def _draw(code: str, outline: Outline, side: str = "", mirrored: bool = False) -> Drawn:
    middle = _fine(_MIDDLES.get(code) or _middle(outline))
    spot = (int(-middle.real if mirrored else middle.real), int(middle.imag))
    return Drawn(f"{code}_{side}" if side else code, _path(outline), mirrored, spot)


def _figure(name: str, sides: tuple[str, str], middle: dict[str, str], paired: dict[str, str], lines: str) -> Figure:
    left, right = sides
    whole = [_draw(code, _whole(_outline(points))) for code, points in middle.items()]
    halves = [_draw(code, _outline(points), right) for code, points in paired.items()]
    others = [_draw(code, _outline(points), left, mirrored=True) for code, points in paired.items()]
    ears = tuple(_draw("", _outline(_EAR), mirrored=mirrored) for mirrored in (False, True))
    return Figure(name, left, right, tuple(whole + halves + others), ears, lines)


FRONT = _figure("Front", ("right", "left"), _FRONT_MIDDLE_AREAS, _FRONT_PAIRED_AREAS, _FACE)
BACK = _figure("Back", ("left", "right"), _BACK_MIDDLE_AREAS, _BACK_PAIRED_AREAS, "")
FIGURES = (FRONT, BACK)


def _neighbours() -> dict[str, frozenset[str]]:
    """Regions that share an edge on the drawing, from the front or from the back."""
    found: dict[str, set[str]] = {}
    for areas in (_FRONT_MIDDLE_AREAS | _FRONT_PAIRED_AREAS, _BACK_MIDDLE_AREAS | _BACK_PAIRED_AREAS):
        points = {region: set(outline.split()) for region, outline in areas.items()}
        for region, mine in points.items():
            beside = {other for other, theirs in points.items() if other != region and len(mine & theirs) > 1}
            found[region] = found.get(region, set()) | beside
    return {region: frozenset(beside) for region, beside in found.items()}


NEIGHBOURS = _neighbours()
