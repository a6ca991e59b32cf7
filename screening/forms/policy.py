"""A clinic's policy as an admin sets it: each setting within what the source allows."""

from dataclasses import fields as fields_of
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.fields import TextField
from screening.precautions.policy import STRICTER, Policy

STRICTER_WORDS = {
    "avoid_lymphedema_region": _("Lymphedema (source 8): do not needle in the region. Off, it is only information."),
    "caution_all_pregnancy": _(
        "Pregnancy (source 13): caution after the first trimester too. Off, caution ends with it."
    ),
    "advise_against_low_white_cells": _("Low white cells (source 12): not recommended. Off, it is a caution."),
    "advise_against_strong_fear": _("A lot of needle fear (source 1): not recommended. Off, it is explained first."),
}
EARLIEST_END, LATEST_END = 84, 300  # days of pregnancy


def whole(least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    bad = _("Enter a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
    wrong = dict.fromkeys(("required", "invalid", "min_value", "max_value"), bad)
    return forms.IntegerField(min_value=least, max_value=most, error_messages=wrong, **kwargs)


class PolicyForm(forms.Form):
    based_on = forms.CharField(required=False, widget=forms.HiddenInput)
    age_of_majority = whole(
        16,
        21,
        label=_("Age of majority"),
        help_text=_(
            "Default 18. Younger patients need a parent or guardian, and agree themselves too (source 4). From 16 to 21."
        ),
    )
    majority_basis = TextField(
        max_length=300,
        required=False,
        label=_("Legal basis for an age below 18"),
        help_text=_("Only if the age is below 18: the law that says so. It is shown in the policy."),
    )
    minimum_age = whole(
        12,
        21,
        label=_("Minimum recommended age"),
        help_text=_("Default 12 (source 4). Below it, needling is not recommended. It can be raised, never lowered."),
    )
    weeks = whole(
        12,
        42,
        label=_("First trimester ends: weeks"),
        help_text=_(
            "Default 13 weeks and 6 days (source 13). Until then, pregnancy is a caution. Not below 12 weeks and 0 days."
        ),
    )
    days = whole(0, 6, label=_("and days"))
    second_clinician = forms.BooleanField(
        required=False, label=_("A second clinician agrees before a contraindication is overridden. Default: on.")
    )
    consent_valid_days = whole(
        1,
        3650,
        label=_("Days a consent stays valid"),
        help_text=_("Default 365. The answers are asked on each day of treatment all the same."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["majority_basis"].optional = True  # type: ignore[attr-defined]
        for name in STRICTER:
            label = STRICTER_WORDS.get(name, STRICTER[name])
            self.fields[name] = forms.BooleanField(required=False, label=label)

    @classmethod
    def of(cls, policy: Policy, based_on: str, data: Any) -> "PolicyForm":
        weeks, days = divmod(policy.first_trimester_ends, 7)
        values = {field.name: getattr(policy, field.name) for field in fields_of(policy)}
        return cls(data, initial=values | {"weeks": weeks, "days": days, "based_on": based_on})

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        age, least = values.get("age_of_majority"), values.get("minimum_age")
        if age is not None and age < 18 and not values.get("majority_basis"):
            self.add_error(
                "majority_basis",
                _("Enter the law by which people of this age decide for themselves, or set the age to 18."),
            )
        if age is not None and least is not None and least > age:
            self.add_error("minimum_age", _("This cannot be above the age of majority. Lower it, or raise that age."))
        if {"weeks", "days"} <= values.keys() and not EARLIEST_END <= self.end_of(values) <= LATEST_END:
            self.add_error("weeks", _("Enter from 12 weeks and 0 days to 42 weeks and 6 days."))
        return values

    @staticmethod
    def end_of(values: dict[str, Any]) -> int:
        return int(values["weeks"]) * 7 + int(values["days"])

    @property
    def settings(self) -> dict[str, Any]:
        """What to write, by the policy's own names."""
        values = self.cleaned_data
        own = {name: values[name] for name in values if name not in {"based_on", "weeks", "days"}}
        return own | {"first_trimester_ends": self.end_of(values)}
