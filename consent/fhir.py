"""A sealed record as one FHIR R4 Bundle of plain dictionaries: the same rows give the same bundle, byte for byte."""

import base64
import datetime
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import override

from clinic import audit
from clinic.languages import ORIGINAL
from clinic.models import AuditEvent, Visit
from consent.models import Ceremony, RecordKind, Refusal, SealedDocument, Signature, SignerRole, Withdrawal
from screening import fhir
from screening.fhir import SYSTEM, coded, key_of, reference, type_of_resource
from screening.models import Decision, Review
from screening.standing import standings

SIGNATURE_KINDS = {  # ASTM E1762, which FHIR names for the purpose of a signature
    SignerRole.PATIENT: ("1.2.840.10065.1.12.1.7", "Consent Signature"),
    SignerRole.CLINICIAN: ("1.2.840.10065.1.12.1.1", "Author's Signature"),
    SignerRole.INTERPRETER: ("1.2.840.10065.1.12.1.5", "Verification Signature"),
}
CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def bundle_of(document: SealedDocument, pdf: bytes = b"") -> type_of_resource:
    """The record as it is on file; with `pdf`, the sealed file is inside."""
    review, ceremony = lineage(document)
    signatures = list(ceremony.signatures.all()) if ceremony else []
    resources = about(review, ceremony, signatures, document.withdrawal, document.refusal)
    resources.append(document_reference(document, pdf))
    consent = next((one for one in resources if one["resourceType"] == "Consent"), None)
    if consent:
        consent["sourceReference"] = reference(document.pk)
    return bundle(document.number, document.sealed_at, resources)


def lineage(document: SealedDocument) -> tuple[Review, Ceremony | None]:
    """The decision and the consent that a record goes back to."""
    if document.review:
        return document.review, document.ceremony
    if document.refusal:
        return document.refusal.ceremony.review, document.refusal.ceremony
    consent = document.withdrawal.consent if document.withdrawal else None
    if consent is None or consent.review is None:
        raise ValueError("a record goes back to a decision")
    return consent.review, consent.ceremony


def bundle_for(
    review: Review, ceremony: Ceremony | None, signatures: Sequence[Signature], number: str, at: datetime.datetime
) -> type_of_resource:
    """The record that is about to be sealed: all but the reference to its own file, which cannot hold its own hash."""
    return bundle(number, at, about(review, ceremony, signatures, None, None))


def bundle(number: str, at: datetime.datetime, resources: Sequence[type_of_resource]) -> type_of_resource:
    return {
        "resourceType": "Bundle", "id": key_of("bundle", number), "type": "collection",
        "identifier": {"system": f"{SYSTEM}:record", "value": number}, "timestamp": at.isoformat(),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }  # fmt: skip


