"""The page that an invitation opens: the person sets a password that nobody else knows, and is signed in."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic import invitations
from clinic.forms.people import PasswordForm
from clinic.views.sign_in import note


@sensitive_post_parameters("new_password1", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the page uses nothing up, since programs that preview links do it too."""
    try:
        response = ask(request, token)
    except invitations.InvitationClosed as closed:
        response = render(request, "clinic/join_closed.html", {"problem": str(closed)}, status=410)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "strict-origin"
    return response


def ask(request: HttpRequest, token: str) -> HttpResponse:
    row = invitations.invitation_of(token)
    form = PasswordForm(row.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        user = invitations.join(token, form.cleaned_data["new_password1"])
        login(request, user)
        note(user, "member.signed_in", user)
        messages.success(
            request, _("Your password is set. From now on, sign in with your user name and this password.")
        )
        return redirect("home")
    context = {"form": form, "invited": row.user, "clinic": row.clinic}
    return render(request, "clinic/join.html", context, status=422 if form.is_bound else 200)
