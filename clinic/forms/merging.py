"""What is said when files are merged, marked as entered in error, or put on hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.fields import TextField
from clinic.merging import Why


class MergeForm(forms.Form):
    why = forms.ChoiceField(
        label=_("Why are there two files"), choices=Why.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose why there are two files.")},
    )  # fmt: skip
    born_apart = forms.BooleanField(
        label=_(
            "I have checked with the patient: this is one person, and the date of birth of the file that is kept is right"
        ),
        required=False,
    )

    def __init__(self, *args: Any, born_differs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not born_differs:
            del self.fields["born_apart"]


class ReasonForm(forms.Form):
    reason = TextField(
        label=_("Reason"), max_length=200, error_messages={"required": _("Enter the reason in a few words.")}
    )


class HoldForm(ReasonForm):
    def __init__(self, *args: Any, held: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Why the hold is lifted") if held else _("Why the records must be kept")
