"""The first page's lists: who has to act next, the most serious first, cut to what a person can look at."""

import datetime
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import CharField, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as lazy

from clinic.models import Clinic, User, Visit
from consent.rows import Row, rows
from consent.stages import DUE, WITH_PATIENT, State, any_of, having, nothing_reported, with_order, with_state
from screening.models import Intake
from screening.precautions.vocabulary import Outcome

PAGE = 30
GLANCE = 10  # of those lists that are not the first
CLEAR = "clear"
GROUPS = {
    "due": (lazy("Waiting for a clinician"), DUE),
    "patient": (lazy("Waiting for the patient"), WITH_PATIENT),
    "sealed": (lazy("Today's visits, sealed"), frozenset({State.SEALED})),
}
CLASSES = (*reversed(Outcome), CLEAR)


@dataclass(frozen=True)
class Chosen:
    """What a person wants to see, in the short codes that stand in the address; what is unknown counts as not said.

    `stage` is one of GROUPS or a state, `outcome` a class or "clear", `first` how many rows come before this page.
    """

    mine: bool = False
    stage: str = ""
    outcome: str = ""
    first: int = 0

    @classmethod
    def read(cls, get: Callable[[str, str], str]) -> "Chosen":
        stage, outcome, first = get("stage", ""), get("class", ""), get("from", "")
        return cls(
            get("who", "") == "me",
            stage if stage in {*GROUPS, *State.values} else "",
            outcome if outcome in CLASSES else "",
            int(first) if stage and first.isascii() and first.isdecimal() and len(first) < 7 else 0,
        )

    @property
    def query(self) -> str:
        """For the address; empty when nothing is chosen."""
        said = {"who": "me" if self.mine else "", "stage": self.stage, "class": self.outcome, "from": self.first or ""}
        parts = "&".join(f"{name}={value}" for name, value in said.items() if value)
        return f"?{parts}" if parts else ""

    def but(self, **changes: object) -> "Chosen":
        """The same with something else chosen, from its first row on."""
        return replace(self, **({"first": 0} | changes))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Group:
    """One list: its name, how many there are in all, the rows of this page, and where the rows after and before them are."""

    code: str
    label: str
    count: int
    rows: list[Row]
    more: Chosen | None
    back: Chosen | None


@dataclass(frozen=True)
class Queue:
    """What is shown, and how many stand where, whatever stage was chosen."""

    chosen: Chosen
    groups: list[Group]
    counts: Counter[State]

    def number(self, states: Iterable[State]) -> int:
        return sum(self.counts[state] for state in states)


def day_of(clinic: Clinic) -> tuple[datetime.datetime, datetime.datetime]:
    """Today at the clinic, from midnight to midnight."""
    start = datetime.datetime.combine(clinic.today(), datetime.time.min, clinic.zone)
    return start, datetime.datetime.combine(clinic.today() + datetime.timedelta(days=1), datetime.time.min, clinic.zone)


def open_visits(visits: QuerySet[Visit], clinic: Clinic) -> QuerySet[Visit]:
    """Today's visits and older ones whose answers are in and not decided.

    An older visit without answers is over: the patient who comes back gets a new one.
    """
    start, end = day_of(clinic)
    sent = Intake.objects.filter(visit=OuterRef("pk"), version=1)
    return visits.filter(Q(starts_at__gte=start) | any_of(sent), clinic=clinic, starts_at__lt=end, closed_at=None)


def sealed_today(visits: QuerySet[Visit], clinic: Clinic) -> QuerySet[Visit]:
    start, end = day_of(clinic)
    return visits.filter(clinic=clinic, starts_at__gte=start, starts_at__lt=end, closed_at__isnull=False)


def narrowed(visits: QuerySet[Visit], chosen: Chosen, viewer: User) -> QuerySet[Visit]:
    if chosen.mine:
        visits = visits.filter(clinician=viewer)
    if chosen.outcome == CLEAR:
        return visits.filter(nothing_reported())
    return visits.filter(having(chosen.outcome)) if chosen.outcome else visits


def queue(visits: QuerySet[Visit], clinic: Clinic, viewer: User, chosen: Chosen | None = None) -> Queue:
    """The lists that a clinician works from; each page of them costs the same whatever there is."""
    chosen = chosen or Chosen()
    still_open = narrowed(with_state(with_order(open_visits(visits, clinic))), chosen, viewer)
    standing = {key: State(state) for key, state in keyed(still_open).values_list("key", "state")}
    closed = narrowed(with_order(sealed_today(visits, clinic)), chosen, viewer)
    standing |= dict.fromkeys(keyed(closed).values_list("key", flat=True), State.SEALED)
    cuts = [cut(standing, chosen, code) for code in shown(chosen)]
    made = rows({key: state for _, keys in cuts for key, state in keys.items()}, clinic, viewer)
    groups = [group(chosen, code, count, keys, made) for code, (count, keys) in zip(shown(chosen), cuts, strict=True)]
    return Queue(chosen, groups, Counter(standing.values()))


def keyed(visits: QuerySet[Visit]) -> QuerySet[Any]:
    """With the key as the database writes it: of a thousand, only those that are shown are read as such."""
    return visits.annotate(key=Cast("pk", CharField()))


def shown(chosen: Chosen) -> list[str]:
    return [chosen.stage] if chosen.stage else list(GROUPS)


def cut(standing: dict[str, State], chosen: Chosen, code: str) -> tuple[int, dict[UUID, State]]:
    """How many a list has, and which of them this page shows."""
    states = GROUPS[code][1] if code in GROUPS else {State(code)}
    keys = [key for key, state in standing.items() if state in states]
    size = PAGE if chosen.stage or code == "due" else GLANCE
    return len(keys), {UUID(key): standing[key] for key in keys[chosen.first : chosen.first + size]}


def group(chosen: Chosen, code: str, count: int, keys: Collection[UUID], made: dict[UUID, Row]) -> Group:
    label = GROUPS[code][0] if code in GROUPS else State(code).label
    starts_over = not chosen.stage and code != "due"  # a glance at a list: all of it is shown from its beginning
    after, before = chosen.first + len(keys), max(0, chosen.first - PAGE)
    more = chosen.but(stage=code, first=0 if starts_over else after) if keys and after < count else None
    back = chosen.but(stage=code, first=before) if chosen.first else None
    return Group(code, str(label), count, [made[key] for key in keys if key in made], more, back)


@dataclass(frozen=True)
class Day:
    """Today's visits in the order of their times, from `first` on; how many there are in all."""

    rows: list[Row]
    count: int
    first: int = 0

    @property
    def after(self) -> int:
        """Where the next page begins; 0 when this is the last."""
        end = self.first + len(self.rows)
        return end if self.rows and end < self.count else 0


def todays(visits: QuerySet[Visit], clinic: Clinic, viewer: User | None = None, first: int = 0) -> Day:
    start, end = day_of(clinic)
    found = visits.filter(clinic=clinic, starts_at__gte=start, starts_at__lt=end)
    page: QuerySet[Any] = with_state(found).order_by("starts_at", "pk")
    standing = {pk: State(state) for pk, state in page.values_list("pk", "state")[first : first + PAGE]}
    return Day(list(rows(standing, clinic, viewer).values()), found.count(), first)
