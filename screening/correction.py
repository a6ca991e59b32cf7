"""Correcting a mis-tapped answer: never the row itself, always a new version of the intake with who and why."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from screening.evaluation import current_intake, evaluate
from screening.intake import asked_and_answered, complete_case, draft_case
from screening.models import Intake, Screening
from screening.questionnaire import QUESTIONS, parse_replies
from screening.refusals import ReviewRefused, latest, require_clinician


class CorrectionRefused(ReviewRefused):
    """The correction says nothing new, has no reason, or does not fit; the text says which."""


def correct(screening: Screening, changes: Mapping[str, Any], by: User, reason: str) -> Screening:
    """A new version of the intake with the changed answers (JSON, with the follow-ups that now apply), screened anew.

    `IntakeIncomplete` names follow-ups without an answer; a stale or decided case is refused like any step of a review.
    """
    if len(reason.strip()) < 5:
        raise CorrectionRefused(_("Say why the answer is corrected."))
    with transaction.atomic():
        visit = latest(screening)
        require_clinician(visit, by)
        before = current_intake(visit)
        wanted = dict(before.replies) | dict(changes)
        replies, faults = parse_replies(wanted)
        if faults:
            raise CorrectionRefused("; ".join(faults))
        case = draft_case(visit, {code: QUESTIONS[code].dump(reply) for code, reply in replies.items()})
        kept = {code: value for code, value in wanted.items() if case.shows(QUESTIONS[code])}
        answered = asked_and_answered(complete_case(visit, kept))
        if answered["replies"] == before.replies:
            raise CorrectionRefused(_("Nothing was changed."))
        # What was not changed stays as the patient was asked it; the correction itself is in the clinic's language.
        rows = {row["code"]: row for row in before.asked}
        stays = [row["code"] for row in answered["asked"] if rows.get(row["code"], {}).get("reply") == row["reply"]]
        answered["asked"] = [rows[row["code"]] if row["code"] in stays else row for row in answered["asked"]]
        answered |= {"language": before.language, "translation": before.translation, "help": before.help}
        intake = Intake.objects.create(
            visit=visit, version=before.version + 1, corrected_by=by, reason=reason, **answered,
        )  # fmt: skip
        audit.log(visit.clinic, by, "intake.corrected", intake, visit=str(visit.pk), version=intake.version)
        return evaluate(visit, "correction", by)
