"""Days of a clinic, from the first to the last, both counted."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clinic.models import Clinic

WEEK = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Period:
    clinic: Clinic
    since: datetime.date
    until: datetime.date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def midnight(self, day: datetime.date) -> datetime.datetime:
        return datetime.datetime.combine(day, datetime.time.min, self.clinic.zone)

    def within(self, field: str) -> dict[str, Any]:
        """A filter for a moment that falls on one of the days."""
        after = self.until + datetime.timedelta(days=1)
        return {f"{field}__gte": self.midnight(self.since), f"{field}__lt": self.midnight(after)}

    def day_of(self, moment: datetime.datetime) -> datetime.date:
        return moment.astimezone(self.clinic.zone).date()

    def weeks(self) -> Iterator[datetime.date]:
        """The Monday of every week that the period touches."""
        monday = monday_of(self.since)
        while monday <= self.until:
            yield monday
            monday += WEEK


def monday_of(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=day.weekday())


def last_days(clinic: Clinic, days: int) -> Period:
    """The last days up to today."""
    today = clinic.today()
    return Period(clinic, today - datetime.timedelta(days=days - 1), today)
