"""What people send to find records and to export them."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, Role, User
from clinic.text import check_text, tidy
from consent.export import Form
from consent.finding import Wanted
from consent.models import RecordKind
from screening.models import Decision

CENTURY = range(2000, 2100)
ANY = [("", _("Any"))]


def who_decides(clinic: Clinic) -> Any:
    """Everybody who may have decided a case at the clinic, also those who have left."""
    here = User.objects.filter(memberships__clinic=clinic, memberships__role=Role.CLINICIAN)
    return here.distinct().order_by("last_name", "first_name", "pk")


class ClinicDayField(forms.DateField):
    """A day on which a clinic may have been at work: the first and the last of the calendar have no midnight everywhere."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {
        "invalid": _("This must be a date such as 2026-11-30."),
        "another_century": _("This day is not in this century. Check the year, for example 2026-11-30."),
    }

    def validate(self, value: datetime.date | None) -> None:
        super().validate(value)
        if value and value.year not in CENTURY:
            raise ValidationError(self.error_messages["another_century"], code="another_century")


class NameChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, user: Any) -> str:
        return str(user.printed_name)


class FilterForm(forms.Form):
    """Nothing is required; what is left empty does not matter."""

    since = ClinicDayField(label=_("Sealed from"), required=False)
    until = ClinicDayField(label=_("Sealed to"), required=False)
    clinician = NameChoice(
        User.objects.none(), label=_("Clinician"), required=False, empty_label=_("Any"),
        error_messages={"invalid_choice": _("Choose a clinician from the list.")},
    )  # fmt: skip
    decision = forms.ChoiceField(
        label=_("Decision"), required=False, choices=[*ANY, *Decision.choices],
        error_messages={"invalid_choice": _("Choose a decision from the list.")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[*ANY, *RecordKind.choices],
        error_messages={"invalid_choice": _("Choose a kind from the list.")},
    )  # fmt: skip
    overridden = forms.ChoiceField(
        label=_("Overridden"), required=False, choices=[*ANY, ("yes", _("Yes")), ("no", _("No"))],
        error_messages={"invalid_choice": _("Choose yes or no from the list.")},
    )  # fmt: skip
    patient = forms.CharField(label=_("Patient's name"), required=False, max_length=120, validators=[check_text])

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clinician"].queryset = who_decides(clinic)  # type: ignore[attr-defined]

    def clean_patient(self) -> str:
        return tidy(self.cleaned_data["patient"])

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        since, until = values.get("since"), values.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day comes before the first. Change one of them."))
        return values

    @property
    def wanted(self) -> Wanted:
        values = self.cleaned_data
        return Wanted(
            since=values["since"],
            until=values["until"],
            clinician=values["clinician"],
            decision=values["decision"],
            kind=values["kind"],
            overridden={"yes": True, "no": False}.get(values["overridden"]),
            patient=values["patient"],
        )


class UUIDs(forms.Field):
    """Any number of opaque ids."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[Any]:
        one = forms.UUIDField(
            error_messages={"invalid": _("A tick could not be read. Load the page again and tick anew.")}
        )
        return [one.clean(item) for item in value or []]


class ExportForm(FilterForm):
    """The filter as it was on the page, the records ticked there, and why they are exported."""

    which = forms.ChoiceField(
        choices=[("all", ""), ("ticked", "")],
        error_messages={"required": _("Choose what to export."), "invalid_choice": _("Choose what to export.")},
    )
    reason = forms.CharField(
        label=_("Reason for the export"),
        help_text=_("Kept in the audit trail. Please name no patients."),
        max_length=200,
        validators=[check_text],
        error_messages={"required": _("Say in a few words why you export, for example “insurer's request”.")},
    )
    ticked = UUIDs(required=False)
    form = forms.ChoiceField(
        label=_("In what form"), choices=Form.choices, initial=Form.ZIP, widget=forms.RadioSelect,
        error_messages={"required": _("Choose in what form."), "invalid_choice": _("Choose a form from the list.")},
    )  # fmt: skip
    password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False,
        error_messages={"required": _("Enter your password: records leave the clinic with this.")},
    )  # fmt: skip
    without_missing = forms.BooleanField(label=_("Export without the missing ones"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_password(self) -> str:
        if not self.by.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password. Nothing was exported; please try again."), code="wrong")
        return ""

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("which") == "ticked" and not values.get("ticked") and "ticked" not in self.errors:
            self.add_error("ticked", _("Tick the records to export, or export all that match."))
        return values
