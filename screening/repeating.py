"""As last time: plan and measures of the last visit taken over in one step, with what a clinician says anew today."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.models import User
from screening.last_visit import LastVisit, last_visit, said_again, since
from screening.models import Details, Finding, Resolution, Screening
from screening.planning import Preview, plan, preview
from screening.precautions.questions import Asked, Question
from screening.precautions.vocabulary import Plan
from screening.questionnaire import QUESTIONS
from screening.recording import resolve
from screening.refusals import StaleScreening, require_clinician
from screening.settling import settle
from screening.standing import Standings, standings


@dataclass(frozen=True)
class Offer:
    """What a clinician would take over, and what they would say of today. Overrides are not among it: they are given anew."""

    last: LastVisit
    plan: Plan
    details: dict[str, Details]
    preview: Preview
    words: Sequence[tuple[Finding, Resolution]]
    answers: Sequence[Question]

    @property
    def key(self) -> str:
        """Names what was shown: another screening, or another last visit, is another offer."""
        return str(self.last.screening.pk)


def offer(screening: Screening, last: LastVisit | None, stands: Standings) -> Offer | None:
    """Made where the last visit went ahead, nothing of concern is new, nothing is planned yet, and its plan runs into nothing."""
    if last is None or not last.went_ahead or screening.sites.exists():
        return None
    asked = {QUESTIONS[item.question].asked for item in stands.outstanding if item.question}
    if since(last, screening).new or Asked.PATIENT in asked:
        return None
    looked = preview(screening, last.screening.plan)
    if not looked.sites or any(site.forbidden_by for site in looked.sites):
        return None
    open_now = {item.question for item in stands.outstanding if item.question}
    answers = [question for code, question in QUESTIONS.items() if code in open_now and _said_today(question)]
    again = said_again(last, screening)
    return Offer(last, last.screening.plan, last.screening.details, looked, again, answers)


def _said_today(question: Question) -> bool:
    """Asked of whoever decides, with one harmless reply. A guardian speaks for themselves."""
    return question.asked == Asked.CLINICIAN and len(question.clear or ()) == 1


def as_last_time(screening: Screening, key: str, by: User) -> Screening:
    """Answer the clinician's questions of today as offered, plan as last time, and record the same words anew."""
    with transaction.atomic():
        require_clinician(screening.visit, by)
        made = offer(screening, last_visit(screening.visit), standings(screening))
        if made is None or made.key != key:
            raise StaleScreening(_("This can no longer be taken over from the last visit. Look at the case again."))
        if made.answers:
            answers = {question.code: (question.clear or ("",))[0] for question in made.answers}
            screening = settle(screening, answers, by)
        screening = plan(screening, made.plan, by, made.details)
        findings = {row.fingerprint: row for row in screening.findings.all()}
        for finding, words in made.words:
            if finding.fingerprint in findings:
                resolve(findings[finding.fingerprint], words.kind, by, words.note)
        return screening
