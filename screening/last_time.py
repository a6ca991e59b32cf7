"""Returning patients: what they said at their last visit, shown page by page to be confirmed where it need not be asked anew."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from clinic.models import Visit
from screening.models import Intake, in_english
from screening.precautions.questions import UNSURE
from screening.precautions.vocabulary import Case
from screening.questionnaire import Page, parse_replies


@dataclass(frozen=True)
class LastTime:
    """An earlier intake of the patient: the day of that visit, and by question code the reply (JSON) and the words asked.

    `key` names the version of the intake, so that nothing is confirmed but what was shown.
    """

    key: str
    day: datetime.date
    replies: Mapping[str, Any]
    asked: Mapping[str, tuple[str, str]]


def last_time(visit: Visit) -> LastTime | None:
    """The newest answers of the same patient from another visit to this clinic; None for a first visit."""
    earlier = Intake.objects.filter(visit__patient=visit.patient_id, visit__clinic=visit.clinic_id, version=1)
    sent = earlier.exclude(visit=visit).order_by("-created_at").first()
    if sent is None:
        return None
    row = Intake.objects.filter(visit=sent.visit_id).latest("version")  # a correction does not make the answers newer
    day = sent.created_at.astimezone(visit.clinic.zone).date()
    return LastTime(str(row.pk), day, row.replies, {item["code"]: words_of(item) for item in row.asked})


def words_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """Question and hint of an intake's row, in English."""
    words = in_english(row)
    return words["text"], words["hint"]


def to_confirm(page: Page, case: Case, last: LastTime | None) -> dict[str, Any]:
    """The replies (JSON) of a page that the patient may confirm; empty where the page has to be asked anew.

    Asked anew: what changes from visit to visit, and any page with a question that was worded otherwise, was not asked,
    or was answered "not sure".
    """
    if last is None or page.precaution.each_visit:
        return {}
    worded = {question.code: case.worded(question) for question in page.questions}
    same = [
        question
        for question in page.questions
        if last.asked.get(question.code) == (worded[question.code].text, worded[question.code].hint)
    ]
    given = {question.code: last.replies[question.code] for question in same if question.code in last.replies}
    replies, faults = parse_replies(given)
    merged = replace(case, replies={**case.replies, **replies})
    shown = [question for question in page.questions if merged.shows(question)]
    if faults or any(question.each_visit or given.get(question.code, UNSURE) == UNSURE for question in shown):
        return {}
    return {question.code: given[question.code] for question in shown}
