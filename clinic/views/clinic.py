"""The clinic's own pages for its admins: where all is found, its settings, its logo."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic import particulars
from clinic.access import StaffRequest, staff
from clinic.forms.clinic import ClinicForm, LogoForm
from clinic.models import Clinic, Role


@staff(Role.ADMIN)
@require_safe
def clinic(request: StaffRequest) -> HttpResponse:
    return render(request, "clinic/clinic.html")


@staff(Role.ADMIN)
def settings(request: StaffRequest) -> HttpResponse:
    return settings_page(request, LogoForm())


def settings_page(request: StaffRequest, logo: LogoForm) -> HttpResponse:
    """Both forms, of which one was sent."""
    own = Clinic.objects.get(pk=request.member.clinic.pk)
    form = ClinicForm(request.POST if request.method == "POST" and not logo.is_bound else None, instance=own)
    if form.is_valid():
        particulars.change(form.instance, form.changed_data, request.user)
        messages.success(request, _("Saved."))
        return redirect("clinic-settings")
    context = {
        "form": form, "logo": logo, "shown": particulars.logo_of(own), "both": logo if logo.is_bound else form,
    }  # fmt: skip
    wrong = form.is_bound or logo.is_bound
    return render(request, "clinic/clinic_settings.html", context, status=422 if wrong else 200)


@staff(Role.ADMIN)
@require_POST
def logo_change(request: StaffRequest) -> HttpResponse:
    """Put another logo in place, or take it away."""
    own = request.member.clinic
    if "remove" in request.POST:
        particulars.remove_logo(own, request.user)
        messages.success(request, _("The logo is taken away. Records that are sealed keep it."))
        return redirect("clinic-settings")
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return settings_page(request, form)
    particulars.set_logo(own, form.cleaned_data["picture"], request.user)
    messages.success(request, _("The logo is saved. Records carry it from now on."))
    return redirect("clinic-settings")


@staff(Role.ADMIN)
@require_safe
def logo(request: StaffRequest) -> HttpResponse:
    """The picture as it is kept."""
    found = particulars.logo_of(request.member.clinic)
    if found is None:
        raise Http404
    return HttpResponse(bytes(found.png), headers={"Content-Type": "image/png", "X-Content-Type-Options": "nosniff"})
