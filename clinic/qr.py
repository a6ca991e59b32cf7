"""QR codes as the path of an SVG."""

from itertools import groupby
from typing import Any

import segno

QUIET = 4  # modules of white around a code, below which readers fail


def drawn(text: str) -> dict[str, Any]:
    """The `path` of the dark modules, and the `size` of the square with its quiet zone."""
    rows = segno.make(text, error="m", micro=False).matrix
    path = ""
    for y, row in enumerate(rows, QUIET):
        x = QUIET
        for dark, run in groupby(row):
            width = len(list(run))
            path += f"M{x} {y}h{width}v1h-{width}z" if dark else ""
            x += width
    return {"path": path, "size": len(rows) + 2 * QUIET}
