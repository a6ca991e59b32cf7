"""A screening in FHIR R4: the questions, the answers, what was found, the plan, and all that is needed to screen again.

Plain dictionaries. The system of codes is our own: outcome classes and replies are named as everywhere in this product.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from screening.models import Finding, Intake, Override, Resolution, Screening, in_english, rules_of
from screening.precautions.vocabulary import Outcome
from screening.questionnaire import PRECAUTION_OF, QUESTIONS
from screening.standing import Standing, Standings
from screening.words import OUTCOMES

type_of_resource = dict[str, Any]

SYSTEM = "urn:needlepoint"
NAMESPACE = uuid.UUID("6f1b0f8e-5a49-5c7e-9d0f-6a2c1c1d7a11")  # for what has no row of its own
SEVERITY = {
    Outcome.CONTRAINDICATED: "high", Outcome.NOT_RECOMMENDED: "high", Outcome.AVOID_REGION: "high",
    Outcome.CAUTION: "moderate", Outcome.MODIFY_EQUIPMENT: "moderate", Outcome.CONSENT_STEP: "moderate",
}  # fmt: skip


def key_of(*names: object) -> str:
    """An id that is the same each time for the same thing."""
    return str(uuid.uuid5(NAMESPACE, "/".join(map(str, names))))


def reference(key: object) -> dict[str, str]:
    return {"reference": f"urn:uuid:{key}"}


def coded(system: str, code: str, display: str = "") -> dict[str, Any]:
    coding = {"system": f"{SYSTEM}:{system}", "code": code}
    return coding | ({"display": display} if display else {})


def questionnaire_key(intake: Intake) -> str:
    return key_of("questionnaire", intake.questionnaire_version, intake.questionnaire_digest, intake.pk)


def questionnaire(intake: Intake, clinic: Any) -> type_of_resource:
    """The questions as they were asked in this intake, in English, by precaution."""
    items = [
        {
            "linkId": f"precaution-{number}", "type": "group", "text": _(PRECAUTION_OF[rows[0]["code"]].title),
            "item": [asked({**in_english(row), "code": row["code"]}) for row in rows],
        }
        for number, rows in by_precaution(intake.asked).items()
    ]  # fmt: skip
    return {
        "resourceType": "Questionnaire", "id": questionnaire_key(intake),
        "url": f"{SYSTEM}:questionnaire:{intake.questionnaire_version}", "version": intake.questionnaire_version,
        "identifier": [{"system": f"{SYSTEM}:questionnaire-digest", "value": intake.questionnaire_digest}],
        "title": "Intake before dry needling", "status": "active", "subjectType": ["Patient"], "publisher": clinic.name,
        "item": items,
    }  # fmt: skip


def by_precaution(rows: Iterable[Mapping[str, Any]]) -> dict[Any, list[Mapping[str, Any]]]:
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["precaution"], []).append(row)
    return found


def asked(row: Mapping[str, Any]) -> dict[str, Any]:
    question = QUESTIONS.get(row["code"])
    item: dict[str, Any] = {"linkId": row["code"], "text": row["text"], "type": "string"}
    if question and question.options:
        options = [{"valueCoding": coded("reply", option.code, _(option.text))} for option in question.options]
        item |= {"type": "choice", "answerOption": options}
    return item


def response(intake: Intake, patient: str, settled: Mapping[str, Resolution]) -> type_of_resource:
    """Each answer in the words in which it was asked, with its language, and what staff settled since."""
    groups = [
        {
            "linkId": f"precaution-{number}", "text": _(PRECAUTION_OF[rows[0]["code"]].title),
            "item": [answered(row, intake.language, settled.get(row["code"])) for row in rows],
        }
        for number, rows in by_precaution(intake.asked).items()
    ]  # fmt: skip
    return {
        "resourceType": "QuestionnaireResponse", "id": str(intake.pk), "status": "completed",
        "questionnaire": f"{SYSTEM}:questionnaire:{intake.questionnaire_version}|{intake.questionnaire_version}",
        "language": intake.language, "subject": reference(patient), "source": reference(patient),
        "authored": intake.created_at.isoformat(), "item": groups,
    }  # fmt: skip


def answered(row: Mapping[str, Any], language: str, settled: Resolution | None) -> dict[str, Any]:
    extension = [{"url": f"{SYSTEM}:language", "valueCode": row.get("language", language)}]
    if row.get("confirmed"):
        extension.append({"url": f"{SYSTEM}:confirmed-from", "valueDate": row["confirmed"]})
    if settled:
        extension.append({"url": f"{SYSTEM}:settled", "extension": settled_by(settled)})
    return {
        "linkId": row["code"], "text": row["text"], "extension": extension, "answer": [answer_of(row)],
    }  # fmt: skip


def settled_by(row: Resolution) -> list[dict[str, Any]]:
    return [
        {"url": "by", "valueString": row.by.printed_name},
        {"url": "at", "valueDateTime": row.created_at.isoformat()},
        {"url": "reply", "valueString": json.dumps(row.reply, ensure_ascii=False)},
        *([{"url": "note", "valueString": row.note}] if row.note else []),
    ]


def answer_of(row: Mapping[str, Any]) -> dict[str, Any]:
    question, reply = QUESTIONS.get(row["code"]), row["reply"]
    said = str(row["said"]) or "-"
    if question and question.options and isinstance(reply, str) and reply:
        return {"valueCoding": coded("reply", reply, said)}
    return {"valueString": said}


def issue(standing: Standing, screening: Screening, patient: str) -> type_of_resource:
    """One finding, with how it was met or overridden."""
    finding, outcome = standing.finding, Outcome(standing.finding.outcome)
    says = _(finding.statement.says)
    found: type_of_resource = {
        "resourceType": "DetectedIssue", "id": str(finding.pk), "status": "final",
        "code": {
            "coding": [coded("outcome", outcome, str(OUTCOMES[outcome]))],
            "text": f"{finding.part} {_(finding.precaution.title)}",
        },
        "patient": reference(patient), "identifiedDateTime": screening.created_at.isoformat(),
        "implicated": [reference(screening.intake_id)], "detail": says,
        "identifier": [{"system": f"{SYSTEM}:statement", "value": finding.part}],
        "evidence": [{"code": [{"text": words}]} for words in [*finding.reason_words, *finding.place_words]],
        "extension": [
            {"url": f"{SYSTEM}:origin", "valueCode": finding.origin},
            {"url": f"{SYSTEM}:rules-version", "valueString": screening.rules_version},
        ],
        "mitigation": mitigations(standing),
    }  # fmt: skip
    if severity := SEVERITY.get(outcome):
        found["severity"] = severity
    return {name: value for name, value in found.items() if value not in ([], "")}


def mitigations(standing: Standing) -> list[dict[str, Any]]:
    rows: list[tuple[str, Any, str]] = [
        (f"{kind}: {row.note or told(row.details)}", row, str(kind)) for kind, row in standing.resolutions.items()
    ]
    if standing.override:
        rows.append((f"override: {standing.override.reason}", standing.override, "override"))
    if standing.second:
        verdict = "agrees" if standing.second.agrees else "does not agree"
        rows.append((f"second clinician {verdict}: {standing.second.reason}".strip(), standing.second, "second"))
    return [
        {
            "action": {"coding": [coded("mitigation", kind)], "text": words}, "date": row.created_at.isoformat(),
            "author": reference(practitioner_key(row.by)),
        }
        for words, row, kind in rows
    ]  # fmt: skip


def told(details: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(details.items()))


def practitioner_key(user: Any) -> str:
    return key_of("user", user.pk)


def plan(screening: Screening, patient: str, requester: str) -> type_of_resource:
    """What was planned: muscles and areas with their sides, and the needles, technique, number and depth of each."""
    sites = list(screening.sites.all())
    return {
        "resourceType": "ServiceRequest", "id": key_of("plan", screening.pk), "status": "active", "intent": "plan",
        "code": {"text": "Dry needling"}, "subject": reference(patient), "requester": reference(requester),
        "bodySite": [{"coding": [coded("site", site.code)], "text": site.words} for site in sites],
    }  # fmt: skip


def again(screening: Screening, stands: Standings) -> type_of_resource:
    """All that the rules saw and what they found, by which anyone can run them again."""
    case = {
        "born": screening.born.isoformat(), "today": screening.today.isoformat(), "replies": screening.replies,
        "plan": planned(screening), "policy": policy_of(screening), "rules_version": screening.rules_version,
        "findings": [found(row.finding) for row in stands.findings], "overall": screening.overall,
        "conflicts": screening.conflicts,
    }  # fmt: skip
    text = json.dumps(case, sort_keys=True, ensure_ascii=False, default=list)
    return {
        "resourceType": "Parameters", "id": key_of("case", screening.pk),
        "parameter": [{"name": "screening", "valueString": text}],
    }  # fmt: skip


def policy_of(screening: Screening) -> dict[str, Any]:
    return asdict(rules_of(screening.policy))


def planned(screening: Screening) -> dict[str, Any]:
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


def people_of(stands: Standings) -> list[Any]:
    """Everybody who settled, met, overrode or agreed."""
    rows: list[Resolution | Override | Any] = list(stands.settled.values())
    for standing in stands.findings:
        rows += [*standing.resolutions.values(), standing.override, standing.second]
    return [row.by for row in rows if row]
