"""A preview of what would be erased today, and the legal holds in force; nothing is erased here."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import audit
from clinic.access import StaffRequest, staff
from clinic.models import Role
from consent.retention import on_hold, preview


@staff(Role.ADMIN)
@require_safe
def retention(request: StaffRequest) -> HttpResponse:
    clinic, first = request.member.clinic, request.GET.get("from", "")
    number = int(first) if first.isascii() and first.isdecimal() and len(first) < 7 else 0
    found = preview(clinic, number)
    with transaction.atomic():
        audit.log(clinic, request.user, "retention.opened", clinic, patients=found.patients)
    return render(request, "consent/retention.html", {"preview": found, "holds": on_hold(clinic), "clinic": clinic})
