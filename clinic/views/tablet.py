"""The tablet's first page (are you this patient?) and its last."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clinic import tablet as tablets
from clinic.models import Purpose
from clinic.tablet import TabletRequest, tablet_page

FIRST_PAGE = {Purpose.INTAKE: "intake", Purpose.CONSENT: "ceremony"}


@tablet_page(confirmed=False)
def tablet(request: TabletRequest) -> HttpResponse:
    """Guards against the wrong patient; who has confirmed goes straight on."""
    if request.handover.confirmed_at:
        return redirect(FIRST_PAGE[Purpose(request.handover.purpose)])
    return render(request, "clinic/tablet.html", {"visit": request.handover.visit})


@tablet_page(confirmed=False)
def confirm(request: TabletRequest) -> HttpResponse:
    reply = request.POST.get("reply", "")
    if reply == "yes":
        tablets.confirm(request.handover)
    elif reply == "no":
        return hand_back(request, "not_me")
    return redirect("tablet")


@tablet_page(confirmed=False)
def give_back(request: TabletRequest) -> HttpResponse:
    """The tablet goes back; what was answered so far stays with the visit."""
    return hand_back(request, "returned") if request.method == "POST" else redirect("tablet")


def hand_back(request: TabletRequest, because: str) -> HttpResponse:
    with transaction.atomic():
        tablets.end(request.handover, because)
    return tablets.hand_back(request)


def done(request: HttpRequest) -> HttpResponse:
    """The closing page: it knows nobody."""
    response = render(request, "clinic/tablet_done.html")
    response["Cache-Control"] = "no-store"
    return response
