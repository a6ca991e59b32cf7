"""The body map: which areas are planned, forbidden, to be needled with care or marked, in shapes and in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from screening.body import AREAS, words_of
from screening.body_drawing import BACK, FRONT, LABELS, REST, VIEW_BOX

# A state and how it is said, the order in which the summary says them.
SAID = {"planned": "Planned", "forbidden": "Not here", "caution": "With care", "marked": "Marked by the patient"}


class Shape(NamedTuple):
    """One drawn area; `classes` are `area` and its states."""

    code: str
    path: str
    classes: str
    label: str


@dataclass(frozen=True)
class BodyMap:
    """What the template draws; `words` says the same without the drawing."""

    words: str
    shapes: tuple[Shape, ...]
    title: str = "Body map, front and back"
    view_box: str = " ".join(map(str, VIEW_BOX))
    labels: tuple[tuple[int, int, str], ...] = tuple(LABELS)
    rest: tuple[str, ...] = tuple(REST)


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
    shapes = [_shape(code, path, states) for code, path in (FRONT | BACK).items()]
    # Shapes with a state come last, so that no neighbour covers their outline.
    return BodyMap(_words(states), tuple(sorted(shapes, key=lambda shape: shape.classes != "area")))


def _shape(code: str, path: str, states: dict[str, frozenset[str]]) -> Shape:
    mine = [state for state, codes in states.items() if code in codes]
    label = ": ".join(filter(None, [AREAS[code].words, ", ".join(SAID[state].lower() for state in mine)]))
    return Shape(code, path, " ".join(["area", *mine]), label)


def _words(states: dict[str, frozenset[str]]) -> str:
    said = [f"{SAID[state]}: {', '.join(words_of(codes))}." for state, codes in states.items() if codes]
    return " ".join(said) or "No area is marked."
