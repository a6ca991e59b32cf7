"""Answers that staff give or settle: their own questions, a "not sure", and where a finding is or is not."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from screening.evaluation import evaluate, settled_replies
from screening.models import Resolution, ResolutionKind, Screening
from screening.precautions.questions import UNSURE, Asked, BadReply, Question, Where
from screening.questionnaire import PRECAUTION_OF, QUESTIONS
from screening.refusals import ReviewRefused, latest, require_clinician, thick


def settle(screening: Screening, answers: Mapping[str, Any], by: User, note: str = "") -> Screening:
    """Answer questions asked of staff, settle a "not sure", or place or clear a located finding; then screen anew.

    `answers` is JSON by question code. "unsure" keeps the reply and records that it is decided as if it were of concern.
    """
    with transaction.atomic():
        visit = latest(screening)
        for code, value in answers.items():
            question = QUESTIONS.get(code)
            if question is None:
                raise ReviewRefused(_("There is no question %(code)s.") % {"code": code})
            may_settle(screening, question, by, note)
            try:
                reply = question.dump(question.parse(value))
            except BadReply as wrong:
                raise ReviewRefused(str(wrong)) from wrong
            was = screening.intake.replies.get(code)
            Resolution.objects.create(
                visit=visit, screening=screening, kind=ResolutionKind.REPLY, by=by, note=note,
                question=code, was=was, reply=reply, part=PRECAUTION_OF[code].mark,
            )  # fmt: skip
        audit.log(visit.clinic, by, "reply.settled", screening, visit=str(visit.pk), questions=len(answers))
        return evaluate(visit, "settled", by)


LOCATED = frozenset({6, 8, 9, 15, 105, 107, 108})  # numbers of what has a place that a clinician can look at


def may_settle(screening: Screening, question: Question, by: User, note: str) -> None:
    """Staff answer staff's questions; clinicians settle "not sure" and, having looked, place or clear what has a place."""
    if question.asked == Asked.STAFF:
        return
    require_clinician(screening.visit, by)
    if question.asked != Asked.PATIENT or screening.replies.get(question.code, UNSURE) == UNSURE:
        return
    located = PRECAUTION_OF[question.code].number in LOCATED
    settled_before = question.code in settled_replies(screening.intake)
    if located and (isinstance(question, Where) or not question.is_clear(screening.replies[question.code])):
        thick(note, 5)
    elif not settled_before:
        raise ReviewRefused(
            _("The patient answered this question. Correct the answer, with a reason, instead of settling it.")
        )
