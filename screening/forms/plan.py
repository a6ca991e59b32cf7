"""What is needled, and how: muscles on their sides, by an entry where that matters, or areas; picked before it is saved."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic.fields import TextField
from clinic.text import check_text
from screening.body import AREAS, MUSCLES, REGIONS, SIDES, MuscleSite
from screening.forms.case import CaseForm, Data
from screening.forms.fields import grouped_areas
from screening.forms.muscles import MuscleSelect, muscle_choices
from screening.models import LONGEST_DETAIL, Details, token_of
from screening.precautions.vocabulary import Plan
from screening.recording import MATERIALS, TECHNIQUES

BOTH, AREA = "both", "area"
MOST_NEEDLES = 60


def region_choices() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {region.group: [] for region in REGIONS.values()}
    for region in REGIONS.values():
        groups[region.group].append((region.code, _now(region.name)))
    return [("", _now("Any of its places")), *((_now(group), rows) for group, rows in groups.items())]


class PlanForm(CaseForm):
    """The whole plan as it is picked. It starts from the plan on record; `picked` says that the sites are all in the form."""

    muscle = forms.ChoiceField(
        label=_("Muscle"), choices=muscle_choices, required=False, widget=MuscleSelect,
        error_messages={"invalid_choice": _("Choose a muscle from the list.")},
    )  # fmt: skip
    entry = forms.ChoiceField(
        label=_("Entry"), choices=region_choices, required=False,
        error_messages={"invalid_choice": _("Choose a place from the list.")},
    )  # fmt: skip
    area = forms.ChoiceField(
        label=_("Area without a muscle"), choices=lambda: [("", _now("Choose an area")), *grouped_areas()], required=False,
        error_messages={"invalid_choice": _("Choose an area from the list.")},
    )  # fmt: skip
    needles = forms.ChoiceField(
        label=_("Needles"), required=False,
        choices=lambda: [("", _now("The clinic's usual")), *((code, _now(name)) for code, name in MATERIALS.items())],
        error_messages={"invalid_choice": _("Choose the needles from the list.")},
    )  # fmt: skip
    technique = forms.ChoiceField(
        label=_("Technique"), required=False,
        choices=lambda: [("", _now("Not said")), *((code, _now(name)) for code, name in TECHNIQUES.items())],
        error_messages={"invalid_choice": _("Choose the technique from the list.")},
    )  # fmt: skip

    def __init__(self, plan: Plan, details: Mapping[str, Details], data: Data = None) -> None:
        first = next(iter(details.values()), Details())
        super().__init__("plan-form", data, initial={"needles": first.needles, "technique": first.technique})
        self.saved, self.saved_details = plan, details
        self.plan = self.picked(plan)
        self.row_errors: dict[str, str] = {}
        self.fields["entry"].optional = True  # type: ignore[attr-defined]

    @property
    def place(self) -> str:
        return "plan"

    def picked(self, plan: Plan) -> Plan:
        """The sites that are in the form, where it holds them all."""
        if "picked" not in self.data:
            return plan
        tokens = self.data.getlist("site")  # type: ignore[attr-defined]
        sites = [site for token in tokens if (site := site_of(token))]
        return Plan(tuple(dict.fromkeys(sites)), frozenset(tokens) & set(AREAS))

    def typed_of(self, token: str) -> tuple[str, str]:
        """Number and depth of a site, as typed or as on record."""
        known = self.saved_details.get(token, Details())
        number = str(known.number) if known.number else ""
        return self.data.get(f"number-{token}", number), self.data.get(f"depth-{token}", known.depth)

    def clean(self) -> dict[str, Any]:
        values, pressed = self.cleaned_data, self.data.get("add") or self.data.get("side") or ""
        if self.data.get("remove"):
            self.plan = without(self.plan, self.data["remove"])
        if self.data.get("replace"):
            self.plan = replaced(self.plan, self.data["replace"])
        whole = "do" in self.data  # sent as it stands: what was chosen and not added yet belongs to it
        if values.get("area") and (whole or pressed == AREA):
            self.plan = replace(self.plan, areas=self.plan.areas | {values["area"]})
        elif pressed == AREA:
            self.add_error("area", _("Choose an area."))
        if (values.get("muscle") and whole) or pressed not in {"", AREA}:
            self.add_muscle(values, pressed)
        self.details = {token: self.detail(token, values) for token in tokens_of(self.plan)}
        return values

    def add_muscle(self, values: dict[str, Any], side: str) -> None:
        muscle, entry = MUSCLES.get(values.get("muscle", "")), values.get("entry", "")
        if muscle is None:
            self.add_error("muscle", _("Choose a muscle."))
        elif side not in {*SIDES, BOTH}:
            self.add_error("muscle", _("Choose the side: press left, right or both."))
        elif entry and entry not in muscle.regions:
            reached = ", ".join(_now(REGIONS[region].name) for region in muscle.regions)
            words = _now("%(muscle)s is reached through: %(places)s.") % {"muscle": muscle.name, "places": reached}
            self.add_error("entry", words)
        else:
            new = tuple(MuscleSite(muscle, one, entry) for one in (SIDES if side == BOTH else (side,)))  # type: ignore[arg-type]
            self.plan = replace(self.plan, muscles=tuple(dict.fromkeys((*self.plan.muscles, *new))))

    def detail(self, token: str, values: Mapping[str, Any]) -> Details:
        number, depth = self.typed_of(token)
        depth = re.sub(r"\s+", " ", depth).strip()
        try:
            check_text(depth)
            TextField(max_length=LONGEST_DETAIL, required=False).clean(depth)
            counted = int(number) if number.strip() else None
            if counted is not None and not 1 <= counted <= MOST_NEEDLES:
                raise ValueError
        except ValidationError as wrong:
            self.refuse(token, " ".join(wrong.messages))
            return Details()
        except ValueError:
            self.refuse(token, _now("Enter the number of needles as a whole number from 1 to %d.") % MOST_NEEDLES)
            return Details()
        if "picked" not in self.data:  # a muscle taken out or put in from elsewhere on the page
            known = self.saved_details.get(token)
            return known or Details(self.initial["needles"], self.initial["technique"])
        return Details(values.get("needles", ""), values.get("technique", ""), counted, depth)

    def refuse(self, token: str, words: str) -> None:
        self.row_errors[token] = words
        self.add_error(None, words)

    def typed(self) -> list[tuple[str, str]]:
        said = [", ".join(filter(None, [token, *self.typed_of(token)])) for token in tokens_of(self.plan)]
        return [(_now("Plan, not saved"), "; ".join(said))] if said and "picked" in self.data else []


def site_of(token: str) -> MuscleSite | None:
    """The muscle on a side that a token names; None for anything else."""
    code, _at, entry = token.partition("@")
    name, _underscore, side = code.rpartition("_")
    muscle = MUSCLES.get(name)
    if muscle is None or side not in SIDES or (entry and entry not in muscle.regions):
        return None
    return MuscleSite(muscle, side, entry)


def tokens_of(plan: Plan) -> list[str]:
    return [*(token_of(site) for site in plan.muscles), *(code for code in AREAS if code in plan.areas)]


def without(plan: Plan, token: str) -> Plan:
    """The plan without the site that the token names: an area, or a muscle on a side with its entry."""
    return Plan(tuple(site for site in plan.muscles if token_of(site) != token), plan.areas - {token})


def replaced(plan: Plan, tokens: str) -> Plan:
    """The plan with one site (first token) exchanged for another (second)."""
    old, _blank, new = tokens.partition(" ")
    site = site_of(new)
    left = without(plan, old)
    return replace(left, muscles=(*left.muscles, site)) if site and site not in left.muscles and left != plan else left
