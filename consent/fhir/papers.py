"""The sealed file of a record as a reference, and its part of the audit trail."""

import base64
import hashlib
from typing import Any

from clinic import audit
from clinic.models import AuditEvent, Visit
from consent.models import RecordKind, SealedDocument
from consent.state import REPLACEABLE, REPLACES
from screening.fhir import SYSTEM, reference, type_of_resource

ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "error"}]}


def document_reference(document: SealedDocument, pdf: bytes | None, *, superseded: bool) -> type_of_resource:
    """`pdf` is empty where the file is not wanted inside, and None where it is missing or damaged."""
    attachment: dict[str, Any] = {
        "contentType": "application/pdf", "size": document.size, "title": f"Record {document.number}",
        "creation": document.sealed_at.isoformat(),
    }  # fmt: skip
    if pdf is None:
        attachment["_data"] = ABSENT
    elif pdf:
        sha1 = hashlib.sha1(pdf, usedforsecurity=False).digest()  # the hash that FHIR asks for here
        attachment |= {"data": base64.b64encode(pdf).decode(), "hash": base64.b64encode(sha1).decode()}
    found: type_of_resource = {
        "resourceType": "DocumentReference", "id": str(document.pk),
        "status": "superseded" if superseded else "current",
        "masterIdentifier": {"system": f"{SYSTEM}:record", "value": document.number},
        "identifier": [{"system": f"{SYSTEM}:sha256", "value": document.sha256}],
        "type": {"text": str(RecordKind(document.kind).label)}, "subject": reference(document.visit.patient_id),
        "date": document.sealed_at.isoformat(), "custodian": reference(document.clinic_id),
        "content": [{"attachment": attachment}],
    }  # fmt: skip
    if document.previous:
        target = {"identifier": {"system": f"{SYSTEM}:sha256", "value": document.previous.sha256}}
        code = relation(document, document.previous)
        found["relatesTo"] = [{"code": code, "target": target | {"display": document.previous.number}}]
    return found


def relation(later: SealedDocument, earlier: SealedDocument) -> str:
    """By the same rule as how a record stands: what was refused or taken back stays, whatever comes later."""
    return "replaces" if earlier.kind in REPLACEABLE and later.kind in REPLACES else "appends"


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
