"""The consent, and the provenance of a record: who decided, who signed, what it meant."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consent.fhir.people import deciders, party
from consent.models import Ceremony, Refusal, Signature, SignerRole, Withdrawal
from screening import fhir
from screening.fhir import coded, extension, filled, key_of, reference, type_of_resource
from screening.models import Decision, Review

SIGNATURE_KINDS = {  # ASTM E1762, which FHIR names for the purpose of a signature
    SignerRole.PATIENT: ("1.2.840.10065.1.12.1.7", "Consent Signature"),
    SignerRole.GUARDIAN: ("1.2.840.10065.1.12.1.7", "Consent Signature"),
    SignerRole.REPRESENTATIVE: ("1.2.840.10065.1.12.1.7", "Consent Signature"),
    SignerRole.CLINICIAN: ("1.2.840.10065.1.12.1.1", "Author's Signature"),
    SignerRole.INTERPRETER: ("1.2.840.10065.1.12.1.5", "Verification Signature"),
}
CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
LOINC, PATIENT_CONSENT = "http://loinc.org", "59284-0"
MADE_OF = {"DetectedIssue", "ServiceRequest", "Consent", "QuestionnaireResponse"}


@dataclass(frozen=True)
class Agreement:
    """A consent that was shown, with all who signed it, and whoever took it back or did not agree."""

    review: Review
    ceremony: Ceremony
    signatures: Sequence[Signature]
    withdrawal: Withdrawal | None = None
    refusal: Refusal | None = None

    @property
    def status(self) -> str:
        return "inactive" if self.withdrawal else "rejected" if self.refusal else "active"

    def who(self, role: str) -> dict[str, str]:
        return party(self.ceremony, role, self.review.visit.patient_id, fhir.practitioner_key(self.review.by))

    def name_of(self, role: str) -> str:
        return next((str(row["name"]) for row in self.ceremony.roles if row["role"] == role), "")


def consent_of(given: Agreement) -> type_of_resource:
    ceremony, visit = given.ceremony, given.review.visit
    said = [row.created_at for row in ([given.refusal] if given.refusal else given.signatures)]
    performers = deciders(ceremony, given.signatures, given.refusal)
    return filled({
        "resourceType": "Consent", "id": str(ceremony.pk), "status": given.status,
        "scope": {"coding": [{"system": CONSENT_SCOPE, "code": "treatment", "display": "Treatment"}]},
        "category": [{"coding": [{"system": LOINC, "code": PATIENT_CONSENT}], "text": "Consent to dry needling"}],
        "patient": reference(visit.patient_id), "dateTime": max(said, default=ceremony.created_at).isoformat(),
        "performer": [given.who(role) for role in performers], "organization": [reference(visit.clinic_id)],
        "policyRule": {"text": f"Consent text {ceremony.wording_version}, {ceremony.shown_digest}"},
        "provision": {"type": "deny" if given.withdrawal or given.refusal else "permit"},
        "verification": [verification(row, given) for row in given.signatures],
        "extension": ended(given),
    })  # fmt: skip


def verification(row: Signature, given: Agreement) -> dict[str, Any]:
    found = {"verified": True, "verificationDate": row.created_at.isoformat(), "extension": signed_as(row)}
    return found if row.role == SignerRole.CLINICIAN else found | {"verifiedWith": given.who(row.role)}


def signed_as(row: Signature) -> list[dict[str, Any]]:
    return [
        extension("signer-role", valueCode=row.role),
        extension("signer-name", valueString=row.name),
        extension("signature-meaning", valueString=row.meaning),
        extension("language", valueCode=row.language),
        extension("signed-how", valueCode="typed" if row.typed else "drawn"),
    ]


def ended(given: Agreement) -> list[dict[str, Any]]:
    """Who took it back or did not agree, when, and in which words."""
    row = given.withdrawal or given.refusal
    if row is None:
        return []
    at = row.said_at if isinstance(row, Withdrawal) else row.created_at
    # In UTC, as it is read from the row: a time that was typed is still in the clinic's zone when its record is drawn.
    at = at.astimezone(datetime.UTC)
    name = row.name if isinstance(row, Withdrawal) else given.name_of(row.role)
    parts: list[dict[str, Any]] = [
        {"url": "role", "valueCode": row.role}, {"url": "who", "valueReference": given.who(row.role) | {"display": name}},
        {"url": "at", "valueDateTime": at.isoformat()},
    ]  # fmt: skip
    parts += [{"url": "words", "valueString": row.words}] if row.words else []
    if isinstance(row, Withdrawal):
        parts += [{"url": "done", "valueString": row.done}, *recorded(row)]
    return [extension("withdrawn" if given.withdrawal else "refused", extension=parts)]


def recorded(row: Withdrawal) -> list[dict[str, Any]]:
    return [
        {"url": "recorded-by", "valueReference": reference(fhir.practitioner_key(row.by))},
        {"url": "recorded", "valueDateTime": row.created_at.isoformat()},
    ]


def provenance(review: Review, given: Agreement | None, found: Sequence[type_of_resource]) -> type_of_resource:
    """Who decided, and who signed with which meaning."""
    decider = reference(fhir.practitioner_key(review.by))
    targets = [one["id"] for one in found if one["resourceType"] in MADE_OF]
    until = [extension("deferred-until", valueDate=review.until.isoformat())] if review.until else []
    return filled({
        "resourceType": "Provenance", "id": key_of("provenance", review.pk), "recorded": review.created_at.isoformat(),
        "target": [reference(key) for key in targets],
        "activity": {"coding": [coded("decision", review.decision, str(Decision(review.decision).label))]},
        "agent": [{
            "type": {"coding": [coded("role", "clinician")]}, "who": decider, "onBehalfOf": reference(review.visit.clinic_id),
        }],
        "reason": [{"text": review.reason}] if review.reason else [], "extension": until,
        "signature": [signature_of(row, given) for row in given.signatures] if given else [],
    })  # fmt: skip


def signature_of(row: Signature, given: Agreement) -> dict[str, Any]:
    role = SignerRole(row.role)
    code, display = SIGNATURE_KINDS[role]
    return {
        "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": code, "display": display}],
        "when": row.created_at.isoformat(), "who": given.who(role) | {"display": f"{row.name}, {role.label}"},
        "extension": signed_as(row),
    }  # fmt: skip
