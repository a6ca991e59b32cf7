"""The fifteen applied: which questions are shown, whether the replies fit them, and what the case comes to. Plain Python."""

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from screening.precautions import EVERY, PRECAUTIONS
from screening.precautions.policy import Policy
from screening.precautions.questions import UNSURE, Asked, BadReply, Date, Question, Text
from screening.precautions.vocabulary import Case, Outcome, Plan, Precaution, Requirement, Scope, Trigger

QUESTIONNAIRE_VERSION = "2026.3"
QUESTIONNAIRE_DIGEST = "ea550541fb9f014d4dafac3fc69a66825c940cb963fd05ecf5cb191dd1bab2ca"
RULES_VERSION = "2026.3"

QUESTIONS: dict[str, Question] = {
    question.code: question for precaution in EVERY for question in precaution.questions
}
PRECAUTION_OF: dict[str, Precaution] = {
    question.code: precaution for precaution in EVERY for question in precaution.questions
}
PRECAUTION_OF_PART: dict[str, Precaution] = {
    statement.part: precaution for precaution in EVERY for statement in precaution.statements
}
OLDEST = 130


@dataclass(frozen=True)
class Page:
    """Questions that hang together by their follow-ups: one lead question, or a few that share a follow-up."""

    code: str
    precaution: Precaution
    questions: tuple[Question, ...]


def hanging_together(questions: Iterable[Question]) -> list[tuple[Question, ...]]:
    """The questions in groups, joined wherever one follows another; groups and questions stay in their order."""
    groups: list[list[Question]] = []
    for question in questions:
        leads = {lead.question.code for lead in question.follows}
        joined = [group for group in groups if leads & {other.code for other in group}]
        if not joined:
            groups.append([question])
            continue
        for group in joined[1:]:
            joined[0].extend(group)
            groups.remove(group)
        joined[0].append(question)
    return [tuple(group) for group in groups]


def pages_of(precaution: Precaution) -> list[Page]:
    """What a patient is asked on one page each; the first page has the precaution's own code."""
    asked = [question for question in precaution.questions if question.asked == Asked.PATIENT]
    return [
        Page(precaution.code if at == 1 else f"{precaution.code}-{at}", precaution, group)
        for at, group in enumerate(hanging_together(asked), 1)
    ]


PAGES: tuple[Page, ...] = tuple(page for precaution in PRECAUTIONS for page in pages_of(precaution))
EVERY_PAGE: tuple[Page, ...] = tuple(page for precaution in EVERY for page in pages_of(precaution))
PAGE_OF: dict[str, Page] = {question.code: page for page in EVERY_PAGE for question in page.questions}
# Who they are comes first, then whether they agree.
FOR_GUARDIAN: tuple[Question, ...] = tuple(
    sorted(
        (question for question in QUESTIONS.values() if question.asked == Asked.GUARDIAN),
        key=lambda question: not isinstance(question, Text),
    )
)


def asked_under(policy: Policy, pages: Iterable[Page] = EVERY_PAGE) -> tuple[Page, ...]:
    """The pages of the fifteen, and of the additional groups that the clinic has switched on."""
    return tuple(page for page in pages if not page.precaution.is_additional or page.precaution.mark in policy.additional)


class Overall(StrEnum):
    """What a screening comes to, as a set of these; in the order in which they are shown."""

    DECLINED = "declined"
    CONTRAINDICATED = "contraindicated"
    NOT_RECOMMENDED = "not_recommended"
    AVOID_SOME_REGIONS = "avoid_some_regions"
    NEEDS_CONSENT_STEP = "needs_consent_step"
    NEEDS_EQUIPMENT_CHANGE = "needs_equipment_change"
    CAUTION = "caution"
    CLEAR_WITH_INFORMATION = "clear_with_information"
    CLEAR = "clear"


ADDS = {
    Outcome.CAUTION: Overall.CAUTION,
    Outcome.AVOID_REGION: Overall.AVOID_SOME_REGIONS,
    Outcome.MODIFY_EQUIPMENT: Overall.NEEDS_EQUIPMENT_CHANGE,
    Outcome.CONSENT_STEP: Overall.NEEDS_CONSENT_STEP,
    Outcome.NOT_RECOMMENDED: Overall.NOT_RECOMMENDED,
}


@dataclass(frozen=True)
class Screened:
    """The outcome of one screening: findings in the source's order, `conflicts` and `open` by part and question code."""

    findings: tuple[Trigger, ...]
    overall: tuple[Overall, ...]
    conflicts: tuple[str, ...]
    open: tuple[str, ...]


def shown(case: Case, *asked: Asked) -> list[Question]:
    """The questions that apply to the case, in order; only those asked of the named people when any is named."""
    return [
        question for question in QUESTIONS.values() if (not asked or question.asked in asked) and case.shows(question)
    ]


def open_questions(case: Case) -> list[Question]:
    """Those shown whose reply is not sure, or that nobody has answered."""
    return [question for question in shown(case) if case[question] == UNSURE]


