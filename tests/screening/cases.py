"""Cases as the tests write them: an adult with nothing to report, and what differs; replies in their JSON form."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from screening.body import MUSCLES, MuscleSite
from screening.precautions import PRECAUTIONS
from screening.precautions.policy import Policy
from screening.precautions.vocabulary import Case, Plan, Precaution, Trigger
from screening.questionnaire import fit_faults, parse_replies, roll_up

TODAY = datetime.date(2026, 11, 30)
ADULT = datetime.date(1980, 5, 17)
CHILD = datetime.date(2012, 5, 17)  # 14 years old
YOUNG = datetime.date(2019, 5, 17)  # 7 years old
NO_PLAN, DEFAULT = Plan(), Policy()
YES, NO, UNSURE = "yes", "no", "unsure"

HARMLESS = {
    "needle-fear": NO, "needle-faint": NO, "needle-explain": NO,
    "memory-trouble": NO, "language": "english", "language-help": NO,
    "wants-treatment": YES, "able-today": YES, "can-decide": YES,
    "skin": NO, "ill-today": NO, "infection": NO, "antibiotics": NO, "infection-lately": NO,
    "lymphedema": NO, "lymph-nodes": NO, "swelling": NO, "touch-hurts": NO, "bumps-hurt": NO, "metal-rash": NO,
    "blood-thinner": NO, "antiplatelet": NO, "bleeds-easily": NO, "clotting-illness": NO,
    "immune-weak": NO, "low-white-cells": NO, "pregnant": NO,
    "varicose-veins": NO, "vessel-disease": NO, "clot-now": NO, "clot-past": NO,
    "joint-surgery": NO, "device": NO, "cosmetic-implant": NO, "other-implant": NO,
}  # fmt: skip
HARMLESS_CHILD = HARMLESS | {
    "child-explains": YES,
    "guardian-agrees": YES,
    "guardian-name": "Ann",
    "guardian-relationship": "mother",
}


def site(code: str) -> MuscleSite:
    """A planned muscle from "psoas_major_left", or "psoas_major_left@abdomen" where the entry is named."""
    planned, _, entry = code.partition("@")
    muscle, _, side = planned.rpartition("_")
    assert not entry or entry in MUSCLES[muscle].regions
    return MuscleSite(MUSCLES[muscle], "left" if side == "left" else "right", entry)


def plan(*muscles: str, areas: Iterable[str] = ()) -> Plan:
    return Plan(tuple(site(code) for code in muscles), frozenset(areas))


def case_from(
    replies: Mapping[str, Any] | None = None,
    born: datetime.date = ADULT,
    plan: Plan = NO_PLAN,
    policy: Policy = DEFAULT,
    today: datetime.date = TODAY,
) -> Case:
    """A case that fits the questionnaire: nothing to report but these replies. What they bring up and leave out is missing."""
    minor = Case(born, today, {}, policy=policy).is_minor
    given = (HARMLESS_CHILD if minor else HARMLESS) | dict(replies or {})
    parsed, faults = parse_replies({code: reply for code, reply in given.items() if reply is not None})
    case = Case(born, today, parsed, plan, policy)
    assert not faults, faults
    assert not policy.faults(), policy.faults()
    assert not fit_faults(case, complete=True), fit_faults(case, complete=True)
    return case


@dataclass(frozen=True)
class Row:
    """One line of a table: what is said, and what the specification makes of it (parts with their classes, overall)."""

    name: str
    replies: Mapping[str, Any] = field(default_factory=dict)
    findings: Mapping[str, str] = field(default_factory=dict)
    overall: str = "clear"
    born: datetime.date = ADULT
    today: datetime.date = TODAY
    plan: Plan = NO_PLAN
    policy: Policy = DEFAULT
    places: Mapping[str, Iterable[str]] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def case(self) -> Case:
        return case_from(self.replies, self.born, self.plan, self.policy, self.today)


def found(precaution: Precaution, case: Case) -> dict[str, Trigger]:
    """What one precaution finds, by part, its stricter layer on top."""
    triggers = {trigger.part: trigger for trigger in precaution.rule(case)}
    for trigger in precaution.stricter(case) if precaution.stricter else ():
        if trigger.part not in triggers or trigger.outcome.weight > triggers[trigger.part].outcome.weight:
            triggers[trigger.part] = trigger
    return triggers


def disagreements(row: Row, registry: Iterable[Precaution] = PRECAUTIONS) -> Iterator[str]:
    """Where a registry says something else than the row."""
    triggers = {part: trigger for precaution in registry for part, trigger in found(precaution, row.case).items()}
    classes = {part: trigger.outcome.value for part, trigger in triggers.items()}
    if classes != dict(row.findings):
        yield f"findings {classes}, not {dict(row.findings)}"
    overall = {item.value for item in roll_up(triggers.values(), row.case.plan)}
    if overall != set(row.overall.split()):
        yield f"overall {sorted(overall)}, not {row.overall}"
    for part, places in row.places.items():
        if part in triggers and triggers[part].places != set(places):
            yield f"{part} at {sorted(triggers[part].places)}, not {sorted(places)}"
    for part, origin in row.origins.items():
        if part in triggers and triggers[part].origin != origin:
            yield f"{part} from {triggers[part].origin}, not {origin}"
