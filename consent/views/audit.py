"""The audit trail of the clinic, of a patient, and of a record: newest first, in pages that go on from a line."""

from typing import Any
from urllib.parse import urlencode

from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clinic import audit
from clinic.access import StaffRequest, staff
from clinic.models import AuditEvent, Role
from clinic.views.patients import patient_of
from consent import trail
from consent.forms.audit import TrailForm
from consent.models import SealedDocument

PER_PAGE = 50


@staff(Role.ADMIN)
@require_safe
def of_clinic(request: StaffRequest) -> HttpResponse:
    """Every event of the clinic, failed sign-ins and refusals too."""
    note(request, request.member.clinic)
    return listed(request, trail.of_clinic(request.member.clinic), {})


@staff(Role.ADMIN)
@require_safe
def of_patient(request: StaffRequest, patient: str) -> HttpResponse:
    found = patient_of(request, patient)
    note(request, found)
    return listed(request, trail.of_patient(found), {"patient": found})


@staff(Role.ADMIN)
@require_safe
def of_record(request: StaffRequest, document: str) -> HttpResponse:
    rows = SealedDocument.objects.visible_to(request.member)
    found = get_object_or_404(rows.select_related("visit", "clinic"), pk=document)
    note(request, found, visit=str(found.visit_id))
    return listed(request, trail.of_record(found), {"document": found})


def note(request: StaffRequest, about: models.Model, **data: Any) -> None:
    """Reading the trail is on the trail."""
    with transaction.atomic():
        audit.log(request.member.clinic, request.user, "audit.opened", about, **data)


def listed(request: StaffRequest, events: QuerySet[AuditEvent], context: dict[str, Any]) -> HttpResponse:
    clinic, form = request.member.clinic, TrailForm(request.GET, clinic=request.member.clinic)
    if not form.is_valid():
        return render(request, "consent/audit.html", context | {"form": form}, status=422)
    found = form.wanted.of(events, clinic)
    if before := form.cleaned_data["before"]:
        found = found.filter(seq__lt=before)
    rows = list(found.select_related("actor").order_by("-seq")[: PER_PAGE + 1])
    kept = {name: request.GET[name] for name in ("person", "kind", "day") if request.GET.get(name)}
    context |= {
        "form": form, "lines": trail.lines(rows[:PER_PAGE], clinic), "is_filtered": bool(kept), "before": before,
        "newest": urlencode(kept), "older": older(kept, rows),
    }  # fmt: skip
    return render(request, "consent/audit.html", context)


def older(kept: dict[str, str], rows: list[AuditEvent]) -> str:
    """The query of the next page; empty on the last one."""
    return urlencode(kept | {"before": str(rows[PER_PAGE - 1].seq)}) if len(rows) > PER_PAGE else ""
