"""What was recorded for the visit rather than for one finding: interpreter or other help, representative, needles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from consent.document.words import Act, Clock, act
from screening.models import Resolution
from screening.precautions.communication import ROUTE
from screening.review import MATERIALS
from screening.standing import Standings

LABELS = {
    "name": lazy("Name or ID"),
    "language": lazy("Language"),
    "mode": lazy("How"),
    "is_adult": lazy("An adult"),
    "teach_back": lazy("Patient said it back"),
    "authority": lazy("Authority"),
    "material": lazy("Material"),
    "brand": lazy("Brand"),
    "coating": lazy("Coating"),
    "lot": lazy("Lot"),
    "free_of_metal": lazy("Free of the named metal"),
}
WORDS = {option.code: option.text for option in ROUTE.options} | MATERIALS


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class Met:
    """One of the three, with who recorded it; `otherwise` when nothing was."""

    title: str
    facts: tuple[Fact, ...]
    by: Act | None
    otherwise: str


class People(NamedTuple):
    """Those of the three that were recorded, and those that were not needed."""

    recorded: tuple[Met, ...]
    not_needed: tuple[Met, ...]


def met(stands: Standings, clock: Clock) -> People:
    three = (
        recorded(_("Interpreter or other help"), stands.communication, _("No help was needed to talk with us."), clock),
        recorded(_("Representative"), stands.representative, _("None was needed or named."), clock),
        recorded(_("Needles"), stands.needles, _("No other needle material was needed."), clock),
    )
    return People(tuple(one for one in three if one.by), tuple(one for one in three if not one.by))


def recorded(title: str, row: Resolution | None, otherwise: str, clock: Clock) -> Met:
    if row is None:
        return Met(title, (), None, otherwise)
    return Met(title, facts(row.details), act(row, clock, row.note), "")


def facts(details: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Every detail that was recorded, known ones first and in a fixed order."""
    names = [*(name for name in LABELS if name in details), *sorted(set(details) - set(LABELS))]
    return tuple(Fact(label_of(name), said(details[name])) for name in names if details[name] not in ("", None))


def label_of(name: str) -> str:
    return str(LABELS[name]) if name in LABELS else name.replace("_", " ").capitalize()


def said(value: Any) -> str:
    if value is True:
        return _("Yes, confirmed")
    if value is False:
        return _("No")
    return _(WORDS.get(value, value)) if isinstance(value, str) else str(value)
