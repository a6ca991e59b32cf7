"""Gets time stamps for records whose authority was away when they were sealed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from clinic import audit
from consent.models import SealedDocument, TimeStamp
from consent.stamping import StampRefused, stamp_of


class Command(BaseCommand):
    help = "Get a time stamp over the hash of every record that has none; exit status 0 only if none is left without."

    def handle(self, *args: Any, **options: Any) -> None:
        unstamped = SealedDocument.objects.filter(stamped_at=None, time_stamp=None).select_related("clinic")
        done = 0
        for document in unstamped.order_by("sealed_at").iterator():
            try:
                token, moment = stamp_of(document.sha256)
            except StampRefused as refused:
                self.stdout.write(f"{document.number}: no time stamp, {refused}")
                raise SystemExit(1) from refused
            with transaction.atomic():
                row = TimeStamp.objects.create(
                    document=document, token=token, authority=settings.TIME_STAMPS[:200], stamped_at=moment
                )
                audit.log(document.clinic, None, "record.stamped", row, visit=str(document.visit_id), sha256=document.sha256)
            done += 1
        self.stdout.write(f"{done} records stamped.")
