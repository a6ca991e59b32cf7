"""The patient's answers: saved page by page as a draft, submitted once, corrected only as a new version."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from clinic import audit
from clinic.models import Visit
from screening.evaluation import current_policy, evaluate, lock
from screening.models import Intake, IntakeDraft, rules_of
from screening.precautions.questions import Asked, Question
from screening.precautions.vocabulary import Case
from screening.questionnaire import (
    PRECAUTION_OF,
    QUESTIONNAIRE_DIGEST,
    QUESTIONNAIRE_VERSION,
    QUESTIONS,
    birth_faults,
    fit_faults,
    parse_replies,
    shown,
)


class IntakeIncomplete(Exception):
    """Questions that apply have no answer yet; `codes` names them in order."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class AlreadySubmitted(Exception):
    """The answers of this visit were sent before; they can only be corrected by a clinician."""


def draft_of(visit: Visit) -> IntakeDraft:
    """The visit's draft, begun when there is none."""
    if visit.intakes.exists():
        raise AlreadySubmitted
    return IntakeDraft.objects.get_or_create(visit=visit)[0]


def draft_case(visit: Visit, replies: Mapping[str, Any]) -> Case:
    """The patient's answers so far (JSON) as a case, to know which questions apply."""
    parsed, _ = parse_replies({code: value for code, value in replies.items() if code in QUESTIONS})
    return Case(visit.patient.born, visit.clinic.today(), parsed, policy=rules_of(current_policy(visit)))


def patient_questions(case: Case) -> list[Question]:
    return shown(case, Asked.PATIENT)


def mark_read(visit: Visit) -> None:
    """The patient has read what dry needling is; the questions come next."""
    with transaction.atomic():
        draft = draft_of(lock(visit))
        draft.read = True
        draft.save()


def save_page(visit: Visit, offered: list[str], replies: Mapping[str, Any]) -> IntakeDraft:
    """Store one page: the replies (JSON) to the questions it offered; answers that no longer apply are dropped."""
    with transaction.atomic():
        visit = lock(visit)
        draft = draft_of(visit)
        kept = {code: value for code, value in draft.replies.items() if code not in offered} | dict(replies)
        case = draft_case(visit, kept)
        draft.replies = {code: value for code, value in kept.items() if case.shows(QUESTIONS[code])}
        draft.save()
        return draft


def as_asked(case: Case) -> list[dict[str, Any]]:
    """Each question that the patient was asked, in the words in which it was shown, with the answer in words."""
    return [
        {
            "code": question.code,
            "precaution": PRECAUTION_OF[question.code].number,
            "text": question.text,
            "hint": question.hint,
            "reply": question.dump(case[question]),
            "said": question.say(case[question]).render(),
        }
        for question in patient_questions(case)
    ]


def asked_and_answered(case: Case) -> dict[str, Any]:
    """What an intake row says of the questions: their version, their words, and the answers."""
    return {
        "questionnaire_version": QUESTIONNAIRE_VERSION,
        "questionnaire_digest": QUESTIONNAIRE_DIGEST,
        "replies": {question.code: question.dump(case[question]) for question in patient_questions(case)},
        "asked": as_asked(case),
    }


def complete_case(visit: Visit, replies: Mapping[str, Any]) -> Case:
    """The case of a finished intake; `IntakeIncomplete` names what is missing or does not fit."""
    case = draft_case(visit, replies)
    asked = {question.code for question in patient_questions(case)}
    missing = [code for code in QUESTIONS if code in asked and code not in case.replies]
    misfits = [fault.partition(":")[0] for fault in fit_faults(case, complete=True)]
    if missing or misfits or birth_faults(case.born, case.today):
        raise IntakeIncomplete(missing + misfits)
    return case


def submit(visit: Visit, language: str = "en") -> Intake:
    """Turn the draft into the visit's intake with its first screening. Sent twice, it gives the same intake."""
    with transaction.atomic():
        visit = lock(visit)
        if existing := visit.intakes.order_by("version").first():
            return existing
        draft = draft_of(visit)
        case = complete_case(visit, draft.replies)
        intake = Intake.objects.create(
            visit=visit, language=language, **asked_and_answered(case),
        )  # fmt: skip
        draft.delete()
        audit.log(visit.clinic, None, "intake.submitted", intake, visit=str(visit.pk), questions=len(intake.asked))
        evaluate(visit, "intake", by=None)
        return intake
