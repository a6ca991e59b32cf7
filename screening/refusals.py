"""Why a step on a case is refused, and what every step checks first: who acts, and that the case is as it was shown."""

from django.utils.translation import gettext as _

from clinic.models import Role, User, Visit
from screening.evaluation import current_screening, lock
from screening.models import THINNEST_REASON, Review, Screening
from screening.standing import Outstanding


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

    def __init__(self, items: list[Outstanding]) -> None:
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
    if review := Review.objects.filter(screening=screening).select_related("by", "visit__clinic").first():
        raise decided_by(review)
    return visit


def decided_by(review: Review) -> AlreadyDecided:
    """The refusal that tells everyone else who decided, when and what."""
    at = review.created_at.astimezone(review.visit.clinic.zone)
    return AlreadyDecided(
        _("%(name)s decided at %(time)s: %(decision)s. Reopen the case to change anything.")
        % {"name": review.by.printed_name, "time": f"{at:%H:%M}", "decision": review.get_decision_display().lower()}
    )


def thick(reason: str, least: int = THINNEST_REASON) -> str:
    """The reason tidied; `ReasonTooThin` when a reader could not learn anything from it."""
    reason = reason.strip()
    if len(reason) < least or len(set(reason.casefold())) < 5:
        raise ReasonTooThin(
            _("Please give a reason that another clinician can follow, in at least %(least)s characters.")
            % {"least": least}
        )
    return reason
