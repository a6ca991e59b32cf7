"""Events as lines to read, each with whom and what it was about; a page takes the same queries however long it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.happened import words_of
from clinic.models import AuditEvent, Clinic, Membership, Patient, User, Visit
from consent.models import SealedDocument
from consent.trail.said import details, reason

ON_SERVER = frozenset({"member.added", "certificate.added"})


@dataclass(frozen=True)
class About:
    """What an event was about: a name that somebody gave, the rest of it, and its page."""

    name: str = ""
    rest: str = ""
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One event as shown. `person` is the name of who did it, `side` says from where when nobody was signed in.

    `looked_for` is the name of the clinician by whom records were looked for.
    """

    event: AuditEvent
    about: About
    looked_for: str = ""

    @property
    def words(self) -> str:
        return str(words_of(self.event.action))

    @property
    def details(self) -> str:
        return details(self.event, self.looked_for)

    @property
    def reason(self) -> str:
        return reason(self.event)

    @property
    def person(self) -> str:
        return self.event.actor.printed_name if self.event.actor else ""

    @property
    def side(self) -> str:
        if self.event.actor_kind == "nobody":
            return _("Nobody signed in")
        return _("Server") if self.event.action in ON_SERVER else _("Patient’s tablet or phone")


def lines(events: Sequence[AuditEvent], clinic: Clinic) -> list[Line]:
    """Lines for events that were fetched with their actors."""
    subjects = Subjects(events, clinic)
    return [Line(event, subjects.about(event), subjects.looked_for(event)) for event in events]


class Subjects:
    """What the events of one page were about, looked up by kind of row."""

    def __init__(self, events: Sequence[AuditEvent], clinic: Clinic) -> None:
        self.clinic = clinic
        named = [event.subject.partition(":")[::2] for event in events]
        keys: dict[str, set[str]] = {}
        for model, key in [*named, *(("Visit", str(event.data.get("visit", ""))) for event in events)]:
            keys.setdefault(model, set()).add(key)
        keys.setdefault("User", set()).update(map(clinician_of, events))
        mine = {"clinic": clinic}
        self.patients = by_key(Patient.objects.filter(**mine), uuids(keys.get("Patient")))
        self.visits = by_key(Visit.objects.filter(**mine).select_related("patient"), uuids(keys.get("Visit")))
        self.documents = by_key(
            SealedDocument.objects.filter(**mine).only("number", "patient_name"), uuids(keys.get("SealedDocument"))
        )
        self.members = by_key(Membership.objects.filter(**mine).select_related("user"), numbers(keys.get("Membership")))
        self.users = by_key(User.objects.filter(memberships__clinic=clinic), numbers(keys.get("User")))

    def about(self, event: AuditEvent) -> About:
        model, _colon, key = event.subject.partition(":")
        if row := self.documents.get(key):
            return About(
                row.patient_name, _("record %(number)s") % {"number": row.number}, reverse("record", args=[row.pk])
            )
        if row := self.patients.get(key):
            return About(row.name, "", reverse("patient", args=[row.pk]))
        if row := self.visits.get(key if model == "Visit" else str(event.data.get("visit", ""))):
            day = date_format(timezone.localtime(row.starts_at, self.clinic.zone), "j M Y")
            return About(row.patient.name, _("visit of %(day)s") % {"day": day}, reverse("visit", args=[row.pk]))
        if model == "Membership" and (row := self.members.get(key)):
            return About(row.user.printed_name)
        if model == "User" and (row := self.users.get(key)):
            return About(row.printed_name)
        return About(rest=_("the clinic"))

    def looked_for(self, event: AuditEvent) -> str:
        user = self.users.get(clinician_of(event))
        return user.printed_name if user else ""


def clinician_of(event: AuditEvent) -> str:
    """The key of the clinician by whom records were looked for."""
    wanted = event.data.get("wanted")
    return str(wanted.get("clinician")) if isinstance(wanted, dict) else ""


def by_key(rows: QuerySet[Any], keys: list[Any]) -> dict[str, Any]:
    return {str(row.pk): row for row in rows.filter(pk__in=keys)}


def uuids(keys: Iterable[str] | None) -> list[UUID]:
    """The keys that can be one of ours; a chain that was tampered with may hold anything."""
    found = []
    for key in keys or ():
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found


def numbers(keys: Iterable[str] | None) -> list[int]:
    return [int(key) for key in keys or () if key.isascii() and key.isdigit() and len(key) < 19]
