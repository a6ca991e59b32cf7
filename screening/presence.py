"""Who has a case open now, so that two clinicians do not work on it unaware of each other."""

import datetime
from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from clinic.models import User, Visit
from screening.models import Presence

LASTS = datetime.timedelta(seconds=40)  # two and a half times what the page lets pass between two signs of life
FORGOTTEN = datetime.timedelta(days=1)


def seen(visit: Visit, user: User) -> None:
    """The person has the case open; said again every few seconds."""
    now = timezone.now()
    if not Presence.objects.filter(visit=visit, user=user).update(seen_at=now):
        Presence.objects.get_or_create(visit=visit, user=user, defaults={"seen_at": now})
        Presence.objects.filter(user=user, seen_at__lt=now - FORGOTTEN).delete()


def left(visit: Visit, user: User) -> None:
    """The person has closed the case."""
    Presence.objects.filter(visit=visit, user=user).delete()


def looking(visits: Iterable[UUID], besides: User | None = None) -> dict[UUID, list[str]]:
    """Who has each of the visits' cases open, by name; oneself is left out."""
    found = Presence.objects.filter(visit__in=list(visits), seen_at__gt=timezone.now() - LASTS)
    if besides:
        found = found.exclude(user=besides)
    names: dict[UUID, list[str]] = {}
    for row in found.select_related("user").order_by("user__first_name", "user__last_name"):
        names.setdefault(row.visit_id, []).append(row.user.printed_name)
    return names
