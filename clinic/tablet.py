"""The tablet in a patient's hands: staff signed out, this visit's patient pages and nothing else, until it comes back."""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from clinic import audit
from clinic.models import Handover, User, Visit

KEY = "handover"
LASTS = datetime.timedelta(minutes=30)
WIPE = '"cache", "storage"'


class TabletRequest(HttpRequest):
    """A request that passed `tablet_page`: `handover` is set. Only for annotations."""

    handover: Handover


def hand_over(request: HttpRequest, visit: Visit, purpose: str, by: User) -> Handover:
    """Sign the staff out on this browser and give it to the patient of the visit for half an hour at most."""
    now = timezone.now()
    with transaction.atomic():
        Visit.objects.select_for_update().get(pk=visit.pk)
        visit.handovers.filter(ended_at=None).update(ended_at=now, ended_because="replaced")
        handover = Handover.objects.create(visit=visit, purpose=purpose, issued_by=by, expires_at=now + LASTS)
        audit.log(visit.clinic, by, "tablet.handed_over", handover, visit=str(visit.pk), purpose=purpose)
    request.session.flush()
    request.session[KEY] = str(handover.pk)
    return handover


def end(handover: Handover, because: str) -> None:
    """Close the handover; what was answered so far stays with the visit. Call inside a transaction."""
    ended = Handover.objects.filter(pk=handover.pk, ended_at=None).update(
        ended_at=timezone.now(), ended_because=because
    )
    if ended:
        visit = handover.visit
        audit.log(visit.clinic, None, "tablet.returned", handover, visit=str(visit.pk), because=because)


def confirm(handover: Handover) -> None:
    """The person with the tablet says that they are this patient."""
    with transaction.atomic():
        now = timezone.now()
        if Handover.objects.filter(pk=handover.pk, confirmed_at=None).update(confirmed_at=now):
            visit = handover.visit
            audit.log(visit.clinic, None, "tablet.confirmed", handover, visit=str(visit.pk))


def hand_back(request: HttpRequest) -> HttpResponse:
    """Forget the patient on this browser and show the closing page."""
    request.session.flush()
    response = HttpResponseRedirect(reverse("tablet-done"))
    response["Clear-Site-Data"] = WIPE
    return response


def current(request: HttpRequest) -> Handover | None:
    key = request.session.get(KEY)
    return (
        Handover.objects.select_related("visit__patient", "visit__clinic", "visit__clinician").filter(pk=key).first()
        if key
        else None
    )


def tablet_page(
    *purposes: str, confirmed: bool = True
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page for the patient's hands; anyone without an open handover is asked to return the tablet."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            handover = current(request)
            if handover is None or not handover.is_open:
                request.session.flush()
                response = render(request, "clinic/tablet_expired.html", status=410)
            elif purposes and handover.purpose not in purposes:
                response = redirect("tablet")
            elif confirmed and not handover.confirmed_at:
                response = redirect("tablet")
            else:
                request.handover = handover
                with timezone.override(handover.visit.clinic.zone):
                    response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        guarded.tablet_page = True  # type: ignore[attr-defined]
        return guarded

    return decorate


class TabletMiddleware:
    """While a handover is on this browser, every page but the patient's own leads back to it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if KEY in request.session and not getattr(view, "tablet_page", False):
            return redirect("tablet")
        return None
