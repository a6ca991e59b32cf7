"""The figures for a spreadsheet, counts under five suppressed; reasons, names of patients and times of one stay here."""

import csv
import datetime
import io
from collections.abc import Iterator, Mapping
from typing import Any

from consent.dashboard import suppressed, words
from consent.dashboard.figures import Figures, Median
from consent.dashboard.period import Period
from consent.manifest import safe_cell

HEAD = ("section", "item", "figure", "value")
Row = tuple[str, str, str, str]


def sheet(figures: Figures, period: Period, ending: int) -> str:
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(HEAD)
    for row in all_rows(figures, period, ending):
        rows.writerow([cell if cell == suppressed.FEW else safe_cell(cell) for cell in row])
    return out.getvalue()


def all_rows(found: Figures, period: Period, ending: int) -> Iterator[Row]:
    yield "Period", "", "first day", period.since.isoformat()
    yield "Period", "", "last day", period.until.isoformat()
    yield "Intakes", "", "sent", suppressed.single(found.intakes)
    weeks = {monday.isoformat(): count for monday, count in found.by_week.items()}
    yield from counts("Intakes by week", "sent in the week from this Monday", suppressed.exclusive(weeks))
    languages = {words.language(code): count for code, count in found.languages.items()}
    yield from counts("Languages", "intakes", suppressed.exclusive(languages))
    helps = {"Any help": found.helped} | {words.helper(who): n for who, n in found.helpers.items()}
    helps |= {f"Way: {words.way(way)}": n for way, n in found.ways.items()}
    yield from counts("Help", "intakes", suppressed.overlapping(helps, found.intakes))
    yield "Help", "Calls for staff", "calls", suppressed.single(found.calls)
    parts = {words.precaution(number): count for number, count in found.precautions.items()}
    parts |= {"Nothing found": found.nothing_found}
    yield from counts("Findings by precaution", "visits", suppressed.overlapping(parts, found.intakes))
    decisions = {words.decision(code): count for code, count in found.decisions.items()}
    yield from counts("Decisions", "decisions", suppressed.exclusive(decisions))
    yield from times("Hand-over to first decision", found.to_decision)
    yield from times("Hand-over to sealed record", found.to_seal)
    overriding = found.overriding
    yield from shares("Overrides by precaution", {words.precaution(n): s for n, s in overriding.by_precaution.items()})
    yield from shares("Overrides by clinician", overriding.by_name)
    yield "Consents", "", "ending within 30 days", suppressed.single(ending)


def counts(section: str, figure: str, shown: Mapping[str, str]) -> Iterator[Row]:
    for item, value in shown.items():
        yield section, item, figure, value


def times(section: str, median: Median) -> Iterator[Row]:
    enough = median.n >= suppressed.LEAST and median.value is not None
    yield section, "", "median, minutes", minutes(median.value) if enough else suppressed.HIDDEN
    yield section, "", "visits", suppressed.single(median.n)


def minutes(value: datetime.timedelta | None) -> str:
    return str(round(value.total_seconds() / 60)) if value is not None else ""


def shares(section: str, rows: Mapping[str, Any]) -> Iterator[Row]:
    for item, (found, overridden) in suppressed.shares(rows).items():
        yield section, item, "findings that can be overridden", found
        yield section, item, "overridden", overridden
