"""The patient's intake on the tablet: a few pages to read, short pages of questions, check, send."""

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import tablet
from clinic.models import Purpose
from clinic.tablet import TabletRequest, tablet_page
from screening import intake
from screening.forms.questions import LEAVE, PageForm, posted
from screening.last_time import LastTime, last_time, to_confirm
from screening.models import IntakeDraft
from screening.precautions.questions import Question
from screening.precautions.vocabulary import Case
from screening.questionnaire import PAGE_OF, Page, asked_under

READING = ("what-it-is", "what-it-does", "how-it-works")
BACK = "back"


class Pages:
    """The pages of questions that apply to a patient, and how far they are."""

    def __init__(self, case: Case, draft: IntakeDraft) -> None:
        self.case, self.draft = case, draft
        self.all = asked_under(case.policy)

    def questions(self, page: Page) -> list[Question]:
        """All that may be asked on the page, follow-ups among them."""
        return [question for question in page.questions if self.case.is_minor or not question.minors_only]

    def shown(self, page: Page) -> list[Question]:
        return [question for question in self.questions(page) if self.case.shows(question)]

    def is_done(self, page: Page) -> bool:
        """Answered in full, with nothing in it that was typed since and never sent."""
        return page.code not in self.draft.typed and all(
            question.code in self.case.replies for question in self.shown(page)
        )

    @property
    def first_open(self) -> Page | None:
        return next((page for page in self.all if not self.is_done(page)), None)

    def by_code(self, code: str) -> Page | None:
        return next((page for page in self.all if page.code == code), None)

    def beside(self, page: Page, step: int) -> Page | None:
        at = self.all.index(page) + step
        return self.all[at] if 0 <= at < len(self.all) else None

    def typed(self, page: str) -> QueryDict | None:
        """What was left in a page that was not complete."""
        if page not in self.draft.typed:
            return None
        data = QueryDict(mutable=True)
        for name, values in self.draft.typed[page].items():
            data.setlist(name, values)
        return data

    @cached_property
    def last(self) -> LastTime | None:
        return last_time(self.draft.visit)

    def progress(self, read: int = len(READING)) -> dict[str, int]:
        """Pages read and answered, of all there are: with the one to check, and for a child the guardian's."""
        done = sum(self.is_done(page) for page in self.all)
        ahead = 2 if self.case.is_minor else 1
        return {"done": read + done, "total": len(READING) + len(self.all) + ahead}


type_of_view = Callable[..., HttpResponse]


