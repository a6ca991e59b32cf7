"""One form field for each kind of question; its cleaned value is the reply as JSON, None when nothing was given."""

import datetime
import re
from functools import singledispatch
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.fields import DayField, TextField
from screening.body import AREAS, Area
from screening.body_drawing import BOX, FIGURES
from screening.precautions.questions import UNSURE, Date, OneOf, Question, Text, Weeks, Where

UNOFFERED = _("Please choose one of the answers offered.")


class AreasInput(forms.CheckboxSelectMultiple):
    """The areas of the body in groups, to be tapped on a drawing or chosen from a list; the boxes of the list are sent."""

    template_name = "needlepoint/widgets/areas.html"

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """A middle area among sides stands alone in its row."""
        area = AREAS.get(str(value))
        alone = area is not None and not area.side and any(other.side for other in in_group(area.region.group))
        return super().create_option(name, value, *args, **kwargs) | {"alone": alone}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        groups = context["widget"]["optgroups"]
        context["groups"] = [(group, options) for group, options, _index in groups if group]
        context["apart"] = [option for group, options, _index in groups if not group for option in options]
        context["figures"], context["box"] = FIGURES, " ".join(map(str, BOX))
        context["problem"] = "aria-invalid" in context["widget"]["attrs"]
        return context


def in_group(group: str) -> list[Area]:
    return [area for area in AREAS.values() if area.region.group == group]


def grouped_areas() -> list[tuple[Any, Any]]:
    groups = groupby(AREAS.values(), key=lambda area: area.region.group)
    return [(gettext(group), [(area.code, gettext(area.words)) for area in areas]) for group, areas in groups]


class PlacesField(forms.MultipleChoiceField):
    """A list of area codes, or "unsure"."""

    widget = AreasInput

    def clean(self, value: Any) -> Any:
        places: list[str] = super().clean(value)
        if UNSURE in places and len(places) > 1:
            raise ValidationError(_("You marked a place and also “I cannot show where”. Please take one of them away."))
        return UNSURE if places == [UNSURE] else places or None


class OneOfField(forms.ChoiceField):
    """The code of an option."""

    widget = forms.RadioSelect

    def clean(self, value: Any) -> Any:
        return super().clean(value) or None


class DateReplyField(DayField):
    """A day as JSON, that can be right today."""

    def __init__(self, question: Date, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question, self.today = question, today

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not self.question.plausible(day, self.today):
            raise ValidationError(_("This date cannot be right. Please check the day, the month and the year."))
        return day.isoformat() if day else None


class WeeksInput(forms.MultiWidget):
    template_name = "needlepoint/widgets/weeks.html"

    def __init__(self) -> None:
        number = forms.TextInput(attrs={"inputmode": "numeric"})
        super().__init__([number, number])

    def decompress(self, value: Any) -> list[Any]:
        return value.split("+") if value else ["", ""]


class WeeksField(forms.Field):
    """Weeks and days as "13+6"; days left empty count as none, the careful reading."""

    widget = WeeksInput

    def clean(self, value: Any) -> Any:
        weeks, days = [str(part or "").strip() for part in value or ("", "")]
        if not weeks and not days:
            return None
        if not re.fullmatch(r"[0-9]{1,2}", weeks) or not re.fullmatch(r"[0-6]?", days) or int(weeks) > Weeks.most:
            raise ValidationError(
                _("Please enter whole weeks from 0 to %(most)d, and days from 0 to 6."), params={"most": Weeks.most}
            )
        return f"{int(weeks)}+{days or 0}"


@singledispatch
def field_for(question: Question, today: datetime.date) -> forms.Field:
    """The form field of a question; its cleaned value is the reply as JSON, None when nothing was given."""
    raise TypeError(f"no field for a question of kind {question.kind}")


def words(question: Question) -> dict[str, Any]:
    return {
        "label": gettext(question.text),
        "help_text": gettext(question.hint) if question.hint else "",
        "required": False,
    }


@field_for.register
def _one_of(question: OneOf, today: datetime.date) -> forms.Field:
    choices = [(option.code, gettext(option.text)) for option in question.options]
    return OneOfField(choices=choices, error_messages={"invalid_choice": UNOFFERED}, **words(question))


@field_for.register
def _where(question: Where, today: datetime.date) -> forms.Field:
    choices = [*grouped_areas(), (UNSURE, _("I cannot show where"))]
    return PlacesField(choices=choices, error_messages={"invalid_choice": UNOFFERED}, **words(question))


@field_for.register
def _date(question: Date, today: datetime.date) -> forms.Field:
    return DateReplyField(question, today, **words(question))


@field_for.register
def _weeks(question: Weeks, today: datetime.date) -> forms.Field:
    return WeeksField(**words(question))


@field_for.register
def _text(question: Text, today: datetime.date) -> forms.Field:
    field = TextField(lines=question.lines, max_length=Text.most, **words(question))
    field.optional = not question.needed  # type: ignore[attr-defined]
    return field
