"""The body map: which areas are planned, forbidden, to be needled with care or marked, in shapes and in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from screening.body import AREAS, words_of
from screening.body_drawing import FIGURES, FINE, Drawn, Figure

# A state and how it is said, the order in which the summary says them.
SAID = {"planned": "Planned", "forbidden": "Not here", "caution": "With care", "marked": "Marked by the patient"}

WIDTH, HEIGHT = 420 * FINE, 446 * FINE
HEADS = {"Front": (105 * FINE, 32 * FINE), "Back": (315 * FINE, 32 * FINE)}  # the top of each figure's head
LABEL_AWAY = 62 * FINE  # from the middle of the head to the middle of a side's label


class Shape(NamedTuple):
    """One drawn area, put in its place by `transform`; `classes` are `area` and its states."""

    code: str
    path: str
    classes: str
    label: str
    transform: str


class Line(NamedTuple):
    """What is drawn and is no area."""

    path: str
    transform: str


@dataclass(frozen=True)
class BodyMap:
    """What the template draws; `words` says the same without the drawing."""

    words: str
    shapes: tuple[Shape, ...]
    title: str = "Body map, front and back"
    view_box: str = f"0 0 {WIDTH} {HEIGHT}"

    @property
    def labels(self) -> list[tuple[int, int, str]]:
        return [label for figure in FIGURES for label in _labels(figure)]

    @property
    def rest(self) -> list[Line]:
        return [Line(drawn.path, _transform(figure, drawn)) for figure in FIGURES for drawn in figure.rest]

    @property
    def plain(self) -> list[Line]:
        """All areas without a state, as few shapes: for paper, where no area has a word of its own to show."""
        joined: dict[str, str] = {}
        for shape in self.shapes:
            if shape.classes == "area":
                joined[shape.transform] = joined.get(shape.transform, "") + shape.path
        return [Line(path, transform) for transform, path in joined.items()]

    @property
    def lines(self) -> list[Line]:
        return [Line(figure.lines, _transform(figure)) for figure in FIGURES if figure.lines]


def body_map(
    planned: Iterable[str] = (),
    forbidden: Iterable[str] = (),
    caution: Iterable[str] = (),
    marked: Iterable[str] = (),
) -> BodyMap:
    """The map for these area codes; a code that is no area is an error, for it could not be seen on the drawing."""
    states = {
        "planned": frozenset(planned),
        "forbidden": frozenset(forbidden),
        "caution": frozenset(caution),
        "marked": frozenset(marked),
    }
    unknown = frozenset().union(*states.values()) - AREAS.keys()
    if unknown:
        raise ValueError(f"not an area of the body: {', '.join(sorted(unknown))}")
    shapes = [_shape(figure, drawn, states) for figure in FIGURES for drawn in figure.shapes]
    # Shapes with a state come last, so that no neighbour covers their outline.
    return BodyMap(_words(states), tuple(sorted(shapes, key=lambda shape: shape.classes != "area")))


def _shape(figure: Figure, drawn: Drawn, states: dict[str, frozenset[str]]) -> Shape:
    mine = [state for state, codes in states.items() if drawn.code in codes]
    said = ", ".join(SAID[state].lower() for state in mine)
    label = ": ".join(filter(None, [AREAS[drawn.code].words, said]))
    return Shape(drawn.code, drawn.path, " ".join(["area", *mine]), label, _transform(figure, drawn))


def _transform(figure: Figure, drawn: Drawn | None = None) -> str:
    x, y = HEADS[figure.name]
    return f"translate({x} {y}) scale(-1 1)" if drawn and drawn.mirrored else f"translate({x} {y})"


def _labels(figure: Figure) -> list[tuple[int, int, str]]:
    x, y = HEADS[figure.name]
    sides = ((x - LABEL_AWAY, figure.viewer_left), (x + LABEL_AWAY, figure.viewer_right))
    return [(x, y - 14 * FINE, figure.name), *((at, y + 30 * FINE, side.capitalize()) for at, side in sides)]


def _words(states: dict[str, frozenset[str]]) -> str:
    said = [f"{SAID[state]}: {', '.join(words_of(codes))}." for state, codes in states.items() if codes]
    return " ".join(said) or "No area is marked."
