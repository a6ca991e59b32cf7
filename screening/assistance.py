"""Who helped a patient to answer, and how: noted on the draft, part of the intake once it is sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import Visit
from screening.evaluation import lock
from screening.intake import draft_of
from screening.models import IntakeDraft

MOST_HELPERS = 10


class Who(models.TextChoices):
    """A helper, as staff and records name them."""

    STAFF = "staff", _("member of staff")
    FAMILY = "family", _("family or friend")
    CARER = "carer", _("carer")
    INTERPRETER = "interpreter", _("interpreter")


class Way(models.TextChoices):
    """What a helper did, as staff and records name it."""

    READ_ALOUD = "read_aloud", _("read the questions")
    ENTERED = "entered", _("typed the answers")
    EXPLAINED = "explained", _("explained words")
    TRANSLATED = "translated", _("translated")


@dataclass(frozen=True)
class Helper:
    """A helper as staff and records tell it, in words."""

    name: str
    who: str
    did: str


class TooManyHelpers(Exception):
    """More than anybody needs."""


def add(visit: Visit, who: str, name: str, ways: Iterable[str]) -> None:
    """Note a helper; the same person named again is noted as they are now. The trail counts them, and names nobody."""
    helper = {"who": Who(who).value, "name": name, "ways": [way.value for way in Way if way in set(ways)]}
    with transaction.atomic():
        draft = draft_of(lock(visit))
        others = [one for one in draft.help if not is_same(one, who, name)]
        if len(others) >= MOST_HELPERS:
            raise TooManyHelpers
        save(draft, [*others, helper])


def remove(visit: Visit, who: str, name: str) -> None:
    """Take a helper away who was named by mistake."""
    with transaction.atomic():
        draft = draft_of(lock(visit))
        others = [one for one in draft.help if not is_same(one, who, name)]
        if others != draft.help:
            save(draft, others)


def is_same(helper: dict[str, Any], who: str, name: str) -> bool:
    return (helper["who"], helper["name"].casefold()) == (who, name.casefold())


def save(draft: IntakeDraft, helpers: list[dict[str, Any]]) -> None:
    draft.help = helpers
    draft.save(update_fields=["help", "updated_at"])
    visit = draft.visit
    audit.log(visit.clinic, None, "intake.assisted", draft, visit=str(visit.pk), helpers=len(helpers))


def helpers_of(stored: Iterable[dict[str, Any]]) -> list[Helper]:
    """The helpers of a draft or an intake."""
    return [
        Helper(one["name"], str(Who(one["who"]).label), ", ".join(str(Way(way).label) for way in one["ways"]))
        for one in stored
    ]
