"""The plan of a record: in words, on the body map, and what was left out of it on the way."""

from dataclasses import dataclass

from screening.body import AREAS
from screening.body_map import BodyMap, body_map
from screening.models import Finding, PlannedSite, Screening
from screening.planning import how_words, near_lung_notice
from screening.precautions.questions import UNSURE, Where
from screening.precautions.vocabulary import Outcome, Scope
from screening.questionnaire import QUESTIONS

FORBIDS = {Outcome.AVOID_REGION, Outcome.CONTRAINDICATED}


@dataclass(frozen=True)
class Site:
    """A planned muscle or area, and the parts of the body it touches."""

    words: str
    places: str
    said: str = ""


@dataclass(frozen=True)
class PrintedPlan:
    sites: tuple[Site, ...]
    left_out: str
    map: BodyMap
    notice: str
    unconfirmed: str
    kept_clear: str

    @property
    def has_map(self) -> bool:
        """Whether there is anything to see on the map."""
        return any(shape.classes != "area" for shape in self.map.shapes)


def printed(screening: Screening, findings: list[Finding]) -> PrintedPlan:
    plan = screening.plan
    rows = list(screening.sites.all())
    forbidden = local(findings, FORBIDS)
    caution = local(findings, {Outcome.CAUTION}) - forbidden
    unsure = sorted({site.muscle.name for site in plan.muscles if site.muscle.needs_confirmation})
    return PrintedPlan(
        sites=tuple(site_of(row) for row in rows),
        left_out="; ".join(left_out(screening)),
        map=body_map(plan.places, forbidden, caution, marked(screening) - forbidden - caution),
        notice=near_lung_notice(plan),
        unconfirmed=", ".join(unsure),
        kept_clear=clear_of(findings),
    )


def site_of(row: PlannedSite) -> Site:
    return Site(row.words, touched(row.muscle_site.areas) if row.muscle else "", how_words(row.details))


def touched(areas: frozenset[str]) -> str:
    return ", ".join(area.words for code, area in AREAS.items() if code in areas)


def local(findings: list[Finding], outcomes: set[Outcome]) -> frozenset[str]:
    """The areas of findings of these classes that are tied to places."""
    return frozenset(
        place for row in findings if row.scope == Scope.REGIONS and row.outcome in outcomes for place in row.places
    )


def marked(screening: Screening) -> frozenset[str]:
    """The areas that the patient, or a clinician after looking, marked in any answer."""
    found: set[str] = set()
    for code, reply in screening.replies.items():
        if isinstance(QUESTIONS.get(code), Where) and reply != UNSURE:
            found.update(reply)
    return frozenset(found)


def left_out(screening: Screening) -> list[str]:
    """What an earlier plan of this visit held and this one does not, in the order in which it was planned."""
    kept = {row.code for row in screening.sites.all()}
    earlier: dict[str, str] = {}
    for before in screening.visit.screenings.filter(seq__lt=screening.seq).order_by("seq").prefetch_related("sites"):
        for row in before.sites.all():
            earlier.setdefault(row.code, row.words)
    return [words for code, words in earlier.items() if code not in kept]


def clear_of(findings: list[Finding]) -> str:
    """Where the plan must not go and does not."""
    places: dict[str, None] = {}
    for row in findings:
        if row.outcome in FORBIDS and row.scope != Scope.PERSON and not row.conflicts:
            places.update(dict.fromkeys(row.place_words))
    return ", ".join(places)
