"""The people who work in the clinic: listed, invited, changed, deactivated, each by an admin."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clinic import invitations
from clinic import people as members
from clinic.access import StaffRequest, staff
from clinic.forms.people import DetailsForm, InviteForm, RolesForm
from clinic.letters import NotSent
from clinic.models import Role, User
from clinic.people import PeopleRefused, Person
from clinic.views.phone import ONLY_HERE


def person_of(request: StaffRequest, user: str) -> Person:
    """Somebody who works or worked in this clinic; 404 for anybody else."""
    rows = User.objects.filter(memberships__clinic=request.member.clinic).distinct()
    return members.person_of(request.member.clinic, get_object_or_404(rows, pk=user))


@staff(Role.ADMIN)
def people(request: StaffRequest) -> HttpResponse:
    return render(request, "clinic/people.html", {"people": members.people(request.member.clinic)})


@staff(Role.ADMIN)
def invite(request: StaffRequest) -> HttpResponse:
    """Put a person on the list and show their link, this once."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            row, token = members.invite(
                request.member.clinic, request.user, values["username"], values["roles"], **form.details
            )
        except PeopleRefused as refused:
            form.add_error("username", str(refused))
        else:
            return shown(request, members.person_of(request.member.clinic, row.user), token)
    return render(request, "clinic/people_invite.html", {"form": form}, status=422 if form.is_bound else 200)


@staff(Role.ADMIN)
def person(request: StaffRequest, user: int) -> HttpResponse:
    """Details and roles of one person, and what can be done about their account."""
    found = person_of(request, str(user))
    elsewhere = members.works_elsewhere(request.member.clinic, found.user)
    posted = request.POST if request.method == "POST" else None
    form: Any = (
        RolesForm(posted, initial={"roles": list(found.roles)})
        if elsewhere or found.state == "left"
        else DetailsForm.of(found, posted)
    )
    if form.is_valid():
        try:
            save(request, found, form)
        except PeopleRefused as refused:
            form.add_error("roles", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("people")
    context = {"person": person_of(request, str(user)), "form": form, "elsewhere": elsewhere}
    return render(request, "clinic/people_person.html", context, status=422 if form.is_bound else 200)


def save(request: StaffRequest, found: Person, form: Any) -> None:
    clinic, roles = request.member.clinic, form.cleaned_data["roles"]
    if found.state == "left":
        members.reactivate(clinic, found.user, roles, request.user)
        return
    members.change_roles(clinic, found.user, roles, request.user)
    if isinstance(form, DetailsForm):
        members.change_details(clinic, found.user, form.details, request.user)


@staff(Role.ADMIN)
def deactivate(request: StaffRequest, user: int) -> HttpResponse:
    """Asked once more, with what it does; then the person's next page is the sign-in."""
    found = person_of(request, str(user))
    if found.state == "left":
        return redirect("person", user)
    problem, clinic = "", request.member.clinic
    if request.method == "POST":
        myself = found.user == request.user
        try:
            members.deactivate(clinic, found.user, request.user)
        except PeopleRefused as refused:
            problem = str(refused)
        else:
            if myself:
                logout(request)
                return redirect("sign-in")
            messages.success(request, _("Deactivated. They are signed out everywhere."))
            return redirect("people")
    cases = members.open_cases(clinic, found.user)
    context = {"person": found, "problem": problem, "cases": cases, "cases_words": cases_words(cases)}
    return render(request, "clinic/people_deactivate.html", context, status=422 if problem else 200)


def cases_words(count: int) -> str:
    return ngettext(
        "%(count)s open case names this person as clinician. It stays in the queue: any clinician can take it up.",
        "%(count)s open cases name this person as clinician. They stay in the queue: any clinician can take them up.",
        count,
    ) % {"count": count}


@staff(Role.ADMIN)
@require_POST
def link(request: StaffRequest, user: int) -> HttpResponse:
    """A new link, shown this once: to join, or to a new password."""
    found = person_of(request, str(user))
    try:
        _row, token = members.new_link(request.member.clinic, found.user, request.user)
    except PeopleRefused as refused:
        messages.error(request, str(refused))
        return redirect("person", user)
    return shown(request, person_of(request, str(user)), token)


@staff(Role.ADMIN)
@require_POST
def email(request: StaffRequest, user: int) -> HttpResponse:
    """Send the link that is shown; it stays on the page, whatever becomes of the message."""
    found, token = person_of(request, str(user)), request.POST.get("token", "")
    told = "sent"
    try:
        row = invitations.invitation_of(token)
        if (row.user_id, row.clinic_id) != (found.user.pk, request.member.clinic.pk) or not found.user.email:
            raise invitations.InvitationClosed
        invitations.send(row, address_of(request, token), request.user)
    except invitations.InvitationClosed:
        messages.error(
            request, _("This link has ended, or there is no email address. Nothing was sent. Make a new link.")
        )
        return redirect("person", user)
    except NotSent:
        told = "failed"
    return shown(request, found, token, told)


@staff(Role.ADMIN)
@require_POST
def stop(request: StaffRequest, user: int) -> HttpResponse:
    invitations.stop(request.member.clinic, person_of(request, str(user)).user, request.user)
    messages.success(request, _("The link is stopped."))
    return redirect("person", user)


def address_of(request: HttpRequest, token: str) -> str:
    """The link as a colleague opens it: at the address that the staff use."""
    return f"{request.scheme}://{request.get_host()}{reverse('join', args=[token])}"


def shown(request: StaffRequest, found: Person, token: str, told: str = "") -> HttpResponse:
    """The page with the link: its key is in no row, and so on no later page."""
    address = address_of(request, token)
    context = {
        "person": found, "token": token, "address": address, "told": told, "on_console": "console" in settings.EMAIL_BACKEND,
        "only_here": urlsplit(address).hostname in ONLY_HERE,
    }  # fmt: skip
    return render(request, "clinic/people_link.html", context)
