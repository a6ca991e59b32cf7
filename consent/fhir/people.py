"""Who a record is about and who took part: patient, clinic, staff, and whoever signed beside them."""

from collections.abc import Sequence
from typing import Any

from clinic.models import Visit
from consent.models import Ceremony, Refusal, Signature, SignerRole
from screening.fhir import coded, filled, key_of, reference, type_of_resource

BESIDE = {SignerRole.GUARDIAN, SignerRole.REPRESENTATIVE, SignerRole.INTERPRETER}


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


def beside_key(ceremony: Ceremony, role: str) -> str:
    return key_of("beside", ceremony.pk, role)


def beside(visit: Visit, ceremony: Ceremony) -> list[type_of_resource]:
    """Guardian, representative and interpreter, by name and by the standing in which they are there."""
    return [
        filled({
            "resourceType": "RelatedPerson", "id": beside_key(ceremony, row["role"]), "patient": reference(visit.patient_id),
            "name": [{"text": row["name"]}],
            "relationship": [filled({"coding": [coded("role", row["role"])], "text": row.get("standing", "")})],
        })
        for row in ceremony.roles if row["role"] in BESIDE
    ]  # fmt: skip


def party(ceremony: Ceremony, role: str, patient: object, clinician: object) -> dict[str, str]:
    """The resource of whoever has this role in a consent."""
    if role in BESIDE:
        return reference(beside_key(ceremony, role))
    return reference(clinician if role == SignerRole.CLINICIAN else patient)


def deciders(ceremony: Ceremony, signatures: Sequence[Signature], refusal: Refusal | None) -> list[str]:
    """The roles of those whose yes or no it is, in order."""
    own = [SignerRole.PATIENT, SignerRole.GUARDIAN, SignerRole.REPRESENTATIVE]
    spoke = {refusal.role} if refusal else {row.role for row in signatures}
    return [str(role) for role in own if role in spoke]
