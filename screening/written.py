"""A case as it is written in JSON: read with every fault named, filled up, and what it comes to. Plain Python."""

import datetime
import json
from typing import Any

from screening.body import AREAS, MUSCLES, SIDES, MuscleSite
from screening.precautions.policy import parse_policy
from screening.precautions.questions import UNSURE, Question
from screening.precautions.vocabulary import Case, Plan, Precaution, Trigger
from screening.questionnaire import PRECAUTION_OF_PART, Screened, birth_faults, fit_faults, parse_replies, shown

KEYS = {"born", "today", "replies", "plan", "policy"}


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no key is given twice: which of two replies is meant cannot be told."""
    keys = [key for key, _ in pairs]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"given twice: {', '.join(twice)}")
    return dict(pairs)


def parse_day(values: dict[str, Any], name: str, faults: list[str]) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(values[name])
    except (KeyError, TypeError, ValueError):
        faults.append(f"{name}: must be a date such as 2026-11-30")
        return None


def parse_site(row: Any, faults: list[str]) -> MuscleSite | None:
    """A planned muscle from {"id", "side"} and, where the clinician names it, "entry" (a region of that muscle)."""
    if not isinstance(row, dict) or set(row) - {"id", "side", "entry"}:
        faults.append(f'plan: a muscle is {{"id", "side"}} with an optional "entry", not {json.dumps(row)}')
        return None
    muscle, side, entry = row.get("id"), row.get("side"), row.get("entry", "")
    wrong = []
    if not isinstance(muscle, str) or muscle not in MUSCLES:
        wrong.append(f"plan: there is no muscle {json.dumps(muscle)}")
    if side not in SIDES:
        wrong.append(f"plan: {muscle}: side must be left or right, not {json.dumps(side)}")
    if not wrong and entry and entry not in MUSCLES[muscle].regions:  # type: ignore[index]
        wrong.append(f"plan: {muscle}: entry must be one of {', '.join(MUSCLES[muscle].regions)}")  # type: ignore[index]
    faults += wrong
    return None if wrong else MuscleSite(MUSCLES[muscle], side, entry)  # type: ignore[index,arg-type]


def parse_plan(values: Any, faults: list[str]) -> Plan:
    if not isinstance(values, dict) or set(values) - {"muscles", "areas"}:
        faults.append('plan: must be {"muscles": […], "areas": […]}')
        return Plan()
    muscles, areas = values.get("muscles", []), values.get("areas", [])
    if not isinstance(muscles, list) or not isinstance(areas, list):
        faults.append("plan: muscles and areas must be lists")
        return Plan()
    faults += [
        f"plan: there is no area {json.dumps(area)}" for area in areas if not isinstance(area, str) or area not in AREAS
    ]
    sites = [parse_site(row, faults) for row in muscles]
    return Plan(
        tuple(site for site in sites if site),
        frozenset(area for area in areas if isinstance(area, str) and area in AREAS),
    )


def parse_case(values: Any, complete: bool) -> tuple[Case | None, list[str]]:
    """The case, or None and every fault."""
    if not isinstance(values, dict):
        return None, ["the case must be a JSON object"]
    faults = [f"{name}: unknown, a case has {', '.join(sorted(KEYS))}" for name in values if name not in KEYS]
    born, today = parse_day(values, "born", faults), parse_day(values, "today", faults)
    given = values.get("replies")
    if not isinstance(given, dict):
        faults.append("replies: must be an object from question code to reply")
        given = {}
    replies, wrong_replies = parse_replies(given)
    policy, wrong_policy = parse_policy(values.get("policy", {}))
    faults += wrong_replies + wrong_policy
    plan = parse_plan(values.get("plan", {}), faults)
    if born is None or today is None:
        return None, faults
    faults += birth_faults(born, today)
    case = Case(born, today, replies, plan, policy)
    # A code that was given but could not be read is already named: it is not missing as well.
    return case, faults + [
        fault for fault in fit_faults(case, complete) if fault.partition(":")[0] not in set(given) - set(replies)
    ]


def completed(case: Case) -> Case:
    """The case with every shown question that has no reply taken as not sure."""
    replies = dict(case.replies)
    while missing := [
        question.code
        for question in shown(Case(case.born, case.today, replies, case.plan, case.policy))
        if question.code not in replies
    ]:
        replies |= dict.fromkeys(missing, UNSURE)
    return Case(case.born, case.today, replies, case.plan, case.policy)


def described(trigger: Trigger) -> dict[str, Any]:
    order = [*AREAS, *(f"{muscle}_{side}" for muscle in MUSCLES for side in SIDES)]
    return {
        "part": trigger.part,
        "number": number_of(PRECAUTION_OF_PART[trigger.part]),
        "class": trigger.outcome,
        "scope": trigger.scope,
        "places": [code for code in order if code in trigger.places],
        "reasons": [reason.message.render() for reason in trigger.reasons],
        "requires": list(trigger.requires),
        "overridable": trigger.overridable,
        "from": trigger.origin,
    }


def number_of(precaution: Precaution) -> int | str:
    """The source's number; an additional group has its own mark."""
    return precaution.mark if precaution.is_additional else precaution.number


def report(screened: Screened) -> dict[str, Any]:
    return {
        "overall": list(screened.overall),
        "findings": [described(trigger) for trigger in screened.findings],
        "conflicts": list(screened.conflicts),
        "open": list(screened.open),
    }


def harmless(question: Question) -> Any:
    """The reply of which nothing is made; where none is of concern, the first that can be given."""
    if question.clear:
        return question.clear[0]
    return question.options[0].code if question.options else ""


def with_harmless(case: Case) -> Case:
    """The case with every question that follows no other, and has no reply, answered harmlessly."""
    given = {question.code: harmless(question) for question in shown(case) if not question.follows}
    return Case(case.born, case.today, given | dict(case.replies), case.plan, case.policy)
