"""The patient's intake on the tablet: a few pages to read, one page of questions for each precaution, check, send."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import tablet
from clinic.models import Purpose
from clinic.tablet import TabletRequest, tablet_page
from screening import intake
from screening.forms.questions import PageForm, posted
from screening.models import IntakeDraft
from screening.precautions import PRECAUTIONS
from screening.precautions.questions import Asked, Question
from screening.precautions.vocabulary import Case, Precaution
from screening.questionnaire import PRECAUTION_OF

READING = ("what-it-is", "what-it-does", "how-it-works")


class Pages:
    """The pages of questions that apply to a patient, and how far they are."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.precautions = [precaution for precaution in PRECAUTIONS if self.questions(precaution)]

    def questions(self, precaution: Precaution) -> list[Question]:
        """All that may be asked on the page, follow-ups among them."""
        mine = [question for question in precaution.questions if question.asked == Asked.PATIENT]
        return [question for question in mine if self.case.is_minor or not question.minors_only]

    def is_done(self, precaution: Precaution) -> bool:
        shown = [question for question in self.questions(precaution) if self.case.shows(question)]
        return all(question.code in self.case.replies for question in shown)

    @property
    def first_open(self) -> Precaution | None:
        return next((page for page in self.precautions if not self.is_done(page)), None)

    def by_code(self, code: str) -> Precaution | None:
        return next((page for page in self.precautions if page.code == code), None)

    def beside(self, page: Precaution, step: int) -> Precaution | None:
        at = self.precautions.index(page) + step
        return self.precautions[at] if 0 <= at < len(self.precautions) else None

    def progress(self, read: int = len(READING)) -> dict[str, int]:
        """Pages read and answered, of all there are with the last one to check and send."""
        done = sum(self.is_done(page) for page in self.precautions)
        return {"done": read + done, "total": len(READING) + len(self.precautions) + 1}


type_of_view = Callable[..., HttpResponse]


def answering(view: type_of_view) -> type_of_view:
    """A page of an intake that has not been sent: the view gets the draft, and the pages that apply."""

    @tablet_page(Purpose.INTAKE)
    @wraps(view)
    def guarded(request: TabletRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        visit = request.handover.visit
        try:
            draft = intake.draft_of(visit)
            return view(request, draft, Pages(intake.draft_case(visit, draft.replies)), *args, **kwargs)
        except intake.AlreadySubmitted:
            return render(request, "screening/intake_sent.html", status=410)

    return guarded


@answering
def start(request: TabletRequest, draft: IntakeDraft, pages: Pages) -> HttpResponse:
    """To the reading, or to where the patient left off."""
    if not draft.read:
        return redirect("intake-read", READING[0])
    return redirect("intake-page", pages.first_open.code) if pages.first_open else redirect("intake-check")


@answering
def read(request: TabletRequest, draft: IntakeDraft, pages: Pages, page: str) -> HttpResponse:
    """What dry needling is; leaving the last page is what counts as having read."""
    if page not in READING:
        return redirect("intake")
    at = READING.index(page)
    last = at + 1 == len(READING)
    if request.method == "POST" and last:
        intake.mark_read(request.handover.visit)
        return redirect("intake")
    context = {
        "step": at + 1, "steps": len(READING), "progress": pages.progress(len(READING) if draft.read else at),
        "before": READING[at - 1] if at else None, "after": None if last else READING[at + 1],
    }  # fmt: skip
    return render(request, f"screening/intake_{page.replace('-', '_')}.html", context)


@answering
def page(request: TabletRequest, draft: IntakeDraft, pages: Pages, slug: str) -> HttpResponse:
    """The questions of one precaution; the page is saved as it is sent."""
    found = pages.by_code(slug)
    if not draft.read or not found:
        return redirect("intake")
    checking = "check" in request.GET
    data = (
        request.POST if request.method == "POST" else posted(known(pages, found)) if "missing" in request.GET else None
    )
    form = PageForm(pages.questions(found), pages.case, data)
    if request.method == "POST" and form.is_valid():
        intake.save_page(request.handover.visit, form.offered, form.replies)
        after = pages.beside(found, 1)
        return redirect("intake-page", after.code) if after and not checking else redirect("intake-check")
    before = pages.beside(found, -1)
    context = {
        "form": form, "title": _(found.title), "step": pages.precautions.index(found) + 1, "steps": len(pages.precautions),
        "progress": pages.progress(), "checking": checking, "saved": pages.is_done(found), "begun": bool(draft.replies),
        "back": reverse("intake-page", args=[before.code]) if before else reverse("intake-read", args=[READING[-1]]),
    }  # fmt: skip
    return render(request, "screening/intake_page.html", context, status=422 if request.method == "POST" else 200)


def known(pages: Pages, page: Precaution) -> dict[str, Any]:
    """What this draft has answered on a page, as JSON."""
    replies = pages.case.replies
    return {
        question.code: question.dump(replies[question.code]) for question in page.questions if question.code in replies
    }


@answering
def check(request: TabletRequest, draft: IntakeDraft, pages: Pages) -> HttpResponse:
    """All questions and answers before they are sent."""
    if not draft.read or pages.first_open:
        return redirect("intake")
    return render(request, "screening/intake_check.html", check_context(pages))


def check_context(pages: Pages) -> dict[str, Any]:
    case = pages.case
    groups = [
        (
            page,
            [
                (_(question.text), question.say(case[question]).render(_))
                for question in pages.questions(page)
                if case.shows(question)
            ],
        )
        for page in pages.precautions
    ]
    return {"groups": [(page.code, _(page.title), rows) for page, rows in groups], "progress": pages.progress()}


@answering
def submit(request: TabletRequest, draft: IntakeDraft, pages: Pages) -> HttpResponse:
    """Send the answers, once, and close these pages."""
    if request.method != "POST":
        return redirect("intake-check")
    visit = request.handover.visit
    try:
        with transaction.atomic():
            intake.submit(visit, language="en")
            tablet.end(request.handover, "submitted")
    except intake.IntakeIncomplete as incomplete:
        if incomplete.codes:
            first = PRECAUTION_OF[incomplete.codes[0]]
            return redirect(reverse("intake-page", args=[first.code]) + "?check=1&missing=1")
        return render(request, "screening/intake_check.html", check_context(pages) | {"problem": True}, status=409)
    return tablet.hand_back(request)
