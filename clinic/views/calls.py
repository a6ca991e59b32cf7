"""Calls for help from patients' tablets, as the first page of staff asks for them, and the answer to one."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic import calls
from clinic.access import StaffRequest, staff
from clinic.models import Handover


@staff()
@require_safe
def waiting(request: StaffRequest) -> HttpResponse:
    """Asked every few seconds: no event on the trail, and nothing that keeps a sign-in alive."""
    rows = [
        {
            "key": str(handover.pk),
            "name": handover.visit.patient.name,
            "since": date_format(timezone.localtime(handover.help_wanted_at), "H:i"),
            "answer": reverse("call-answer", args=[handover.pk]),
        }
        for handover in calls.open_calls(request.member.clinic)
    ]
    return JsonResponse({"calls": rows})


@staff()
@require_POST
def answer(request: StaffRequest, handover: str) -> HttpResponse:
    """I am going: the others need not."""
    rows = Handover.objects.visible_to(request.member)
    found = get_object_or_404(rows.select_related("visit__patient", "visit__clinic"), pk=handover)
    name = {"name": found.visit.patient.name}
    if calls.close(found, request.user):
        messages.success(request, _("Thank you. %(name)s waits for you.") % name)
    else:
        messages.info(request, _("Somebody has gone to %(name)s already, or help is no longer needed.") % name)
    return redirect("home")
