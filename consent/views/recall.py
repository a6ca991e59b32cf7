"""The recall list: whom to call, because the day on which they were to come back has come or will."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.access import StaffRequest, staff
from clinic.models import Role
from consent.recall import recall
from screening.models import Review


@staff(Role.FRONT_DESK, Role.CLINICIAN)
@require_safe
def recall_list(request: StaffRequest) -> HttpResponse:
    """Those who are due, and those who will be."""
    member, asked = request.member, request.GET.get("from", "")
    first = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0
    found = recall(Review.objects.visible_to(member), member.clinic, first)
    return render(request, "consent/recall.html", {"found": found, "first": first})
