"""The tablet in a patient's hands: staff signed out, this visit's patient pages and nothing else, until it comes back."""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from clinic import audit, wishes
from clinic.languages import ORIGINAL, languages
from clinic.models import IDLE, Handover, Purpose, User, Visit

KEY = "handover"
LASTS = datetime.timedelta(minutes=30)
NOTED = datetime.timedelta(seconds=10)  # how exactly it is known when the patient was last seen
WIPE = '"cache", "storage"'
CLOSED_BY_TIME = ("idle", "expired")


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
            visit=visit, purpose=purpose, issued_by=by, expires_at=now + LASTS, **wishes.before(visit)
        )
        audit.log(visit.clinic, by, "tablet.handed_over", handover, visit=str(visit.pk), purpose=purpose)
    take_hold(request, handover)
    return handover


def begin(visit: Visit, by: User, until: datetime.datetime, language: str = "") -> Handover:
    """Open the patient's pages on their own phone, the date of birth given. Inside a transaction; `take_hold` comes after."""
    now = timezone.now()
    looks = wishes.before(visit) | ({"language": language} if language in languages() else {})
    visit.handovers.filter(ended_at=None).update(ended_at=now, ended_because="replaced")
    return Handover.objects.create(
        visit=visit, purpose=Purpose.INTAKE, issued_by=by, own_phone=True, confirmed_at=now,
        expires_at=min(now + LASTS, until), **looks,
    )  # fmt: skip


def take_hold(request: HttpRequest, handover: Handover) -> None:
    """Tie this browser to the handover, under a new session and so a new cookie."""
    request.session.flush()
    request.session[KEY] = str(handover.pk)


def end(handover: Handover, because: str) -> None:
    """Close the handover; what was answered so far stays with the visit. Call inside a transaction."""
    ended = Handover.objects.filter(pk=handover.pk, ended_at=None).update(
        ended_at=timezone.now(), ended_because=because
    )
    if ended:
        visit = handover.visit
        action = "tablet.closed" if because in CLOSED_BY_TIME else "tablet.returned"
        audit.log(visit.clinic, None, action, handover, visit=str(visit.pk), because=because)


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


def hand_back(request: TabletRequest, page: str = "tablet-done") -> HttpResponse:
    """Forget the patient on this browser and show a closing page: it is told what language to speak, and nothing else."""
    request.session.flush()
    language = translation.get_language()
    told = {} if language == ORIGINAL else {"language": language}
    if request.handover.own_phone:
        told["phone"] = "1"
    response = HttpResponseRedirect(reverse(page) + (f"?{urlencode(told)}" if told else ""))
    response["Clear-Site-Data"] = WIPE
    return response


def current(request: HttpRequest) -> Handover | None:
    key = request.session.get(KEY)
    return (
        Handover.objects.select_related("visit__patient", "visit__clinic", "visit__clinician").filter(pk=key).first()
        if key
        else None
    )


def keeps_open(request: HttpRequest, handover: Handover) -> bool:
    """Whether the pages may still be used; each use counts, and pages out of time are closed for good."""
    now = timezone.now()
    if handover.ended_at:
        return False
    left_alone = now - handover.seen_at - out_of_reach(request) >= IDLE
    if now >= handover.expires_at or left_alone:
        with transaction.atomic():
            end(handover, "idle" if left_alone else "expired")
        return False
    if now - handover.seen_at > NOTED:
        Handover.objects.filter(pk=handover.pk, ended_at=None).update(seen_at=now)
    return True


def out_of_reach(request: HttpRequest) -> datetime.timedelta:
    """For how long the page says that it was in use but could not reach us: this time does not count as left alone.

    The page itself watches for that, and only its own posts can say so; the half hour holds in any case.
    """
    seconds = request.headers.get("Out-Of-Reach", "")
    told = request.method == "POST" and seconds.isascii() and seconds.isdecimal()
    return min(datetime.timedelta(seconds=int(seconds[:6])), LASTS) if told else datetime.timedelta()


def closed(request: HttpRequest, own_phone: bool | None) -> HttpResponse:
    """What is kept, and what to do now. `own_phone` is None where nobody knows whose device this is."""
    response = render(request, "clinic/tablet_expired.html", {"own_phone": own_phone}, status=410)
    response["Cache-Control"] = "no-store"
    return response


def tablet_page(
    *purposes: str, confirmed: bool = True
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page for the patient's hands; anyone without an open handover is asked to return the tablet."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            handover = current(request)
            if handover is None or not keeps_open(request, handover):
                request.session.flush()
                response = closed(request, handover.own_phone if handover else None)
                if settings.SESSION_COOKIE_NAME in request.COOKIES:
                    response["Clear-Site-Data"] = WIPE
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


def as_wished(view: Callable[..., HttpResponse], request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """The page itself; after a wish, the page as it was with what had been typed."""
    request.kept = None
    if request.method == "POST" and not request.POST.keys().isdisjoint(wishes.WISHES):
        wishes.grant(request.handover, request.POST)
        if request.POST.keys() <= {"csrfmiddlewaretoken", *wishes.WISHES}:
            return redirect(request.get_full_path())
        request.method, request.kept = "GET", request.POST
    with translation.override(request.handover.language):
        return view(request, *args, **kwargs)


class TabletMiddleware:
    """While a handover is on this browser, every page but the patient's own leads back to it, in the patient's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = request.session.get(KEY)
        handover = current(request) if before else None
        with translation.override(handover.language if handover else spoken(request)):
            response = self.get_response(request)
        after = request.session.get(KEY)
        if after and after != before:
            response["Clear-Site-Data"] = WIPE
        if request.headers.get("Sent-By") == "page" and response.has_header("Location"):
            tell_where(response, for_good=before != after)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if KEY not in request.session or getattr(view, "tablet_page", False):
            return None
        return None if getattr(view, "phone_page", False) and not on_our_tablet(request) else redirect("tablet")


def tell_where(response: HttpResponse, for_good: bool) -> None:
    """To a page that sends its forms itself: where it is to go, so that it asks for the next page once; instead of this
    one in the browser's history when the patient's pages are over."""
    response.status_code, response.content = 204, b""
    response["Go-Instead-To" if for_good else "Go-To"] = response["Location"]
    del response["Location"]


def on_our_tablet(request: HttpRequest) -> bool:
    """Whether a tablet of the clinic is in a patient's hands; on their own phone they may open a link at any time."""
    handover = current(request)
    return handover is not None and handover.is_open and not handover.own_phone
