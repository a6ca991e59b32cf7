"""A patient's call for a member of staff: made on the tablet, shown to all at the clinic, answered by one of them."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from clinic import audit
from clinic.models import Clinic, Handover, User

WORTH_ANSWERING = datetime.timedelta(hours=12)
BY_TIME = ("idle", "expired")  # how pages end when nobody ended them


def call(handover: Handover) -> None:
    """Ask for a member of staff; pressed again it stays one call. Nobody can come to a patient on their own phone."""
    if handover.own_phone:
        return
    now, visit = timezone.now(), handover.visit
    with transaction.atomic():
        if Handover.objects.filter(pk=handover.pk, ended_at=None, help_wanted_at=None).update(help_wanted_at=now):
            audit.log(visit.clinic, None, "tablet.help_called", handover, visit=str(visit.pk))
            handover.help_wanted_at = now


def close(handover: Handover, by: User | None = None) -> bool:
    """A member of staff goes, or (nobody named) the patient says that they were helped; False when no call was open."""
    visit = handover.visit
    with transaction.atomic():
        closed = Handover.objects.filter(pk=handover.pk, help_wanted_at__isnull=False).update(help_wanted_at=None)
        if closed:
            audit.log(visit.clinic, by, "tablet.help_answered", handover, visit=str(visit.pk))
        handover.help_wanted_at = None
    return bool(closed)


def open_calls(clinic: Clinic) -> QuerySet[Handover]:
    """The tablets that ask for help, the longest waiting first.

    Who waits does not touch the tablet: a call outlives pages that time has closed, until a tablet is handed over anew.
    """
    of_open = Handover.objects.filter(visit__clinic=clinic, visit__closed_at=None)  # spares walking over all of the past
    recent = of_open.filter(help_wanted_at__gt=timezone.now() - WORTH_ANSWERING)
    later = Handover.objects.filter(visit=OuterRef("visit"), created_at__gt=OuterRef("created_at"))
    asking = recent.filter(Q(ended_at=None) | Q(ended_because__in=BY_TIME), ~Exists(later))
    return asking.select_related("visit__patient").order_by("help_wanted_at")
