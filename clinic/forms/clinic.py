"""What an admin types about the clinic itself."""

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic import png
from clinic.fields import TextField
from clinic.models import Clinic


class ClinicForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Clinic
        fields = (
            "name",
            "address",
            "time_zone",
            "paper",
            "technique",
            "adult_years",
            "child_until_age",
            "exports_a_day",
        )
        field_classes = {"name": TextField, "address": TextField, "time_zone": TextField}
        widgets = {"paper": forms.RadioSelect}
        labels = {
            "name": _("Name of the clinic"),
            "address": _("Address"),
            "time_zone": _("Time zone"),
            "paper": _("Paper of records"),
            "adult_years": _("Keep records of adults for how many years after the last visit"),
            "child_until_age": _("Keep records of children until they are how old"),
            "exports_a_day": _("Records that may leave in exports in a day"),
        }
        help_texts = {
            "name": _("As printed at the head of records and shown to patients."),
            "time_zone": _("By it, days and ages are counted. For example Australia/Sydney."),
            "adult_years": _("From 1 to 100. The law where you are says how long."),
            "child_until_age": _("From 18 to 100. The longer of the two counts."),
            "exports_a_day": _("At this number, exports stop until the next day."),
        }
        error_messages = {
            "name": {"required": _("Enter the name of the clinic.")},
            "time_zone": {"required": _("Enter a time zone such as Australia/Sydney.")},
            "paper": {"required": _("Choose the paper.")},
        }

    technique = TextField(
        lines=5, max_length=2000, required=False, label=_("Your own words about your technique"),
        help_text=_("Shown in the consent under “In the clinic’s own words”, as you wrote it. "
            "It is not translated, and Needlepoint does not vouch for it. A blank line begins a new paragraph."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].optional = self.fields["technique"].optional = True  # type: ignore[attr-defined]
        self.fields["time_zone"].widget.attrs["list"] = "zones"
        for name, least, most in (
            ("adult_years", 1, 100),
            ("child_until_age", 18, 100),
            ("exports_a_day", 1, 1_000_000),
        ):
            bad = _("Enter a whole number from %(least)s to %(most)s.") % {"least": f"{least:,}", "most": f"{most:,}"}
            self.fields[name] = forms.IntegerField(
                min_value=least, max_value=most, label=self.fields[name].label, help_text=self.fields[name].help_text,
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), bad),
            )  # fmt: skip

    @property
    def zones(self) -> list[str]:
        return sorted(
            zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
        )


class LogoForm(forms.Form):
    """The file is read whole only when it is small enough to be one of ours."""

    picture = forms.FileField(
        label=_("Logo"), help_text=_("A PNG of at most 1200 by 600 points and 200 KB. "
            "It stands at the head of records from then on."),
        widget=forms.FileInput(attrs={"accept": "image/png"}), allow_empty_file=True,
        error_messages={"required": _("Choose a PNG file first."), "invalid": _("Choose a PNG file first.")},
    )  # fmt: skip

    def clean_picture(self) -> bytes:
        """The picture alone, with nothing beside it."""
        file = self.cleaned_data["picture"]
        return png.bare(file.read(png.LARGEST + 1))
