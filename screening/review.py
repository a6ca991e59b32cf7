"""What a clinician does with a case: settle, plan, record, override, ask a second clinician, decide."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Role, User, Visit
from screening.evaluation import answered_on, current_policy, current_screening, evaluate, lock, settled_replies
from screening.models import (
    THINNEST_REASON,
    Decision,
    Finding,
    Override,
    Resolution,
    ResolutionKind,
    Review,
    Screening,
    SecondOpinion,
)
from screening.precautions.communication import ROUTE
from screening.precautions.questions import UNSURE, Asked, BadReply, Question, Where
from screening.precautions.vocabulary import Plan, Requirement
from screening.questionnaire import PRECAUTION_OF, QUESTIONS
from screening.standing import Outstanding, standings

MATERIALS = {
    "stainless_steel": "Stainless steel (contains nickel and chromium)",
    "gold_plated": "Gold plated",
    "silver_plated": "Silver plated",
    "titanium": "Titanium",
    "other": "Another material",
}


class ReviewRefused(Exception):
    """A step that the case does not allow; the text says what is wrong and how to mend it."""


class StaleScreening(ReviewRefused):
    """The case has changed since the page was opened."""


class NotOverridable(ReviewRefused):
    """The finding does not allow an override."""


class ReasonTooThin(ReviewRefused):
    """The reason says too little to stand in a record."""


class SamePerson(ReviewRefused):
    """The second clinician must be somebody else."""


class AlreadyDecided(ReviewRefused):
    """Somebody decided first."""


class FindingsOutstanding(ReviewRefused):
    """Something that is due before the decision is still open; `items` names it."""

    def __init__(self, items: "list[Outstanding]") -> None:
        super().__init__(_("Still open: %(items)s") % {"items": "; ".join(item.words for item in items)})
        self.items = items


class PlanConflict(ReviewRefused):
    """The plan needles where a finding forbids it, or there is no plan."""


class NotAClinician(ReviewRefused):
    """Only clinicians of the visit's clinic review."""


def require_clinician(visit: Visit, by: User) -> None:
    if not by.memberships.filter(clinic=visit.clinic_id, role=Role.CLINICIAN, active=True).exists():
        raise NotAClinician(_("Only a clinician of this clinic can do this."))


def latest(screening: Screening) -> Visit:
    """Lock the visit; `StaleScreening` when the screening is not its newest, `AlreadyDecided` when it is decided."""
    visit = lock(screening.visit)
    newest = current_screening(visit)
    if newest is None or newest.pk != screening.pk:
        raise StaleScreening(
            _("This case has changed since you opened the page. Look at it again, then repeat your step.")
        )
    if review := Review.objects.filter(screening=screening).select_related("by").first():
        raise AlreadyDecided(
            _("%(name)s has already decided: %(decision)s. Reopen the case to change anything.")
            % {"name": review.by.printed_name, "decision": review.get_decision_display().lower()}
        )
    return visit


def thick(reason: str, least: int = THINNEST_REASON) -> str:
    """The reason tidied; `ReasonTooThin` when a reader could not learn anything from it."""
    reason = reason.strip()
    if len(reason) < least or len(set(reason.casefold())) < 5:
        raise ReasonTooThin(
            _("Please give a reason that another clinician can follow, in at least %(least)s characters.")
            % {"least": least}
        )
    return reason


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
                question=code, was=was, reply=reply, part=str(PRECAUTION_OF[code].number),
            )  # fmt: skip
        audit.log(visit.clinic, by, "reply.settled", screening, visit=str(visit.pk), questions=len(answers))
        return evaluate(visit, "settled", by)


LOCATED = frozenset({6, 8, 9, 15})


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


def plan(screening: Screening, new: Plan, by: User) -> Screening:
    """Put the plan on record and screen it; the same plan again changes nothing."""
    with transaction.atomic():
        visit = latest(screening)
        require_clinician(visit, by)
        if new == screening.plan:
            return screening
        return evaluate(visit, "plan", by, new)


