"""Signing in and out, each on the audit trail of the person's clinics."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic import audit
from clinic.access import AT_WORK_IN, CHANGED_CLINIC, StaffRequest, go_to_work, last_at_work, staff
from clinic.forms.desk import SignInForm
from clinic.models import User
from clinic.tablet import WIPE


def note(user: User | None, action: str, actor: User | None) -> None:
    """On the trail of every clinic where the person works; a name that nobody has leaves no trace."""
    if user is None:
        return
    with transaction.atomic():
        for clinic in user.clinics():
            audit.log(clinic, actor, action, user)


class SignIn(LoginView):
    template_name = "clinic/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        note(form.get_user(), "member.signed_in", form.get_user())
        self.request.session[AT_WORK_IN] = last_at_work(form.get_user())
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        meant = User.objects.filter(username=str(form.data.get("username", ""))[:150].replace("\0", "")).first()
        note(meant, "member.sign_in_refused", None)
        return super().form_invalid(form)


sign_in = SignIn.as_view()


@staff()
@require_POST
def change_clinic(request: StaffRequest) -> HttpResponse:
    """For somebody who works in several: from now on, each page is about the one chosen."""
    chosen = go_to_work(request, request.member, request.POST.get("clinic", ""))
    if chosen:
        if chosen != request.member.clinic:
            with transaction.atomic():
                audit.log(chosen, request.user, CHANGED_CLINIC, request.user)
        messages.success(request, _("You are at work in %(clinic)s now.") % {"clinic": chosen.name})
    else:
        messages.error(request, _("You cannot work in that clinic. Nothing was changed; ask its admin."))
    return redirect("home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Also asks the browser to forget the pages it has seen."""
    if isinstance(request.user, User):
        note(request.user, "member.signed_out", request.user)
    logout(request)
    response = redirect("sign-in")
    response["Clear-Site-Data"] = WIPE
    return response
