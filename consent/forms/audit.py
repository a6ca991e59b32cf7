"""What people send to narrow the audit trail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.happened import KINDS
from clinic.models import Clinic, User
from consent.forms.records import ClinicDayField, NameChoice
from consent.trail import Wanted

OLDEST = 2**62


class TrailForm(forms.Form):
    """Nothing is required; what is left empty does not matter. `before` goes on from the last line of a page."""

    person = NameChoice(
        User.objects.none(), label=_("Person"), required=False, empty_label=_("Everybody"),
        error_messages={"invalid_choice": _("Choose a person from the list.")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind of event"), required=False,
        choices=[("", _("Everything")), *((kind, label) for kind, (label, _actions) in KINDS.items())],
        error_messages={"invalid_choice": _("Choose a kind of event from the list.")},
    )  # fmt: skip
    day = ClinicDayField(label=_("Day"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=OLDEST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(memberships__clinic=clinic).distinct()
        self.fields["person"].queryset = people.order_by("last_name", "first_name", "pk")  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        values = self.cleaned_data
        return Wanted(values["person"], values["kind"], values["day"])
