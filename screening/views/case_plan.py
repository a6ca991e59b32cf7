"""The plan of a case beside its findings: what is picked, what it runs into and where to go instead, and the body map."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from screening.body import WHOLE_BODY, words_of
from screening.body_map import BodyMap, body_map
from screening.forms.plan import PlanForm
from screening.models import Details, Finding, token_of
from screening.planning import Preview, Site, how_words, preview
from screening.precautions.questions import UNSURE, Where
from screening.precautions.vocabulary import Outcome, Plan, Scope, Trigger
from screening.questionnaire import PRECAUTION_OF_PART, QUESTIONS
from screening.views.case_page import CasePage
from screening.views.case_words import cite
from screening.words import badge_words

FORBIDDING = frozenset({Outcome.AVOID_REGION, Outcome.CONTRAINDICATED})


@dataclass(frozen=True)
class Line:
    """A finding at a planned site in words: its statement and the place. `part` leads to its card."""

    kind: str
    cite: str
    text: str
    part: str


@dataclass(frozen=True)
class Row:
    """A planned site as the page shows it: what is said of it, what it runs into, where to go instead."""

    token: str
    words: str
    lines: tuple[Line, ...]
    ways: tuple[tuple[str, str], ...]
    near_lung: bool
    areas: tuple[str, ...] = ()
    number: str = ""
    depth: str = ""
    error: str = ""
    said: str = ""


@dataclass(frozen=True)
class Panel:
    """All of the plan's panel. `pending`: picked, and not on record."""

    rows: tuple[Row, ...]
    notice: str
    void: tuple[str, ...]
    map: BodyMap
    unconfirmed: bool
    pending: bool


def overrides_of(page: CasePage) -> list[Any]:
    return [row.override for row in page.stands.findings if row.override]


def saved(page: CasePage) -> Preview:
    """The plan on record, looked at by the rules of its screening."""
    return preview(page.screening, page.plan, overrides_of(page))


def panel(page: CasePage, form: PlanForm | None, shown: Preview) -> Panel:
    """`shown` is the plan on record; a form with other sites is looked at as well."""
    picked = form.plan if form else page.plan
    looked = shown if picked == page.plan else preview(page.screening, picked, overrides_of(page))
    return Panel(
        tuple(row_of(site, form, page.screening.details.get(site.token)) for site in looked.sites),
        looked.notice, void_words(looked), map_of(page, picked),
        any(site.needs_confirmation for site in looked.sites), bool(form and form.is_bound),
    )  # fmt: skip


def void_words(looked: Preview) -> tuple[str, ...]:
    """Overrides that this plan would end."""
    words = _("The override of %(title)s (%(part)s) will no longer apply: it weighed another plan. Give it anew.")
    return tuple(words % {"title": _(over.finding.precaution.title), "part": over.finding.part} for over in looked.void)


def row_of(site: Site, form: PlanForm | None, details: Details | None = None) -> Row:
    number, depth = form.typed_of(site.token) if form else ("", "")
    return Row(
        site.token, site.words, tuple(lines_of(site)), tuple((token_of(way), way.words) for way in site.ways_out),
        site.near_lung, tuple(sorted(site.areas)), number, depth,
        form.row_errors.get(site.token, "") if form else "", how_words(details) if details else "",
    )  # fmt: skip


def lines_of(site: Site) -> Iterator[Line]:
    for trigger in site.forbidden_by:
        yield line_of(trigger, site, "hit")
    for trigger in site.care_by:
        yield line_of(trigger, site, "care")


def line_of(trigger: Trigger, site: Site, kind: str) -> Line:
    """The class, what the statement says, and where on the body it meets this site."""
    places = {place for place in trigger.places if place in site.areas} or {site.token.partition("@")[0]}
    words = _("%(outcome)s: %(says)s Here: %(places)s.") % {
        "outcome": badge_words(trigger.outcome, trigger.scope),
        "says": _(trigger.statement.says),
        "places": ", ".join(words_of(places)),
    }
    return Line(kind, cite(PRECAUTION_OF_PART[trigger.part], trigger.origin), words, trigger.part)


def as_json(page: CasePage, form: PlanForm) -> dict[str, Any]:
    """What the browser shows while muscles are picked: words only, nothing of it is on record."""
    made = panel(page, form, saved(page))
    rows = [
        {
            "token": row.token, "words": row.words, "areas": row.areas, "ways": row.ways, "nearLung": row.near_lung,
            "lines": [[line.kind, line.cite, line.text, line.part] for line in row.lines],
        }
        for row in made.rows
    ]  # fmt: skip
    return {"rows": rows, "notice": made.notice, "void": made.void}


def map_of(page: CasePage, plan: Plan) -> BodyMap:
    """Planned, forbidden, to be needled with care; what the patient marked for other reasons is dotted."""
    located = [row.finding for row in page.stands.findings if row.finding.scope == Scope.REGIONS]
    forbidden = areas_of([finding for finding in located if finding.outcome in FORBIDDING])
    caution = areas_of([finding for finding in located if finding.outcome == Outcome.CAUTION])
    return body_map(plan.places, forbidden, caution, marked(page) - forbidden - caution)


def areas_of(findings: list[Finding]) -> set[str]:
    return {code for finding in findings for code in finding.places} & WHOLE_BODY


def marked(page: CasePage) -> set[str]:
    case = page.case
    questions = [question for question in QUESTIONS.values() if isinstance(question, Where) and case.shows(question)]
    return {code for question in questions if case[question] != UNSURE for code in case[question]}
