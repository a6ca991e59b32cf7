"""How a record says things: days and times at the clinic, classes with their shape, requirements, who and when."""

import datetime
import unicodedata
import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clinic.languages import RIGHT_TO_LEFT
from screening.models import Override, Resolution, Review, Screening, SecondOpinion
from screening.precautions.vocabulary import Origin, Requirement
from screening.questionnaire import QUESTIONS
from screening.words import OVERALL, badge_words

ORIGINS = {
    Origin.SOURCE: lazy("Source"),
    Origin.PRACTICE: lazy("This clinic's practice"),
    Origin.POLICY: lazy("Clinic policy, stricter than the source"),
}
REQUIREMENTS = {
    Requirement.EDUCATION: lazy("Explained, and still willing"),
    Requirement.MEASURES: lazy("Measures"),
    Requirement.INSPECTION: lazy("Looked at"),
    Requirement.NEEDLES: lazy("Needle material"),
    Requirement.PLAN_FREE: lazy("Plan free of these places"),
    Requirement.OVERRIDE: lazy("Override with a reason"),
    Requirement.SECOND_CLINICIAN: lazy("Second clinician"),
    Requirement.WORKING_ROUTE: lazy("A working way to communicate"),
    Requirement.WILLINGNESS: lazy("Willingness"),
    Requirement.CAPACITY_OR_REPRESENTATIVE: lazy("Understanding and capacity, or a representative"),
    Requirement.CHILD_AND_GUARDIAN: lazy("Agreement of child and guardian"),
}
CAUSES = {
    "intake": lazy("Answers sent"),
    "settled": lazy("Answer settled"),
    "plan": lazy("Plan entered or changed"),
    "correction": lazy("Answer corrected"),
    "reopened": lazy("Case reopened"),
}


@dataclass(frozen=True)
class Clock:
    """Tells days and times as they are at the clinic."""

    zone: zoneinfo.ZoneInfo

    def day(self, day: datetime.date) -> str:
        return date_format(day, "j F Y")

    def time(self, at: datetime.datetime) -> str:
        return date_format(at.astimezone(self.zone), "j F Y, H:i")

    def moment(self, at: datetime.datetime) -> str:
        """To the second, with the zone by name and by its distance from UTC."""
        local = at.astimezone(self.zone).replace(microsecond=0)
        return f"{date_format(local, 'j F Y, H:i:s')} {self.zone.key} (UTC{local.isoformat()[-6:]})"


@dataclass(frozen=True)
class Badge:
    """A class in a word; its shape and colour follow from `kind`."""

    kind: str
    words: str


@dataclass(frozen=True)
class Act:
    """Something that a person recorded; `when` says on which screening of the visit too."""

    who: str
    when: str
    note: str = ""


def act(row: Resolution | Override | SecondOpinion | Review, clock: Clock, note: str = "") -> Act:
    """Who did it and when, and which screening they had before them."""
    return Act(row.by.printed_name, f"{clock.time(row.created_at)}, {screening_words(screening_of(row).seq)}", note)


def screening_of(row: Resolution | Override | SecondOpinion | Review) -> Screening:
    if isinstance(row, SecondOpinion):
        row = row.override
    return row.finding.screening if isinstance(row, Override) else row.screening


def screening_words(seq: int) -> str:
    return _("screening %(number)s") % {"number": seq}


def direction_of(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def is_right_to_left(words: str) -> bool:
    """Whether any letter in it is read from right to left."""
    return any(unicodedata.bidirectional(mark) in {"R", "AL"} for mark in words)


def badge_of(outcome: str, scope: str) -> Badge:
    return Badge(outcome, badge_words(outcome, scope))


def overall_words(overall: list[str]) -> str:
    return ", ".join(str(OVERALL.get(item, item)) for item in overall)


def reply_words(code: str, value: Any) -> str:
    """A stored JSON reply as it is said; nothing for no reply."""
    if value is None or code not in QUESTIONS:
        return "" if value is None else str(value)
    question = QUESTIONS[code]
    return question.say(question.parse(value)).render(_)


def listed(names: list[str]) -> str:
    """First letter large, as a sentence begins."""
    text = ", ".join(names)
    return text[:1].upper() + text[1:]
