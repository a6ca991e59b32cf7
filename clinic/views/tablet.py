"""The tablet's first page (are you this patient?) and its last."""

import unicodedata

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clinic import tablet as tablets
from clinic.models import Purpose
from clinic.tablet import TabletRequest, tablet_page

FIRST_PAGE = {Purpose.INTAKE: "intake", Purpose.CONSENT: "ceremony"}


def masked(name: str) -> str:
    """Enough of a name to know oneself by, and too little for anyone else: the first letter of each part."""
    return " ".join(first_letter(part) + "***" for part in name.split())


def first_letter(part: str) -> str:
    """With the marks that belong to it."""
    marks = next(
        (at for at, sign in enumerate(part[1:], 1) if not unicodedata.category(sign).startswith("M")), len(part)
    )
    return part[:marks]


@tablet_page(confirmed=False)
def tablet(request: TabletRequest) -> HttpResponse:
    """Guards against the wrong patient; who has confirmed goes straight on."""
    if request.handover.confirmed_at:
        return redirect(FIRST_PAGE[Purpose(request.handover.purpose)])
    patient = request.handover.visit.patient
    return render(request, "clinic/tablet.html", {"name": masked(patient.name), "day": patient.born.day})


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
    """The tablet goes back, or its pages have seen that their time is over; what was answered stays with the visit."""
    if request.method != "POST":
        return redirect("tablet")
    because = request.POST.get("because", "")
    if because in tablets.CLOSED_BY_TIME:
        return hand_back(request, because, "tablet-closed")
    return hand_back(request, "returned")


def hand_back(request: TabletRequest, because: str, page: str = "tablet-done") -> HttpResponse:
    with transaction.atomic():
        tablets.end(request.handover, because)
    return tablets.hand_back(request, page)


@tablet_page(confirmed=False)
def still_here(request: TabletRequest) -> HttpResponse:
    """A sign of life from the page, which counts as any page does."""
    return HttpResponse(status=204) if request.method == "POST" else redirect("tablet")


def done(request: HttpRequest) -> HttpResponse:
    """The closing page: it knows nobody."""
    response = render(request, "clinic/tablet_done.html", {"own_phone": "phone" in request.GET})
    response["Cache-Control"] = "no-store"
    return response


def closed(request: HttpRequest) -> HttpResponse:
    """The closing page when time was over."""
    return tablets.closed(request, "phone" in request.GET)
