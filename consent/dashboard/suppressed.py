"""Counts as they may leave the clinic: none under five can be read, and none can be worked out from the others.

Whoever reads a table is taken to know its total, printed there or elsewhere, and that what is not shown is five or more.
"""

from collections.abc import Collection, Mapping
from typing import Any

from consent.dashboard.overriding import Share

LEAST = 5
FEW = f"<{LEAST}"
HIDDEN = "not shown"
LARGEST_FEW = LEAST - 1


def single(count: int) -> str:
    return str(count) if count >= LEAST else FEW


def hidden(count: int) -> str:
    return FEW if count < LEAST else HIDDEN


def exclusive(counts: Mapping[Any, int]) -> dict[Any, str]:
    """Counts that add up to a total: beside the small ones, others are hidden until no small one can be worked out."""
    if sum(counts.values()) < LEAST:
        return dict.fromkeys(counts, FEW)
    held = held_back([counts])
    if held is None:
        return dict.fromkeys(counts, HIDDEN)
    return {key: hidden(count) if key in held else str(count) for key, count in counts.items()}


def overlapping(counts: Mapping[Any, int], whole: int) -> dict[Any, str]:
    """Counts of which each is a part of the whole: hidden too where the rest of the whole would be small."""
    return {key: str(n) if n >= LEAST and whole - n >= LEAST else hidden(n) for key, n in counts.items()}


def shares(rows: Mapping[Any, Share]) -> dict[Any, tuple[str, str]]:
    """Found and overridden. A row is shown while both parts of it, overridden and not, are large enough."""
    if sum(share.found for share in rows.values()) < LEAST:
        return dict.fromkeys(rows, (FEW, FEW))
    overridden = {key: share.overridden for key, share in rows.items()}
    kept = {key: share.found - share.overridden for key, share in rows.items()}
    held = held_back([overridden, kept])
    if held is None:
        return dict.fromkeys(rows, (HIDDEN, HIDDEN))
    return {
        key: (hidden(share.found), hidden(share.overridden))
        if key in held
        else (str(share.found), str(share.overridden))
        for key, share in rows.items()
    }


def held_back(columns: list[Mapping[Any, int]]) -> set[Any] | None:
    """Which rows are not shown in any column: those with a small count, and the smallest others that protect them.

    None when even all of them would not be enough.
    """
    held = {key for column in columns for key, count in column.items() if count < LEAST}
    others = sorted(
        (key for key in columns[0] if key not in held), key=lambda key: sum(column[key] for column in columns)
    )
    while not all(is_safe(column, held) for column in columns):
        if not others:
            return None
        held.add(others.pop(0))
    return held


def is_safe(column: Mapping[Any, int], held: Collection[Any]) -> bool:
    """Whether each small count can still be anything from nought to four, given what the counts held back add up to."""
    few = [key for key in held if column[key] < LEAST]
    large = len(held) - len(few)
    total = sum(column[key] for key in held)
    can_be_nought = bool(large) or total <= LARGEST_FEW * (len(few) - 1)
    return not few or (can_be_nought and total - LEAST * large >= LARGEST_FEW)
