"""Marking a patient's file as entered in error, and undoing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic import merging
from clinic.access import StaffRequest, staff
from clinic.forms.merging import ReasonForm
from clinic.models import Role
from clinic.views.patients import patient_of
from consent import mistakes


@staff(Role.FRONT_DESK, Role.CLINICIAN, Role.ADMIN)
def in_error(request: StaffRequest, patient: str) -> HttpResponse:
    """Asked with a reason; what stands against it is said with what to do instead."""
    found = patient_of(request, patient)
    form, problem = ReasonForm(request.POST if request.method == "POST" else None), ""
    if form.is_valid():
        try:
            mistakes.mark(found, form.cleaned_data["reason"], request.user)
        except merging.CannotMark as refused:
            problem = str(refused)
        else:
            messages.success(request, _("Marked as entered in error. It is not found by a search any more."))
            return redirect("patient", found.pk)
    context = {"patient": found, "form": form, "problem": problem}
    return render(request, "clinic/patient_in_error.html", context, status=422 if form.is_bound else 200)


@staff(Role.FRONT_DESK, Role.CLINICIAN, Role.ADMIN)
@require_POST
def undo(request: StaffRequest, patient: str) -> HttpResponse:
    found = patient_of(request, patient)
    merging.unmark(found, request.user)
    messages.success(request, _("Undone. The patient is found by a search again."))
    return redirect("patient", found.pk)
