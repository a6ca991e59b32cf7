"""The words in which the case page cites a finding and says what it requires."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from screening.models import Finding
from screening.precautions.vocabulary import Origin, Precaution, Requirement

ORIGINS = {
    Origin.SOURCE: _("Source %(number)s"),
    Origin.PRACTICE: _("This clinic's practice (%(number)s)"),
    Origin.POLICY: _("Clinic policy, stricter than the source (%(number)s)"),
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


def cited(finding: Finding) -> str:
    return cite(finding.precaution, finding.origin)


def cite(precaution: Precaution, origin: str) -> str:
    """Who says so: an additional group is never cited as the source."""
    if precaution.is_additional:
        return _now("This clinic also asks (%(mark)s)") % {"mark": precaution.mark}
    return str(ORIGINS[Origin(origin)]) % {"number": precaution.number}
