"""Two files of one patient: found, compared side by side, merged by the desk or a clinician, separated by an admin."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic import desk, merging
from clinic.access import StaffRequest, staff
from clinic.forms.merging import MergeForm
from clinic.models import Patient, Role
from clinic.text import tidy
from clinic.views.patients import LONGEST_SEARCH, patient_of

MOST_SHOWN = 20


@dataclass(frozen=True)
class Side:
    """One of the two files as compared."""

    patient: Patient
    visits: int
    decided: int
    newest: Any

    @classmethod
    def of(cls, patient: Patient) -> "Side":
        visits = list(patient.visits.order_by("-starts_at").values_list("starts_at", "closed_at"))
        return cls(
            patient, len(visits), sum(closed is not None for _at, closed in visits), visits[0][0] if visits else None
        )


@staff(Role.FRONT_DESK, Role.CLINICIAN, Role.ADMIN)
def merge_find(request: StaffRequest, patient: str) -> HttpResponse:
    """Look for the other file of the same person; a name is typed, so it goes by POST."""
    found = patient_of(request, patient)
    query = tidy(request.POST.get("query", "").replace("\0", ""))[:LONGEST_SEARCH]
    searched = desk.can_search(query)
    others = desk.find(found.clinic, query) if searched else []
    twins = [] if query else desk.twins(found)
    context = {
        "patient": found, "query": query, "searched": searched, "twins": twins,
        "others": twins or [other for other in others if other.pk != found.pk][:MOST_SHOWN],
    }  # fmt: skip
    return render(request, "clinic/patient_merge_find.html", context)


@staff(Role.FRONT_DESK, Role.CLINICIAN, Role.ADMIN)
def merge(request: StaffRequest, patient: str, duplicate: str) -> HttpResponse:
    """Both files side by side; `patient` is kept."""
    kept, other = patient_of(request, patient), patient_of(request, duplicate)
    posted = request.POST if request.method == "POST" else None
    form = MergeForm(posted, born_differs=kept.born != other.born)
    problem = ""
    try:
        merging.check_mergeable(kept, other)
        if form.is_valid():
            said = bool(form.cleaned_data.get("born_apart"))
            merging.merge(kept, other, form.cleaned_data["why"], request.user, although_born_apart=said)
            messages.success(request, _("Merged. All visits are on this file now."))
            return redirect("patient", kept.pk)
    except merging.BirthDatesDiffer as refused:
        form.add_error("born_apart" if "born_apart" in form.fields else None, str(refused))
    except merging.MergeRefused as refused:
        problem = str(refused)
    context = {"sides": [Side.of(kept), Side.of(other)], "kept": kept, "other": other, "form": form, "problem": problem}
    return render(request, "clinic/patient_merge.html", context, status=422 if form.is_bound or problem else 200)


@staff(Role.ADMIN)
@require_POST
def separate(request: StaffRequest, patient: str) -> HttpResponse:
    found = patient_of(request, patient)
    try:
        merging.separate(found, request.user)
    except merging.MergeRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Undone. The visits that came from this file are on it again."))
    return redirect("patient", found.pk)
