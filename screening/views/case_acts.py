"""What is sent from the case page: each form goes to one verb; what is refused comes back as it was typed."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import StaffRequest, staff, visit_of
from clinic.models import Role, Visit
from screening import review
from screening.forms.case import CaseForm, CommunicationForm, PlaceForm, QuestionsForm, RepresentativeForm, SettleForm
from screening.forms.meeting import NOTES, NeedlesForm, NoteForm, OpinionForm, OverrideForm
from screening.models import Finding, Screening
from screening.precautions.questions import Asked, Where
from screening.precautions.vocabulary import Requirement
from screening.questionnaire import QUESTIONS
from screening.refusals import AlreadyDecided, ReviewRefused, StaleScreening
from screening.standing import standings
from screening.views.case import show
from screening.views.case_cards import place_form, where_questions
from screening.views.case_page import questions_form

Build = Callable[[Screening, Any], CaseForm]
Verb = Callable[[Screening, Any], Any]


class NotOffered(Exception):
    """The page did not offer what was sent."""


def uuid_of(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def posted_screening(request: StaffRequest, visit: Visit) -> Screening:
    """The screening that the page showed."""
    key = uuid_of(request.POST.get("screening", ""))
    if key is None:
        raise NotOffered
    rows = Screening.objects.visible_to(request.member).select_related("intake", "policy")
    screening = get_object_or_404(rows, pk=key, visit=visit)
    screening.visit = visit
    return screening


def act(request: StaffRequest, pk: str, build: Build, verb: Verb, said: str = "") -> HttpResponse:
    """Check the form, do the verb, go back to the place on the page; or show the page with the form and what is wrong."""
    visit = visit_of(request, pk)
    try:
        screening = posted_screening(request, visit)
        form = build(screening, request.POST)
    except NotOffered:
        problem = _("This page did not offer what was sent, so nothing was recorded. Please try again from here.")
        return show(request, visit, problem=problem, status=400)
    if not form.is_valid():
        return show(request, visit, form)
    try:
        verb(screening, form)
    except (StaleScreening, AlreadyDecided) as refused:
        form.add_error(None, str(refused))
        return show(request, visit, form, problem=str(refused), status=409)
    except ReviewRefused as refused:
        form.add_error(None, str(refused))
        return show(request, visit, form)
    if said:
        messages.success(request, said)
    return redirect(f"{reverse('case', args=[visit.pk])}#{form.place}")


def finding_of(screening: Screening, data: Any) -> Finding:
    finding = next((row for row in screening.findings.all() if row.part == data.get("part")), None)
    if finding is None:
        raise NotOffered
    finding.screening = screening
    return finding


@staff(Role.CLINICIAN, Role.FRONT_DESK)
@require_POST
def settle(request: StaffRequest, visit: str) -> HttpResponse:
    """Answer staff's questions; settle a reply; place a finding or clear it."""

    def build(screening: Screening, data: Any) -> CaseForm:
        if data.get("form") == "questions":
            return questions_form(screening, request.member, data)
        if not request.member.is_clinician:
            raise NotOffered
        if data.get("form") == "place":
            finding = finding_of(screening, data)
            return place_form(screening, finding, place_question(finding, data), data)
        question = QUESTIONS.get(data.get("question", ""))
        if question is None or question.asked != Asked.PATIENT:
            raise NotOffered
        return SettleForm(question, screening.today, data)

    def verb(screening: Screening, form: CaseForm) -> None:
        answers, note = settled_by(screening, form)
        review.settle(screening, answers, request.user, note)

    return act(request, visit, build, verb)


def place_question(finding: Finding, data: Any) -> Where:
    for where, _leads in where_questions(finding):
        if where.code == data.get("where"):
            return where
    raise NotOffered


def settled_by(screening: Screening, form: CaseForm) -> tuple[dict[str, Any], str]:
    """The replies (JSON) that a form settles, and the note."""
    if isinstance(form, QuestionsForm):
        return form.changes, ""
    if isinstance(form, SettleForm):
        return {form.question.code: form.cleaned_data["reply"]}, ""
    if not isinstance(form, PlaceForm):
        raise TypeError(type(form))
    if not form.clears:
        return {form.where.code: form.cleaned_data["areas"]}, form.cleaned_data["note"]
    finding = finding_of(screening, form.data)
    leads = next(leads for where, leads in where_questions(finding) if where == form.where)
    return {lead.code: (lead.clear or ("no",))[0] for lead in leads}, form.cleaned_data["note"]


@staff(Role.CLINICIAN)
@require_POST
def resolve(request: StaffRequest, visit: str) -> HttpResponse:
    """Record how a requirement of a finding was met."""

    def build(screening: Screening, data: Any) -> CaseForm:
        finding, kind = finding_of(screening, data), data.get("kind", "")
        if kind not in finding.requires or kind not in {*NOTES, Requirement.NEEDLES}:
            raise NotOffered
        if kind == Requirement.NEEDLES:
            return NeedlesForm(finding.part, data)
        return NoteForm(finding.part, kind, data, finding.precaution.measures)

    def verb(screening: Screening, form: Any) -> None:
        details = form.details()
        review.resolve(
            finding_of(screening, form.data), form.sends["kind"], request.user, form.cleaned_data["note"], **details
        )

    return act(request, visit, build, verb, _("Recorded."))


@staff(Role.CLINICIAN, Role.FRONT_DESK)
@require_POST
def record(request: StaffRequest, visit: str) -> HttpResponse:
    """Record who helps to communicate, or who represents the patient."""

    def build(screening: Screening, data: Any) -> CaseForm:
        if data.get("kind") == "communication":
            return CommunicationForm(data)
        if data.get("kind") != "representative" or not request.member.is_clinician:
            raise NotOffered
        return RepresentativeForm(data)

    def verb(screening: Screening, form: CaseForm) -> None:
        review.record(screening, form.key, request.user, **form.cleaned_data)

    return act(request, visit, build, verb, _("Recorded."))


@staff(Role.CLINICIAN)
@require_POST
def override(request: StaffRequest, visit: str) -> HttpResponse:
    """Decide to treat despite a finding, with a reason."""

    def build(screening: Screening, data: Any) -> CaseForm:
        return OverrideForm(finding_of(screening, data).part, data)

    def verb(screening: Screening, form: CaseForm) -> None:
        review.override(finding_of(screening, form.data), request.user, form.cleaned_data["reason"])

    return act(request, visit, build, verb, _("Override recorded, with your reason."))


@staff(Role.CLINICIAN)
@require_POST
def second(request: StaffRequest, visit: str) -> HttpResponse:
    """Agree or disagree with an override as second clinician."""

    def build(screening: Screening, data: Any) -> CaseForm:
        return OpinionForm(finding_of(screening, data).part, data)

    def verb(screening: Screening, form: Any) -> None:
        finding = finding_of(screening, form.data)
        rows = standings(screening).findings
        over = next((row.override for row in rows if row.finding.part == finding.part), None)
        if over is None:
            raise StaleScreening(_("There is no override to answer: the finding has changed. Look at it again."))
        review.give_second_opinion(over, request.user, form.agrees, form.cleaned_data["reason"])

    return act(request, visit, build, verb, _("Your opinion is recorded."))
