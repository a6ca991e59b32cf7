"""Someone helps me: the patient says who helps them to answer and how, and goes back to the question where they were."""

from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import gettext as _

from clinic.tablet import TabletRequest
from screening import assistance, intake
from screening.forms.assistance import WAYS, WHO, HelperForm
from screening.models import IntakeDraft
from screening.views.intake import Pages, answering

FROM = "from"


def page_at(address: str) -> ResolverMatch | None:
    """The page of the intake at an address; None for any other address."""
    try:
        found = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return None
    mine = address.startswith("/tablet/") and (found.url_name or "").startswith("intake")
    return found if mine and found.url_name != "intake-help-turn" else None


def unchecked(address: str) -> str:
    """The same page, without the remarks on what is missing: they would stand in the place of what was typed."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "missing"]
    return parts._replace(query=urlencode(query)).geturl()


def helping(address: str) -> str:
    return reverse("intake-help") + "?" + urlencode({FROM: address})


@partial(answering, for_guardian=True)
def turn_to(request: TabletRequest, draft: IntakeDraft, pages: Pages) -> HttpResponse:
    """From a page of questions to the helpers; what stands in that page is kept as it is."""
    address = request.POST.get(FROM, "")
    page = page_at(address)
    if page and page.url_name == "intake-guardian-answers":
        intake.keep_typed(request.handover.visit, intake.GUARDIANS_PAGE, request.POST)
    elif page and page.url_name == "intake-page":
        intake.keep_typed(request.handover.visit, page.kwargs["slug"], request.POST)
    return redirect(helping(address))


@partial(answering, for_guardian=True)
def helpers(request: TabletRequest, draft: IntakeDraft, pages: Pages) -> HttpResponse:
    """All helpers so far, each of whom can be taken away again, and room for another."""
    address = request.GET.get(FROM, "")
    visit = request.handover.visit
    if request.method == "POST" and "remove" in request.POST:
        assistance.remove(visit, request.POST.get("who", ""), request.POST["remove"])
        return redirect(helping(address))
    form = HelperForm(request.POST) if request.method == "POST" else HelperForm(initial=typed_before(request))
    if request.method == "POST" and form.is_valid():
        try:
            assistance.add(visit, **form.cleaned_data)
            return redirect(helping(address))
        except assistance.TooManyHelpers:
            form.add_error(None, _("Ten helpers are noted already. Please take one away before you add another."))
    context = {
        "form": form, "helped": [in_words(helper) for helper in draft.help],
        "back": unchecked(address) if page_at(address) else reverse("intake"),
        "helping": True, "keeping": "helper", "progress": pages.progress(),
    }  # fmt: skip
    return render(request, "screening/intake_assistance.html", context, status=422 if request.method == "POST" else 200)


def typed_before(request: TabletRequest) -> dict[str, Any]:
    """What stood in the form when the patient wished to have the page in another way."""
    kept = request.kept
    return {"who": kept.get("who"), "name": kept.get("name"), "ways": kept.getlist("ways")} if kept else {}


def in_words(helper: dict[str, Any]) -> dict[str, Any]:
    """A helper as the patient said it."""
    ways = [WAYS[assistance.Way(way)] for way in helper["ways"]]
    return {"code": helper["who"], "name": helper["name"], "who": WHO[assistance.Who(helper["who"])], "ways": ways}
