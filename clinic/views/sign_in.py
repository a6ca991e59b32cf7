"""Signing in and out."""

from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from clinic.forms import SignInForm
from clinic.tablet import WIPE

sign_in = LoginView.as_view(
    template_name="clinic/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Also asks the browser to forget the pages it has seen."""
    logout(request)
    response = redirect("sign-in")
    response["Clear-Site-Data"] = WIPE
    return response