def reopen(visit: Visit, by: User, cause: str = "reopened") -> Screening:
    """Take a case up again after a decision: a new screening without one. What was decided stays on record."""
    with transaction.atomic():
        require_clinician(visit, by)
        return evaluate(visit, cause, by)


def resolve(finding: Finding, kind: str, by: User, note: str, **details: Any) -> Resolution:
    """Record how a requirement of the finding was met."""
    with transaction.atomic():
        visit = latest(finding.screening)
        require_clinician(visit, by)
        if kind not in finding.requires:
            raise ReviewRefused(_("This finding does not ask for that."))
        if kind == Requirement.NEEDLES:
            check_needles(details)
        else:
            thick(note, 5)
        resolution = Resolution.objects.create(
            visit=visit,
            screening=finding.screening,
            kind=kind,
            by=by,
            part=finding.part,
            fingerprint=finding.fingerprint,
            note=note,
            details=details,
        )
        audit.log(visit.clinic, by, "requirement.met", resolution, visit=str(visit.pk), kind=kind, part=finding.part)
        return resolution


def check_needles(details: Mapping[str, Any]) -> None:
    if details.get("material") not in MATERIALS or details["material"] == "stainless_steel":
        raise ReviewRefused(
            _("Stainless steel contains nickel and chromium. Choose plated needles or another material.")
        )
    if not details.get("free_of_metal"):
        raise ReviewRefused(_("Confirm that the needles are free of the metal that the patient named."))
    if not str(details.get("brand", "")).strip() or not str(details.get("lot", "")).strip():
        raise ReviewRefused(_("Record the brand and the lot number of the needles."))


def record(screening: Screening, kind: str, by: User, note: str = "", **details: Any) -> Resolution:
    """Record the interpreter or other help, or a representative: what belongs to the visit and not to one finding."""
    with transaction.atomic():
        visit = latest(screening)
        wanted = {
            ResolutionKind.COMMUNICATION: ("name", "language", "mode", "is_adult", "teach_back"),
            ResolutionKind.REPRESENTATIVE: ("name", "authority"),
        }[ResolutionKind(kind)]
        if kind == ResolutionKind.REPRESENTATIVE:
            require_clinician(visit, by)
        if missing := [name for name in wanted if not details.get(name)]:
            raise ReviewRefused(
                _("Please fill in or confirm: %(names)s.") % {"names": ", ".join(missing).replace("_", " ")}
            )
        if kind == ResolutionKind.COMMUNICATION:
            check_route(screening, str(details["mode"]))
        resolution = Resolution.objects.create(
            visit=visit, screening=screening, kind=kind, by=by, note=note, details=details
        )
        audit.log(visit.clinic, by, f"{kind}.recorded", resolution, visit=str(visit.pk))
        return resolution


def check_route(screening: Screening, mode: str) -> None:
    """Who signs as interpreter follows from the way of talking, so it is told the same wherever it is told."""
    answered = screening.replies.get(ROUTE.code, UNSURE)
    if answered not in (UNSURE, mode):
        raise ReviewRefused(
            _("The questions say that the way of talking is “%(route)s”. Make both the same.")
            % {"route": ROUTE.say(answered).render(_)}
        )


def override(finding: Finding, by: User, reason: str) -> Override:
    """Decide to treat despite the finding, where the source's words allow it."""
    with transaction.atomic():
        visit = latest(finding.screening)
        require_clinician(visit, by)
        if not finding.overridable or Requirement.OVERRIDE not in finding.requires:
            raise NotOverridable(_("This finding cannot be overridden."))
        if Override.objects.filter(finding__screening__visit=visit, finding__fingerprint=finding.fingerprint).exists():
            raise ReviewRefused(_("This finding has been overridden already."))
        row = Override.objects.create(finding=finding, by=by, reason=thick(reason))
        audit.log(visit.clinic, by, "finding.overridden", row, visit=str(visit.pk), part=finding.part)
        return row


