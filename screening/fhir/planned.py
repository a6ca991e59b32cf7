"""The plan, what was recorded for the whole visit, and all that is needed to screen again."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from screening.fhir.elements import (
    as_json,
    coded,
    extension,
    filled,
    key_of,
    practitioner_key,
    reference,
    type_of_resource,
)
from screening.fhir.issues import told
from screening.models import Decision, Finding, PlannedSite, Resolution, Review, Screening, rules_of
from screening.standing import Standings

STATUS = {Decision.PROCEED: "active", Decision.DEFER: "on-hold", Decision.DECLINE: "revoked"}


def plan(review: Review, patient: str) -> type_of_resource:
    """What was planned: muscles and areas with their sides, and the needles, technique, number and depth of each."""
    screening = review.screening
    return filled({
        "resourceType": "ServiceRequest", "id": key_of("plan", screening.pk), "status": STATUS[Decision(review.decision)],
        "intent": "plan", "code": {"text": "Dry needling"}, "subject": reference(patient),
        "requester": reference(practitioner_key(review.by)), "authoredOn": screening.created_at.isoformat(),
        "bodySite": [planned_site(site) for site in screening.sites.all()],
    })  # fmt: skip


def planned_site(site: PlannedSite) -> dict[str, Any]:
    said = asdict(site.details)
    found = {"coding": [coded("site", site.code)], "text": site.words}
    parts = [extension("entry", valueCode=site.entry)] if site.entry else []
    parts += [extension(f"planned-{name}", valueString=str(value)) for name, value in said.items() if value not in ("", None)]
    return filled(found | {"extension": parts})


def recorded(row: Resolution, intake: object, seqs: Mapping[Any, int]) -> type_of_resource:
    """Interpreter or other help, or a representative: who recorded it, when and in which screening."""
    return filled({
        "resourceType": "Provenance", "id": str(row.pk), "target": [reference(intake)],
        "recorded": row.created_at.isoformat(), "activity": {"coding": [coded("recorded", row.kind)]},
        "agent": [{"type": {"coding": [coded("role", "staff")]}, "who": reference(practitioner_key(row.by))}],
        "reason": [{"text": words} for words in (told(row.details), row.note) if words],
        "extension": [extension("screening", valueInteger=seqs[row.screening_id])],
    })  # fmt: skip


def again(screening: Screening, stands: Standings) -> type_of_resource:
    """All that the rules saw and what they found, by which anyone can run them again."""
    case = {
        "born": screening.born.isoformat(), "today": screening.today.isoformat(), "replies": screening.replies,
        "plan": sites_of(screening), "policy": asdict(rules_of(screening.policy)),
        "policy_id": str(screening.policy_id or ""), "rules_version": screening.rules_version,
        "findings": [found(row.finding) for row in stands.findings], "overall": screening.overall,
        "conflicts": screening.conflicts,
    }  # fmt: skip
    return {
        "resourceType": "Parameters", "id": key_of("case", screening.pk),
        "parameter": [{"name": "screening", "valueString": as_json(case)}],
    }  # fmt: skip


def sites_of(screening: Screening) -> Mapping[str, Any]:
    sites = list(screening.sites.all())
    return {
        "muscles": [{"id": site.muscle, "side": site.side, "entry": site.entry} for site in sites if site.muscle],
        "areas": [site.area for site in sites if site.area],
    }


def found(finding: Finding) -> dict[str, Any]:
    return {
        "part": finding.part, "outcome": finding.outcome, "scope": finding.scope, "origin": finding.origin,
        "places": finding.places, "reasons": finding.reason_words,
    }  # fmt: skip
