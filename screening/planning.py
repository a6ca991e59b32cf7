"""The plan: looked at beforehand by the same rules, with ways out of what it runs into, and put on record."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.models import User
from screening.body import AREAS, MUSCLES, MuscleSite
from screening.body_drawing import NEIGHBOURS
from screening.evaluation import evaluate, fingerprint
from screening.models import Details, Override, Screening, rules_of, token_of
from screening.precautions.vocabulary import Case, Outcome, Plan, Scope, Trigger
from screening.questionnaire import hits, parse_replies, screen
from screening.recording import MATERIALS, TECHNIQUES
from screening.refusals import latest, require_clinician

WAYS_OUT = 3


@dataclass(frozen=True)
class Site:
    """A planned muscle or area, with the findings that forbid it or ask for care there, and where to go instead."""

    token: str
    words: str
    areas: frozenset[str]
    forbidden_by: tuple[Trigger, ...] = ()
    care_by: tuple[Trigger, ...] = ()
    ways_out: tuple[MuscleSite, ...] = ()
    near_lung: bool = False
    needs_confirmation: bool = False


@dataclass(frozen=True)
class Preview:
    """What a plan comes to, by the rules, with nothing stored. `void`: overrides that it would end."""

    sites: tuple[Site, ...]
    notice: str
    void: tuple[Override, ...]


def as_screened(screening: Screening, plan: Plan | None = None) -> Case:
    """The case as it was screened, with what staff settled, but with this plan."""
    replies, _faults = parse_replies(screening.replies)
    return Case(screening.born, screening.today, replies, plan or Plan(), rules_of(screening.policy))


def preview(screening: Screening, plan: Plan, overrides: Iterable[Override] = ()) -> Preview:
    """Screen the case with another plan and say what each of its sites runs into; nothing is stored.

    `overrides`: those that bind now. What they weigh is a caution, as long as the plan leaves them standing.
    """
    case = as_screened(screening, plan)
    found = screen(case).findings
    prints = {fingerprint(case, trigger): trigger.part for trigger in found}
    binding = {over.finding.part for over in overrides if over.finding.fingerprint in prints}
    void = tuple(over for over in overrides if over.finding.fingerprint not in prints)
    sites = tuple(_site(case, found, binding, *row) for row in _rows(plan))
    return Preview(sites, near_lung_notice(plan), void)


def _rows(plan: Plan) -> Iterator[tuple[str, MuscleSite | None]]:
    yield from ((token_of(site), site) for site in plan.muscles)
    yield from ((code, None) for code in AREAS if code in plan.areas)


def _site(case: Case, found: Iterable[Trigger], binding: set[str], token: str, site: MuscleSite | None) -> Site:
    alone = Plan((site,)) if site else Plan(areas=frozenset({token}))
    forbidden = tuple(trigger for trigger in found if hits(trigger, alone) and trigger.part not in binding)
    care = tuple(trigger for trigger in found if trigger not in forbidden and _with_care(trigger, alone, binding))
    return Site(
        token, site.words if site else AREAS[token].words, alone.places, forbidden, care,
        ways_out(case, site) if site and forbidden else (),
        near_lung=bool(site and site.muscle.near_lung),
        needs_confirmation=bool(site and site.muscle.needs_confirmation),
    )  # fmt: skip


def _with_care(trigger: Trigger, plan: Plan, binding: set[str]) -> bool:
    if trigger.part in binding:
        return hits(trigger, plan)
    return trigger.scope == Scope.REGIONS and trigger.outcome == Outcome.CAUTION and bool(trigger.places & plan.places)


def ways_out(case: Case, site: MuscleSite) -> tuple[MuscleSite, ...]:
    """Muscles on the same side, there or next to it, that pressure can reach and that no finding forbids.

    The rules say so: each is screened as a plan of its own. Those of the same region come first, then those away from the lung.
    """
    regions = {AREAS[area].region.code for area in site.areas}
    near = regions.union(*(NEIGHBOURS[region] for region in regions))
    rows = [muscle for muscle in MUSCLES.values() if muscle.compressible and near & set(muscle.regions)]
    rows.sort(key=lambda muscle: (not regions & set(muscle.regions), muscle.near_lung, muscle.name))
    planned = {other.code for other in case.plan.muscles}
    free: list[MuscleSite] = []
    for other in (MuscleSite(muscle, site.side) for muscle in rows):
        if len(free) < WAYS_OUT and other.code not in planned and not screen(replace(case, plan=Plan((other,)))).conflicts:
            free.append(other)
    return tuple(free)


def plan(screening: Screening, new: Plan, by: User, details: Mapping[str, Details] | None = None) -> Screening:
    """Put the plan on record and screen it; the same plan with the same details changes nothing.

    `details`, by a site's token, say how it is needled; None keeps what was said of the sites that stay.
    """
    with transaction.atomic():
        visit = latest(screening)
        require_clinician(visit, by)
        said = screening.details if details is None else {key: row for key, row in details.items() if row != Details()}
        tokens = {token for token, _site in _rows(new)}
        said = {token: row for token, row in said.items() if token in tokens}
        if new == screening.plan and said == screening.details:
            return screening
        return evaluate(visit, "plan", by, new, said)


def near_lung_notice(plan: Plan) -> str:
    """A notice beside the plan, no finding: muscles near the lung, on both sides in one session most of all."""
    sides = {site.side for site in plan.near_lung}
    if not sides:
        return ""
    if len(sides) == 2:
        return _("Muscles near the lung are planned on both sides. Consider treating one side today.")
    return _("Muscles near the lung are planned. The risk to the lung comes first in the consent.")


def how_words(details: Details) -> str:
    """How a site is needled in one line, for staff and record: number, needles, technique, depth."""
    number = _("needles: %(number)s") % {"number": details.number} if details.number else ""
    depth = _("depth: %(depth)s") % {"depth": details.depth} if details.depth else ""
    named = [names[code] for names, code in ((MATERIALS, details.needles), (TECHNIQUES, details.technique)) if code in names]
    return ", ".join(filter(None, [number, *map(_, named), depth]))
