"""What an admin types about the people who work here, and the password that an invited person sets."""

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.fields import NameField, TextField
from clinic.models import Role, User
from clinic.people import Person
from clinic.text import check_text


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("What they do here"), choices=Role.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("One or more. Front desk: patients, visits, tablets. "
            "Clinician: cases, consents. Admin: people, settings, records."),
        error_messages={"required": _("Choose one role or more."), "invalid_choice": _("Choose roles from the list.")},
    )  # fmt: skip


class DetailsForm(RolesForm):
    first_name = NameField(
        label=_("First name"), max_length=150, error_messages={"required": _("Enter the first name.")}
    )
    last_name = NameField(label=_("Family name"), max_length=150, required=False)
    title = TextField(
        label=_("Profession"),
        max_length=60,
        required=False,
        help_text=_("As printed in records, for example Physiotherapist."),
    )
    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        required=False,
        error_messages={"invalid": _("Enter an email address such as ann@example.org, or leave it empty.")},
    )
    field_order = ("username", "first_name", "last_name", "title", "email", "roles")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("last_name", "title", "email"):
            self.fields[name].optional = True  # type: ignore[attr-defined]
        self.fields["email"].widget.attrs.pop("maxlength", None)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        check_text(email)
        return email

    @property
    def details(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("first_name", "last_name", "title", "email")}

    @classmethod
    def of(cls, person: Person, data: Any) -> "DetailsForm":
        user = person.user
        names = ("first_name", "last_name", "title", "email")
        return cls(data, initial={name: getattr(user, name) for name in names} | {"roles": list(person.roles)})


class InviteForm(DetailsForm):
    username = TextField(
        label=_("User name"), max_length=150, help_text=_("For signing in: letters, digits and @ . + - _ without spaces. "
            "It cannot be changed later."),
        error_messages={"required": _("Enter a user name, for example ann.keogh.")},
    )  # fmt: skip

    def clean_username(self) -> str:
        name: str = User.normalize_username(self.cleaned_data["username"])
        try:
            User.username_validator(name)
        except ValidationError:
            raise ValidationError(_("Use letters, digits and @ . + - _ only, without spaces.")) from None
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError(_("This user name is taken. Choose another, for example with the family name."))
        return name


class PasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """Twice the same, long, and not easy to guess; nothing of it is shown again."""

    error_messages = {"password_mismatch": _("The two passwords are not the same. Type both again.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.label, second.label = _("Password"), _("The same password again")
        first.help_text = _("15 characters or more. Several words in a row are easy to remember and hard to guess.")
        second.help_text = ""
        first.error_messages["required"] = _("Enter a password.")
        second.error_messages["required"] = _("Enter the password again.")
