"""The words in which the case page says classes, scopes and requirements, and who answers a question."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from screening.models import Finding
from screening.precautions.questions import Asked
from screening.precautions.vocabulary import Origin, Outcome, Requirement, Scope

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
SCOPES = {
    Scope.PERSON: _("the person"),
    Scope.REGIONS: _("the places marked"),
    Scope.MUSCLES: _("planned muscles"),
}
ORIGINS = {
    Origin.SOURCE: _("Source %(number)s"),
    Origin.PRACTICE: _("This clinic's practice (%(number)s)"),
    Origin.POLICY: _("Clinic policy, stricter than the source (%(number)s)"),
}
ASKED = {
    Asked.PATIENT: _("patient"),
    Asked.STAFF: _("staff"),
    Asked.CLINICIAN: _("clinician"),
    Asked.GUARDIAN: _("parent or guardian"),
}
REQUIREMENTS = {
    Requirement.EDUCATION: _("Explained, and still willing"),
    Requirement.MEASURES: _("Measures recorded"),
    Requirement.INSPECTION: _("Looked at"),
    Requirement.NEEDLES: _("Needles chosen"),
    Requirement.PLAN_FREE: _("Plan keeps clear"),
    Requirement.OVERRIDE: _("Overridden"),
    Requirement.SECOND_CLINICIAN: _("Second clinician agrees"),
    Requirement.WORKING_ROUTE: _("A working way to communicate"),
    Requirement.WILLINGNESS: _("Patient is willing"),
    Requirement.CAPACITY_OR_REPRESENTATIVE: _("Representative named"),
    Requirement.CHILD_AND_GUARDIAN: _("Child and guardian agree"),
}
DUE = {
    Requirement.PLAN_FREE: _("The plan runs into these places. Change the plan: this cannot be overridden."),
    Requirement.WORKING_ROUTE: _("A way of talking that works is found: see “Questions for you”."),
    Requirement.WILLINGNESS: _(
        "The patient is willing. If they have changed their mind, correct the answer; otherwise decline or defer."
    ),
    Requirement.CAPACITY_OR_REPRESENTATIVE: _(
        "Understanding and capacity are shown (“Questions for you”), or a representative is named."
    ),
    Requirement.CHILD_AND_GUARDIAN: _(
        "The child wants it and can say what will happen, and the guardian agrees: see “Questions for you”."
    ),
    Requirement.OVERRIDE: _("An override with a reason, or another plan or decision."),
    Requirement.SECOND_CLINICIAN: _("After an override, a second clinician agrees by their own sign-in."),
}


def badge_words(outcome: str, scope: str) -> str:
    """A class as it applies: to the person, in places, or for muscles."""
    if outcome == Outcome.CONTRAINDICATED and scope == Scope.REGIONS:
        return _now("Contraindicated here")
    if outcome == Outcome.AVOID_REGION and scope == Scope.MUSCLES:
        return _now("Avoid muscle")
    return str(OUTCOMES[Outcome(outcome)])


def cited(finding: Finding) -> str:
    return str(ORIGINS[Origin(finding.origin)]) % {"number": finding.number}
