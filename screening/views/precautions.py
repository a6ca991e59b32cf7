"""The precautions as clinicians and auditors read them: statements, questions in every language, what raises what, versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from clinic.access import StaffRequest, staff
from clinic.languages import ORIGINAL, Language, languages, status_words
from clinic.models import Role
from screening.models import rules_of
from screening.policy import PolicyRefused, set_policy
from screening.precautions import ADDITIONAL, PRECAUTIONS
from screening.precautions.policy import ADDITIONAL_GROUPS, STRICTER, Policy
from screening.precautions.questions import Asked, Question
from screening.precautions.vocabulary import Precaution, Statement
from screening.published import published
from screening.questionnaire import QUESTIONNAIRE_DIGEST, QUESTIONNAIRE_VERSION, RULES_VERSION
from screening.triggers import Raised, not_by_a_reply, raised_by
from screening.versions import VERSIONS
from screening.views.case_words import REQUIREMENTS, cite
from screening.words import ASKED, OUTCOMES, SCOPES

IN_PATIENTS_LANGUAGE = frozenset({Asked.PATIENT, Asked.GUARDIAN})


@dataclass(frozen=True)
class Wording:
    """What a question says in the language chosen; `language` is English where staff are asked."""

    language: Language
    text: str
    hint: str
    child: str
    child_hint: str
    why: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Asks:
    """One question: who is asked, when, in which words, and what its replies raise."""

    question: Question
    asked: str
    wording: Wording
    concern: str
    after: tuple[str, ...]
    raises: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Says:
    """One statement with its class, scope, who says so and what releases treatment."""

    statement: Statement
    outcome: str
    scope: str
    cite: str
    released: str


@dataclass(frozen=True)
class Row:
    precaution: Precaution
    says: tuple[Says, ...]
    asks: tuple[Asks, ...]
    by_age: tuple[str, ...]
    is_on: bool
    for_patient: str


def worded(question: Question, language: Language) -> Wording:
    spoken = language if question.asked in IN_PATIENTS_LANGUAGE else languages()[ORIGINAL]
    with override(spoken.code):
        texts = (question.text, question.hint, question.child, question.child_hint, question.why)
        text, hint, child, child_hint, why = (_(words) if words else "" for words in texts)
        options = tuple(_(option.text) for option in question.options)
    return Wording(spoken, text, hint, child, child_hint, why, options)


def concern_of(question: Question) -> str:
    """The replies of concern in words; empty for a question that only informs."""
    named = [_(option.text) for option in question.options if not question.is_clear(option.code)]
    return _(" or ").join(f"“{words}”" for words in named)


def after_of(question: Question) -> Iterator[str]:
    for lead in question.follows:
        replies = _(" or ").join(f"“{lead.question.say(reply).render(_)}”" for reply in lead.replies)
        yield _("%(replies)s to “%(question)s”") % {"replies": replies, "question": _(lead.question.text)}


def raised(rows: tuple[Raised, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((row.reply.render(_), ", ".join(row.parts)) for row in rows)


def asks(precaution: Precaution, question: Question, language: Language) -> Asks:
    return Asks(
        question, str(ASKED[question.asked]), worded(question, language), concern_of(question),
        tuple(after_of(question)), raised(raised_by(precaution, question)),
    )  # fmt: skip


def says(precaution: Precaution, statement: Statement) -> Says:
    released = ", ".join(str(REQUIREMENTS[need]).lower() for need in statement.requires)
    return Says(
        statement, str(OUTCOMES[statement.outcome]), str(SCOPES[statement.scope]),
        cite(precaution, statement.origin), released,
    )  # fmt: skip


def row(precaution: Precaution, language: Language, policy: Policy) -> Row:
    with override(language.code):
        for_patient = _(precaution.for_patient)
    return Row(
        precaution,
        tuple(says(precaution, statement) for statement in precaution.statements),
        tuple(asks(precaution, question, language) for question in precaution.questions),
        tuple(not_by_a_reply(precaution)),
        not precaution.is_additional or precaution.mark in policy.additional,
        for_patient,
    )


def settings(policy: Policy) -> list[tuple[str, str]]:
    """What this clinic has set, with its effect."""
    weeks, days = divmod(policy.first_trimester_ends, 7)
    on, off = _("on"), _("off")
    told = {"age": policy.age_of_majority, "least": policy.minimum_age, "weeks": weeks, "days": days}
    return [
        (_("Age of majority"), _("%(age)s years: below it, child and guardian both consent (4b, 4d)") % told),
        (_("Minimum recommended age"), _("%(least)s years: below it, not recommended (4c)") % told),
        (_("First trimester ends"), _("%(weeks)s weeks and %(days)s days: until then, caution (13a)") % told),
        (_("Second clinician for an overridden contraindication"), on if policy.second_clinician else off),
        *((words, on if getattr(policy, name) else off) for name, words in STRICTER.items()),
    ]


@staff(Role.CLINICIAN, Role.ADMIN)
def precautions(request: StaffRequest) -> HttpResponse:
    """All fifteen and the additional groups, with the questions in the language chosen."""
    return show(request)


def show(request: StaffRequest, problem: str = "", status: int = 200) -> HttpResponse:
    language = languages().get(request.GET.get("language", ""), languages()[ORIGINAL])
    policy = rules_of(request.member.clinic.policies.order_by("-created_at").first())
    cases = published()
    context: dict[str, Any] = {
        "fifteen": [row(precaution, language, policy) for precaution in PRECAUTIONS],
        "additional": [row(precaution, language, policy) for precaution in ADDITIONAL],
        "chosen": language, "languages": languages().values(), "status": status_words(language.code, language.checked),
        "settings": settings(policy), "versions": VERSIONS, "problem": problem,
        "now": {"questions": QUESTIONNAIRE_VERSION, "rules": RULES_VERSION, "digest": QUESTIONNAIRE_DIGEST},
        "cases": len(cases), "as_expected": sum(not case.disagreements() for case in cases),
    }  # fmt: skip
    return render(request, "screening/precautions.html", context, status=status)


@staff(Role.ADMIN)
def switch(request: StaffRequest) -> HttpResponse:
    """Switch the additional groups on and off; what is ticked is on."""
    if request.method != "POST":
        return redirect("precautions")
    ticked = request.POST.getlist("group")
    try:
        if unknown := [group for group in ticked if group not in ADDITIONAL_GROUPS]:
            raise PolicyRefused(_("There is no group %(group)s. Nothing was changed.") % {"group": unknown[0][:20]})
        set_policy(request.member.clinic, request.user, additional=ticked)
    except PolicyRefused as refused:
        return show(request, str(refused), status=422)
    messages.success(request, _("Saved. Patients who begin to answer from now on are asked these groups."))
    return redirect("precautions")
