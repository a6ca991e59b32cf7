# ruff: noqa: E501  (one shape a line)
"""The drawn body: one closed shape for each area, seen from the front and from the back.

Sides are the patient's own. The figure faces the viewer in the front view, so the patient's left
is on the viewer's right there; in the back view it is on the viewer's left. A paired shape is
typed once, as it lies on the viewer's right, and mirrored; a middle shape is typed as its right
half, from the top down. Points are walked clockwise; neighbours share theirs and each is drawn in
by half a gap, so the figure stays whole when a point is moved.
"""

from math import inf
from typing import NamedTuple

Outline = list[complex]  # x is measured from the middle of the body, y from the top of the head


class View(NamedTuple):
    """A figure on the page: its name, where the top of its head is, and the patient's side on each side of the viewer."""

    name: str
    head: complex
    viewer_left: str
    viewer_right: str


VIEW_BOX = (0, 0, 420, 446)
VIEWS = (View("Front", 105 + 32j, "right", "left"), View("Back", 315 + 32j, "left", "right"))

_GAP = 1.5
_CORNER = 2.2
_LABEL_AWAY = 62  # from the middle of the head to the middle of a side's label

_FRONT_MIDDLE_AREAS = {
    "forehead_temple": "0,-0.8 5.6,0 11.2,2.4 15.6,7 18,13.4 18.4,22 16,26 9,23.5 0,22.5",
    "face_jaw": "0,22.5 9,23.5 16,26 18.4,22 17.8,31 15.2,40.5 10.6,48.4 5.4,52.6 0,53.6",
    "front_neck": "0,53.6 5.4,52.6 10.6,48.4 13,44.6 12.8,56 15,64.6 7.4,69.6 0,71",
    "abdomen": "0,118 12,121.4 24,121.4 23,136 21.4,150 20.6,165 19.4,178 15.6,191 9.6,202 5.4,207 0,208.4",
}
_FRONT_PAIRED_AREAS = {
    "upper_chest": "0,71 7.4,69.6 15,71 27,73.4 38,75.6 39,84 39.6,96 40.6,111 34,118 24,121.4 12,121.4 0,118",
    "front_shoulder": "38,75.6 45.6,76.2 52,80.4 56.4,88 58.2,97 58.2,106.4 49,109.6 40.6,111 39.6,96 39,84",
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
    "outer_hip": "34.2,171 38,186 41,201.4 43,214 43.2,222 34,223 32,206 28,191 22,179",
    "buttock": "0,195 10,187 22,179 28,191 32,206 34,223 24,227.4 11,227 2,221 0.4,210",
    "back_upper_arm": "45.6,76.2 52,80.4 56.4,88 58.2,97 59.2,117 60.6,128 61.6,139 65.6,157 58,160.4 49.6,160 46.4,139 43.8,127 41.6,118 40.6,111 40.2,96 41.4,84",
    "back_thigh": "2,221 11,227 24,227.4 34,223 43.2,222 41.6,244 38.6,262 35,278 33.2,298 21,301 8.6,299 9.2,281 7,264 4,244",
    "calf": "8.6,299 21,301 33.2,298 33.4,311 35.4,325 34.6,340 31,356 27.6,374 21,378 14.6,374 12.4,357 8,341 7.2,326 9,311",
    "heel_sole": "14.6,374 21,378 27.6,374 28.2,384 31,392 34.6,398.6 34.4,403.4 28.4,405.4 23,406.8 17,406.6 12.8,402.6 13.2,390",
}
# Parts of the silhouette that are no area in that view: they are drawn, never coloured.
_FRONT_REST = {
    "ear": "18.4,22 21.6,20.8 22.6,24.6 21.2,32 17.8,33.4",
    "collar": "12.6,54 20,65 31,70.6 45.6,76.2 38,75.6 27,73.4 15,71 15,64.6",
}
_BACK_REST = {
    "ear": "18.4,22 21.6,20.8 22.6,24.6 21.2,32 17.6,33.4",
    "forearm": "49.6,160 58,160.4 65.6,157 73.4,176 76,188 77.8,200 79,210.6 74,213.8 69,214.2 64.6,203.4 58.6,190 54,179",
    "hand": _FRONT_PAIRED_AREAS["wrist_hand"],
}


def _outline(points: str) -> Outline:
    pairs = (point.split(",") for point in points.split())
    return [complex(float(x), float(y)) for x, y in pairs]


def _mirror(outline: Outline) -> Outline:
    """The same outline on the other side, still walked clockwise."""
    return [-point.conjugate() for point in reversed(outline)]


def _whole(half: Outline) -> Outline:
    return half + [point for point in _mirror(half) if point.real]


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


def _path(outline: Outline, head: complex) -> str:
    """A closed path: gentle turns run together into one curve, sharp ones become a small round corner."""
    curves = []
    for before, point, after in _corners(_drawn_in(outline)):
        turn = _unit(after - point) / _unit(point - before)
        reach = inf if turn.real > 0.8 else _CORNER
        start, stop = (point + _unit(end - point) * min(abs(end - point) / 2, reach) for end in (before, after))
        curves.append(
            "{} Q{} {}".format(
                *(f"{spot.real:.1f},{spot.imag:.1f}" for spot in (start + head, point + head, stop + head))
            )
        )
    return f"M{' L'.join(curves)} Z"


def _draw(view: View, middle: dict[str, str], paired: dict[str, str]) -> dict[str, str]:
    paths = {code: _path(_whole(_outline(points)), view.head) for code, points in middle.items()}
    for code, points in paired.items():
        paths[f"{code}_{view.viewer_right}"] = _path(_outline(points), view.head)
        paths[f"{code}_{view.viewer_left}"] = _path(_mirror(_outline(points)), view.head)
    return paths


def _labels(view: View) -> list[tuple[int, int, str]]:
    x, y = int(view.head.real), int(view.head.imag)
    sides = [(x - _LABEL_AWAY, y + 30, view.viewer_left), (x + _LABEL_AWAY, y + 30, view.viewer_right)]
    return [(x, y - 14, view.name), *((left, top, side.capitalize()) for left, top, side in sides)]


FRONT: dict[str, str] = _draw(VIEWS[0], _FRONT_MIDDLE_AREAS, _FRONT_PAIRED_AREAS)
BACK: dict[str, str] = _draw(VIEWS[1], _BACK_MIDDLE_AREAS, _BACK_PAIRED_AREAS)
REST: list[str] = [*_draw(VIEWS[0], {}, _FRONT_REST).values(), *_draw(VIEWS[1], {}, _BACK_REST).values()]
LABELS: list[tuple[int, int, str]] = [label for view in VIEWS for label in _labels(view)]
