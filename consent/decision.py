"""The clinician's decision; to defer or decline is sealed at once as a decision record."""

import datetime
from functools import partial

from django.db import IntegrityError, transaction

from clinic.models import User
from consent import filing
from consent.models import SealedDocument
from consent.state import last_before
from screening import review
from screening.evaluation import lock
from screening.models import Decision, Review, Screening


def record(
    screening: Screening, decision: str, by: User, reason: str = "", until: datetime.date | None = None
) -> Review:
    """Decide, and seal what ends the visit. A decision stands even when sealing fails: `seal` can be called again."""
    made = review.decide(screening, decision, by, reason, until)
    if made.decision != Decision.PROCEED:
        seal(made, by)
    return made


def seal(made: Review, by: User) -> SealedDocument:
    """The sealed record of a decision to defer or decline; called again, it gives the same one."""
    if existing := SealedDocument.objects.filter(review=made).first():
        return existing
    previous = last_before(made.visit, made.created_at)
    filed = filing.seal_page(made.visit.clinic, partial(filing.record_pdf, made, None), previous)
    try:
        with transaction.atomic():
            lock(made.visit)
            return filing.put_on_record(filed, made, None, by)
    except IntegrityError:
        return SealedDocument.objects.get(review=made)
