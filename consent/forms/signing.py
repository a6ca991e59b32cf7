"""What people send while they sign: a drawing or a typed name, a password; and the decision before it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.fields import TextField
from screening.models import Decision


class SignatureForm(forms.Form):
    """The page's ceremony and role guard against a page that is no longer the newest."""

    ceremony = forms.UUIDField(widget=forms.HiddenInput)
    role = forms.CharField(max_length=20, widget=forms.HiddenInput)
    strokes = forms.CharField(max_length=60_000, required=False, widget=forms.HiddenInput)
    typed_name = forms.CharField(max_length=4000, required=False)


class ClinicianSignatureForm(SignatureForm):
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password to sign.")},
    )


class DecisionForm(forms.Form):
    screening = forms.UUIDField()
    decision = forms.ChoiceField(choices=Decision.choices, error_messages={"required": _("Choose a decision.")})
    reason = TextField(lines=3, required=False, max_length=20_000)
    until = forms.DateField(
        required=False, error_messages={"invalid": _("The day to come back must be a date such as 2026-11-30.")}
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("decision") == Decision.DEFER and not values.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the day to come back, or the day on which to call the patient."))
        return values