def as_bytes(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def about(
    review: Review, ceremony: Ceremony | None, signatures: Sequence[Signature],
    withdrawal: Withdrawal | None, refusal: Refusal | None,
) -> list[type_of_resource]:  # fmt: skip
    with override(ORIGINAL):
        visit, screening = review.visit, review.screening
        screening.visit = visit
        stands, patient = standings(screening), str(visit.patient_id)
        decider = fhir.practitioner_key(review.by)
        users = {fhir.practitioner_key(user): user for user in [review.by, *fhir.people_of(stands)]}
        users |= {fhir.practitioner_key(row.user): row.user for row in signatures if row.user}
        if withdrawal:
            users[fhir.practitioner_key(withdrawal.by)] = withdrawal.by
        found = [
            patient_of(visit), organization(visit), *(practitioner(key, user) for key, user in sorted(users.items())),
            fhir.questionnaire(screening.intake, visit.clinic), fhir.response(screening.intake, patient, stands.settled),
            *(fhir.issue(row, screening, patient) for row in stands.findings),
            fhir.plan(screening, patient, decider), fhir.again(screening, stands),
        ]  # fmt: skip
        if ceremony:
            found.append(consent_of(visit, ceremony, signatures, withdrawal, refusal))
        found.append(provenance(review, ceremony, signatures, found))
        return found


def patient_of(visit: Visit) -> type_of_resource:
    patient = visit.patient
    return {
        "resourceType": "Patient", "id": str(patient.pk), "name": [{"text": patient.name}],
        "birthDate": patient.born.isoformat(), "managingOrganization": reference(visit.clinic_id),
        "communication": [{"language": {"text": patient.language}, "preferred": True}],
    }  # fmt: skip


def organization(visit: Visit) -> type_of_resource:
    clinic = visit.clinic
    found: type_of_resource = {"resourceType": "Organization", "id": str(clinic.pk), "name": clinic.name}
    return found | ({"address": [{"text": clinic.address}]} if clinic.address else {})


def practitioner(key: str, user: Any) -> type_of_resource:
    found: type_of_resource = {"resourceType": "Practitioner", "id": key, "name": [{"text": user.printed_name}]}
    return found | ({"qualification": [{"code": {"text": user.title}}]} if user.title else {})


def consent_of(
    visit: Visit, ceremony: Ceremony, signatures: Sequence[Signature], withdrawal: Withdrawal | None, refusal: Refusal | None
) -> type_of_resource:
    status = "inactive" if withdrawal else "rejected" if refusal else "active"
    given = max((row.created_at for row in signatures), default=ceremony.created_at)
    return {
        "resourceType": "Consent", "id": str(ceremony.pk), "status": status,
        "scope": {"coding": [{"system": CONSENT_SCOPE, "code": "treatment", "display": "Treatment"}]},
        "category": [{"coding": [{"system": ACT, "code": "ICOL"}], "text": "Consent to dry needling"}],
        "patient": reference(visit.patient_id), "dateTime": given.isoformat(), "organization": [reference(visit.clinic_id)],
        "policyRule": {"text": f"Consent text {ceremony.wording_version}, {ceremony.shown_digest}"},
        "provision": {"type": "deny" if withdrawal or refusal else "permit"},
        "verification": [
            {"verified": True, "verificationDate": row.created_at.isoformat(), "extension": signed_as(row)}
            for row in signatures
        ],
    }  # fmt: skip


def signed_as(row: Signature) -> list[dict[str, Any]]:
    return [
        {"url": f"{SYSTEM}:signer-role", "valueCode": row.role},
        {"url": f"{SYSTEM}:signer-name", "valueString": row.name},
        {"url": f"{SYSTEM}:signature-meaning", "valueString": row.meaning},
        {"url": f"{SYSTEM}:language", "valueCode": row.language},
    ]


def document_reference(document: SealedDocument, pdf: bytes) -> type_of_resource:
    attachment: dict[str, Any] = {
        "contentType": "application/pdf", "size": document.size, "title": f"Record {document.number}",
        "creation": document.sealed_at.isoformat(),
    }  # fmt: skip
    if pdf:
        sha1 = hashlib.sha1(pdf, usedforsecurity=False).digest()  # the hash that FHIR asks for here
        attachment |= {"data": base64.b64encode(pdf).decode(), "hash": base64.b64encode(sha1).decode()}
    found: type_of_resource = {
        "resourceType": "DocumentReference", "id": str(document.pk), "status": "current",
        "masterIdentifier": {"system": f"{SYSTEM}:record", "value": document.number},
        "identifier": [{"system": f"{SYSTEM}:sha256", "value": document.sha256}],
        "type": {"text": str(RecordKind(document.kind).label)}, "subject": reference(document.visit.patient_id),
        "date": document.sealed_at.isoformat(), "custodian": reference(document.clinic_id),
        "content": [{"attachment": attachment}],
    }  # fmt: skip
    if document.previous:
        follows = {"system": f"{SYSTEM}:sha256", "value": document.previous.sha256}
        found["relatesTo"] = [{"code": "replaces", "target": {"identifier": follows, "display": document.previous.number}}]
    return found


def provenance(
    review: Review, ceremony: Ceremony | None, signatures: Sequence[Signature], found: Sequence[type_of_resource]
) -> type_of_resource:
    """Who decided, and who signed with which meaning."""
    decider = reference(fhir.practitioner_key(review.by))
    targets = [one["id"] for one in found if one["resourceType"] in {"DetectedIssue", "ServiceRequest", "Consent"}]
    result: type_of_resource = {
        "resourceType": "Provenance", "id": key_of("provenance", review.pk), "recorded": review.created_at.isoformat(),
        "target": [reference(key) for key in targets],
        "activity": {"coding": [coded("decision", review.decision, str(Decision(review.decision).label))]},
        "agent": [{"type": {"coding": [coded("role", "clinician")]}, "who": decider}],
        "reason": [{"text": review.reason}] if review.reason else [],
        "signature": [signature_of(row, str(review.visit.patient_id)) for row in signatures],
    }  # fmt: skip
    return {name: value for name, value in result.items() if value != []}


def signature_of(row: Signature, patient: str) -> dict[str, Any]:
    code, display = SIGNATURE_KINDS.get(SignerRole(row.role), SIGNATURE_KINDS[SignerRole.PATIENT])
    who = reference(fhir.practitioner_key(row.user)) if row.user else reference(patient)
    return {
        "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": code, "display": display}],
        "when": row.created_at.isoformat(), "who": who | {"display": f"{row.name}, {SignerRole(row.role).label}"},
    }  # fmt: skip


def events_of(visit: Visit, until: int) -> list[dict[str, Any]]:
    """The visit's part of the audit trail up to a link, with hashes by which each can be checked."""
    rows: list[AuditEvent] = [row for row in audit.story(visit) if row.seq <= until]
    return [
        {
            "seq": row.seq, "at": row.created_at.isoformat(), "action": row.action, "subject": row.subject,
            "actor": str(row.actor_id or ""), "kind": row.actor_kind, "data": row.data, "previous": row.previous,
            "hash": row.hash,
        }
        for row in rows
    ]  # fmt: skip
