"""Walks the audit trails: `audit verify` says whether each clinic's is whole."""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import audit
from clinic.models import Clinic
from consent.chain import Anchor, faults

MOST_TOLD = 100
EVERY = 1000
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
        whole = [self.verify(row, options) for row in clinics]
        if not all(whole):
            raise SystemExit(1)

    def verify(self, clinic: Clinic, options: Mapping[str, Any]) -> bool:
        """Whether the trail is whole. Of a long list of faults the first are told, and how many there are."""
        head, found, count = audit.head(clinic), list[str](), 0
        for fault in faults(clinic, tuple(options["link"]), options["files"], self.progress(head.seq)):
            count += 1
            if len(found) < MOST_TOLD:
                found.append(fault)
        if options["json"]:
            told = {"clinic": str(clinic.pk), "events": head.seq, "head": head.hash, "whole": not count}
            self.stdout.write(json.dumps(told | {"count": count, "faults": found}))
            return not count
        verdict = f"{count} {'thing does' if count == 1 else 'things do'} not hold" if count else "whole"
        self.stdout.write(f"{clinic.name}: {head.seq} events, head {head.hash}: {verdict}")
        for line in found:
            self.stdout.write(f"    {line}")
        if count > len(found):
            self.stdout.write(f"    and {count - len(found)} more")
        return not count

    def progress(self, total: int) -> Callable[[int], None]:
        """Says on a terminal how far the walk is; a file or a pipe gets the verdict alone."""

        def tell(seq: int) -> None:
            if shows and (seq % EVERY == 0 or seq == total):
                self.stderr.write(f"\r{seq} of {total} events", ending="" if seq < total else "\n")

        shows = self.stderr.isatty()
        return tell
