"""The sealed record as one HTML page, from rows alone: the same rows and arguments give the same page, byte for byte."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from clinic import audit, particulars
from clinic.languages import ORIGINAL
from consent.document import fifteen, front, history, met, notes, plan, signed, told, versions
from consent.document.fifteen import Interview
from consent.document.findings import Reader
from consent.document.notes import LOGO
from consent.document.signed import signature_path
from consent.document.words import Clock
from consent.models import Ceremony, SealedDocument, Signature
from screening.models import Review
from screening.standing import standings

__all__ = ["LOGO", "record_html", "signature_path"]


def record_html(
    review: Review, *, number: str, sealed_at: datetime.datetime, head: audit.Head, certificate: str,
    ceremony: Ceremony | None, signatures: Sequence[Signature], valid_until: datetime.date | None,
    previous: SealedDocument | None = None, address: str = "",
) -> str:  # fmt: skip
    """The record of a decision: with its ceremony and signatures a consent, without them a decision record.

    `previous`: the record of this visit that it replaces or follows; `address`: where the outside reaches the product.
    """
    clinic, clock = review.visit.clinic, Clock(review.visit.clinic.zone)
    at, sealed_at = sealed_at, sealed_at.astimezone(clinic.zone).replace(microsecond=0)
    # A record is in the clinic's language; what was shown in another is marked where it stands.
    with override(ORIGINAL):
        return render_to_string("consent/record.html", {
            "clinic": clinic,
            "logo": LOGO if particulars.logo_of(clinic, at) else "",
            "number": number,
            "sealed": clock.moment(sealed_at),
            "created": sealed_at.isoformat(),
            "language": ORIGINAL,
            "title": front.title_of(review),
            "told": told.told(ceremony, signatures) if ceremony else (),
            "asked": told.asked(ceremony, clock) if ceremony else (),
            "signatures": signed.in_order(signatures, clock),
            "uncompleted": signed.uncompleted(review.visit, ceremony, clock),
            "previous": notes.before(previous, clock),
            "check": versions.check_at(number, address),
            "versions": versions.versions(review.screening, ceremony, head, certificate),
            **screened(review, clock, valid_until),
        })  # fmt: skip


def screened(review: Review, clock: Clock, valid_until: datetime.date | None) -> dict[str, Any]:
    """All that the screening found and what people did about it."""
    screening, stands = review.screening, standings(review.screening)
    resolutions = list(review.visit.resolutions.select_related("by", "screening").order_by("created_at"))
    reader = Reader(stands, resolutions, clock)
    interview = Interview(screening, resolutions, clock)
    found = tuple(sorted(map(reader.found, stands.findings), key=lambda item: (item.number, item.beyond, item.part)))
    overridden = tuple(filter(None, map(reader.overridden, stands.findings)))
    planned = plan.printed(screening, [standing.finding for standing in stands.findings])
    sections = fifteen.fifteen(interview, found)
    return {
        "patient": front.person(screening, interview.case, clock),
        "visit": front.coming(review, clock),
        "decision": front.decided(review, stands, overridden, planned, clock, valid_until),
        "overridden": overridden,
        "rows": [front.row(item) for item in found],
        "plan": planned,
        "answered": front.answered(screening.intake, clock),
        "fifteen": sections,
        "additional": fifteen.additional(interview, found),
        "quiet": [section for section in sections if section.is_quiet],
        "heard": [section for section in sections if not section.found and section.has_concern],
        "met": met.met(stands, clock),
        "history": history.history(review, stands, resolutions, clock),
    }
