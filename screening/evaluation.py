"""Builds the case that the rules see from the rows, and writes what they found as one screening."""

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.db import connection, transaction

from clinic import audit
from clinic.models import User, Visit
from screening.models import (
    ClinicPolicy,
    Details,
    Finding,
    Intake,
    PlannedSite,
    ResolutionKind,
    Screening,
    message_to,
    rules_of,
    token_of,
)
from screening.precautions.policy import Policy
from screening.precautions.questions import Asked
from screening.precautions.vocabulary import Case, Plan, Trigger
from screening.questionnaire import PRECAUTION_OF_PART, QUESTIONS, RULES_VERSION, parse_replies, screen


class NoIntake(Exception):
    """The patient has not sent their answers yet."""


def current_policy(visit: Visit) -> ClinicPolicy | None:
    return visit.clinic.policies.order_by("-created_at").first()


def current_intake(visit: Visit) -> Intake:
    intake = visit.intakes.order_by("-version").first()
    if intake is None:
        raise NoIntake
    return intake


def answered_on(visit: Visit) -> datetime.date:
    """The day at the clinic on which the patient answered; a correction does not make the answers newer."""
    first = visit.intakes.order_by("version").first()
    if first is None:
        raise NoIntake
    return first.created_at.astimezone(visit.clinic.zone).date()


def current_screening(visit: Visit) -> Screening | None:
    return visit.screenings.order_by("-seq").first()


def settled_replies(intake: Intake) -> dict[str, Any]:
    """JSON replies that staff settled or gave, as far as they still bind."""
    rows = intake.visit.resolutions.filter(kind=ResolutionKind.REPLY).order_by("created_at")
    return {row.question: row.reply for row in rows if row.settles(intake)}


def case_of(intake: Intake, plan: Plan, policy: Policy) -> Case:
    """The case as a rule may see it: the patient's answers, with what staff settled laid over them."""
    visit = intake.visit
    replies, faults = parse_replies(intake.replies | settled_replies(intake))
    if faults:
        raise ValueError("a stored reply no longer fits its question")
    case = Case(visit.patient.born, visit.clinic.today(), replies, plan, policy)
    return Case(
        case.born,
        case.today,
        {code: reply for code, reply in replies.items() if case.shows(QUESTIONS[code])},
        plan,
        policy,
    )


def fingerprint(case: Case, trigger: Trigger) -> str:
    """What an override or a resolution is bound to; when any of it changes, they are void.

    An override weighs a finding against a plan, so the plan counts for findings that can be overridden.
    """
    reasons = {reason.question for reason in trigger.reasons}
    precaution = PRECAUTION_OF_PART[trigger.part]
    rests_on = [
        question for question in precaution.questions if question.asked == Asked.PATIENT or question.code in reasons
    ]
    plan = sorted([*(f"{site.code}:{site.entry}" for site in case.plan.muscles), *case.plan.areas])
    bound = [
        trigger.part, trigger.outcome, trigger.scope, trigger.origin, sorted(trigger.places),
        [[question.code, question.dump(case[question])] for question in rests_on if case.shows(question)],
        [reason.message.render() for reason in trigger.reasons],
        plan if trigger.overridable else None,
        RULES_VERSION, repr(case.policy),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(bound, ensure_ascii=False).encode()).hexdigest()


def lock(visit: Visit) -> Visit:
    """Hold the visit until the end of the transaction, so that screenings and decisions come one after another."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("lock a visit inside a transaction")
    return Visit.objects.select_for_update(of=("self",)).select_related("patient", "clinic").get(pk=visit.pk)


def evaluate(
    visit: Visit, cause: str, by: User | None, plan: Plan | None = None, details: Mapping[str, Details] | None = None
) -> Screening:
    """Screen the visit anew, with the plan given or the one before, and write the screening with its findings.

    `details`, by a site's token, say how it is needled; None keeps those of the screening before.
    """
    visit = lock(visit)
    intake, policy, last = current_intake(visit), current_policy(visit), current_screening(visit)
    if plan is None:
        plan = last.plan if last else Plan()
    if details is None:
        details = last.details if last else {}
    case = case_of(intake, plan, rules_of(policy))
    result = screen(case)
    seq = last.seq + 1 if last else 1
    screening = Screening.objects.create(
        visit=visit, intake=intake, policy=policy, seq=seq, rules_version=RULES_VERSION, born=case.born, today=case.today,
        replies={code: QUESTIONS[code].dump(reply) for code, reply in case.replies.items()},
        overall=list(result.overall), conflicts=list(result.conflicts), open=list(result.open), cause=cause, by=by,
        weight=weight(result.findings),
    )  # fmt: skip
    Visit.objects.filter(pk=visit.pk).update(closed_at=None)
    write_plan(screening, plan, details)
    for trigger in result.findings:
        write_finding(screening, case, trigger)
    audit.log(
        visit.clinic,
        by,
        "screening.made",
        screening,
        visit=str(visit.pk),
        seq=seq,
        cause=cause,
        findings=len(result.findings),
    )
    return screening


def write_plan(screening: Screening, plan: Plan, details: Mapping[str, Details]) -> None:
    for site in plan.muscles:
        said = asdict(details.get(token_of(site), Details()))
        PlannedSite.objects.create(
            screening=screening, muscle=site.muscle.id, side=site.side, entry=site.entry, **said
        )
    for area in sorted(plan.areas):
        PlannedSite.objects.create(screening=screening, area=area, **asdict(details.get(area, Details())))


def weight(findings: Iterable[Trigger]) -> int:
    """That of the most serious finding; what only waits for staff's own answers is not something reported."""
    return max((trigger.outcome.weight for trigger in findings if not trigger.awaits_staff_only), default=-1)


def write_finding(screening: Screening, case: Case, trigger: Trigger) -> Finding:
    reasons = [
        {
            "message": message_to(reason.message),
            "question": reason.question,
            "reply": reason.reply,
            "awaited": reason.awaited,
        }
        for reason in trigger.reasons
    ]
    return Finding.objects.create(
        screening=screening, part=trigger.part, number=PRECAUTION_OF_PART[trigger.part].number,
        outcome=trigger.outcome, scope=trigger.scope, origin=trigger.origin,
        places=sorted(trigger.places), reasons=reasons, requires=list(trigger.requires),
        overridable=trigger.overridable, declines=trigger.declines, awaits_staff_only=trigger.awaits_staff_only,
        fingerprint=fingerprint(case, trigger),
    )  # fmt: skip
