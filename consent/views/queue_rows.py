"""Rows of the first page as plain values: the page is drawn from them, and drawn again without a reload."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from consent.queue import CLEAR, GROUPS, Day, Group, Queue
from consent.rows import Row
from consent.stages import State
from screening.precautions.vocabulary import Outcome
from screening.words import OUTCOMES

SINGLY = frozenset(State) - {State.SEALED}  # which is a group of its own already


def case_row(row: Row) -> dict[str, Any]:
    """A case as clinicians see it."""
    visit = row.visit
    return {
        "key": str(visit.pk),
        "link": reverse("consent-desk" if row.is_at_consent else "case", args=[visit.pk]),
        "name": visit.patient.name,
        "age": age_words(row),
        "reason": visit.reason,
        "clinician": visit.clinician.printed_name,
        "edge": row.edge,
        "badges": [{"code": badge.code, "words": badge.words} for badge in row.badges],
        "words": row.words,
        "aside": row.aside,
        "looked": row.looked_at_words,
        "hand": reverse("consent-open", args=[visit.pk]) if row.can_be_handed_over else "",
    }


def visit_row(row: Row) -> dict[str, Any]:
    """A visit as the front desk sees it: what to do next, and nothing of the answers."""
    visit = row.visit
    return {
        "key": str(visit.pk),
        "link": reverse("visit", args=[visit.pk]),
        "name": visit.patient.name,
        "at": row.clock(visit.starts_at),
        "age": age_words(row),
        "reason": visit.reason,
        "clinician": visit.clinician.printed_name,
        "words": row.words,
        "aside": _("tablet with the patient") if row.in_hand else "",
        "hand": reverse("consent-open", args=[visit.pk]) if row.can_be_handed_over else "",
    } | next_step(row)


def age_words(row: Row) -> str:
    return _("%(age)s years") % {"age": row.age}


def next_step(row: Row) -> dict[str, str]:
    """What the front desk does now: a page to open, or words where there is nothing to press."""
    visit, none = row.visit.pk, {"next": "", "next_words": "", "wait": "", "done": ""}
    if row.state == State.ANSWERS:
        words = _("Resume the answers") if row.begun else _("Hand to patient")
        return none | {"next": reverse("visit", args=[visit]), "next_words": words}
    if row.state == State.CONSENT:
        words = _("Resume the consent") if row.begun else _("Follow the consent")
        return none | {"next": reverse("consent-desk", args=[visit]), "next_words": words} if row.in_hand else none
    if row.withdrawn_at:
        return none
    return none | ({"done": _("Done")} if row.document else {"wait": _("Wait for the clinician")})


def group_json(group: Group) -> dict[str, Any]:
    return {
        "code": group.code, "label": group.label, "count": group.count, "rows": [case_row(row) for row in group.rows],
        "more": group.more.query if group.more else "", "back": (group.back.query or "?") if group.back else "",
        "from": group.more.first if group.more else 0,
    }  # fmt: skip


def queue_json(found: Queue) -> list[dict[str, Any]]:
    return [group_json(group) for group in found.groups]


def day_json(day: Day) -> dict[str, Any]:
    return {"count": day.count, "rows": [visit_row(row) for row in day.rows], "after": day.after, "first": day.first}


def choices(found: Queue) -> dict[str, Any]:
    """What can be chosen, with how many stand where, and whether anything is."""
    chosen = found.chosen
    stages = [
        option(code, f"{label} ({found.number(states)})", chosen.stage) for code, (label, states) in GROUPS.items()
    ]
    each = [option(state, f"{state.label} ({found.counts[state]})", chosen.stage) for state in State if state in SINGLY]
    classes = [option(outcome, str(OUTCOMES[outcome]), chosen.outcome) for outcome in reversed(Outcome)]
    return {
        "mine": chosen.mine,
        "stages": stages,
        "states": each,
        "classes": [*classes, option(CLEAR, _("Nothing reported"), chosen.outcome)],
        "narrowed": chosen.mine or bool(chosen.stage or chosen.outcome),
    }


def option(code: str, words: str, chosen: str) -> dict[str, Any]:
    return {"code": str(code), "words": words, "on": code == chosen}
