"""Treating despite a finding: a clinician's reason, and another clinician's opinion of it."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from screening.evaluation import current_screening
from screening.models import Finding, Override, SecondOpinion
from screening.precautions.vocabulary import Requirement
from screening.refusals import (
    AlreadyDecided,
    NotOverridable,
    ReviewRefused,
    SamePerson,
    StaleScreening,
    latest,
    require_clinician,
    thick,
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
