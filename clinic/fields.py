"""Fields that patients and staff write in: they tidy and check what is typed, and say how to mend it."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.text import check_name, check_text, tidy

TOO_LONG = _("Please shorten this to %(limit_value)d characters. It has %(show_value)d now; nothing was cut off.")
BAD_DAY = _("Enter the date as day, month and year, for example 17 05 1980 in the boxes, or 1980-05-17.")


class TextField(forms.CharField):
    """Text of one line or several: composed, without hidden characters, and never cut short by the browser."""

    default_validators = [check_text]

    def __init__(self, *, lines: int = 1, **kwargs: Any) -> None:
        self.lines = lines
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput)
        super().__init__(**kwargs)
        self.error_messages.setdefault("max_length", TOO_LONG)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no maxlength: a browser would drop the rest of a pasted text without a word

    def to_python(self, value: Any) -> str:
        text = tidy(super().to_python(value) or "")
        return text if self.lines > 1 else re.sub(r"[ \n\t]+", " ", text)


class NameField(TextField):
    """The name of a person in any script."""

    default_validators = [check_name]


class DayField(forms.DateField):
    """A calendar day, sent by the browser as year-month-day."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"input_formats": ["%Y-%m-%d"]} | kwargs))
        self.error_messages["invalid"] = BAD_DAY


class DayBoxes(forms.MultiWidget):
    """A day, a month and a year in a box each, for people to whom a calendar on a small screen is a hindrance."""

    template_name = "clinic/phone_boxes.html"

    def __init__(self) -> None:
        box = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"})
        super().__init__({"day": box, "month": box, "year": box})

    def decompress(self, value: Any) -> list[Any]:
        return [value.day, value.month, value.year] if value else ["", "", ""]


class BoxedDayField(forms.Field):
    """A calendar day of a few generations, typed in boxes; digits of any script count."""

    widget = DayBoxes

    def clean(self, value: Any) -> datetime.date:
        typed = [str(part or "").strip() for part in value or ("", "", "")]
        if not all(typed):
            raise ValidationError(_("Please fill in all three boxes: the day, the month and the year."))
        if not all(part.isdecimal() and len(part) <= 4 for part in typed):
            raise ValidationError(_("Please use numbers only, for example 17, 5 and 1950."))
        day, month, year = map(int, typed)
        if len(typed[2]) != 4:
            raise ValidationError(_("Please write the year with four numbers, for example 1950."))
        try:
            return datetime.date(year, month, day)
        except ValueError:
            raise ValidationError(
                _("This day is not in the calendar. The first box is for the day, the second for the month.")
            ) from None


class BirthDateForm(forms.Form):
    """What a patient is asked on their own phone before anything is shown."""

    born = BoxedDayField(
        label=_("What is your date of birth?"),
        help_text=_(
            "For example: 17 5 1950. If you answer for someone else, please enter that person’s date of birth."
        ),
    )
