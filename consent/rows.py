"""One visit in a list as staff see it: where it stands, what was found, who looks at it, since when the patient waits."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clinic.models import IDLE, Clinic, Handover, User, Visit, age_on
from consent.models import SealedDocument, Signature, Withdrawal
from consent.stages import DUE, State, no_later_than, with_order
from screening.models import Decision, Finding, IntakeDraft
from screening.precautions.vocabulary import Outcome
from screening.presence import looking
from screening.words import OUTCOMES

SEAL_WORDS = {
    Decision.PROCEED: lazy("Consent sealed"),
    Decision.DEFER: lazy("Deferred, sealed"),
    Decision.DECLINE: lazy("Declined, sealed"),
}
WITHDRAWN = lazy("Consent withdrawn")
SHOWN = (
    "reason", "starts_at", "patient__name", "patient__born",
    "clinician__first_name", "clinician__last_name", "clinician__username",
)  # fmt: skip
AT_CONSENT = frozenset({State.CONSENT, State.CLINICIAN_SIGNS, State.REFUSED, State.NOT_SEALED, State.SEALED})


@dataclass(frozen=True)
class Badge:
    """A class as shown: its CSS name and its word."""

    code: str
    words: str


@dataclass(frozen=True)
class Row:
    """One visit in a list; `clinic` says by whose day and clock, `looked_at` names who else has the case open."""

    visit: Visit
    clinic: Clinic
    state: State
    age: int
    outcomes: tuple[Outcome, ...] = ()
    document: SealedDocument | None = None
    looked_at: tuple[str, ...] = ()

    @property
    def since(self) -> datetime.datetime:
        return self.visit.since  # type: ignore[attr-defined]

    @property
    def begun(self) -> bool:
        return bool(self.visit.drafted or self.visit.signed)  # type: ignore[attr-defined]

    @property
    def in_hand(self) -> bool:
        return bool(self.visit.in_hand)  # type: ignore[attr-defined]

    @property
    def badges(self) -> list[Badge]:
        """The classes found, most serious first; what is only staff's to answer is not something reported."""
        if self.state == State.ANSWERS:
            return []
        found = [Badge(outcome, str(OUTCOMES[outcome])) for outcome in self.outcomes]
        return found or [Badge("clear", _("Nothing reported"))]

    @property
    def edge(self) -> str:
        return "" if self.state == State.ANSWERS else self.badges[0].code

    @property
    def words(self) -> str:
        if self.withdrawn_at:
            return str(WITHDRAWN)
        return str(SEAL_WORDS[Decision(self.document.decision)] if self.document else self.state.label)

    @property
    def withdrawn_at(self) -> datetime.datetime | None:
        """When the consent was taken back: from then on nobody is treated on it, whether or not that is sealed too."""
        return self.document.withdrawn_at if self.document else None  # type: ignore[attr-defined]

    @property
    def waits(self) -> str:
        """How long the patient has waited since they sent their answers, or else since the visit began."""
        now = timezone.now()
        if self.since > now:
            return _("comes at %(time)s") % {"time": self.clock(self.since)}
        if now - self.since < datetime.timedelta(minutes=1):
            return _("just now")
        return _("waiting %(time)s") % {"time": timesince(self.since, now, depth=1)}

    @property
    def aside(self) -> str:
        """The small line below the state."""
        if self.document:
            return self.clock(self.withdrawn_at or self.document.sealed_at)
        return _("tablet with the patient") if self.in_hand else self.waits

    @property
    def looked_at_words(self) -> str:
        return _("Open now: %(names)s") % {"names": ", ".join(self.looked_at)} if self.looked_at else ""

    def clock(self, moment: datetime.datetime) -> str:
        return date_format(timezone.localtime(moment, self.clinic.zone), "H:i")

    @property
    def weight(self) -> int:
        return self.outcomes[0].weight if self.outcomes else -1

    @property
    def is_due(self) -> bool:
        """Whether a clinician has to act."""
        return self.state in DUE

    @property
    def is_at_consent(self) -> bool:
        """Decided: the consent page goes on from here, not the case."""
        return self.state in AT_CONSENT

    @property
    def can_be_handed_over(self) -> bool:
        """Whether the consent waits for a tablet: any on which a member of staff is signed in."""
        return self.state == State.CONSENT and not self.in_hand


def followed(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The visits, each with what tells how far the patient is."""
    of_visit, now = {"visit": OuterRef("pk")}, timezone.now()
    in_hand = Handover.objects.filter(**of_visit, ended_at=None, expires_at__gt=now, seen_at__gt=now - IDLE)
    signed = Signature.objects.filter(no_later_than("ceremony__review__screening"), ceremony__visit=OuterRef("pk"))
    visits = with_order(visits).select_related("patient", "clinician").only(*SHOWN)
    return visits.annotate(
        drafted=Exists(IntakeDraft.objects.filter(**of_visit)),
        signed=Exists(signed),
        in_hand=Exists(in_hand),
    )


def rows(states: Mapping[UUID, State], clinic: Clinic, viewer: User | None) -> dict[UUID, Row]:
    """By visit, in the order given, in a number of queries that does not depend on how many there are."""
    visits = {visit.pk: visit for visit in followed(Visit.objects.filter(pk__in=states)).order_by()}
    outcomes, looked_at = outcomes_of(states), looking(states, viewer)
    documents = documents_of(key for key, state in states.items() if state == State.SEALED)
    today = clinic.today()
    return {
        key: Row(
            visits[key], clinic, state, age_on(today, visits[key].patient.born), outcomes.get(key, ()),
            documents.get(key), tuple(looked_at.get(key, ())),
        )
        for key, state in states.items()
        if key in visits
    }  # fmt: skip


def outcomes_of(keys: Iterable[UUID]) -> dict[UUID, tuple[Outcome, ...]]:
    """The classes that the newest screening of each visit reports, the most serious first."""
    found = Finding.objects.filter(no_later_than("screening"), screening__visit__in=list(keys), awaits_staff_only=False)
    by_visit: dict[UUID, set[Outcome]] = {}
    for visit, outcome in found.order_by().values_list("screening__visit", "outcome").distinct():
        by_visit.setdefault(visit, set()).add(Outcome(outcome))
    return {visit: tuple(sorted(outcomes, key=lambda outcome: -outcome.weight)) for visit, outcomes in by_visit.items()}


def documents_of(keys: Iterable[UUID]) -> dict[Any, SealedDocument]:
    """The record of the newest decision of each visit, with when its consent was taken back."""
    found = SealedDocument.objects.filter(
        no_later_than("review__screening"), review__isnull=False, visit__in=list(keys)
    )
    withdrawn = Withdrawal.objects.filter(consent=OuterRef("pk")).values("said_at")
    rows = found.annotate(withdrawn_at=Subquery(withdrawn)).only("visit", "decision", "sealed_at")
    return {row.visit_id: row for row in rows}
