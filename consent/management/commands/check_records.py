"""Reads every sealed record of the archive and says whether it is what was sealed; can be stopped and gone on with."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from consent import archive, durable, verification
from consent.models import SealedDocument

EVERY = 200  # records between two notes of how far it has come
SETTLED = 24 * 3600  # seconds: a younger file may be of a record that is being sealed just now


def progress_file() -> Path:
    return Path(settings.VAR) / "check-records.json"


def verdict_on(document: SealedDocument, deep: bool) -> str:
    """What is amiss with a record, in words; empty when nothing is. `deep`: read its seal too."""
    try:
        data = archive.get(document.sha256)
    except archive.ArchiveMissing:
        return "its file is missing: restore it from the backup"
    except archive.ArchiveDamaged:
        return "its file was changed or damaged, or cannot be read: restore it from the backup"
    if deep and not (found := verification.check(data)).ok:
        return found.explains
    if why := verification.late_stamp_amiss(document):
        return f"its late time stamp does not hold: {why}"
    return ""


def orphans() -> list[Path]:
    """Files of the archive that no record names: left by a sealing that did not come to its end."""
    known = set(SealedDocument.objects.values_list("sha256", flat=True).iterator())
    folder = archive.path_of("0" * 64).parent.parent
    long_ago = time.time() - SETTLED
    found = [path for path in folder.rglob("*.pdf") if path.is_file() and path.stat().st_mtime < long_ago]
    return [path for path in found if path.parent.name + path.stem not in known]


class Command(BaseCommand):
    help = "Check every record of the archive; exit status 0 only if all are whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--deep", action="store_true", help="read every seal too, not only the hash")
        parser.add_argument("--again", action="store_true", help="from the beginning, not from where it was stopped")
        parser.add_argument("--quarantine", action="store_true", help="put files that no record names aside")

    def handle(self, *args: Any, **options: Any) -> None:
        kept = self.kept()
        start = {} if options["again"] or (options["deep"] and not kept.get("deep")) else kept
        rows = SealedDocument.objects.select_related("time_stamp").order_by("sealed_at", "id")
        if start:
            rows = rows.filter(sealed_at__gte=start["sealed_at"])
            self.stdout.write(f"Going on after {start['done']} records; --again begins anew.")
        done, amiss, total = start.get("done", 0), start.get("amiss", 0), SealedDocument.objects.count()
        seen = set(start.get("seen", []))
        for document in rows.iterator(chunk_size=EVERY):
            if str(document.pk) in seen:
                continue
            done += 1
            if words := verdict_on(document, options["deep"]):
                amiss += 1
                self.stdout.write(f"{document.number}: {words}")
            if done % EVERY == 0:
                self.stdout.write(f"{done} of {total} records")
                self.keep(document, done, amiss, options["deep"])
        progress_file().unlink(missing_ok=True)
        aside = self.orphaned(options["quarantine"])
        self.stdout.write(f"{done} records checked, {amiss} not whole, {aside} files that no record names.")
        if amiss:
            raise SystemExit(1)

    def kept(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(progress_file().read_text())
        except (OSError, ValueError):
            return {}
        return found

    def keep(self, document: SealedDocument, done: int, amiss: int, deep: bool) -> None:
        same_moment = SealedDocument.objects.filter(sealed_at=document.sealed_at, pk__lte=document.pk)
        told = {
            "sealed_at": document.sealed_at.isoformat(), "done": done, "amiss": amiss, "deep": deep,
            "seen": [str(key) for key in same_moment.values_list("pk", flat=True)],
        }  # fmt: skip
        durable.write(progress_file(), json.dumps(told).encode(), replace=True)

    def orphaned(self, quarantine: bool) -> int:
        found = orphans()
        for path in found if quarantine else []:
            aside = Path(settings.VAR) / "quarantine" / path.name
            durable.make_folder(aside.parent)
            path.replace(aside)
        return len(found)
