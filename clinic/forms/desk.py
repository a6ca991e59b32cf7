"""What people type at the front desk: the sign-in, patients and visits."""

import datetime
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.fields import DayField, NameField, TextField
from clinic.models import Clinic, Patient, Purpose, Role, User, Visit, age_on
from clinic.text import check_text

OLDEST = 130


def check_born(born: datetime.date, today: datetime.date) -> None:
    """Refuse a date of birth that cannot be right."""
    if born > today:
        raise ValidationError(_("The date of birth is in the future. Please check the year."))
    if age_on(today, born) >= OLDEST:
        raise ValidationError(
            _("The date of birth is %(years)d years ago or more. Please check the year."), params={"years": OLDEST}
        )


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("This user name and password do not go together. Check both and try again."),
        "inactive": _("This account is closed. Ask your clinic's admin."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].error_messages["required"] = _("Enter your user name.")
        self.fields["password"].error_messages["required"] = _("Enter your password.")


class PatientForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Patient
        fields = ("name", "born", "phone", "email", "language")
        field_classes = {"name": NameField, "born": DayField, "phone": TextField, "language": TextField}
        error_messages = {
            "name": {"required": _("Enter the patient's full name.")},
            "born": {"required": _("Enter the date of birth.")},
            "email": {"invalid": _("Enter an email address such as ann@example.org, or leave it empty.")},
            "language": {"required": _("Enter the language that the patient likes best, for example English.")},
        }
        help_texts = {"name": _("As on an identity card; in any script.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("phone", "email"):
            self.fields[name].optional = True  # type: ignore[attr-defined]
        self.fields["email"].widget.attrs.pop("maxlength", None)

    def clean_born(self) -> datetime.date:
        born: datetime.date = self.cleaned_data["born"]
        check_born(born, self.instance.clinic.today())
        return born

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        check_text(email)
        return email


class AnotherPersonForm(forms.Form):
    another = forms.BooleanField(label=_("This is another person with the same name and date of birth"), required=False)


class NameChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, user: Any) -> str:
        return f"{user.printed_name}, {user.title}" if user.title else str(user.printed_name)


def clinicians_of(clinic: Clinic) -> Any:
    here = {"memberships__clinic": clinic, "memberships__role": Role.CLINICIAN, "memberships__active": True}
    return User.objects.filter(is_active=True, **here).order_by("last_name", "first_name", "pk")


class VisitForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Visit
        fields = ("reason", "clinician")
        field_classes = {"reason": TextField, "clinician": NameChoice}
        help_texts = {"reason": _("In a few words, for example: neck pain since Monday")}
        error_messages = {
            "reason": {"required": _("Enter why the patient comes.")},
            "clinician": {
                "required": _("Choose the clinician."), "invalid_choice": _("Choose a clinician from the list."),
            },
        }  # fmt: skip

    def __init__(self, *args: Any, clinic: Clinic, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = clinicians_of(clinic)
        field = self.fields["clinician"]
        field.queryset = choices  # type: ignore[attr-defined]
        field.empty_label = _("Choose a clinician")  # type: ignore[attr-defined]
        pks = [user.pk for user in choices]
        if by.pk in pks or len(pks) == 1:
            field.initial = by.pk if by.pk in pks else pks[0]


class AnotherVisitForm(forms.Form):
    another = forms.BooleanField(label=_("Open a second visit for today"), required=False)


class HandOverForm(forms.Form):
    purpose = forms.ChoiceField(choices=Purpose.choices)
