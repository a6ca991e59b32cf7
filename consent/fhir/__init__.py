"""A sealed record as one FHIR R4 Bundle of plain dictionaries: the same rows give the same bundle, byte for byte."""

import datetime
import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import override

from clinic.languages import ORIGINAL
from consent.fhir.agreement import Agreement, consent_of, provenance
from consent.fhir.papers import document_reference, events_of
from consent.fhir.people import beside, organization, patient_of, practitioner
from consent.models import Ceremony, SealedDocument, Signature
from screening import fhir
from screening.fhir import SYSTEM, key_of, reference, type_of_resource
from screening.models import Review
from screening.standing import Standings, standings

__all__ = ["as_bytes", "bundle_for", "bundle_of", "events_of"]


def bundle_of(document: SealedDocument, pdf: bytes = b"") -> type_of_resource:
    """The record as it is on file; with `pdf`, the sealed file is inside."""
    review, ceremony = lineage(document)
    signatures = list(ceremony.signatures.all()) if ceremony else []
    given = Agreement(review, ceremony, signatures, document.withdrawal, document.refusal) if ceremony else None
    with override(ORIGINAL):
        resources = [*about(review, given), document_reference(document, pdf)]
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
    given = Agreement(review, ceremony, signatures) if ceremony else None
    with override(ORIGINAL):
        return bundle(number, at, about(review, given))


def bundle(number: str, at: datetime.datetime, resources: Sequence[type_of_resource]) -> type_of_resource:
    return {
        "resourceType": "Bundle", "id": key_of("bundle", number), "type": "collection",
        "identifier": {"system": f"{SYSTEM}:record", "value": number}, "timestamp": at.isoformat(),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }  # fmt: skip


def as_bytes(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def about(review: Review, given: Agreement | None) -> list[type_of_resource]:
    """Everything but the file: who, what was asked, said, found, done about it, planned, decided and agreed."""
    visit, screening = review.visit, review.screening
    screening.visit = visit
    stands, patient = standings(screening), str(visit.patient_id)
    seqs = dict(visit.screenings.values_list("pk", "seq"))
    met = (stands.communication, stands.representative)
    found = [
        patient_of(visit), organization(visit), *staff(review, given, stands),
        *(beside(visit, given.ceremony) if given else ()),
        fhir.questionnaire(screening.intake, visit.clinic, stands.settled),
        fhir.response(screening.intake, patient, stands.settled, seqs),
        *(fhir.issue(row, screening, patient, seqs) for row in stands.findings),
        *(fhir.recorded(row, screening.intake_id, seqs) for row in met if row),
        fhir.plan(review, patient), fhir.again(screening, stands),
        *([consent_of(given)] if given else ()),
    ]  # fmt: skip
    return [*found, provenance(review, given, found)]


def staff(review: Review, given: Agreement | None, stands: Standings) -> list[type_of_resource]:
    """Everybody at the clinic who is named in the record, in an order that stays the same."""
    users = [review.by, *fhir.people_of(review.screening, stands)]
    users += [row.user for row in given.signatures if row.user] if given else []
    users += [given.withdrawal.by] if given and given.withdrawal else []
    keyed = {fhir.practitioner_key(user): user for user in users}
    return [practitioner(key, user) for key, user in sorted(keyed.items(), key=lambda item: item[0])]
