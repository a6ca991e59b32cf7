"""The earlier records of one patient, reached from their case."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from clinic import audit
from clinic.access import StaffRequest, staff
from clinic.models import Patient, Role
from consent.models import SealedDocument
from consent.state import states_of


@staff(Role.CLINICIAN, Role.ADMIN)
def patient_records(request: StaffRequest, patient: str) -> HttpResponse:
    """All sealed records of the patient at this clinic, the newest first."""
    found = get_object_or_404(Patient.objects.visible_to(request.member), pk=patient)
    with transaction.atomic():
        audit.log(request.member.clinic, request.user, "patient.records_listed", found)
    rows = SealedDocument.objects.visible_to(request.member).filter(visit__patient=found)
    documents = list(rows.select_related("clinic", "decided_by", "visit").order_by("-sealed_at"))
    states = states_of(documents)
    shown = [(document, states[document.pk]) for document in documents]
    return render(request, "consent/earlier.html", {"patient": found, "documents": shown})
