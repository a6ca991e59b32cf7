"""Finding, adding and changing patients."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from clinic import audit, desk, holds, merging
from clinic.access import StaffRequest, staff
from clinic.forms.desk import AnotherPersonForm, PatientForm
from clinic.models import Patient, Role
from clinic.text import tidy

SEARCH = "patients-search"
LONGEST_SEARCH = 120


def patient_of(request: StaffRequest, patient: str) -> Patient:
    rows = Patient.objects.visible_to(request.member)
    return get_object_or_404(rows.select_related("clinic", "merged_into"), pk=patient)


@staff()
def patients(request: StaffRequest) -> HttpResponse:
    """Search; what was typed is a name, so it is kept in the session and never in an address."""
    if request.method == "POST":
        request.session[SEARCH] = tidy(request.POST.get("query", "").replace("\0", ""))[:LONGEST_SEARCH]
        return redirect("patients")
    query = request.session.get(SEARCH, "")
    searched = desk.can_search(query)
    found = desk.find(request.member.clinic, query) if searched else []
    context = {
        "query": query, "searched": searched, "found": found[: desk.MOST_FOUND],
        "more": len(found) > desk.MOST_FOUND, "most": desk.MOST_FOUND,
    }  # fmt: skip
    return render(request, "clinic/patients.html", context)


@staff(Role.FRONT_DESK, Role.CLINICIAN)
def patient_add(request: StaffRequest) -> HttpResponse:
    """A new patient; the same name and birth date is shown before anybody is put on file twice."""
    clinic = request.member.clinic
    form = PatientForm(request.POST or None, instance=Patient(clinic=clinic))
    another = AnotherPersonForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        said = another.is_valid() and another.cleaned_data["another"]
        try:
            added = desk.add_patient(form.save(commit=False), request.user, although_twin=said)
        except desk.TwinFound as found:
            context |= {"twins": found.patients, "another": AnotherPersonForm()}
        else:
            messages.success(request, _("The patient is on file. Open the visit next."))
            return redirect("patient", added.pk)
    return render(request, "clinic/patient_form.html", context)


@staff()
def patient(request: StaffRequest, patient: str) -> HttpResponse:
    """Details and visits; opening them is on the audit trail."""
    found = patient_of(request, patient)
    with transaction.atomic():
        audit.log(found.clinic, request.user, "patient.opened", found)
    visits = found.visits.select_related("clinician").order_by("-starts_at")
    aside = bool(found.merged_into_id or found.entered_in_error)
    context = {
        "patient": found, "visits": visits, "held": holds.hold_on(found),
        "merge": merging.last_merge(found) if found.merged_into_id else None, "merged": found.merged.order_by("name"),
        "set_aside": aside, "can_open": not aside and (request.member.is_front_desk or request.member.is_clinician),
    }  # fmt: skip
    return render(request, "clinic/patient.html", context)


@staff(Role.FRONT_DESK, Role.CLINICIAN)
def patient_edit(request: StaffRequest, patient: str) -> HttpResponse:
    found = patient_of(request, patient)
    form = PatientForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        desk.change_patient(form.instance, form.changed_data, request.user)
        messages.success(request, _("Saved."))
        return redirect("patient", found.pk)
    return render(request, "clinic/patient_form.html", {"form": form, "patient": patient_of(request, patient)})
