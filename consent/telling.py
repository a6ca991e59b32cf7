"""What one patient is told before signing: the consent's words for their case, frozen in every language on offer."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from clinic.languages import ORIGINAL, checked, in_language, languages
from consent import wording
from consent.checks import Check, chosen
from consent.requirements import Signer, is_minor
from consent.wording import Section
from screening.body import AREAS, MUSCLE_SAID
from screening.models import PlannedSite, Review, Screening
from screening.precautions.bleeding import BLOOD_THINNER
from screening.precautions.needle_aversion import FAINTED
from screening.precautions.questions import NO, Message
from screening.standing import standings

BLEEDS = frozenset({"11a", "11+"})
GERMS = frozenset({"12a"})


def shown_for(review: Review, signers: list[Signer]) -> dict[str, Any]:
    """The consent as this person will see it, with what each signature means and how far each translation was checked."""
    screening = review.screening
    told = partial(
        wording.told,
        list(sections(review)),
        questions(screening),
        [signer.role for signer in signers],
        is_minor(screening),
    )
    others = [code for code in languages() if code != ORIGINAL]
    return {
        "language": ORIGINAL,
        "checked": checked(ORIGINAL),
        **told(str),
        "in": {code: {"checked": checked(code), **told(partial(in_language, code))} for code in others},
    }


def sections(review: Review) -> Iterator[Section]:
    """All that is shown, in order; a child's own part first, then muscles near the lung bring that risk to the front."""
    screening = review.screening
    sites = list(screening.sites.all())
    if is_minor(screening):
        yield from wording.child_sections(
            map(Message, dict.fromkeys(place for site in sites for place in places(site)))
        )
    if screening.plan.near_lung:
        yield wording.LUNG
    yield from (wording.ABOUT, wording.HOW, wording.BENEFIT)
    if review.visit.clinic.technique.strip():
        yield wording.technique_section(review.visit.clinic.technique)
    techniques = dict.fromkeys(site.technique for site in sites if site.technique)
    yield wording.plan_section(map(with_details, sites), material(screening), techniques)
    yield wording.findings_section(dict.fromkeys(row.precaution.for_patient for row in screening.findings.all()))
    yield wording.people_section(review.by.printed_name, review.visit.clinic.name)
    yield wording.risks_section(thinner=screening.replies.get(BLOOD_THINNER.code, NO) != NO)
    yield from (wording.ALTERNATIVES, wording.RIGHTS, wording.AFTERCARE, wording.PRIVACY)


def places(site: PlannedSite) -> list[str]:
    """The areas that a site touches, in the order of the body, as words to translate."""
    touched = site.muscle_site.areas if site.muscle else {site.area}
    return [area.words for code, area in AREAS.items() if code in touched]


def site_words(site: PlannedSite) -> Message:
    """A site of the plan as the patient would say it: muscle, side, and the part of the body."""
    where = tuple(map(Message, places(site)))
    if not site.muscle:
        return where[0]
    muscle = Message(MUSCLE_SAID[site.side], {"muscle": site.muscle_site.muscle.name})
    return Message(wording.MUSCLE_AND_PLACES, {"muscle": muscle, "places": where})


def with_details(site: PlannedSite) -> Message:
    """A site with the number of needles and the depth, where the plan says so."""
    said = site_words(site)
    if site.number:
        said = Message(wording.SITE_NUMBER, {"site": said, "number": site.number})
    return Message(wording.SITE_DEPTH, {"site": said, "depth": site.depth}) if site.depth else said


def material(screening: Screening) -> str:
    """Of the needles that were recorded as free of a metal, or those that the plan names."""
    needles = standings(screening).needles
    if needles:
        return str(needles.details["material"])
    return next((site.needles for site in screening.sites.all() if site.needles), "")


def questions(screening: Screening) -> list[Check]:
    """What is asked to see whether today's real risks were understood."""
    found = {finding.part for finding in screening.findings.all()}
    return chosen(
        near_lung=bool(screening.plan.near_lung),
        bleeds=bool(found & BLEEDS),
        germs=bool(found & GERMS),
        faints=screening.replies.get(FAINTED.code, NO) != NO,
    )
