"""The front desk: finding, adding and changing patients, and opening their visits, each change on the audit trail."""

import datetime
import re
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from clinic import audit
from clinic.models import Clinic, Patient, User, Visit
from clinic.text import folded

MOST_FOUND = 50
FEWEST_LETTERS = 2
ANSWERS_SENT = "intake.submitted"
DAY = re.compile(r"(\d{1,4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,4})")


class TwinFound(Exception):
    """Patients of the same name and birth date are there already."""

    def __init__(self, patients: list[Patient]) -> None:
        super().__init__()
        self.patients = patients


class SetAside(Exception):
    """The patient's file was merged into another or entered in error; nothing new begins on it."""


class VisitWaiting(Exception):
    """The patient has a visit today whose answers have not been sent."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self.visit = visit


def days_meant(text: str) -> set[datetime.date]:
    """The dates that a text may mean: year first, or day and month in either order before the year."""
    match = DAY.fullmatch(text.strip())
    if not match:
        return set()
    first, second, third = (int(part) for part in match.groups())
    meant = set()
    for year, month, day in ((first, second, third), (third, second, first), (third, first, second)):
        try:
            meant.add(datetime.date(year, month, day))
        except ValueError:
            continue
    return meant


def can_search(query: str) -> bool:
    return bool(days_meant(query)) or len(folded(query).replace(" ", "")) >= FEWEST_LETTERS


def on_file(clinic: Clinic) -> QuerySet[Patient]:
    """All but the files that were merged into another or entered in error."""
    return Patient.objects.filter(clinic=clinic, merged_into=None, entered_in_error="")


def find(clinic: Clinic, query: str) -> list[Patient]:
    """Patients whose name has every word of the query, or who were born on that day; one more than are shown."""
    patients = on_file(clinic)
    if days := days_meant(query):
        return list(patients.filter(born__in=days).order_by("name")[: MOST_FOUND + 1])
    for word in folded(query).split():
        patients = patients.filter(name_key__contains=word)
    return list(patients.order_by("name", "pk")[: MOST_FOUND + 1])


def twins(patient: Patient) -> list[Patient]:
    same = on_file(patient.clinic).filter(born=patient.born, name_key=folded(patient.name))
    return list(same.exclude(pk=patient.pk))


def add_patient(patient: Patient, by: User, although_twin: bool = False) -> Patient:
    """Put a new patient on file; `TwinFound` unless it is said that this is another person."""
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=patient.clinic_id)
        if not although_twin and (found := twins(patient)):
            raise TwinFound(found)
        patient.save()
        audit.log(patient.clinic, by, "patient.added", patient)
        return patient


def change_patient(patient: Patient, changed: Iterable[str], by: User) -> Patient:
    """Save corrected details; the trail says which were changed, not what they were."""
    fields = sorted(changed)
    if fields:
        with transaction.atomic():
            patient.save(update_fields=fields)
            audit.log(patient.clinic, by, "patient.changed", patient, fields=fields)
    return patient


def has_sent_answers(visit: Visit) -> bool:
    return any(event.action == ANSWERS_SENT for event in audit.story(visit))


def waiting_today(patient: Patient) -> Visit | None:
    """The newest visit of today whose answers have not been sent."""
    clinic = patient.clinic
    midnight = datetime.datetime.combine(clinic.today(), datetime.time(), clinic.zone)
    today = patient.visits.filter(starts_at__gte=midnight, starts_at__lt=midnight + datetime.timedelta(days=1))
    visits = today.select_related("clinic", "clinician").order_by("-starts_at")
    return next((visit for visit in visits if not has_sent_answers(visit)), None)


def open_visit(visit: Visit, although_waiting: bool = False) -> Visit:
    """Begin a visit; `VisitWaiting` names one of today that is still to be answered."""
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=visit.clinic_id)
        if not on_file(visit.clinic).filter(pk=visit.patient_id).exists():
            raise SetAside
        if not although_waiting and (waiting := waiting_today(visit.patient)):
            raise VisitWaiting(waiting)
        visit.save()
        audit.log(visit.clinic, visit.opened_by, "visit.opened", visit)
        return visit
