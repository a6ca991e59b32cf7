"""What is sent from the plan's panel: picks that are looked at, a plan that is saved, and a plan taken over from last time."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import StaffRequest, staff, visit_of
from clinic.models import Role
from screening import review
from screening.forms.case import CaseForm
from screening.forms.plan import PlanForm
from screening.models import Screening
from screening.repeating import as_last_time
from screening.views.case import show
from screening.views.case_acts import NotOffered, act, posted_screening
from screening.views.case_page import CasePage
from screening.views.case_plan import as_json


def plan_form(screening: Screening, data: Any) -> PlanForm:
    return PlanForm(screening.plan, screening.details, data)


@staff(Role.CLINICIAN)
@require_POST
def plan(request: StaffRequest, visit: str) -> HttpResponse:
    """Save the plan as picked and screen it once; or, where it only picks, show it as it would be."""

    def build(screening: Screening, data: Any) -> CaseForm:
        if not {"do", "add", "remove", "replace", "picked"} & set(data):
            raise NotOffered
        return plan_form(screening, data)

    def verb(screening: Screening, form: Any) -> None:
        review.plan(screening, form.plan, request.user, form.details)

    picks = {"add", "remove", "replace"} & set(request.POST) or request.POST.get("do") == "check"
    if picks and "picked" in request.POST:
        return looked_at(request, visit)
    return act(request, visit, build, verb)


def looked_at(request: StaffRequest, pk: str) -> HttpResponse:
    """The page with the plan as picked, and nothing recorded."""
    visit = visit_of(request, pk)
    try:
        form = plan_form(posted_screening(request, visit), request.POST)
    except NotOffered:
        return act(request, pk, plan_form, lambda _screening, _form: None)
    form.is_valid()
    return show(request, visit, form)


@staff(Role.CLINICIAN)
@require_POST
def look(request: StaffRequest, visit: str) -> HttpResponse:
    """What the plan as picked would come to, for the page that is open; nothing is recorded."""
    found = visit_of(request, visit)
    try:
        screening = posted_screening(request, found)
    except NotOffered:
        return JsonResponse({"problem": _("Open the case again: this page did not offer what was sent.")}, status=400)
    page = CasePage(found, request.member)
    if page.screening.pk != screening.pk or page.review:
        words = _("This case has changed since you opened the page. Save nothing here: open it again.")
        return JsonResponse({"problem": words}, status=409)
    form = plan_form(page.screening, request.POST)
    if not form.is_valid():
        problems = " ".join(str(one) for found in form.errors.values() for one in found)
        return JsonResponse({"problem": problems}, status=422)
    return JsonResponse(as_json(page, form))


@staff(Role.CLINICIAN)
@require_POST
def repeat(request: StaffRequest, visit: str) -> HttpResponse:
    """Plan and measures as last time, with what the clinician says of today."""

    def verb(screening: Screening, form: CaseForm) -> None:
        as_last_time(screening, request.POST.get("last", ""), request.user)

    return act(request, visit, lambda _screening, data: CaseForm("as-last-time", data), verb)
