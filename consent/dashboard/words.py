"""How the figures are named, on the page and in the file alike."""

import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clinic.languages import ENGLISH_NAMES
from screening.assistance import Way, Who
from screening.models import Decision
from screening.precautions import EVERY

DECISIONS = {
    Decision.PROCEED.value: lazy("Proceed"),
    Decision.DEFER.value: lazy("Deferred"),
    Decision.DECLINE.value: lazy("Declined"),
}
TITLES = {precaution.number: (precaution.mark, precaution.title) for precaution in EVERY}


def precaution(number: int) -> str:
    if number not in TITLES:
        return _("Precaution %(number)s") % {"number": number}
    mark, title = TITLES[number]
    return f"{mark} {_(title)}"


def language(code: str) -> str:
    return str(ENGLISH_NAMES.get(code, code))


def helper(who: str) -> str:
    return str(Who(who).label).capitalize() if who in Who.values else who


def way(how: str) -> str:
    return str(Way(how).label).capitalize() if how in Way.values else how


def decision(code: str) -> str:
    return str(DECISIONS.get(code, code))


def day(value: datetime.date) -> str:
    return date_format(value, "j M")


def duration(value: datetime.timedelta | None) -> str:
    """In the two largest units that say something: 42 min, 3 h 5 min, 2 days 4 h."""
    if value is None:
        return ""
    minutes = round(value.total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min") % {"minutes": minutes}
