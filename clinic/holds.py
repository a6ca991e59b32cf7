"""Legal hold: whose records must be kept whatever their age; the newest word counts."""

from django.db import transaction

from clinic import audit
from clinic.models import LegalHold, Patient, User


def hold_on(patient: Patient) -> LegalHold | None:
    """The hold in force; None when there is none."""
    newest: LegalHold | None = patient.holds.select_related("by").order_by("-created_at").first()
    return newest if newest and newest.holds else None


def hold(patient: Patient, reason: str, by: User) -> None:
    """Put all records of the patient on hold. Said twice, it holds once."""
    change(patient, True, reason, by)


def lift(patient: Patient, reason: str, by: User) -> None:
    change(patient, False, reason, by)


def change(patient: Patient, holds: bool, reason: str, by: User) -> None:
    with transaction.atomic():
        Patient.objects.select_for_update().get(pk=patient.pk)
        if bool(hold_on(patient)) == holds:
            return
        row = LegalHold.objects.create(patient=patient, holds=holds, reason=reason, by=by)
        audit.log(patient.clinic, by, "patient.held" if holds else "patient.released", patient, hold=str(row.pk))