def give_second_opinion(override: Override, by: User, agrees: bool, reason: str) -> SecondOpinion:
    """Another clinician agrees or disagrees with an override, by their own sign-in."""
    with transaction.atomic():
        newest = current_screening(override.finding.screening.visit)
        visit = latest(newest or override.finding.screening)
        require_clinician(visit, by)
        if not Finding.objects.filter(screening=newest, fingerprint=override.finding.fingerprint).exists():
            raise StaleScreening(_("This override no longer applies: the finding has changed. Look at it again."))
        if by.pk == override.by_id:
            raise SamePerson(_("The second clinician must be another person than the one who gave the reason."))
        if not agrees:
            thick(reason, 5)
        try:
            with transaction.atomic():
                opinion = SecondOpinion.objects.create(
                    override=override, first=override.by, by=by, agrees=agrees, reason=reason
                )
        except IntegrityError as clash:
            raise AlreadyDecided(_("A second clinician has already answered.")) from clash
        audit.log(visit.clinic, by, "override.second_opinion", opinion, visit=str(visit.pk), agrees=agrees)
        return opinion


def decide(
    screening: Screening, decision: str, by: User, reason: str = "", until: datetime.date | None = None
) -> Review:
    """The one decision on a screening. To proceed, nothing may be open and the plan keeps clear of forbidden places."""
    with transaction.atomic():
        visit = latest(screening)
        require_clinician(visit, by)
        if decision == Decision.PROCEED:
            screening.visit = visit  # as it is now, under the lock
            check_may_proceed(screening)
        else:
            reason = thick(reason, 5)
        if until is not None and until <= visit.clinic.today():
            raise ReviewRefused(_("The day to come back must be in the future."))
        review = Review.objects.create(
            visit=visit,
            screening=screening,
            decision=decision,
            by=by,
            reason=reason,
            until=until if decision == Decision.DEFER else None,
        )
        audit.log(visit.clinic, by, "case.decided", review, visit=str(visit.pk), decision=decision)
        return review


def check_may_proceed(screening: Screening) -> None:
    """Nothing is due, the plan is free of forbidden places, and the screening is of today and of this birth date."""
    visit, stands = screening.visit, standings(screening)
    if answered_on(visit) != visit.clinic.today():
        raise StaleScreening(
            _(
                "The answers are of an earlier day. Illness, skin, pregnancy, medicines and willingness are asked "
                "on the day of treatment: open a new visit, so that the patient is asked again."
            )
        )
    if screening.policy != current_policy(visit):
        raise StaleScreening(_("The clinic's policy has changed since this screening. Take the case up again first."))
    if (screening.today, screening.born) != (visit.clinic.today(), visit.patient.born):
        raise StaleScreening(
            _("This screening is of an earlier day or another birth date. Take the case up again first.")
        )
    if not screening.sites.exists():
        raise PlanConflict(_("Enter the plan first: which muscles, on which side."))
    for row in stands.findings:
        if row.finding.conflicts and not row.override:
            raise PlanConflict(
                _(
                    "The plan needles where it must not (%(title)s, source %(number)s): %(places)s. "
                    "Change the plan, or override with a reason where that is offered."
                )
                % {
                    "title": row.finding.precaution.title,
                    "number": row.finding.number,
                    "places": ", ".join(row.finding.place_words),
                }
            )
    if stands.outstanding:
        raise FindingsOutstanding(list(stands.outstanding))


def near_lung_notice(plan: Plan) -> str:
    """A notice beside the plan, no finding: muscles near the lung, on both sides in one session most of all."""
    sides = {site.side for site in plan.near_lung}
    if not sides:
        return ""
    if len(sides) == 2:
        return _("Muscles near the lung are planned on both sides. Consider treating one side today.")
    return _("Muscles near the lung are planned. The risk to the lung comes first in the consent.")