def findings_of(case: Case) -> Iterator[Trigger]:
    """Every statement that applies; where a clinic's policy raises one, the stricter of the two."""
    for precaution in EVERY:
        found = {trigger.part: trigger for trigger in precaution.rule(case)}
        for trigger in precaution.stricter(case) if precaution.stricter else ():
            milder = found.get(trigger.part)
            if milder is None:
                found[trigger.part] = trigger
            elif milder.outcome.weight < trigger.outcome.weight:
                # Stricter, and still for all the reasons and places that the patient reported.
                reasons = (*milder.reasons, *(reason for reason in trigger.reasons if reason not in milder.reasons))
                found[trigger.part] = replace(trigger, reasons=reasons, places=milder.places | trigger.places)
        parts = [statement.part for statement in precaution.statements]
        yield from (second_opinion(case, found[part]) for part in parts if part in found)


def second_opinion(case: Case, trigger: Trigger) -> Trigger:
    """An override of a contraindication needs a second clinician where the clinic's policy says so."""
    if trigger.outcome == Outcome.CONTRAINDICATED and trigger.overridable and case.policy.second_clinician:
        return replace(trigger, requires=(*trigger.requires, Requirement.SECOND_CLINICIAN))
    return trigger


def hits(trigger: Trigger, plan: Plan) -> bool:
    """Whether the plan runs into places that the finding forbids."""
    if not trigger.forbids_places:
        return False
    planned = {site.code for site in plan.muscles} if trigger.scope == Scope.MUSCLES else plan.places
    return bool(trigger.places & planned)


def adds(trigger: Trigger, plan: Plan) -> set[Overall]:
    """What one finding adds to the overall outcome (clinical specification, section 1)."""
    if trigger.outcome != Outcome.CONTRAINDICATED:
        found = {ADDS[trigger.outcome]} if trigger.outcome in ADDS else set()
        return found | ({Overall.DECLINED} if trigger.declines else set())
    if trigger.scope == Scope.PERSON:
        return {Overall.CONTRAINDICATED}
    if not hits(trigger, plan):
        return {Overall.AVOID_SOME_REGIONS}
    stays_free = plan.places - trigger.places
    return {Overall.CONTRAINDICATED} | ({Overall.AVOID_SOME_REGIONS} if stays_free else set())


def roll_up(findings: Iterable[Trigger], plan: Plan) -> tuple[Overall, ...]:
    found = list(findings)
    overall = set().union(*(adds(trigger, plan) for trigger in found)) if found else {Overall.CLEAR}
    return tuple(item for item in Overall if item in overall) or (Overall.CLEAR_WITH_INFORMATION,)


def screen(case: Case) -> Screened:
    """Apply the fifteen precautions, and the additional groups that the clinic asks, to a case."""
    findings = tuple(findings_of(case))
    conflicts = tuple(trigger.part for trigger in findings if hits(trigger, case.plan))
    return Screened(
        findings, roll_up(findings, case.plan), conflicts, tuple(question.code for question in open_questions(case))
    )


def birth_faults(born: datetime.date, today: datetime.date) -> list[str]:
    """What cannot be right about a date of birth."""
    if born > today:
        return ["born: the date of birth is in the future"]
    if Case(born, today, {}).age >= OLDEST:
        return [f"born: the date of birth is {OLDEST} years ago or more"]
    return []


def parse_replies(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Replies in Python from JSON values, with every unknown code and value named."""
    replies: dict[str, Any] = {}
    faults: list[str] = []
    for code, value in values.items():
        if code not in QUESTIONS:
            faults.append(f"{code}: there is no such question")
            continue
        try:
            replies[code] = QUESTIONS[code].parse(value)
        except BadReply as wrong:
            faults.append(str(wrong))
    return replies, faults


def fit_faults(case: Case, complete: bool = False) -> list[str]:
    """Replies to questions that are not shown, dates that cannot be right, and (unless `complete`) questions without a reply."""
    asked = [question.code for question in shown(case)]
    faults = [f"{code}: a reply to a question that is not shown" for code in case.replies if code not in asked]
    if not complete:
        faults += [f"{code}: shown, but has no reply" for code in asked if code not in case.replies]
    for code, reply in case.replies.items():
        question = QUESTIONS[code]
        if isinstance(question, Date) and reply != UNSURE and not question.plausible(reply, case.today):
            faults.append(f"{code}: {reply.isoformat()} cannot be right on {case.today.isoformat()}")
    return faults


def digest() -> str:
    """SHA-256 over everything that is asked, so that no wording changes without a new questionnaire version."""
    asked = [
        [
            question.code, question.kind, question.text, question.hint, question.child, question.child_hint, question.why,
            question.asked, question.minors_only, question.clear, question.group,
            [[option.code, option.text] for option in question.options],
            [[lead.question.code, lead.replies] for lead in question.follows],
        ]
        for question in QUESTIONS.values()
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()
