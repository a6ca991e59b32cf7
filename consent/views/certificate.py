"""The clinic's sealing certificate: whose it is, how long it lasts, and what to do before it ends."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.access import StaffRequest, staff
from clinic.models import Role
from consent.certificates import certificates


@staff(Role.ADMIN)
@require_safe
def certificate(request: StaffRequest) -> HttpResponse:
    rows = certificates(request.member.clinic)
    context = {"certificate": rows[0] if rows else None, "earlier": rows[1:]}
    return render(request, "consent/certificate.html", context)
