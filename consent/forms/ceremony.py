"""What people send from the tablet while they read and before they sign: a reply to a question, a few words of refusal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.fields import TextField
from consent.comprehension import Turn

LONGEST_WORDS = 4000


class CheckForm(forms.Form):
    """One question of the comprehension check; nothing is chosen beforehand."""

    code = forms.CharField(widget=forms.HiddenInput)
    attempt = forms.IntegerField(widget=forms.HiddenInput)
    said = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose one of the answers. “I am not sure” is a good answer too."),
            "invalid_choice": _("Please choose one of the answers shown."),
        },
    )

    def __init__(self, turn: Turn, data: Any = None, said: str = "") -> None:
        super().__init__(data, initial={"code": turn.code, "attempt": turn.attempt, "said": said})
        field = self.fields["said"]
        field.label = turn.text
        field.choices = turn.replies  # type: ignore[attr-defined]


class RefusalForm(forms.Form):
    ceremony = forms.UUIDField(widget=forms.HiddenInput)
    role = forms.CharField(max_length=20, widget=forms.HiddenInput)
    words = TextField(label=_("Would you like to tell us why?"), lines=4, required=False, max_length=LONGEST_WORDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].optional = True  # type: ignore[attr-defined]
