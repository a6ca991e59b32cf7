"""What people send to choose the days of the overview."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from consent.dashboard import Period, last_days
from consent.forms.records import ClinicDayField

CHOICES = (7, 30, 90, 365)
STANDARD = 30
LONGEST = 731


class PeriodForm(forms.Form):
    """The last so many days, or two dates, both counted."""

    days = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=STANDARD,  # type: ignore[arg-type]
        choices=[(str(days), "") for days in CHOICES],
        error_messages={"invalid_choice": _("Choose one of the periods, or two days.")},
    )  # fmt: skip
    since = ClinicDayField(label=_("From"), required=False)
    until = ClinicDayField(label=_("To"), required=False)

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        since, until = values.get("since"), values.get("until")
        for name, other in (("since", until), ("until", since)):
            if other and not values.get(name) and name not in self.errors:
                self.add_error(name, _("Give both days, or choose one of the periods above."))
        if since and until and since > until:
            self.add_error("until", _("The last day comes before the first. Change one of them."))
        elif since and until and until - since > datetime.timedelta(days=LONGEST):
            self.add_error("until", _("That is more than two years. Choose days that are closer together."))
        elif until and until > self.clinic.today() + datetime.timedelta(days=LONGEST):
            self.add_error("until", _("Choose a day that has come already."))
        return values

    @property
    def is_dates(self) -> bool:
        return bool(self.cleaned_data.get("since"))

    @property
    def period(self) -> Period:
        values = self.cleaned_data
        if self.is_dates:
            return Period(self.clinic, values["since"], values["until"])
        return last_days(self.clinic, values["days"])
