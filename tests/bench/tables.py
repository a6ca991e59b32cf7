"""Figures as plain tables for a terminal."""

from collections.abc import Sequence


def show(title: str, head: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    widths = [max(len(line[at]) for line in (head, *lines)) for at in range(len(head))]
    print(f"\n{title}\n")
    for line in (head, ["-" * width for width in widths], *lines):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
