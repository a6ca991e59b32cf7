"""What is needled: a muscle on a side, by an entry where that matters, or an area."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from screening.body import MUSCLES, REGIONS, SIDES, Muscle, MuscleSite
from screening.forms.case import CaseForm, Data
from screening.forms.fields import grouped_areas
from screening.precautions.vocabulary import Plan

BOTH = "both"


def muscle_words(muscle: Muscle) -> str:
    """The name first, so that typing its first letters finds it in the list."""
    notes = [_now("pressure cannot reach")] * (not muscle.compressible) + [_now("near the lung")] * muscle.near_lung
    return f"{muscle.name} ({', '.join(notes)})" if notes else muscle.name


def muscle_choices() -> list[tuple[str, Any]]:
    """By the part of the body in which each muscle is first reached, then by name."""
    groups: dict[str, list[tuple[str, str]]] = {region.group: [] for region in REGIONS.values()}
    for muscle in sorted(MUSCLES.values(), key=lambda muscle: muscle.name):
        groups[REGIONS[muscle.regions[0]].group].append((muscle.id, muscle_words(muscle)))
    return [("", _now("Choose a muscle")), *((_now(group), rows) for group, rows in groups.items())]


def region_choices() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {region.group: [] for region in REGIONS.values()}
    for region in REGIONS.values():
        groups[region.group].append((region.code, _now(region.name)))
    return [("", _now("Any of its places")), *((_now(group), rows) for group, rows in groups.items())]


class MuscleForm(CaseForm):
    muscle = forms.ChoiceField(
        label=_("Muscle"),
        choices=muscle_choices,
        error_messages={"required": _("Choose a muscle."), "invalid_choice": _("Choose a muscle from the list.")},
    )
    side = forms.ChoiceField(
        label=_("Side"),
        choices=[("", _("Choose")), ("left", _("Left")), ("right", _("Right")), (BOTH, _("Both sides"))],
        error_messages={"required": _("Choose the side."), "invalid_choice": _("Choose left, right or both.")},
    )
    entry = forms.ChoiceField(
        label=_("Entry"),
        choices=region_choices,
        required=False,
        error_messages={"invalid_choice": _("Choose a place from the list.")},
    )

    def __init__(self, data: Data = None) -> None:
        super().__init__("plan-muscle", data, {"do": "muscle"})
        self.fields["entry"].optional = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        muscle, entry = MUSCLES.get(values.get("muscle", "")), values.get("entry")
        if muscle and entry and entry not in muscle.regions:
            reached = ", ".join(_now(REGIONS[region].name) for region in muscle.regions)
            self.add_error(
                "entry",
                _now("%(muscle)s is reached through: %(places)s.") % {"muscle": muscle.name, "places": reached},
            )
        return values

    def sites(self) -> tuple[MuscleSite, ...]:
        values = self.cleaned_data
        sides = SIDES if values["side"] == BOTH else (values["side"],)
        return tuple(MuscleSite(MUSCLES[values["muscle"]], side, values["entry"]) for side in sides)

    def added_to(self, plan: Plan) -> Plan:
        new = tuple(site for site in self.sites() if site not in plan.muscles)
        return Plan(plan.muscles + new, plan.areas)


class AreaForm(CaseForm):
    area = forms.ChoiceField(
        label=_("Area without a muscle"),
        choices=lambda: [("", _now("Choose an area")), *grouped_areas()],
        error_messages={"required": _("Choose an area."), "invalid_choice": _("Choose an area from the list.")},
    )

    def __init__(self, data: Data = None) -> None:
        super().__init__("plan-area", data, {"do": "area"})

    def added_to(self, plan: Plan) -> Plan:
        return Plan(plan.muscles, plan.areas | {self.cleaned_data["area"]})


def without(plan: Plan, token: str) -> Plan:
    """The plan without the site that the token names: an area, or a muscle on a side with its entry."""
    muscles = tuple(site for site in plan.muscles if token_of(site) != token)
    return Plan(muscles, plan.areas - {token})


def token_of(site: MuscleSite) -> str:
    return f"{site.code}@{site.entry}"
