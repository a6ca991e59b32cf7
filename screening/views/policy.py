"""The clinic's policy: every setting with what it does, changed by an admin, and who changed what before."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clinic.access import StaffRequest, staff
from clinic.models import Clinic, Role, Visit
from screening.forms.policy import PolicyForm
from screening.models import ClinicPolicy, Screening, rules_of
from screening.policy import PolicyRefused, set_policy
from screening.precautions.policy import STRICTER, Policy

MOST_VERSIONS = 20
NAMES: dict[str, Any] = {
    "age_of_majority": lazy("Age of majority"),
    "majority_basis": lazy("Legal basis for an age below 18"),
    "minimum_age": lazy("Minimum recommended age"),
    "first_trimester_ends": lazy("First trimester ends"),
    "second_clinician": lazy("Second clinician for an overridden contraindication"),
    "consent_valid_days": lazy("Days a consent stays valid"),
    "additional": lazy("Additional questions"),
    **STRICTER,
}


@dataclass(frozen=True)
class Change:
    """One setting that a version changed."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """One version of the policy: when, by whom, and what it changed."""

    at: datetime
    by: str
    changes: list[Change]


@staff(Role.ADMIN)
def policy(request: StaffRequest) -> HttpResponse:
    """Show what is in force, and write a new version of it."""
    clinic = request.member.clinic
    newest = clinic.policies.select_related("by").order_by("-created_at").first()
    key = str(newest.pk) if newest else ""
    form = PolicyForm.of(rules_of(newest), key, request.POST if request.method == "POST" else None)
    if form.is_valid():
        if form.cleaned_data["based_on"] != key:
            form.add_error(None, somebody_else(newest))
        elif response := saved(request, form, newest):
            return response
    context = {
        "form": form, "stricter": [form[name] for name in STRICTER], "versions": versions(clinic),
        "most": MOST_VERSIONS, "open": will_be_stale(open_cases(clinic)),
    }  # fmt: skip
    return render(request, "screening/policy.html", context, status=422 if form.is_bound else 200)


def saved(request: StaffRequest, form: PolicyForm, newest: ClinicPolicy | None) -> HttpResponse | None:
    try:
        row = set_policy(request.member.clinic, request.user, **form.settings)
    except PolicyRefused as refused:
        form.add_error(None, str(refused))
        return None
    if newest and row.pk == newest.pk:
        messages.info(request, _("Nothing was changed."))
    else:
        count = open_cases(request.member.clinic)
        messages.success(request, _("Saved.") + (f" {open_words(count)}" if count else ""))
    return redirect("policy")


def somebody_else(newest: ClinicPolicy | None) -> str:
    name = newest.by.printed_name if newest and newest.by else _("Somebody")
    return _(
        "%(name)s changed the policy since you opened this page. Open the page again to see it, then change what you want."
    ) % {"name": name}


def open_cases(clinic: Clinic) -> int:
    """Cases that were screened and have no sealed decision: a new policy makes their screening one of before."""
    screened = Exists(Screening.objects.filter(visit=OuterRef("pk")))
    return Visit.objects.filter(screened, clinic=clinic, closed_at=None).count()


def will_be_stale(count: int) -> str:
    """What a new version does to the cases that are open; nothing where there are none."""
    words = ngettext(
        "%(count)s open case will then have to be taken up again.",
        "%(count)s open cases will then have to be taken up again.",
        count,
    )
    return words % {"count": count} if count else ""


def open_words(count: int) -> str:
    return ngettext(
        "%(count)s open case was screened under an earlier policy and has to be taken up again before it can go on.",
        "%(count)s open cases were screened under an earlier policy and have to be taken up again before they can go on.",
        count,
    ) % {"count": count}


def versions(clinic: Clinic) -> list[Version]:
    """The newest versions, each compared with the one before it; the first with the defaults."""
    rows = list(clinic.policies.select_related("by").order_by("-created_at")[: MOST_VERSIONS + 1])
    before = [*map(rules_of, rows[1:]), Policy()]
    return [
        Version(row.created_at, row.by.printed_name if row.by else "", changes(old, row.policy))
        for row, old in zip(rows[:MOST_VERSIONS], before, strict=False)
    ]


def changes(old: Policy, new: Policy) -> list[Change]:
    names = [field.name for field in fields(Policy) if getattr(old, field.name) != getattr(new, field.name)]
    return [
        Change(str(NAMES.get(name, name)), said(name, getattr(old, name)), said(name, getattr(new, name)))
        for name in names
    ]


def said(name: str, value: Any) -> str:
    """A setting's value as people say it."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if name == "first_trimester_ends":
        return _("%(weeks)s weeks and %(days)s days") % dict(zip(("weeks", "days"), divmod(value, 7), strict=True))
    if isinstance(value, tuple):
        return ", ".join(value) or _("none")
    return str(value) or _("none")
