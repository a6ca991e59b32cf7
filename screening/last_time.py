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
    """An earlier intake of the patient: the day at the clinic, and by question code the reply (JSON) and the words asked."""

    day: datetime.date
    replies: Mapping[str, Any]
    asked: Mapping[str, str]


def last_time(visit: Visit) -> LastTime | None:
    """The newest answers of the same patient from another visit to this clinic; None for a first visit."""
    earlier = Intake.objects.filter(visit__patient=visit.patient_id, visit__clinic=visit.clinic_id)
    row = earlier.exclude(visit=visit).order_by("-created_at", "-version").first()
    if row is None:
        return None
    day = row.created_at.astimezone(visit.clinic.zone).date()
    return LastTime(day, row.replies, {item["code"]: in_english(item)["text"] for item in row.asked})


def to_confirm(page: Page, case: Case, last: LastTime | None) -> dict[str, Any]:
    """The replies (JSON) of a page that the patient may confirm; empty where the page has to be asked anew.

    Asked anew: what changes from visit to visit, and any page with a question that was worded otherwise, was not asked,
    or was answered "not sure".
    """
    if last is None or page.precaution.each_visit:
        return {}
    same = [question for question in page.questions if last.asked.get(question.code) == case.worded(question).text]
    given = {question.code: last.replies[question.code] for question in same if question.code in last.replies}
    replies, faults = parse_replies(given)
    merged = replace(case, replies={**case.replies, **replies})
    shown = [question.code for question in page.questions if merged.shows(question)]
    if faults or any(given.get(code, UNSURE) == UNSURE for code in shown):
        return {}
    return {code: given[code] for code in shown}
