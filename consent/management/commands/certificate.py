"""Shows the clinics' sealing certificates, and makes a new one before the old one expires."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.models import Clinic
from consent import keys
from consent.filing import sealer_of


class Command(BaseCommand):
    help = "Show each clinic's sealing certificate; with --renew make a new key and certificate for one clinic."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--renew", metavar="CLINIC", help="id of the clinic; records sealed before stay valid")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["renew"]:
            self.renew(options["renew"])
        for clinic in Clinic.objects.order_by("name"):
            self.stdout.write(f"{clinic.pk}  {clinic.name}")
            for row in clinic.certificates.order_by("created_at"):
                days = (row.valid_until - timezone.now()).days
                state = f"valid for {days} days" if days >= 0 else "expired: its records stay valid"
                self.stdout.write(f"    {row.fingerprint}  until {row.valid_until:%Y-%m-%d}, {state}")

    def renew(self, wanted: str) -> None:
        clinic = next((row for row in Clinic.objects.all() if str(row.pk) == wanted), None)
        if clinic is None:
            raise CommandError(f"There is no clinic {wanted}. Run this without --renew to see the clinics.")
        if settings.SEALER != "consent.keys.from_file":
            raise CommandError("The key is kept elsewhere (NEEDLEPOINT_SEALER): renew it there.")
        keys.renew(settings.VAR / "keys", clinic.pk, clinic.name, settings.KEY_PASSPHRASE)
        sealer_of(clinic)
