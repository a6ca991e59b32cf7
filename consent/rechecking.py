"""Runs the rules again on what a record carries, and says where today's rules come to something else."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from pyhanko.pdf_utils.reader import PdfFileReader

from consent.attached import BUNDLE
from consent.seals import ROTTEN
from screening.body import MUSCLES, MuscleSite
from screening.precautions.policy import parse_policy
from screening.precautions.vocabulary import Case, Plan
from screening.questionnaire import RULES_VERSION, parse_replies, screen

UNREADABLE = (*ROTTEN, json.JSONDecodeError, UnicodeDecodeError, StopIteration)


class NothingToCheck(Exception):
    """The file carries no case that can be screened again; the text says why."""


@dataclass(frozen=True)
class Recheck:
    """Which rules it was screened by, which are today's, and each difference in words; none when they agree."""

    then: str
    now: str
    differences: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return not self.differences


def carried(pdf: bytes, name: str = BUNDLE) -> bytes:
    """The file of this name inside a PDF."""
    try:
        names = PdfFileReader(BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        specs = [names[at] for at in range(1, len(names), 2)]
        data: bytes = next(spec for spec in specs if str(spec["/UF"]) == name)["/EF"]["/F"].data
    except UNREADABLE as error:
        raise NothingToCheck(_("This file carries no data of a record.")) from error
    return data


def case_in(bundle: bytes) -> Mapping[str, Any]:
    """What the rules saw and found, out of the bundle."""
    try:
        entries = json.loads(bundle)["entry"]
        parameters = next(one["resource"] for one in entries if one["resource"]["resourceType"] == "Parameters")
        found: Mapping[str, Any] = json.loads(parameters["parameter"][0]["valueString"])
        if not isinstance(found, dict):
            raise TypeError
    except UNREADABLE as error:
        raise NothingToCheck(_("The data of this record cannot be read.")) from error
    return found


def recheck(pdf: bytes) -> Recheck:
    """Screen again with today's rules what the record says was seen, and compare."""
    told = case_in(carried(pdf))
    try:
        case = built(told)
        then = {row["part"]: row for row in told["findings"]}
        overall = list(told["overall"])
    except UNREADABLE as error:
        raise NothingToCheck(_("The case of this record no longer fits today's questions: %(why)s") % {"why": error}) from error
    result = screen(case)
    now = {
        one.part: {"outcome": str(one.outcome), "scope": str(one.scope), "places": sorted(one.places),
                   "reasons": [reason.message.render() for reason in one.reasons]}
        for one in result.findings
    }  # fmt: skip
    lines = [*compared(then, now)]
    if sorted(overall) != sorted(map(str, result.overall)):
        came = {"then": ", ".join(overall), "now": ", ".join(result.overall)}
        lines.append(_("Overall: then %(then)s, now %(now)s.") % came)
    return Recheck(str(told.get("rules_version", "")), RULES_VERSION, tuple(lines))


def built(told: Mapping[str, Any]) -> Case:
    replies, faults = parse_replies(told["replies"])
    policy, policy_faults = parse_policy(told["policy"])
    if faults or policy_faults:
        raise ValueError("; ".join([*faults, *policy_faults]))
    muscles = tuple(MuscleSite(MUSCLES[one["id"]], one["side"], one["entry"]) for one in told["plan"]["muscles"])
    plan = Plan(muscles, frozenset(told["plan"]["areas"]))
    born, today = (datetime.date.fromisoformat(told[name]) for name in ("born", "today"))
    return Case(born, today, replies, plan, policy)


def compared(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    lines = []
    for part in sorted({*then, *now}):
        before, after = then.get(part), now.get(part)
        if before is None or after is None:
            came, went = _("%(part)s was not found then, and is now."), _("%(part)s was found then, and is not now.")
            lines.append((came if before is None else went) % {"part": part})
            continue
        for name in ("outcome", "scope", "places", "reasons"):
            if before[name] != after[name]:
                lines.append(_("%(part)s, %(name)s: then %(then)s, now %(now)s.") % {
                    "part": part, "name": name, "then": before[name], "now": after[name],
                })  # fmt: skip
    return lines
