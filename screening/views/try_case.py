"""Try a made-up case against the rules: nothing is stored, and nothing of it is logged."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from clinic.access import StaffRequest, staff
from clinic.models import Role
from screening.body import words_of
from screening.forms.trying import TryForm
from screening.models import rules_of
from screening.precautions.vocabulary import Precaution, Trigger
from screening.questionnaire import PRECAUTION_OF_PART, QUESTIONS, Screened, screen
from screening.views.case_words import REQUIREMENTS, cite
from screening.words import OVERALL, badge_words
from screening.written import completed


@dataclass(frozen=True)
class Found:
    """One finding of the tried case, in words."""

    trigger: Trigger
    precaution: Precaution
    badge: str
    cite: str
    where: str
    reasons: tuple[str, ...]
    needs: tuple[str, ...]
    conflicts: bool


def found(trigger: Trigger, screened: Screened) -> Found:
    precaution = PRECAUTION_OF_PART[trigger.part]
    return Found(
        trigger, precaution, badge_words(trigger.outcome, trigger.scope), cite(precaution, trigger.origin),
        ", ".join(words_of(trigger.places)), tuple(reason.message.render(_) for reason in trigger.reasons),
        tuple(str(REQUIREMENTS[need]) for need in trigger.requires), trigger.part in screened.conflicts,
    )  # fmt: skip


def result_of(form: TryForm) -> dict[str, Any]:
    if form.case is None:
        return {}
    case = completed(form.case)
    screened = screen(case)
    return {
        "case": case,
        "overall": [(item, OVERALL[item]) for item in screened.overall],
        "found": [found(trigger, screened) for trigger in screened.findings],
        "open": [_(QUESTIONS[code].text) for code in screened.open],
        "left_out": [_(question.text) for question in form.left_out],
    }


@sensitive_post_parameters()
@staff(Role.CLINICIAN, Role.ADMIN)
def try_case(request: StaffRequest) -> HttpResponse:
    """The form, and after it was sent what the case comes to, above all that was chosen."""
    clinic = request.member.clinic
    policy = rules_of(clinic.policies.order_by("-created_at").first())
    if request.method != "POST":
        form = TryForm(policy=policy, initial={"today": clinic.today()})
        return render(request, "screening/try_case.html", {"form": form})
    form = TryForm(request.POST, policy=policy)
    if not form.is_valid():
        return render(request, "screening/try_case.html", {"form": form}, status=422)
    return render(request, "screening/try_case.html", {"form": form, "result": result_of(form)})
