"""Legal hold of one patient's records, set and lifted by an admin."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic import holds
from clinic.access import StaffRequest, staff
from clinic.forms.merging import HoldForm
from clinic.models import Role
from clinic.views.patients import patient_of


@staff(Role.ADMIN)
def hold(request: StaffRequest, patient: str) -> HttpResponse:
    """Set the hold where there is none, or lift it; the page shows all that was said before."""
    found = patient_of(request, patient)
    held = holds.hold_on(found)
    form = HoldForm(request.POST if request.method == "POST" else None, held=bool(held))
    if form.is_valid():
        wanted = request.POST.get("wanted", "")
        if wanted == "hold":
            holds.hold(found, form.cleaned_data["reason"], request.user)
            messages.success(request, _("On hold. The records are kept whatever their age."))
        elif wanted == "lift":
            holds.lift(found, form.cleaned_data["reason"], request.user)
            messages.success(request, _("The hold is lifted."))
        return redirect("patient", found.pk)
    rows = found.holds.select_related("by").order_by("-created_at")
    context = {"patient": found, "held": held, "form": form, "rows": rows}
    return render(request, "clinic/patient_hold.html", context, status=422 if form.is_bound else 200)
