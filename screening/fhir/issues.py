"""Each finding with its reasons and places, and how it was met or overridden: by whom, when, in which screening."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from screening.fhir.elements import (
    SYSTEM,
    coded,
    extension,
    filled,
    practitioner_key,
    reference,
    type_of_resource,
)
from screening.models import Finding, Screening
from screening.precautions.vocabulary import Outcome
from screening.standing import Standing, Standings
from screening.words import OUTCOMES

SEVERITY = {
    Outcome.CONTRAINDICATED: "high", Outcome.NOT_RECOMMENDED: "high", Outcome.AVOID_REGION: "high",
    Outcome.CAUTION: "moderate", Outcome.MODIFY_EQUIPMENT: "moderate", Outcome.CONSENT_STEP: "moderate",
    Outcome.EDUCATE: "low", Outcome.INFORMATIONAL: "low",
}  # fmt: skip


def issue(standing: Standing, screening: Screening, patient: str, seqs: Mapping[Any, int]) -> type_of_resource:
    """One finding, with how it was met or overridden. `seqs`: the number of each screening of the visit, by its id."""
    finding, outcome = standing.finding, Outcome(standing.finding.outcome)
    return filled({
        "resourceType": "DetectedIssue", "id": str(finding.pk), "status": "final",
        "code": {
            "coding": [coded("outcome", outcome, str(OUTCOMES[outcome]))],
            "text": f"{finding.part} {_(finding.precaution.title)}",
        },
        "severity": SEVERITY[outcome], "patient": reference(patient),
        "identifiedDateTime": screening.created_at.isoformat(),
        "implicated": [reference(screening.intake_id)], "detail": _(finding.statement.says),
        "identifier": [{"system": f"{SYSTEM}:statement", "value": finding.part}],
        "evidence": [*reasons(finding, screening), *places(finding)],
        "extension": [
            extension("origin", valueCode=finding.origin),
            extension("scope", valueCode=finding.scope),
            extension("rules-version", valueString=screening.rules_version),
            extension("screening", valueInteger=screening.seq),
            *(extension("requires", valueCode=need) for need in finding.requires),
        ],
        "mitigation": list(mitigations(standing, seqs)),
    })  # fmt: skip


def reasons(finding: Finding, screening: Screening) -> list[dict[str, Any]]:
    """Why it applies, with the code of the question on which each reason rests."""
    return [
        {"code": [{"coding": [coded("question", row["question"])], "text": words}], "detail": [reference(screening.intake_id)]}
        if row["question"] else {"code": [{"text": words}]}
        for row, words in zip(finding.reasons, finding.reason_words, strict=True)
    ]  # fmt: skip


def places(finding: Finding) -> list[dict[str, Any]]:
    if not finding.places:
        return []
    codes = [coded("site", place) for place in finding.places]
    return [{"code": [{"coding": codes, "text": ", ".join(finding.place_words)}]}]


def mitigations(standing: Standing, seqs: Mapping[Any, int]) -> Iterator[dict[str, Any]]:
    for kind, row in standing.resolutions.items():
        words = "; ".join(filter(None, [row.note, told(row.details)]))
        yield mitigation(str(kind), f"{kind}: {words}", row, seqs[row.screening_id])
    over = standing.override
    if over:
        yield mitigation("override", f"override: {over.reason}", over, seqs[over.finding.screening_id])
    second = standing.second
    if over and second:
        verdict = "agrees" if second.agrees else "does not agree"
        words = ": ".join(filter(None, [f"second clinician {verdict}", second.reason]))
        yield mitigation("second_clinician", words, second, seqs[over.finding.screening_id])


def mitigation(kind: str, words: str, row: Any, seq: int) -> dict[str, Any]:
    return {
        "action": {"coding": [coded("mitigation", kind)], "text": words}, "date": row.created_at.isoformat(),
        "author": reference(practitioner_key(row.by)), "extension": [extension("screening", valueInteger=seq)],
    }  # fmt: skip


def told(details: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(details.items()) if value not in ("", None))


def people_of(screening: Screening, stands: Standings) -> list[Any]:
    """Everybody who corrected, settled, met, overrode, agreed or recorded."""
    rows: list[Any] = [*stands.settled.values(), stands.representative, stands.communication]
    for standing in stands.findings:
        rows += [*standing.resolutions.values(), standing.override, standing.second]
    corrected = screening.intake.corrected_by
    return [row.by for row in rows if row] + ([corrected] if corrected else [])
