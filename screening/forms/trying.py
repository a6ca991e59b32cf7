"""The form in which a made-up case is tried: a person, their replies, a plan and a clinic's settings; nothing of it is kept."""

from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic.fields import DayField
from screening.body import MUSCLES
from screening.forms.fields import UNOFFERED, WeeksField, grouped_areas
from screening.forms.muscles import muscle_choices
from screening.precautions import EVERY
from screening.precautions.policy import STRICTER, Policy, parse_policy
from screening.precautions.questions import Date, OneOf, Question, Text, Weeks, Where
from screening.precautions.vocabulary import Case, Precaution
from screening.questionnaire import QUESTIONS
from screening.written import harmless, parse_case

MUSCLE_ROWS = 4
NOT_ANSWERED = ("", _("Not answered: counts as not sure"))
SIDES = [("", _("Side")), ("left", _("Left")), ("right", _("Right"))]
SETTINGS = ("age_of_majority", "minimum_age", "first_trimester_ends")


@singledispatch
def field_of(question: Question) -> forms.Field | None:
    """A short field for a reply; none for free words, which no rule reads."""
    return None


@field_of.register
def _one_of(question: OneOf) -> forms.Field:
    options = [(option.code, _now(option.text)) for option in question.options]
    return forms.ChoiceField(choices=[NOT_ANSWERED, *options], error_messages={"invalid_choice": UNOFFERED})


@field_of.register
def _where(question: Where) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=grouped_areas, widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=_("Nothing marked counts as the whole body. Several: hold Control."),
        error_messages={"invalid_choice": UNOFFERED},
    )  # fmt: skip


@field_of.register
def _weeks(question: Weeks) -> forms.Field:
    return WeeksField()


@field_of.register
def _date(question: Date) -> forms.Field:
    return DayField()


def asked_in(precaution: Precaution) -> list[Question]:
    return [question for question in precaution.questions if not isinstance(question, Text)]


