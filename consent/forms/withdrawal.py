"""What staff write down when somebody takes their consent back."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.fields import TextField
from consent.models import SealedDocument, SignerRole
from consent.withdrawing import signers_of

NOTHING = _("Nothing had been done yet.")


class WithdrawalForm(forms.Form):
    """Who, when, and what had been done; the time is the clinic's."""

    role = forms.ChoiceField(
        label=_("Who takes the consent back?"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose who takes the consent back.")},
    )  # fmt: skip
    said_at = forms.DateTimeField(
        label=_("When did they say so?"), widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={
            "required": _("Enter the day and the time."),
            "invalid": _("Enter the day and the time, for example 2026-11-30 14:05."),
        },
    )  # fmt: skip
    done = TextField(
        label=_("What had been done by then?"), lines=3, max_length=4000, initial=NOTHING,
        help_text=_("For example: two needles in the right shoulder, taken out at once."),
        error_messages={"required": _("Say what had been done by then; if nothing, say so.")},
    )  # fmt: skip
    words = TextField(
        label=_("In their words"), lines=3, max_length=4000, required=False,
        help_text=_("Nobody has to give a reason."),
    )  # fmt: skip

    def __init__(self, *args: Any, document: SealedDocument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = document.clinic.zone
        choices = [(role, f"{name}, {SignerRole(role).label}") for role, name in signers_of(document).items()]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        self.fields["words"].optional = True  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["role"].initial = choices[0][0]

    def clean_said_at(self) -> datetime.datetime:
        said: datetime.datetime = self.cleaned_data["said_at"]
        return said.replace(tzinfo=self.zone)
