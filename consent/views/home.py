"""The first page after signing in: what waits for this person."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic.access import Member, StaffRequest, staff
from clinic.calls import open_calls
from clinic.models import Visit
from consent.models import SealedDocument
from consent.queue import queue, todays

LATEST = 8


def for_clinician(member: Member) -> dict[str, Any]:
    rows = queue(Visit.objects.visible_to(member.user), member.clinic)
    return {
        "due": [row for row in rows if row.is_due],
        "with_patient": [row for row in rows if row.is_with_patient],
        "sealed": [row for row in rows if row.document],
    }


def for_admin(member: Member) -> dict[str, Any]:
    latest = (
        SealedDocument.objects.visible_to(member.user)
        .filter(clinic=member.clinic)
        .select_related("decided_by")
        .order_by("-sealed_at")
    )
    return {"latest": latest[:LATEST]}


@staff()
def home(request: StaffRequest) -> HttpResponse:
    """Who asks for help, for everyone; then the parts of each role that the person has."""
    member = request.member
    context: dict[str, Any] = {"now": timezone.now(), "calls": open_calls(member.clinic)}
    if member.is_clinician:
        context |= for_clinician(member)
    if member.is_front_desk:
        context["today"] = todays(Visit.objects.visible_to(member.user), member.clinic)
    if member.is_admin:
        context |= for_admin(member)
    return render(request, "consent/home.html", context)
