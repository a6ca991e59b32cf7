"""What is said when files are merged, marked as entered in error, or put on hold."""

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

    def __init__(self, *args: object, born_differs: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not born_differs:
            del self.fields["born_apart"]


class ReasonForm(forms.Form):
    reason = TextField(
        label=_("Reason"), max_length=200, error_messages={"required": _("Enter the reason in a few words.")}
    )


class HoldForm(ReasonForm):
    reason = TextField(
        label=_("Why the records must be kept, or need no longer be"), max_length=200,
        error_messages={"required": _("Enter the reason in a few words.")},
    )  # fmt: skip
