"""What changed since the patient's last visit to this clinic: reply by reply, finding by finding; and what was planned then."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic.models import Visit
from screening.evaluation import answered_on, current_screening
from screening.models import Decision, Finding, Resolution, Review, Screening
from screening.precautions.questions import Asked
from screening.precautions.vocabulary import Requirement
from screening.questionnaire import QUESTIONS
from screening.standing import standings

# Said again in the same words; what has to be looked at, and lot numbers, are of the day.
SAID_AGAIN = frozenset({Requirement.EDUCATION.value, Requirement.MEASURES.value})


@dataclass(frozen=True)
class Change:
    """A reply of the patient that is another than last time; empty where the question was not asked."""

    text: str
    was: str
    now: str


@dataclass(frozen=True)
class LastVisit:
    """The newest earlier visit with answers, as it stood at its end."""

    visit: Visit
    day: datetime.date
    screening: Screening
    review: Review | None

    @property
    def went_ahead(self) -> bool:
        return self.review is not None and self.review.decision == Decision.PROCEED


@dataclass(frozen=True)
class Since:
    """What is another than at the last visit."""

    replies: tuple[Change, ...]
    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]

    @property
    def nothing(self) -> bool:
        return not (self.replies or self.new or self.gone)


def last_visit(visit: Visit) -> LastVisit | None:
    """None for a first visit, or where nothing was answered before."""
    earlier = Visit.objects.filter(patient=visit.patient_id, clinic=visit.clinic_id, intakes__version=1)
    found = earlier.exclude(pk=visit.pk).filter(created_at__lt=visit.created_at).order_by("-created_at").first()
    screening = current_screening(found) if found else None
    if found is None or screening is None:
        return None
    found.clinic, found.patient = visit.clinic, visit.patient
    screening.visit = found
    review = Review.objects.filter(screening=screening).select_related("by").first()
    return LastVisit(found, answered_on(found), screening, review)


def since(last: LastVisit, screening: Screening) -> Since:
    """Replies as settled by staff; findings that only wait for staff's own answers are none."""
    codes = [code for code, question in QUESTIONS.items() if question.asked == Asked.PATIENT]
    was, now = last.screening.replies, screening.replies
    changed = tuple(
        Change(_(QUESTIONS[code].text), _words(code, was.get(code)), _words(code, now.get(code)))
        for code in codes
        if was.get(code) != now.get(code)
    )
    before, after = _reported(last.screening), _reported(screening)
    return Since(
        changed,
        tuple(finding for part, finding in after.items() if part not in before),
        tuple(finding for part, finding in before.items() if part not in after),
    )


def _words(code: str, reply: Any) -> str:
    if reply is None:
        return ""
    question = QUESTIONS[code]
    return question.say(question.parse(reply)).render(_)


def _reported(screening: Screening) -> dict[str, Finding]:
    return {row.part: row for row in screening.findings.all() if not row.awaits_staff_only}


def said_again(last: LastVisit, screening: Screening) -> list[tuple[Finding, Resolution]]:
    """What was explained or agreed last time for findings that are the same now, replies, rules and policy included."""
    prints = {row.fingerprint: row for row in screening.findings.all()}
    kept = [row.resolutions for row in standings(last.screening).findings if row.finding.fingerprint in prints]
    return [
        (prints[made.fingerprint], made) for rows in kept for kind, made in rows.items() if kind in SAID_AGAIN and made.note
    ]
