"""The overview for a clinic's lead, and its figures as a file."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from clinic import audit
from clinic.access import StaffRequest, staff
from clinic.models import Role
from consent import dashboard
from consent.dashboard import words
from consent.dashboard.panels import panels
from consent.dashboard.sheet import sheet
from consent.forms.dashboard import CHOICES, PeriodForm


@staff(Role.ADMIN)
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """The period stands in the address, so that it can be kept; it names nobody."""
    clinic, form = request.member.clinic, PeriodForm(request.GET, clinic=request.member.clinic)
    context: dict[str, Any] = {"form": form, "choices": CHOICES}
    if not form.is_valid():
        return render(request, "consent/dashboard.html", context, status=422)
    note(request, "overview.opened", form.period)
    found = dashboard.figures(clinic, form.period)
    context |= {
        "period": form.period, "days": None if form.is_dates else form.cleaned_data["days"], "figures": found,
        "panels": panels(found), "expiring": dashboard.expiring(clinic),
        "to_decision": words.duration(found.to_decision.value), "to_seal": words.duration(found.to_seal.value),
        "not_treated": [(words.decision(row.decision), row) for row in found.not_treated],
        "reasons": [(words.precaution(row.number), row) for row in found.overriding.reasons],
    }  # fmt: skip
    return render(request, "consent/dashboard.html", context)


@staff(Role.ADMIN)
@require_POST
def export(request: StaffRequest) -> HttpResponse:
    """The same period's figures as a file, small counts suppressed; on the trail before a byte goes out."""
    form = PeriodForm(request.POST, clinic=request.member.clinic)
    if not form.is_valid():
        return render(request, "consent/dashboard.html", {"form": form, "choices": CHOICES}, status=422)
    period = form.period
    note(request, "overview.exported", period)
    found = dashboard.figures(period.clinic, period)
    text = sheet(found, period, dashboard.expiring(period.clinic).total)
    name = f"figures-{period.since.isoformat()}-{period.until.isoformat()}.csv"
    return HttpResponse(
        "\ufeff" + text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def note(request: StaffRequest, action: str, period: dashboard.Period) -> None:
    with transaction.atomic():
        audit.log(
            period.clinic, request.user, action, period.clinic,
            since=period.since.isoformat(), until=period.until.isoformat(),
        )  # fmt: skip
