"""Walks the audit trails: `audit verify` says whether each clinic's is whole."""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import audit
from clinic.models import Clinic
from consent.chain import Anchor, faults

PRINTED = re.compile(r"(\d+)[:\s]+([0-9a-f]{64})")


def anchor(text: str) -> Anchor:
    found = PRINTED.fullmatch(text.strip().lower())
    if not found:
        raise ArgumentTypeError("a link is its number and its hash as a record prints them, for example 214:ab12…")
    return Anchor(int(found[1]), found[2])


class Command(BaseCommand):
    help = "audit verify: walk every clinic's audit trail; exit status 0 only if all are whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--clinic", metavar="ID", help="this clinic alone")
        parser.add_argument(
            "--link", type=anchor, action="append", default=[], metavar="NUMBER:HASH",
            help="a link as a sealed record prints it on its last page; it must be on the trail of --clinic",
        )  # fmt: skip
        parser.add_argument("--files", action="store_true", help="read every sealed file too, and check its hash")
        parser.add_argument("--json", action="store_true", help="one JSON object per clinic")

    def handle(self, *args: Any, **options: Any) -> None:
        clinics = [row for row in Clinic.objects.order_by("name") if options["clinic"] in (None, str(row.pk))]
        if not clinics:
            raise CommandError(f"There is no clinic {options['clinic']}.")
        if options["link"] and len(clinics) > 1:
            raise CommandError("Name the clinic of the link with --clinic.")
        amiss = False
        for clinic in clinics:
            head = audit.head(clinic)
            found = list(faults(clinic, tuple(options["link"]), options["files"]))
            amiss = amiss or bool(found)
            if options["json"]:
                told = {"clinic": str(clinic.pk), "events": head.seq, "head": head.hash, "whole": not found, "faults": found}
                self.stdout.write(json.dumps(told))
                continue
            verdict = f"{len(found)} things do not hold" if found else "whole"
            self.stdout.write(f"{clinic.name}: {head.seq} events, head {head.hash}: {verdict}")
            for line in found:
                self.stdout.write(f"    {line}")
        if amiss:
            raise SystemExit(1)
