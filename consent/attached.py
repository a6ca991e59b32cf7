"""The data that a record carries inside its file, so that it can be read and checked without us."""

import datetime

from clinic import audit
from consent import fhir
from consent.rendering import Attachment
from screening.models import Review

BUNDLE, EVENTS = "record.fhir.json", "events.json"


def attachments_of(
    review: Review, given: fhir.Agreement | None, number: str, at: datetime.datetime, head: audit.Head
) -> tuple[Attachment, ...]:
    """The record as a FHIR bundle, and the visit's part of the audit trail up to the head that the record prints."""
    bundle, events = fhir.bundle_for(review, given, number, at), fhir.events_of(review.visit, head.seq)
    at = at.replace(microsecond=0)
    return (
        Attachment(BUNDLE, fhir.as_bytes(bundle), "The record as data (FHIR R4)", at),
        Attachment(EVENTS, fhir.as_bytes(events), "The visit's part of the audit trail", at),
    )
