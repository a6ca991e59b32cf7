"""The link to the patient's own phone: made, emailed and stopped by staff; the date of birth opens the patient's pages."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clinic import letters, phone, tablet
from clinic.access import StaffRequest, staff, visit_of
from clinic.fields import BirthDateForm
from clinic.languages import ORIGINAL, languages
from clinic.models import Clinic, Handover, Role, Visit, age_on
from clinic.qr import drawn

ONLY_HERE = {"localhost", "127.0.0.1", "::1"}


def address_of(request: HttpRequest, visit: Visit, token: str) -> str:
    """The link as the patient's phone opens it: in the language on their file."""
    path = reverse("phone", args=[token])
    language = phone.language_of(visit)
    query = "" if language == ORIGINAL else f"?language={language}"
    return (settings.PUBLIC_ADDRESS or f"{request.scheme}://{request.get_host()}") + path + query


@staff(Role.FRONT_DESK, Role.CLINICIAN)
def make(request: StaffRequest, visit: str) -> HttpResponse:
    """Make a link and show it, this once."""
    found = visit_of(request, visit)
    if request.method != "POST":  # a page that is loaded again cannot show what was not kept
        return redirect("visit", found.pk)
    try:
        _link, token = phone.make(found, request.user)
    except phone.AnswersSent:
        messages.error(request, _("The answers are in already. A clinician can correct them on the case."))
        return redirect("visit", found.pk)
    return shown(request, found, token)


@staff(Role.FRONT_DESK, Role.CLINICIAN)
def email(request: StaffRequest, visit: str) -> HttpResponse:
    """Send the link that is shown; it stays on the page, whatever becomes of the message."""
    found = visit_of(request, visit)
    token = request.POST.get("token", "")
    if request.method != "POST":
        return redirect("visit", found.pk)
    if not found.patient.email:
        messages.error(request, _("There is no email address on file. Add one, then make a new link."))
        return redirect("visit", found.pk)
    failed = False
    try:
        link = phone.link_of(token, visit=found)
        phone.send(link, address_of(request, found, token), request.user)
    except (phone.LinkClosed, phone.AnswersSent):
        messages.error(request, _("This link has ended, and nothing was sent. If it is still needed, make a new one."))
        return redirect("visit", found.pk)
    except letters.NotSent:
        failed = True
    return shown(request, found, token, failed)


@staff(Role.FRONT_DESK, Role.CLINICIAN)
def stop(request: StaffRequest, visit: str) -> HttpResponse:
    found = visit_of(request, visit)
    if request.method == "POST":
        phone.stop(found, request.user)
        messages.success(request, _("The link is stopped. What was answered so far is kept."))
    return redirect("visit", found.pk)


def shown(request: StaffRequest, visit: Visit, token: str, failed: bool = False) -> HttpResponse:
    """The page with the link: its key is in no row, and so on no later page."""
    address = address_of(request, visit, token)
    context = {
        "visit": visit, "link": phone.open_link(visit), "token": token, "address": address, "qr": drawn(address),
        "age": age_on(visit.clinic.today(), visit.patient.born), "failed": failed,
        "only_here": urlsplit(address).hostname in ONLY_HERE, "on_console": "console" in settings.EMAIL_BACKEND,
    }  # fmt: skip
    return render(request, "clinic/phone_link.html", context)


type_of_view = Callable[[HttpRequest, str], HttpResponse]


def phone_page(view: type_of_view) -> type_of_view:
    """A page that the link opens: in the language of its address, never kept, and its key told to no other page.

    Not no-referrer: browsers then send "Origin: null" with the form, which the check for forged requests refuses.
    """

    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        with translation.override(tablet.spoken(request)):
            response = view(request, token)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "strict-origin"
        return response

    guarded.phone_page = True  # type: ignore[attr-defined]
    return guarded


@phone_page
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the date of birth; opening the page counts for nothing, since programs that preview links do it too."""
    try:
        return ask(request, token, phone.link_of(token).visit.clinic)
    except phone.AnswersSent:
        return render(request, "clinic/phone_sent.html", status=410)
    except phone.LinkClosed:
        return render(request, "clinic/phone_closed.html", status=410)


def ask(request: HttpRequest, token: str, clinic: Clinic) -> HttpResponse:
    form = BirthDateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            handover = phone.enter(token, form.cleaned_data["born"], request.GET.get("language", ""))
        except phone.WrongBirthDate as wrong:
            if not wrong.left:
                return render(request, "clinic/phone_closed.html", {"locked": True}, status=410)
            form.add_error("born", not_yours(wrong.left))
        else:
            leave_another(request, handover)
            tablet.take_hold(request, handover)
            return redirect("tablet")
    context = {
        "clinic": clinic, "form": form, "languages": languages().values(),
        "spoken": languages()[translation.get_language() or ORIGINAL],
    }  # fmt: skip
    return render(request, "clinic/phone.html", context, status=422 if form.is_bound else 200)


def leave_another(request: HttpRequest, handover: Handover) -> None:
    """Close the pages of another visit that were open on this phone."""
    held = tablet.current(request)
    if held and held.visit_id != handover.visit_id:
        with transaction.atomic():
            tablet.end(held, "another_link")


def not_yours(left: int) -> str:
    return ngettext(
        "This is not the date of birth that we have for this visit. Please check it. You can try %(left)d more time.",
        "This is not the date of birth that we have for this visit. Please check it. You can try %(left)d more times.",
        left,
    ) % {"left": left}
