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
from clinic.forms import AnotherVisitForm, HandOverForm, VisitForm
from clinic.models import AuditEvent, Purpose, Role, Visit, age_on
from clinic.views.patients import patient_of

HAPPENED = {
    "visit.opened": gettext_lazy("Visit opened"),
    "tablet.handed_over": gettext_lazy("Tablet handed to the patient"),
    "tablet.confirmed": gettext_lazy("Patient confirmed who they are"),
    "tablet.returned": gettext_lazy("Tablet came back"),
    "tablet.closed": gettext_lazy("Pages closed by themselves"),
    "tablet.help_called": gettext_lazy("Patient called a member of staff"),
    "tablet.help_answered": gettext_lazy("Call answered"),
    "link.made": gettext_lazy("Link made for the patient’s own phone"),
    "link.emailed": gettext_lazy("Link sent by email"),
    "link.opened": gettext_lazy("Link opened with the right date of birth"),
    "link.birth_date_refused": gettext_lazy("Wrong date of birth given for the link"),
    "link.ended": gettext_lazy("Link ended"),
    "intake.assisted": gettext_lazy("Patient named who helps to answer"),
    "intake.submitted": gettext_lazy("Answers sent"),
    "intake.corrected": gettext_lazy("Answers corrected by a clinician"),
    "case.decided": gettext_lazy("Clinician decided"),
    "consent.opened": gettext_lazy("Consent opened"),
    "consent.signed": gettext_lazy("Consent signed"),
    "consent.refused": gettext_lazy("Consent not given"),
}
BECAUSE = {
    "not_me": gettext_lazy("the person said that they are not this patient"),
    "returned": gettext_lazy("given back"),
    "replaced": gettext_lazy("handed over anew"),
    "idle": gettext_lazy("nobody used them"),
    "expired": gettext_lazy("their time was over"),
    "new_link": gettext_lazy("a new link was made"),
    "stopped": gettext_lazy("stopped by staff"),
    "locked": gettext_lazy("five wrong dates of birth"),
    "another_link": gettext_lazy("another patient’s link was opened on the same phone"),
}
PHONE, TABLET = gettext_lazy("On a phone"), gettext_lazy("On the tablet")


def told(events: list[AuditEvent]) -> list[dict[str, Any]]:
    """The visit's story; what a patient did was done on what was opened last, the clinic's tablet or their phone."""
    lines, place = [], TABLET
    for event in events:
        place = {"tablet.handed_over": TABLET, "link.opened": PHONE}.get(event.action, place)
        if event.action in HAPPENED:
            lines.append(happened(event, place))
    return lines


def happened(event: AuditEvent, place: Any) -> dict[str, Any]:
    words = HAPPENED[event.action]
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
