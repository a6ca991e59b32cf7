"""The plan of a case beside its findings: what runs into what, and the body map of both."""

from dataclasses import dataclass

from screening.body import AREAS, WHOLE_BODY
from screening.body_map import BodyMap, body_map
from screening.forms.plan import token_of
from screening.models import Finding
from screening.precautions.questions import UNSURE, Where
from screening.precautions.vocabulary import Outcome, Scope
from screening.questionnaire import QUESTIONS
from screening.views.case_page import CasePage

FORBIDDING = frozenset({Outcome.AVOID_REGION, Outcome.CONTRAINDICATED})


@dataclass(frozen=True)
class Site:
    """A planned site, and the findings that forbid it or ask for care there."""

    token: str
    words: str
    forbidden_by: tuple[Finding, ...]
    care_by: tuple[Finding, ...]
    near_lung: bool = False
    needs_confirmation: bool = False


def touches(finding: Finding, code: str, areas: frozenset[str]) -> bool:
    planned = {code} if finding.scope == Scope.MUSCLES else areas
    return finding.scope != Scope.PERSON and bool(planned & set(finding.places))


def planned_sites(page: CasePage) -> list[Site]:
    plan = page.plan
    rows = [(token_of(site), site.words, site.code, site.areas, site.muscle) for site in plan.muscles]
    rows_of_areas = [(code, AREAS[code].words, code, frozenset({code}), None) for code in AREAS if code in plan.areas]
    return [
        Site(
            token, words, forbidding(page, code, areas), careful(page, code, areas),
            near_lung=bool(muscle and muscle.near_lung), needs_confirmation=bool(muscle and muscle.needs_confirmation),
        )
        for token, words, code, areas, muscle in [*rows, *rows_of_areas]
    ]  # fmt: skip


def forbidding(page: CasePage, code: str, areas: frozenset[str]) -> tuple[Finding, ...]:
    """Findings that forbid the site and are not overridden."""
    rows = [row for row in page.stands.findings if row.finding.outcome in FORBIDDING and not row.override]
    return tuple(row.finding for row in rows if touches(row.finding, code, areas))


def careful(page: CasePage, code: str, areas: frozenset[str]) -> tuple[Finding, ...]:
    """Findings of caution there, and overridden ones."""
    rows = [row for row in page.stands.findings if row.finding.outcome == Outcome.CAUTION or row.override]
    return tuple(row.finding for row in rows if touches(row.finding, code, areas))


def map_of(page: CasePage) -> BodyMap:
    """Planned, forbidden, to be needled with care; what the patient marked for other reasons is dotted."""
    located = [row.finding for row in page.stands.findings if row.finding.scope == Scope.REGIONS]
    forbidden = areas_of([finding for finding in located if finding.outcome in FORBIDDING])
    caution = areas_of([finding for finding in located if finding.outcome == Outcome.CAUTION])
    return body_map(page.plan.places, forbidden, caution, marked(page) - forbidden - caution)


def areas_of(findings: list[Finding]) -> set[str]:
    return {code for finding in findings for code in finding.places} & WHOLE_BODY


def marked(page: CasePage) -> set[str]:
    case = page.case
    questions = [question for question in QUESTIONS.values() if isinstance(question, Where) and case.shows(question)]
    return {code for question in questions if case[question] != UNSURE for code in case[question]}
