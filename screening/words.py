"""How screens and records name classes, scopes and people who answer, so that both say the same."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from screening.precautions.questions import Asked
from screening.precautions.vocabulary import Outcome, Scope

OUTCOMES = {
    Outcome.INFORMATIONAL: _("Information"),
    Outcome.EDUCATE: _("Explain first"),
    Outcome.CAUTION: _("Caution"),
    Outcome.MODIFY_EQUIPMENT: _("Other needles"),
    Outcome.CONSENT_STEP: _("Consent step"),
    Outcome.AVOID_REGION: _("Avoid region"),
    Outcome.NOT_RECOMMENDED: _("Not recommended"),
    Outcome.CONTRAINDICATED: _("Contraindicated"),
}
OVERALL = {
    "declined": _("the patient declines"),
    "contraindicated": _("contraindicated"),
    "not_recommended": _("not recommended"),
    "avoid_some_regions": _("avoid some regions"),
    "needs_consent_step": _("a consent step is needed"),
    "needs_equipment_change": _("other needles are needed"),
    "caution": _("caution"),
    "clear_with_information": _("clear, with information"),
    "clear": _("clear"),
}
SCOPES = {
    Scope.PERSON: _("the person"),
    Scope.REGIONS: _("the places marked"),
    Scope.MUSCLES: _("planned muscles"),
}
ASKED = {
    Asked.PATIENT: _("patient"),
    Asked.STAFF: _("staff"),
    Asked.CLINICIAN: _("clinician"),
    Asked.GUARDIAN: _("parent or guardian"),
}


def badge_words(outcome: str, scope: str) -> str:
    """A class as it applies: to the person, in places, or for muscles."""
    if outcome == Outcome.CONTRAINDICATED and scope == Scope.REGIONS:
        return _now("Contraindicated here")
    if outcome == Outcome.AVOID_REGION and scope == Scope.MUSCLES:
        return _now("Avoid muscle")
    return str(OUTCOMES[Outcome(outcome)])