class TryForm(forms.Form):
    """After a valid `clean`, `case` is what the rules see, and `left_out` the replies to questions that it does not ask."""

    born = DayField(label=_("Date of birth"), error_messages={"required": _("Enter a date of birth.")})
    today = DayField(label=_("Day of treatment"), error_messages={"required": _("Enter the day of treatment.")})
    areas = forms.MultipleChoiceField(
        label=_("Places planned without a muscle"), choices=grouped_areas, required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}), error_messages={"invalid_choice": UNOFFERED},
    )  # fmt: skip
    age_of_majority = forms.IntegerField(label=_("Age of majority"))
    minimum_age = forms.IntegerField(label=_("Minimum recommended age"))
    first_trimester_ends = forms.IntegerField(label=_("First trimester ends, in days (97 is 13 weeks 6 days)"))
    second_clinician = forms.BooleanField(
        label=_("Second clinician for an overridden contraindication"), required=False
    )
    stricter = forms.MultipleChoiceField(
        label=_("Stricter than the source"),
        choices=list(STRICTER.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    additional = forms.MultipleChoiceField(
        label=_("This clinic also asks"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(group.mark, f"{group.mark}. {group.title}") for group in EVERY if group.is_additional],
    )  # fmt: skip

    def __init__(self, data: Any = None, policy: Policy | None = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", auto_id="try-%s", **kwargs)
        self.policy = policy or Policy()
        self.case: Case | None = None
        self.left_out: list[Question] = []
        for question in QUESTIONS.values():
            if field := field_of(question):
                field.label, field.required = _now(question.text), False
                self.fields[question.code] = field
                if not question.follows and question.clear is not None:
                    self.initial.setdefault(question.code, harmless(question))
        for row in range(1, MUSCLE_ROWS + 1):
            wrong = {"invalid_choice": UNOFFERED}
            self.fields[f"muscle-{row}"] = forms.ChoiceField(
                label=_now("Muscle %(row)s") % {"row": row},
                choices=muscle_choices,
                required=False,
                error_messages=wrong,
            )
            self.fields[f"side-{row}"] = forms.ChoiceField(
                label=_now("Side of muscle %(row)s") % {"row": row}, choices=SIDES, required=False, error_messages=wrong
            )
        self.initial.update(self.settings())

    def settings(self) -> dict[str, Any]:
        """The clinic's own, to begin with."""
        switched = [name for name in STRICTER if getattr(self.policy, name)]
        plain = {name: getattr(self.policy, name) for name in (*SETTINGS, "second_clinician")}
        return plain | {"stricter": switched, "additional": list(self.policy.additional)}

    def groups(self) -> Iterator[tuple[Precaution, list[Any]]]:
        for precaution in EVERY:
            fields = [self[question.code] for question in asked_in(precaution)]
            if fields:
                yield precaution, fields

    def muscle_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"muscle-{row}"], self[f"side-{row}"]) for row in range(1, MUSCLE_ROWS + 1)]

    def policy_values(self) -> dict[str, Any]:
        given = self.cleaned_data
        values = {name: given[name] for name in (*SETTINGS, "second_clinician")} | {"additional": given["additional"]}
        return values | {name: name in given["stricter"] for name in STRICTER} | {"majority_basis": self.basis(values)}

    def basis(self, values: dict[str, Any]) -> str:
        """A trial below 18 needs no law; the rules want something written."""
        return self.policy.majority_basis or ("tried" if values["age_of_majority"] < 18 else "")

    def planned(self) -> dict[str, Any]:
        muscles = []
        for row in range(1, MUSCLE_ROWS + 1):
            muscle, side = self.cleaned_data.get(f"muscle-{row}"), self.cleaned_data.get(f"side-{row}")
            if muscle and not side:
                name = MUSCLES[muscle].name
                self.add_error(f"side-{row}", _now("Choose the side of %(muscle)s.") % {"muscle": name})
            elif side and not muscle:
                self.add_error(f"muscle-{row}", _now("Choose a muscle, or take the side away."))
            elif muscle:
                muscles.append({"id": muscle, "side": side})
        return {"muscles": muscles, "areas": self.cleaned_data.get("areas", [])}

    def clean(self) -> dict[str, Any]:
        plan = self.planned()
        if self.errors:
            return self.cleaned_data
        given, policy = self.cleaned_data, self.policy_values()
        faults = parse_policy(policy)[1]
        replies = {code: in_json(given[code]) for code in QUESTIONS if given.get(code) not in (None, "", [])}
        whole = {"born": given["born"].isoformat(), "today": given["today"].isoformat(), "plan": plan, "policy": policy}
        asked = self.only_asked(whole, replies)
        case, wrong = parse_case(whole | {"replies": asked}, complete=True)
        for fault in dict.fromkeys([*faults, *wrong]):
            self.tell(fault)
        self.case = case
        return given

    def only_asked(self, whole: dict[str, Any], replies: dict[str, Any]) -> dict[str, Any]:
        """Without what was chosen before another answer made it unasked."""
        case, _faults = parse_case(whole | {"replies": replies}, complete=True)
        if case is None:
            return replies
        hidden = {code for code in replies if not case.shows(QUESTIONS[code])}
        usual = {code for code in hidden if self.initial.get(code) == replies[code]}
        self.left_out = [QUESTIONS[code] for code in replies if code in hidden - usual]
        return {code: reply for code, reply in replies.items() if code not in hidden}

    def tell(self, fault: str) -> None:
        """A fault of the rules' own reading, at the field that it names."""
        name, _colon, words = fault.removeprefix("policy: ").partition(": ")
        first = fault.removeprefix("policy: ").split(" ")[0]
        at = name if name in self.fields else first if first in self.fields else None
        self.add_error(
            at, ValidationError((words or fault) if at == name else fault.removeprefix("policy: ").replace("_", " "))
        )


def in_json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
