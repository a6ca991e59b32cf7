"""Two files of one patient made into one, and a file that should not be there; both can be undone."""

import uuid

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clinic import audit, desk, holds, phone, tablet
from clinic.models import AuditEvent, LegalHold, Patient, User, Visit

MERGED = "patient.merged"


class Why(models.TextChoices):
    """Chosen, not written: the reason is on the audit trail, which holds nobody's words."""

    TWICE = "twice", lazy("Put on file twice")
    SPELLING = "spelling", lazy("The name was spelt in two ways")
    NAME_CHANGED = "name_changed", lazy("The patient’s name has changed")
    BORN_WRONG = "born_wrong", lazy("A date of birth was typed wrong")


class MergeRefused(Exception):
    """These files cannot be merged, or not separated; the text says why and what to do."""


class BirthDatesDiffer(MergeRefused):
    """Two dates of birth are two people, unless somebody says that they have checked."""


class CannotMark(Exception):
    """The file cannot be marked as entered in error; the text says what to do first."""


def locked(*patients: Patient) -> list[Patient]:
    """The files as they are now, held until the transaction ends, always in the same order."""
    keys = sorted(patient.pk for patient in patients)
    rows = {row.pk: row for row in Patient.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")}
    return [rows[patient.pk] for patient in patients]


def check_mergeable(kept: Patient, duplicate: Patient) -> None:
    if kept.pk == duplicate.pk or kept.clinic_id != duplicate.clinic_id:
        raise MergeRefused(_("Choose two different files of this clinic."))
    if any(row.merged_into_id for row in (kept, duplicate)):
        raise MergeRefused(_("One of the two is merged into another file already. Open the file that was kept."))
    if any(row.entered_in_error for row in (kept, duplicate)):
        raise MergeRefused(_("One of the two is marked as entered in error. Undo that first, on its page."))


def merge(kept: Patient, duplicate: Patient, why: str, by: User, although_born_apart: bool = False) -> None:
    """Move the duplicate's visits to the file that is kept. Sealed records stay as they are: they print the name of then."""
    with transaction.atomic():
        kept, duplicate = locked(kept, duplicate)
        check_mergeable(kept, duplicate)
        if kept.born != duplicate.born and not although_born_apart:
            raise BirthDatesDiffer(_("The dates of birth differ. Check with the patient, then say that you have."))
        visits = move(Visit.objects.filter(patient=duplicate), kept, by)
        duplicate.merged_into = kept
        duplicate.save(update_fields=["merged_into"])
        hold_too(kept, duplicate, by, merged=str(duplicate.pk))
        audit.log(
            kept.clinic, by, MERGED, duplicate, into=str(kept.pk), visits=[str(visit.pk) for visit in visits], why=why
        )


def hold_too(patient: Patient, held: Patient, by: User, **because: str) -> None:
    """Records that come from a file on hold, or go back from it, stay on hold."""
    if (hold := holds.hold_on(held)) and not holds.hold_on(patient):
        LegalHold.objects.create(patient=patient, holds=True, reason=hold.reason, by=by)
        audit.log(patient.clinic, by, "patient.held", patient, **because)


def move(visits: QuerySet[Visit], to: Patient, by: User) -> list[Visit]:
    """Give the visits to another file, with nothing of them left open in a patient's hands."""
    moved = list(visits.select_for_update(of=("self",)).select_related("clinic").order_by("pk"))
    for visit in moved:
        end_pages(visit, by)
    Visit.objects.filter(pk__in=[visit.pk for visit in moved]).update(patient=to)
    return moved


def end_pages(visit: Visit, by: User) -> None:
    """Close what is open on tablets and phones: it was opened for another file. What was answered stays with the visit."""
    phone.end(visit, by, "merged")
    for handover in visit.handovers.filter(ended_at=None):
        tablet.end(handover, "merged")


def last_merge(duplicate: Patient) -> AuditEvent | None:
    events = AuditEvent.objects.filter(clinic=duplicate.clinic_id, action=MERGED, subject=audit.subject_of(duplicate))
    return events.select_related("actor").order_by("-seq").first()


def separate(duplicate: Patient, by: User) -> None:
    """Undo the merge: the visits that came from this file go back to it; later visits stay where they were opened."""
    with transaction.atomic():
        duplicate = Patient.objects.select_related("merged_into").get(pk=duplicate.pk)
        duplicate, kept = locked(duplicate, duplicate.merged_into or duplicate)
        event = last_merge(duplicate)
        if duplicate.merged_into_id != kept.pk or event is None:
            raise MergeRefused(_("This file is not merged with another. Open its page again."))
        if kept.merged_into_id:
            raise MergeRefused(_("The file that was kept was merged into another since. Undo that merge first."))
        keys = [uuid.UUID(key) for key in event.data["visits"]]
        visits = move(Visit.objects.filter(pk__in=keys, patient=kept), duplicate, by)
        duplicate.merged_into = None
        duplicate.save(update_fields=["merged_into"])
        hold_too(duplicate, kept, by, separated=str(kept.pk))
        moved = [str(visit.pk) for visit in visits]
        audit.log(kept.clinic, by, "patient.separated", duplicate, out_of=str(kept.pk), visits=moved)


def mark(patient: Patient, reason: str, by: User) -> None:
    """Say that the file should not be there; it leaves the search, and its page says so."""
    with transaction.atomic():
        [patient] = locked(patient)
        if patient.merged_into_id:
            raise CannotMark(_("This file is merged into another. Undo that first."))
        visits = Visit.objects.filter(patient=patient, closed_at=None).select_related("clinic")
        if any(desk.has_sent_answers(visit) for visit in visits):
            raise CannotMark(
                _(
                    "A visit of this file has answers that nobody has decided on. Defer or decline it first, and seal that."
                )
            )
        for visit in visits:
            end_pages(visit, by)
        patient.entered_in_error = reason
        patient.save(update_fields=["entered_in_error"])
        audit.log(patient.clinic, by, "patient.entered_in_error", patient)


def unmark(patient: Patient, by: User) -> None:
    with transaction.atomic():
        [patient] = locked(patient)
        if not patient.entered_in_error:
            return
        patient.entered_in_error = ""
        patient.save(update_fields=["entered_in_error"])
        audit.log(patient.clinic, by, "patient.error_undone", patient)