def answering(view: type_of_view, for_guardian: bool = False) -> type_of_view:
    """A page of an intake that has not been sent: the view gets the draft, and the pages that apply.

    Once the tablet has gone on to the guardian, only what is `for_guardian` opens.
    """

    @tablet_page(Purpose.INTAKE)
    @wraps(view)
    def guarded(request: TabletRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        visit = request.handover.visit
        try:
            draft = intake.draft_of(visit)
            if draft.guardian_with == str(request.handover.pk) and not for_guardian:
                return redirect("intake-guardian")
            return view(request, draft, Pages(intake.draft_case(visit, draft.replies), draft), *args, **kwargs)
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
    """A few questions that hang together; saved as they are sent, and kept as they are when the patient turns back."""
    found = pages.by_code(slug)
    if not draft.read or not found:
        return redirect("intake")
    visit, checking = request.handover.visit, "check" in request.GET
    before, after = pages.beside(found, -1), pages.beside(found, 1)
    back = (
        reverse("intake-check") if checking
        else reverse("intake-page", args=[before.code]) if before
        else reverse("intake-read", args=[READING[-1]])
    )  # fmt: skip
    onward = redirect("intake-page", after.code) if after and not checking else redirect("intake-check")
    offered = {} if pages.is_done(found) or "changed" in request.GET else to_confirm(found, pages.case, pages.last)
    language = request.handover.language
    if request.method == "POST" and "still-right" in request.POST:
        as_shown = pages.last if pages.last and request.POST["still-right"] == pages.last.key else None
        return onward if intake.confirm(visit, found, as_shown, language) else redirect("intake-page", found.code)
    if request.method == "POST" and request.POST.get(LEAVE) == BACK:
        if not offered:
            turn_back(request, found, PageForm(pages.questions(found), pages.case, request.POST))
        return redirect(back)
    if offered and pages.last and request.method != "POST":
        told = {"rows": rows(pages, found, offered), "day": pages.last.day, "key": pages.last.key}
        return render(request, "screening/intake_last_time.html", frame(pages, found) | told)
    form = page_form(request, pages, found)
    if request.method == "POST" and form.is_valid():
        intake.save_page(visit, form.offered, form.replies, language)
        return onward
    context = frame(pages, found) | {
        "form": form, "checking": checking, "saved": pages.is_done(found), "begun": bool(draft.replies), "keeping": "page",
    }  # fmt: skip
    return render(request, "screening/intake_page.html", context, status=422 if request.method == "POST" else 200)


def turn_back(request: TabletRequest, found: Page, form: PageForm) -> None:
    """What is complete is saved, as by going on; what is not is kept as it stands, and the page stays open."""
    if form.is_valid():
        intake.save_page(request.handover.visit, form.offered, form.replies, request.handover.language)
    else:
        intake.keep_typed(request.handover.visit, found.code, request.POST)


def page_form(request: TabletRequest, pages: Pages, found: Page) -> PageForm:
    """As sent; or as it was typed, with what is missing said when sending found something missing."""
    data: QueryDict | None = None
    typed = request.kept if request.kept is not None else pages.typed(found.code)
    if request.method == "POST":
        data = request.POST
    elif "missing" in request.GET and request.kept is None:
        data = typed or posted(known(pages, found))
    return PageForm(pages.questions(found), pages.case, data, typed)


def frame(pages: Pages, found: Page) -> dict[str, Any]:
    """What surrounds a page of questions: its title, and how far it is."""
    also = found.precaution.is_additional
    alike = [page for page in pages.all if page.precaution.is_additional is also]
    return {
        "title": _(found.precaution.title), "also": also, "step": alike.index(found) + 1, "steps": len(alike),
        "progress": pages.progress(), "minor": pages.case.is_minor,
    }  # fmt: skip


def rows(pages: Pages, found: Page, replies: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Code, question and answer in words, of those that have a reply."""
    asked = [question for question in pages.questions(found) if question.code in replies]
    return [
        (
            question.code,
            _(pages.case.worded(question).text),
            question.say(question.parse(replies[question.code])).render(_),
        )
        for question in asked
    ]


def known(pages: Pages, page: Page) -> dict[str, Any]:
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


def title_of(page: Page) -> str:
    title = _(page.precaution.title)
    return _("This clinic also asks: %(title)s") % {"title": title} if page.precaution.is_additional else title


def check_context(pages: Pages) -> dict[str, Any]:
    groups = [(page, rows(pages, page, known(pages, page))) for page in pages.all]
    by_title: dict[str, list[tuple[str, list[tuple[str, str, str]]]]] = {}
    for page, answers in groups:
        by_title.setdefault(title_of(page), []).append((page.code, answers))
    return {
        "groups": list(by_title.items()), "progress": pages.progress(),
        "to_guardian": intake.awaits_guardian(pages.case, pages.draft),
    }  # fmt: skip


@answering
def submit(request: TabletRequest, draft: IntakeDraft, pages: Pages) -> HttpResponse:
    """Send the answers; a child's go to the guardian first."""
    if request.method != "POST":
        return redirect("intake-check")
    if not pages.first_open and intake.awaits_guardian(pages.case, draft):
        return redirect("intake-guardian")
    return send(request, pages)


def send(request: TabletRequest, pages: Pages) -> HttpResponse:
    """Send the answers, once, and close these pages."""
    try:
        with transaction.atomic():
            intake.submit(request.handover.visit, request.handover.language)
            tablet.end(request.handover, "submitted")
    except intake.IntakeIncomplete as incomplete:
        if incomplete.codes:
            first = PAGE_OF.get(incomplete.codes[0], pages.all[0])
            return redirect(reverse("intake-page", args=[first.code]) + "?check=1&missing=1")
        return render(request, "screening/intake_check.html", check_context(pages) | {"problem": True}, status=409)
    return tablet.hand_back(request)
