"""The first page after signing in: what waits for this person, and the same anew every few seconds."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.access import Member, StaffRequest, staff
from clinic.calls import open_calls
from clinic.models import Visit
from consent import certificates
from consent.models import SealedDocument
from consent.queue import Chosen, Day, Queue, queue, todays
from consent.views.queue_rows import choices, day_json, queue_json

LATEST = 8


def queue_of(request: StaffRequest) -> Queue:
    """What the address says of the clinic's cases."""
    member = request.member
    visits = Visit.objects.visible_to(member)
    return queue(visits, member.clinic, member.user, Chosen.read(request.GET.get))


def day_of(request: StaffRequest) -> Day:
    first = request.GET.get("visits", "")
    number = int(first) if first.isascii() and first.isdecimal() and len(first) < 7 else 0
    return todays(Visit.objects.visible_to(request.member), request.member.clinic, request.user, number)


def for_clinician(request: StaffRequest) -> dict[str, Any]:
    found = queue_of(request)
    return {"groups": queue_json(found), "choices": choices(found)}


def for_admin(member: Member) -> dict[str, Any]:
    latest = (
        SealedDocument.objects.visible_to(member)
        .select_related("decided_by")
        .order_by("-sealed_at", "-id")
    )
    return {"latest": latest[:LATEST], "certificate": certificates.current(member.clinic)}


@staff()
def home(request: StaffRequest) -> HttpResponse:
    """Who asks for help, for everyone; then the parts of each role that the person has."""
    member = request.member
    context: dict[str, Any] = {"now": timezone.now(), "calls": open_calls(member.clinic)}
    if member.is_clinician:
        context |= for_clinician(request)
    if member.is_front_desk:
        context["day"] = day_json(day_of(request))
    if member.is_admin:
        context |= for_admin(member)
    return render(request, "consent/home.html", context)


@staff()
@require_safe
def home_rows(request: StaffRequest) -> HttpResponse:
    """Asked every few seconds: no event on the trail, and nothing that keeps a sign-in alive."""
    found: dict[str, Any] = {}
    if request.member.is_clinician:
        found["groups"] = queue_json(queue_of(request))
    if request.member.is_front_desk:
        found["day"] = day_json(day_of(request))
    return JsonResponse(found)
