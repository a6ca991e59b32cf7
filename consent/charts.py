"""Values ready to be drawn as SVG: what lies along the page is in per cent of its width, what is high in pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEP = 40
BAR = 14
TALL = 120
MOST_MARKS = 4
LONGEST_LABEL = 32  # what stands beside its number on a phone


@dataclass(frozen=True)
class Bar:
    """A bar with its label and number above it; `share` is left out where there is no room, `dark` is hatched."""

    label: str
    words: str
    share: str
    text_y: int
    bar_y: int
    width: str
    dark: str = "0%"


@dataclass(frozen=True)
class Bars:
    """Horizontal bars, one below the other."""

    bars: tuple[Bar, ...]
    height: int
    thick: int = BAR


@dataclass(frozen=True)
class Column:
    """One column of a series; `mark` stands below it, for some of the columns only."""

    label: str
    value: int
    x: str
    width: str
    y: int
    height: int
    mark: str = ""
    mark_x: str = "0%"
    anchor: str = "middle"


@dataclass(frozen=True)
class Series:
    """Columns side by side over a line, as high as the largest."""

    columns: tuple[Column, ...]
    most: int
    top: int = 22
    base: int = 22 + TALL
    height: int = 22 + TALL + 26


def per_cent(part: float, whole: float) -> str:
    """A length that SVG understands, whatever the page's language."""
    return f"{100 * part / whole:.2f}%" if whole else "0%"


def short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"


def bars(rows: Iterable[tuple[str, int, str, str]], dark: Sequence[int] = ()) -> Bars:
    """From label, number, the words for it, and its share. The longest is as wide as the page; `dark` is a part of each."""
    found = list(rows)
    most = max((value for _label, value, *_words in found), default=0)
    return Bars(
        tuple(
            Bar(
                short(label), words, share, STEP * turn + 16, STEP * turn + 22, per_cent(value, most),
                per_cent(dark[turn], most) if dark else "0%",
            )
            for turn, (label, value, words, share) in enumerate(found)
        ),
        STEP * len(found),
    )  # fmt: skip


def series(rows: Iterable[tuple[str, int]]) -> Series:
    """From label and number, in the order of time."""
    found = list(rows)
    most = max((value for _label, value in found), default=0)
    marked = marks(len(found))
    return Series(tuple(column(turn, found, most, turn in marked) for turn in range(len(found))), most)


def column(turn: int, rows: list[tuple[str, int]], most: int, is_marked: bool) -> Column:
    label, value = rows[turn]
    n, high = len(rows), round(TALL * value / most) if most else 0
    narrow = 0.8 if n > 1 else 0.3
    ends = {0: "start", n - 1: "end"} if n > 1 else {}
    anchor = ends.get(turn, "middle")
    at = {"start": turn + (1 - narrow) / 2, "end": turn + (1 + narrow) / 2}.get(anchor, turn + 0.5)
    return Column(
        label, value, per_cent(turn + (1 - narrow) / 2, n), per_cent(narrow, n), 22 + TALL - high, high,
        label if is_marked else "", per_cent(at, n), anchor,
    )  # fmt: skip


def marks(n: int) -> set[int]:
    """Which columns have their label written: the first, and others at even steps as far as there is room."""
    return set(range(0, n, max(1, -(-n // MOST_MARKS))))
