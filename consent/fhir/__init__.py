"""A sealed record as one FHIR R4 Bundle of plain dictionaries: the same rows give the same bundle, byte for byte."""

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from clinic.languages import ORIGINAL
from consent.fhir.agreement import Agreement, consent_of, provenance
from consent.fhir.lineage import agreed, lineage, refused, with_lineage, withdrawn
from consent.fhir.papers import document_reference, events_of
from consent.fhir.people import beside, organization, patient_of, practitioner
from consent.models import SealedDocument
from consent.state import RecordState, Standing, states_of
from screening import fhir
from screening.fhir import SYSTEM, key_of, reference, type_of_resource
from screening.models import Review, Screening
from screening.standing import Standings, standings_of

__all__ = [
    "Agreement", "agreed", "as_bytes", "bundle_for", "bundle_of", "bundles_of", "events_of", "lineage", "refused",
    "with_lineage", "withdrawn",
]  # fmt: skip


@dataclass(frozen=True)
class Around:
    """What stands for each screening, by its key, and the number of each in its visit."""

    stands: Mapping[Any, Standings]
    seqs: Mapping[Any, int]


def bundle_of(document: SealedDocument, pdf: bytes = b"") -> type_of_resource:
    """The record as it is on file; with `pdf`, the sealed file is inside."""
    return next(bundles_of([document], {document.pk: pdf}))


def bundles_of(
    documents: Sequence[SealedDocument], pdfs: Mapping[Any, bytes] | None = None
) -> Iterator[type_of_resource]:
    """Each record as it is on file. Read them `with_lineage`, and many take as many queries as few.

    With `pdfs`, the sealed files are inside, and a record without one says that it could not be had.
    """
    states, lines = states_of(documents), [lineage(document) for document in documents]
    for document, (review, _given) in zip(documents, lines, strict=True):
        review.visit = document.visit  # read with the record: otherwise each decision asks for it again
    known = around([review for review, _given in lines])
    for document, (review, given) in zip(documents, lines, strict=True):
        pdf = b"" if pdfs is None else pdfs.get(document.pk)
        yield on_file(document, about(review, given, known), states[document.pk], pdf)


def on_file(
    document: SealedDocument, resources: Sequence[type_of_resource], state: RecordState, pdf: bytes | None
) -> type_of_resource:
    consent = next((one for one in resources if one["resourceType"] == "Consent"), None)
    if consent:
        consent["sourceReference"] = reference(document.pk)
    with override(ORIGINAL):
        own = document_reference(document, pdf, superseded=state.standing == Standing.SUPERSEDED)
    return bundle(document.number, document.sealed_at, [*resources, own])


def bundle_for(review: Review, given: Agreement | None, number: str, at: datetime.datetime) -> type_of_resource:
    """The record that is about to be sealed: all but the reference to its own file, which cannot hold its own hash."""
    return bundle(number, at, about(review, given, around([review])))


def around(reviews: Sequence[Review]) -> Around:
    for review in reviews:
        review.screening.visit = review.visit
    numbered = Screening.objects.filter(visit__in={review.visit_id for review in reviews}).values_list("pk", "seq")
    return Around(standings_of([review.screening for review in reviews]), dict(numbered))


def bundle(number: str, at: datetime.datetime, resources: Sequence[type_of_resource]) -> type_of_resource:
    return {
        "resourceType": "Bundle", "id": key_of("bundle", number), "type": "collection",
        "identifier": {"system": f"{SYSTEM}:record", "value": number}, "timestamp": at.isoformat(),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }  # fmt: skip


def as_bytes(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def about(review: Review, given: Agreement | None, known: Around) -> list[type_of_resource]:
    """Everything but the file: who, what was asked, said, found, done about it, planned, decided and agreed."""
    with override(ORIGINAL):
        return list(all_about(review, given, known.stands[review.screening_id], known.seqs))


def all_about(
    review: Review, given: Agreement | None, stands: Standings, seqs: Mapping[Any, int]
) -> list[type_of_resource]:
    visit, screening, patient = review.visit, review.screening, str(review.visit.patient_id)
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
