"""The clinician's page of a case, and the front desk's small part of it."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinic import audit
from clinic.access import StaffRequest, staff, visit_of
from clinic.languages import status_words
from clinic.models import Visit
from screening.assistance import helpers_of
from screening.forms.case import CaseForm
from screening.forms.plan import PlanForm
from screening.last_visit import last_visit, since
from screening.models import Intake
from screening.precautions.vocabulary import Case
from screening.repeating import Offer, offer
from screening.views.case_answers import groups
from screening.views.case_cards import Cards
from screening.views.case_page import CasePage
from screening.views.case_plan import panel, row_of


@staff()
def case(request: StaffRequest, visit: str) -> HttpResponse:
    """Open the case; who opened it is on record."""
    found = visit_of(request, visit)
    with transaction.atomic():
        audit.log(found.clinic, request.user, "case.opened", found)
    return show(request, found)


def show(
    request: StaffRequest, visit: Visit, typed: CaseForm | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page as it stands now; a form that was refused is shown as it was typed."""
    age = Case(visit.patient.born, visit.clinic.today(), {}).age
    context: dict[str, Any] = {"visit": visit, "patient": visit.patient, "problem": problem, "age": age}
    if not visit.intakes.exists():
        return render(request, "screening/case_empty.html", context, status=status)
    page = CasePage(visit, request.member, typed)
    context |= how_answered(page.screening.intake)
    reads_all = request.member.is_clinician or request.member.is_admin
    context |= full_context(request, page) if reads_all else desk_context(page)
    context["problem"] = problem or context["problem"]
    template = "screening/case.html" if reads_all else "screening/case_desk.html"
    return render(request, template, context, status=status)


def how_answered(intake: Intake) -> dict[str, Any]:
    """The language of the answers with how far its words have been checked, nothing for English; and who helped."""
    return {"answered_in": status_words(intake.language, intake.translation), "helpers": helpers_of(intake.help)}


def desk_context(page: CasePage) -> dict[str, Any]:
    """What the front desk may see: whether help to talk is needed, and the questions asked of staff."""
    context = {"page": page, "questions": page.questions, "communication": page.communication}
    return context | after_forms(page)


def full_context(request: StaffRequest, page: CasePage) -> dict[str, Any]:
    cards = Cards(page)
    plan_form: Any = page.form(lambda: PlanForm(page.plan, page.screening.details))
    found, answered = cards.all(), groups(page)
    numbers = {card.number for card in found}
    quiet = [group for group in answered if group.precaution.number not in numbers]
    context = {
        "page": page, "review": page.review, "stands": page.stands,
        "cards": found, "open_cards": sum(card.is_open for card in found),
        "quiet": [group for group in quiet if not group.precaution.is_additional], "answered": answered,
        "also_quiet": [group for group in quiet if group.precaution.is_additional],
        "plan_form": plan_form, "plan": panel(page, plan_form, cards.plan), "questions": page.questions,
        "communication": page.communication, "representative": page.representative, "outstanding": page.outstanding,
    }  # fmt: skip
    typed = typed_decision(request, page.visit)
    context |= before(page) | versions(page.visit) | after_forms(page) | {"typed_decision": typed}
    if page.review and typed.get("reason"):
        context["kept"] = [*context["kept"], (_("Why, and what must happen first"), typed["reason"])]
    return context


def before(page: CasePage) -> dict[str, Any]:
    """The last visit, what is another since then, and what can be taken over from it in one step."""
    last = last_visit(page.visit)
    if last is None:
        return {}
    made = offer(page.screening, last, page.stands) if page.may_act else None
    return {"last": last, "since": since(last, page.screening)} | (offered(page, made) if made else {})


def offered(page: CasePage, made: Offer) -> dict[str, Any]:
    rows = [(row_of(site, None, made.details.get(site.token)), site) for site in made.preview.sites]
    said = [(_(question.text), question.say((question.clear or ("",))[0]).render(_)) for question in made.answers]
    form = page.form(lambda: CaseForm("as-last-time"))
    return {"offer": made, "offer_sites": rows, "offer_said": said, "offer_form": form}


def after_forms(page: CasePage) -> dict[str, Any]:
    """What became of the form that was refused, once all forms of the page are made."""
    return {"kept": page.kept, "problem": page.problem, "problem_at": page.problem_at}


def versions(visit: Visit) -> dict[str, Any]:
    """When the answers were sent, and how they were corrected since."""
    first, *later = visit.intakes.select_related("corrected_by").order_by("version")
    return {"sent_at": first.created_at, "corrections": later}


def typed_decision(request: StaffRequest, visit: Visit) -> dict[str, str]:
    """What was typed into a decision that was refused; it is shown once."""
    kept: dict[str, str] = request.session.get("decision") or {}
    if kept.get("visit") != str(visit.pk):
        return {}
    del request.session["decision"]
    return kept
