"""What a clinician does with a case: all its verbs and refusals by name, and the decision itself."""

import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User, Visit
from screening.evaluation import answered_on, current_policy, evaluate
from screening.models import Decision, Finding, Review, Screening
from screening.overriding import give_second_opinion, override
from screening.planning import near_lung_notice, plan
from screening.questionnaire import RULES_VERSION
from screening.recording import MATERIALS, record, resolve
from screening.refusals import (
    AlreadyDecided,
    FindingsOutstanding,
    NotAClinician,
    NotOverridable,
    PlanConflict,
    ReasonTooThin,
    ReviewRefused,
    SamePerson,
    StaleScreening,
    decided_by,
    latest,
    require_clinician,
    thick,
)
from screening.settling import LOCATED, settle
from screening.standing import Standings, standings

__all__ = [
    "LOCATED", "MATERIALS", "AlreadyDecided", "FindingsOutstanding", "NotAClinician", "NotOverridable", "PlanConflict",
    "ReasonTooThin", "ReviewRefused", "SamePerson", "StaleScreening", "check_may_proceed", "decide", "give_second_opinion",
    "latest", "near_lung_notice", "outdated_because", "override", "plan", "record", "reopen", "require_clinician", "resolve",
    "settle",
]  # fmt: skip


def reopen(visit: Visit, by: User, cause: str = "reopened") -> Screening:
    """Take a case up again after a decision: a new screening without one. What was decided stays on record."""
    with transaction.atomic():
        require_clinician(visit, by)
        return evaluate(visit, cause, by)


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
        until = until if decision == Decision.DEFER else None
        try:
            with transaction.atomic():
                review = Review.objects.create(
                    visit=visit, screening=screening, decision=decision, by=by, reason=reason, until=until
                )
        except IntegrityError:
            first = Review.objects.select_related("by", "visit__clinic").get(screening=screening)
            raise decided_by(first) from None
        audit.log(visit.clinic, by, "case.decided", review, visit=str(visit.pk), decision=decision)
        return review


def cited(finding: Finding) -> str:
    mark = finding.precaution.mark
    if finding.precaution.is_additional:
        return _("this clinic also asks, %(mark)s") % {"mark": mark}
    return _("source %(mark)s") % {"mark": mark}


def outdated_because(screening: Screening) -> str:
    """Why the screening has to be made anew before anyone proceeds by it; empty when nothing it went by has changed."""
    visit = screening.visit
    if screening.policy != current_policy(visit):
        return _("The clinic's policy has changed since this screening.")
    if screening.rules_version != RULES_VERSION:
        return _("The rules have been revised since this screening.")
    if (screening.today, screening.born) != (visit.clinic.today(), visit.patient.born):
        return _("This screening is of an earlier day or another birth date.")
    return ""


def check_may_proceed(screening: Screening) -> None:
    """Nothing is due, the plan is free of forbidden places, and nothing that the screening went by has changed."""
    visit, stands = screening.visit, standings(screening)
    if answered_on(visit) != visit.clinic.today():
        raise StaleScreening(
            _(
                "The answers are of an earlier day. Illness, skin, pregnancy, medicines and willingness are asked "
                "on the day of treatment: open a new visit, so that the patient is asked again."
            )
        )
    if because := outdated_because(screening):
        raise StaleScreening(f"{because} {_('Take the case up again first.')}")
    if not screening.sites.exists():
        raise PlanConflict(_("Enter the plan first: which muscles, on which side."))
    for row in stands.findings:
        if row.finding.conflicts and not row.override:
            raise PlanConflict(
                _(
                    "The plan needles where it must not (%(title)s, %(cited)s): %(places)s. "
                    "Change the plan, or override with a reason where that is offered."
                )
                % {
                    "title": row.finding.precaution.title,
                    "cited": cited(row.finding),
                    "places": ", ".join(row.finding.place_words),
                }
            )
    check_needles_agree(screening, stands)
    if stands.outstanding:
        raise FindingsOutstanding(list(stands.outstanding))


def check_needles_agree(screening: Screening, stands: Standings) -> None:
    """The patient consents to one kind of needles: those of the plan are those chosen free of a metal."""
    if stands.needles is None:
        return
    chosen = stands.needles.details["material"]
    if any(site.needles not in ("", chosen) for site in screening.sites.all()):
        raise PlanConflict(
            _(
                "The plan names other needles than those recorded for the metal allergy (%(chosen)s). Make both the same: "
                "choose those needles in the plan, or leave the plan’s needles as the clinic's usual."
            )
            % {"chosen": _(MATERIALS.get(chosen, chosen)).lower()}
        )
