"""The guardian's own part of a child's intake; it does not show what the child said, and leads nowhere that does."""

from functools import wraps

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from clinic.tablet import TabletRequest
from screening import intake
from screening.forms.questions import LEAVE, PageForm
from screening.models import IntakeDraft
from screening.questionnaire import FOR_GUARDIAN
from screening.views.intake import BACK, Pages, answering, send, type_of_view


def for_guardian(view: type_of_view) -> type_of_view:
    """The guardian's part: open once a child's own is done."""

    @wraps(view)
    def guarded(request: TabletRequest, draft: IntakeDraft, pages: Pages) -> HttpResponse:
        if not draft.read or pages.first_open or not pages.case.is_minor:
            return redirect("intake")
        return view(request, draft, pages)

    return answering(guarded, for_guardian=True)


@for_guardian
def guardian(request: TabletRequest, draft: IntakeDraft, pages: Pages) -> HttpResponse:
    """The child's part is done: the tablet goes to the parent or guardian, or nobody is there."""
    handover = request.handover
    if request.method == "POST" and "absent" in request.POST:
        intake.no_guardian(handover.visit)
        return send(request, pages)
    if request.method == "POST":
        intake.to_guardian(handover.visit, str(handover.pk))
        return redirect("intake-guardian-answers")
    handed_on = draft.guardian_with == str(handover.pk)
    return render(request, "screening/intake_guardian.html", {"progress": pages.progress(), "handed_on": handed_on})


@for_guardian
def answers(request: TabletRequest, draft: IntakeDraft, pages: Pages) -> HttpResponse:
    """The guardian's own part: who they are, and whether they agree. The child's answers are not shown here."""
    visit, typed = request.handover.visit, pages.typed(intake.GUARDIANS_PAGE)
    if draft.guardian_with != str(request.handover.pk):
        return redirect("intake-guardian")
    data = request.POST if request.method == "POST" else None
    if data and data.get(LEAVE) == BACK:
        intake.keep_typed(visit, intake.GUARDIANS_PAGE, data)
        return redirect("intake-guardian")
    form = PageForm(FOR_GUARDIAN, pages.case, data, request.kept if request.kept is not None else typed)
    if data is not None and form.is_valid():
        with transaction.atomic():
            intake.save_page(visit, form.offered, form.replies, request.handover.language)
            return send(request, pages)
    context = {"form": form, "progress": pages.progress(), "keeping": "page"}
    return render(request, "screening/intake_guardian_answers.html", context, status=422 if data is not None else 200)
