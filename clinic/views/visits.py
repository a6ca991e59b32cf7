"""Opening a visit, seeing where it stands, and handing the tablet over."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clinic import audit, desk, phone, tablet
from clinic.access import StaffRequest, staff, visit_of
from clinic.forms.desk import AnotherVisitForm, HandOverForm, VisitForm
from clinic.happened import BECAUSE, STORY, words_of
from clinic.models import AuditEvent, Purpose, Role, Visit, age_on
from clinic.views.patients import patient_of

PHONE, TABLET = gettext_lazy("On a phone"), gettext_lazy("On the tablet")


def told(events: list[AuditEvent]) -> list[dict[str, Any]]:
    """The visit's story; what a patient did was done on what was opened last, the clinic's tablet or their phone."""
    lines, place = [], TABLET
    for event in events:
        place = {"tablet.handed_over": TABLET, "link.opened": PHONE}.get(event.action, place)
        if event.action in STORY:
            lines.append(happened(event, place))
    return lines


def happened(event: AuditEvent, place: Any) -> dict[str, Any]:
    words = words_of(event.action)
    if event.action == "tablet.returned" and place == PHONE:
        words = gettext_lazy("Pages closed on the phone")
    return {
        "at": event.created_at, "words": words, "because": BECAUSE.get(event.data.get("because", ""), ""),
        "by": event.actor.printed_name if event.actor else "",
        "place": PHONE if event.action.startswith("link.") else place,
    }  # fmt: skip


@staff(Role.FRONT_DESK, Role.CLINICIAN)
def visit_add(request: StaffRequest, patient: str) -> HttpResponse:
    """Open a visit; one of today that waits for answers is offered first."""
    found = patient_of(request, patient)
    new = Visit(clinic=found.clinic, patient=found, opened_by=request.user)
    form = VisitForm(request.POST or None, instance=new, clinic=found.clinic, by=request.user)
    another = AnotherVisitForm(request.POST or None)
    waiting = desk.waiting_today(found)
    if request.method == "POST" and form.is_valid():
        said = another.is_valid() and another.cleaned_data["another"]
        try:
            opened = desk.open_visit(form.save(commit=False), although_waiting=said)
        except desk.VisitWaiting as refused:
            waiting = refused.visit
        except desk.SetAside:
            messages.error(request, _("This file is set aside, so no visit can be opened on it. Its page says which to use."))
            return redirect("patient", found.pk)
        else:
            return redirect("visit", opened.pk)
    context = {"patient": found, "form": form, "waiting": waiting, "another": AnotherVisitForm()}
    return render(request, "clinic/visit_form.html", context)


@staff()
def visit(request: StaffRequest, visit: str) -> HttpResponse:
    """The front desk's page of a visit: where it stands, and the tablet."""
    found = visit_of(request, visit)
    with transaction.atomic():
        audit.log(found.clinic, request.user, "visit.seen", found)
    events = audit.story(found)
    context = {
        "visit": found,
        "sent": any(event.action == desk.ANSWERS_SENT for event in events),
        "in_hand": next((row for row in found.handovers.filter(ended_at=None) if row.is_open), None),
        "begun": found.handovers.filter(purpose=Purpose.INTAKE, confirmed_at__isnull=False).exists(),
        "link": phone.open_link(found),
        "story": told(events),
        "age": age_on(found.clinic.today(), found.patient.born),
    }
    return render(request, "clinic/visit.html", context)


@staff(Role.FRONT_DESK, Role.CLINICIAN)
@require_POST
def hand_over(request: StaffRequest, visit: str) -> HttpResponse:
    """Sign out here and give the tablet to the patient."""
    found = visit_of(request, visit)
    form = HandOverForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what the tablet is handed over for: the answers, or the consent."))
        return redirect("visit", found.pk)
    if form.cleaned_data["purpose"] == Purpose.INTAKE and desk.has_sent_answers(found):
        messages.error(request, _("The answers are in already. A clinician can correct them on the case."))
        return redirect("visit", found.pk)
    tablet.hand_over(request, found, form.cleaned_data["purpose"], request.user)
    return redirect("tablet")
