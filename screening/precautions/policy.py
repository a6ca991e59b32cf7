"""What a clinic may set: limits and switches that are never laxer than the source."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_origin

STRICTER = {
    "avoid_lymphedema_region": "Lymphedema: do not needle in the region",
    "caution_all_pregnancy": "Pregnancy: caution after the first trimester too",
    "advise_against_low_white_cells": "Low white cells: not recommended",
    "advise_against_strong_fear": "A lot of needle fear: not recommended",
}
ADDITIONAL_GROUPS = tuple(f"A{number}" for number in range(1, 12))


@dataclass(frozen=True)
class Policy:
    """A clinic's settings. Ages in years; `first_trimester_ends` in days of pregnancy (97 is 13 weeks 6 days); validity in days.

    `additional` names the groups of questions beyond the source that the clinic asks.
    """

    age_of_majority: int = 18
    majority_basis: str = ""
    minimum_age: int = 12
    first_trimester_ends: int = 97
    second_clinician: bool = True
    consent_valid_days: int = 365
    avoid_lymphedema_region: bool = False
    caution_all_pregnancy: bool = False
    advise_against_low_white_cells: bool = False
    advise_against_strong_fear: bool = False
    additional: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # One order however it was written, since decisions are bound to the policy as it reads.
        known = [group for group in ADDITIONAL_GROUPS if group in self.additional]
        unknown = [group for group in self.additional if group not in ADDITIONAL_GROUPS]
        object.__setattr__(self, "additional", (*known, *unknown))

    def faults(self) -> list[str]:
        """What is not allowed, in words; empty when all is well."""
        found = []
        if not 16 <= self.age_of_majority <= 21:
            found.append("policy: age_of_majority must be from 16 to 21")
        if self.age_of_majority < 18 and not self.majority_basis.strip():
            found.append("policy: an age_of_majority below 18 needs its legal basis in majority_basis")
        if not 12 <= self.minimum_age <= self.age_of_majority:
            found.append("policy: minimum_age may be raised above 12 (up to the age of majority), never lowered")
        if not 84 <= self.first_trimester_ends <= 300:
            found.append("policy: first_trimester_ends is in days and not below 84 (12 weeks 0 days)")
        if not 1 <= self.consent_valid_days <= 3650:
            found.append("policy: consent_valid_days must be from 1 to 3650")
        found += [
            f"policy: additional: there is no group {group!r}; there are {', '.join(ADDITIONAL_GROUPS)}"
            for group in self.additional
            if group not in ADDITIONAL_GROUPS
        ]
        return found


def parse_policy(values: Any) -> tuple[Policy, list[str]]:
    """A policy from JSON values, with every fault named; unnamed settings keep their default."""
    if not isinstance(values, Mapping):
        return Policy(), ["policy: must be an object"]
    kinds = {field.name: field.type for field in fields(Policy)}
    faults = [f"policy: unknown setting {name}" for name in values if name not in kinds]
    known = {name: value for name, value in values.items() if name in kinds}
    wrong = [name for name, value in known.items() if not fits(value, kinds[name])]
    faults += [f"policy: {name} must be {in_words(kinds[name])}" for name in wrong]
    policy = Policy(**{name: value for name, value in known.items() if name not in wrong})
    return policy, faults + policy.faults()


def fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is tuple:
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    return type(value) is kind


def in_words(kind: Any) -> str:
    return "a list of group codes" if get_origin(kind) is tuple else f"of type {kind.__name__}"
