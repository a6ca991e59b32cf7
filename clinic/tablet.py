"""The tablet in a patient's hands: staff signed out, this visit's patient pages and nothing else, until it comes back.

Every page takes the patient's wishes (language, size of text, contrast, a call for help) beside its own form: a post that
holds one of WISHES saves that and nothing else, and the page comes back with all that was typed.
"""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from clinic import audit
from clinic.languages import ORIGINAL, code_for, languages
from clinic.models import Handover, User, Visit

KEY = "handover"
LASTS = datetime.timedelta(minutes=30)
WIPE = '"cache", "storage"'
WISHES = ("wish-language", "wish-text-size", "wish-contrast", "wish-staff")
TEXT_SIZES = (0, 1, 2)


class TabletRequest(HttpRequest):
    """A request that passed `tablet_page`: `handover` is set. Only for annotations.

    `kept` is what was typed when the patient changed the language or how the page looks: shown again, not yet sent.
    """

    handover: Handover
    kept: QueryDict | None


def hand_over(request: HttpRequest, visit: Visit, purpose: str, by: User) -> Handover:
    """Sign the staff out on this browser and give it to the patient of the visit for half an hour at most."""
    now = timezone.now()
    with transaction.atomic():
        Visit.objects.select_for_update().get(pk=visit.pk)
        visit.handovers.filter(ended_at=None).update(ended_at=now, ended_because="replaced")
        handover = Handover.objects.create(
            visit=visit, purpose=purpose, issued_by=by, expires_at=now + LASTS, **wishes_before(visit)
        )
        audit.log(visit.clinic, by, "tablet.handed_over", handover, visit=str(visit.pk), purpose=purpose)
    take_hold(request, handover)
    return handover


def take_hold(request: HttpRequest, handover: Handover) -> None:
    """Tie this browser to the handover, under a new session and so a new cookie."""
    request.session.flush()
    request.session[KEY] = str(handover.pk)


def wishes_before(visit: Visit) -> dict[str, Any]:
    """As the patient last had the pages of this visit; at first in the language that their file names."""
    last = visit.handovers.order_by("-created_at").first()
    if last is None:
        return {"language": code_for(visit.patient.language)}
    return {"language": last.language, "text_size": last.text_size, "high_contrast": last.high_contrast}


def grant(handover: Handover, wishes: QueryDict) -> None:
    """Save what the patient wishes of these pages; anything that is not on offer is passed over."""
    if (language := wishes.get("wish-language")) in languages():
        handover.language = language  # type: ignore[assignment]
    if (size := wishes.get("wish-text-size", "")) in map(str, TEXT_SIZES):
        handover.text_size = int(size)
    if (contrast := wishes.get("wish-contrast")) in {"0", "1"}:
        handover.high_contrast = contrast == "1"
    handover.save(update_fields=["language", "text_size", "high_contrast"])


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


def spoken(request: HttpRequest) -> str:
    """The language of a page that knows nobody: the closing page is told by its address, all others are as staff read them."""
    asked = request.GET.get("language", "")
    return asked if asked in languages() and request.path.startswith("/tablet/") else ORIGINAL


def hand_back(request: HttpRequest) -> HttpResponse:
    """Forget the patient on this browser and show the closing page."""
    request.session.flush()
    language = translation.get_language()
    response = HttpResponseRedirect(reverse("tablet-done") + ("" if language == ORIGINAL else f"?language={language}"))
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
                    response = as_wished(view, request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        guarded.tablet_page = True  # type: ignore[attr-defined]
        return guarded

    return decorate


def wishes_context(request: HttpRequest) -> dict[str, Any]:
    """Templates of a page in the patient's hands see `handover`, and what can be wished for."""
    handover = getattr(request, "handover", None)
    if handover is None:
        return {}
    return {
        "handover": handover, "languages": languages().values(), "spoken": languages()[handover.language],
        "next_size": (handover.text_size + 1) % len(TEXT_SIZES),
    }  # fmt: skip


def as_wished(view: Callable[..., HttpResponse], request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """The page itself; after a wish, the page as it was with what had been typed."""
    request.kept = None
    if request.method == "POST" and not request.POST.keys().isdisjoint(WISHES):
        grant(request.handover, request.POST)
        if request.POST.keys() <= {"csrfmiddlewaretoken", *WISHES}:
            return redirect(request.get_full_path())
        request.method, request.kept = "GET", request.POST
    with translation.override(request.handover.language):
        return view(request, *args, **kwargs)


class TabletMiddleware:
    """While a handover is on this browser, every page but the patient's own leads back to it, in the patient's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        handover = current(request) if KEY in request.session else None
        with translation.override(handover.language if handover else spoken(request)):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if KEY in request.session and not getattr(view, "tablet_page", False):
            return redirect("tablet")
        return None
