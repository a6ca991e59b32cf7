"""The figures laid out as panels: a chart with its title and description, and the same numbers as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent import charts
from consent.dashboard import words
from consent.dashboard.figures import Figures
from consent.dashboard.overriding import Share


@dataclass(frozen=True)
class Panel:
    """`chart` is bars or a series; `note` says what is counted; `empty` what will appear while there is nothing."""

    code: str
    title: str
    note: str
    desc: str
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    bars: charts.Bars | None = None
    series: charts.Series | None = None
    hatched: str = ""
    empty: str = ""


def panels(found: Figures) -> dict[str, Panel]:
    """By code."""
    made = [
        by_week(found), decisions(found), precautions(found), languages(found), helpers(found), ways(found),
        overridden("by-precaution", _("Overrides by precaution"), _("Precaution"),
                   {words.precaution(n): share for n, share in found.overriding.by_precaution.items()}),
        overridden("by-clinician", _("Overrides by clinician"), _("Clinician"), found.overriding.by_name,
                   _("Each finding counts for whoever overrode it, or else for whoever decided the case.")),
    ]  # fmt: skip
    return {panel.code.replace("-", "_"): panel for panel in made}


def by_week(found: Figures) -> Panel:
    rows = [(words.day(monday), count) for monday, count in found.by_week.items()]
    most = max(found.by_week, key=lambda monday: found.by_week[monday], default=None)
    desc = _("No answers came in.") if not found.intakes or most is None else _(
        "%(weeks)s weeks. Most intakes, %(count)s, came in the week from %(day)s."
    ) % {"weeks": len(rows), "count": found.by_week[most], "day": date_format(most, "j F Y")}  # fmt: skip
    return Panel(
        "weeks", _("Intakes by week"), _("By the Monday of the week in which the answers were sent."), desc,
        (_("Week from"), _("Intakes")),
        tuple((date_format(monday, "j F Y"), count) for monday, count in found.by_week.items()),
        series=charts.series(rows), empty="" if found.intakes else _("No answers were sent in this period."),
    )  # fmt: skip


def counted(code: str, title: str, note: str, head: str, counts: Mapping[str, int], whole: int, empty: str) -> Panel:
    """Bars of counts, each with its share of a whole."""
    lines = [(label, count, str(count), f"{share(count, whole)} %") for label, count in counts.items()]
    desc = ", ".join(f"{label}: {count}" for label, count in counts.items())
    return Panel(
        code, title, note, desc, (head, _("Number"), _("Share")),
        tuple((label, count, f"{share(count, whole)} %") for label, count in counts.items()),
        bars=charts.bars(lines), empty="" if any(counts.values()) else empty,
    )  # fmt: skip


def share(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def decisions(found: Figures) -> Panel:
    counts = {words.decision(code): count for code, count in found.decisions.items()}
    note = _("Every decision counts, also a second one of the same visit.")
    return counted("decisions", _("Decisions"), note, _("Decision"), counts, found.decided,
                   _("No case was decided in this period."))  # fmt: skip


def precautions(found: Figures) -> Panel:
    counts = {words.precaution(number): count for number, count in found.precautions.items()}
    if found.intakes:
        counts[_("Nothing found")] = found.nothing_found
    note = _(
        "Visits with answers, by each precaution that applied at their newest screening. One visit can have several."
    )
    return counted("precautions", _("Findings by precaution"), note, _("Precaution"), counts, found.intakes,
                   _("No answers were sent in this period."))  # fmt: skip


def languages(found: Figures) -> Panel:
    counts = {words.language(code): count for code, count in found.languages.items()}
    return counted("languages", _("Languages"), _("The language in which most was asked."), _("Language"), counts,
                   found.intakes, _("No answers were sent in this period."))  # fmt: skip


def helpers(found: Figures) -> Panel:
    counts = {words.helper(who): count for who, count in found.helpers.items()}
    return counted("helpers", _("Who helped to answer"), help_note(found), _("Helper"), counts, found.intakes,
                   _("Nobody needed help to answer."))  # fmt: skip


def ways(found: Figures) -> Panel:
    counts = {words.way(way): count for way, count in found.ways.items()}
    return counted("ways", _("How they helped"), _("One intake can have several."), _("Help"), counts, found.intakes,
                   _("Nobody needed help to answer."))  # fmt: skip


def help_note(found: Figures) -> str:
    return ngettext("%(count)s of %(all)s intake had help.", "%(count)s of %(all)s intakes had help.", found.intakes) % {
        "count": found.helped, "all": found.intakes,
    }  # fmt: skip


def overridden(code: str, title: str, head: str, rows: Mapping[str, Share], whose: str = "") -> Panel:
    """The whole bar is what could be overridden, the hatched part what was."""
    lines = [(label, row.found, part(row), f"{row.percent} %") for label, row in rows.items()]
    counted = _("Findings that can be overridden, in cases decided; the hatched part was overridden.")
    return Panel(
        code, title, f"{counted} {whose}".strip(),
        ", ".join(f"{label}: {part(row)}" for label, row in rows.items()),
        (head, _("Can be overridden"), _("Overridden"), _("Share")),
        tuple((label, row.found, row.overridden, f"{row.percent} %") for label, row in rows.items()),
        bars=charts.bars(lines, [row.overridden for row in rows.values()]), hatched=code,
        empty="" if rows else _("No decided case had a finding that can be overridden."),
    )  # fmt: skip


def part(row: Share) -> str:
    return _("%(overridden)s of %(found)s") % {"overridden": row.overridden, "found": row.found}
