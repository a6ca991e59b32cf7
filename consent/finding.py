"""Finds sealed records: by what they printed, in one query, a page after a row (keyset) and never by counting."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.models import Clinic, User
from consent.models import RecordWord, SealedDocument
from consent.name_words import wanted_words
from consent.stages import any_of

type_of_row = TypeVar("type_of_row")

PER_PAGE = 30
COMMON = 1_000  # words that begin as what was typed, from which on it is common
AT_ONCE = 500  # rows held at a time, however many there are
# Each names columns, with - for the newest or last first; the id at the end makes the order whole.
SORTS: Mapping[str, tuple[str, ...]] = {
    "sealed": ("-sealed_at", "-id"),
    "oldest": ("sealed_at", "id"),
    "patient": ("patient_key", "-sealed_at", "-id"),
    "decision": ("decision", "-sealed_at", "-id"),
    "clinician": ("clinician_name", "-sealed_at", "-id"),
}


@dataclass(frozen=True)
class Wanted:
    """Which records are looked for; what is None or empty does not matter."""

    since: datetime.date | None = None
    until: datetime.date | None = None
    clinician: User | None = None
    decision: str = ""
    kind: str = ""
    overridden: bool | None = None
    patient: str = ""

    def for_audit(self) -> dict[str, Any]:
        """What was looked for, without names: whether a patient was named, not which."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "clinician": self.clinician.pk if self.clinician else None,
            "decision": self.decision,
            "kind": self.kind,
            "overridden": self.overridden,
            "patient_named": bool(self.patient),
        }


@dataclass(frozen=True)
class Page:
    """Some rows in order, and whether there are more before and after them."""

    rows: list[SealedDocument]
    has_before: bool
    has_after: bool

    @property
    def first(self) -> Any:
        return self.rows[0].pk if self.rows else None

    @property
    def last(self) -> Any:
        return self.rows[-1].pk if self.rows else None


def records(documents: QuerySet[SealedDocument]) -> QuerySet[SealedDocument]:
    """Newest first."""
    return documents.select_related("clinic", "decided_by").order_by(*SORTS["sealed"])


def matching(documents: QuerySet[SealedDocument], wanted: Wanted, clinic: Clinic) -> QuerySet[SealedDocument]:
    """The records that fit; days are the clinic's."""
    found = records(documents)
    if wanted.since:
        found = found.filter(sealed_at__gte=midnight(wanted.since, clinic))
    if wanted.until:
        found = found.filter(sealed_at__lt=midnight(wanted.until + datetime.timedelta(days=1), clinic))
    if wanted.clinician:
        found = found.filter(decided_by=wanted.clinician)
    if wanted.decision:
        found = found.filter(decision=wanted.decision)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.overridden is not None:
        found = found.filter(overridden__in=[wanted.overridden])  # a bare "overridden" would use no index on SQLite
    return called(found, wanted_words(wanted.patient), clinic)


def called(found: QuerySet[SealedDocument], words: list[str], clinic: Clinic) -> QuerySet[SealedDocument]:
    """Those with all the words: the rarest is read whole, but a single word that many have is looked for on the walk."""
    words = list(dict.fromkeys(words))
    if not words:
        return found
    of_clinic = RecordWord.objects.filter(clinic=clinic)
    keys = of_clinic.values("document")  # the index has these, so no row is read to count them
    count, _, rarest = min((keys.filter(begun(word))[:COMMON].count(), -len(word), word) for word in words)
    if count == COMMON and len(words) == 1:
        return found.filter(any_of(RecordWord.objects.filter(begun(rarest), document=OuterRef("pk"))))
    read = of_clinic.filter(begun(rarest))
    for word in words:
        if word != rarest:
            read = read.filter(Exists(RecordWord.objects.filter(begun(word), document=OuterRef("document"))))
    # Each once, and so read first: PostgreSQL would rather walk the records and ask of each whether it has the words.
    return found.filter(pk__in=read.values("document").distinct())


def begun(word: str) -> Q:
    """The words that begin so. SQLite finds them by a range of the index; PostgreSQL, whose order may be another, by its own."""
    begins = Q(word__startswith=word)
    return begins if connection.vendor == "postgresql" else begins & Q(word__gte=word, word__lt=f"{word}\U0010ffff")


def midnight(day: datetime.date, clinic: Clinic) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.min, clinic.zone)


def page(
    found: QuerySet[SealedDocument], sort: str, after: SealedDocument | None = None, before: SealedDocument | None = None
) -> Page:
    """The rows that follow `after`, or that come before `before`, or the first ones."""
    order = SORTS.get(sort, SORTS["sealed"])
    if before is not None:
        order = tuple(turned(column) for column in order)
    if cursor := after or before:
        found = found.filter(beyond(order, cursor))
    rows = list(found.order_by(*order)[: PER_PAGE + 1])
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    if before is not None:
        return Page(rows[::-1], has_before=more, has_after=True)
    return Page(rows, has_before=after is not None, has_after=more)


def turned(column: str) -> str:
    return column.removeprefix("-") if column.startswith("-") else f"-{column}"


def beyond(order: tuple[str, ...], cursor: SealedDocument) -> Q:
    """Rows that come after the cursor's: the first column bounds the walk along its index, the others break ties."""
    either, same = Q(), Q()
    for column in order:
        name = column.removeprefix("-")
        value, less = getattr(cursor, name), column.startswith("-")
        either |= same & Q(**{f"{name}__{'lt' if less else 'gt'}": value})
        same &= Q(**{name: value})
    lead = order[0].removeprefix("-")
    bound = Q(**{f"{lead}__{'lte' if order[0].startswith('-') else 'gte'}": getattr(cursor, lead)})
    return bound & either


def in_batches(rows: Iterable[type_of_row], size: int = AT_ONCE) -> Iterator[list[type_of_row]]:
    """The rows, as many at a time as are held at once."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some
