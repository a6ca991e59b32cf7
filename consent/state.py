"""How a sealed record stands today, read from the rows that came after it."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clinic.models import Visit
from consent.models import RecordKind, SealedDocument, Withdrawal


class Standing(TextChoices):
    """What a record is worth today."""

    VALID = "valid", lazy("valid")
    EXPIRED = "expired", lazy("expired")
    WITHDRAWN = "withdrawn", lazy("withdrawn")
    SUPERSEDED = "superseded", lazy("replaced by a later record")
    ON_FILE = "on_file", lazy("on file")


REPLACEABLE = frozenset({RecordKind.CONSENT, RecordKind.DECISION})  # that something was refused or withdrawn stays so
ABOUT: Mapping[str, str] = {
    RecordKind.DECISION: "review", RecordKind.REFUSAL: "refusal", RecordKind.WITHDRAWAL: "withdrawal",
}  # fmt: skip
REPLACES = frozenset({RecordKind.CONSENT, RecordKind.DECISION, RecordKind.REFUSAL})


@dataclass(frozen=True)
class RecordState:
    """`words` says it in a sentence's part, with its day; `by` is the record that replaced or withdrew it."""

    standing: Standing
    words: str
    by: SealedDocument | None = None

    @property
    def is_valid(self) -> bool:
        return self.standing == Standing.VALID

    @property
    def is_over(self) -> bool:
        """It counted once, and does so no more."""
        return self.standing in {Standing.EXPIRED, Standing.WITHDRAWN, Standing.SUPERSEDED}


def state_of(document: SealedDocument) -> RecordState:
    return states_of([document])[document.pk]


def states_of(documents: Iterable[SealedDocument]) -> Mapping[Any, RecordState]:
    """How each stands, by its key, in two queries whatever their number."""
    documents = list(documents)
    keys = [document.pk for document in documents]
    withdrawn = {row.consent_id: row for row in Withdrawal.objects.filter(consent__in=keys).select_related("document")}
    follow = SealedDocument.objects.filter(visit__in={document.visit_id for document in documents}, kind__in=REPLACES)
    of_visit: dict[Any, list[SealedDocument]] = {}
    known = ("visit", "number", "kind", "sealed_at", "review__created_at", "refusal__created_at")
    for row in in_order(follow.only(*known)):
        of_visit.setdefault(row.visit_id, []).append(row)
    return {
        document.pk: judge(
            document, withdrawn.get(document.pk), next_after(document, of_visit.get(document.visit_id, []))
        )
        for document in documents
    }


def happened(document: SealedDocument) -> datetime.datetime:
    """When it was decided, refused or taken back, however late that was sealed; a consent is given as it is sealed."""
    about = ABOUT.get(document.kind)
    return getattr(document, about).created_at if about else document.sealed_at


def in_order(documents: QuerySet[SealedDocument]) -> list[SealedDocument]:
    rows = documents.select_related("review", "refusal").order_by("sealed_at", "created_at")
    return sorted(rows, key=happened)


def last_before(visit: Visit, moment: datetime.datetime) -> SealedDocument | None:
    """The newest record of what had happened in the visit by then; what came later is not what it follows."""
    return next((row for row in reversed(in_order(visit.documents.all())) if happened(row) < moment), None)


def next_after(document: SealedDocument, of_visit: Iterable[SealedDocument]) -> SealedDocument | None:
    """The next record of the visit that says anew what may be done; in between may lie others, which say no such thing."""
    return next((row for row in dropwhile(lambda row: row != document, of_visit) if row != document), None)


def judge(document: SealedDocument, withdrawal: Withdrawal | None, later: SealedDocument | None) -> RecordState:
    zone = document.clinic.zone
    if withdrawal:
        day = date_format(withdrawal.said_at.astimezone(zone), "j F Y, H:i")
        record = getattr(withdrawal, "document", None)
        return RecordState(Standing.WITHDRAWN, _("withdrawn on %(day)s") % {"day": day}, record)
    if later and document.kind in REPLACEABLE:
        return RecordState(Standing.SUPERSEDED, _("replaced by record %(number)s") % {"number": later.number}, later)
    if document.kind != RecordKind.CONSENT:
        return RecordState(Standing.ON_FILE, _("on file"))
    if document.valid_until and document.valid_until < timezone.now().astimezone(zone).date():
        return RecordState(
            Standing.EXPIRED, _("expired on %(day)s") % {"day": date_format(document.valid_until, "j F Y")}
        )
    until = date_format(document.valid_until, "j F Y") if document.valid_until else ""
    return RecordState(Standing.VALID, _("valid until %(day)s") % {"day": until} if until else _("valid"))
