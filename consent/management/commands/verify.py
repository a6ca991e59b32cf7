"""Says of each PDF whether it is a record of ours, whole and on record."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from consent import verification

UNREADABLE = "unreadable"


def printable(path: str) -> str:
    """A file's name without what would move a terminal's cursor."""
    return "".join(mark if mark.isprintable() else "?" for mark in path)


def judge(path: str) -> dict[str, Any]:
    """The verdict on one file, ready to print. No more is read than a record can hold."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(verification.LARGEST + 1)
    except IsADirectoryError:
        return {
            "file": path,
            "verdict": UNREADABLE,
            "explains": _("This is a folder. Name the files in it."),
            "ok": False,
        }
    except FileNotFoundError:
        return {"file": path, "verdict": UNREADABLE, "explains": _("There is no such file."), "ok": False}
    except (OSError, ValueError):
        return {"file": path, "verdict": UNREADABLE, "explains": _("This file cannot be read."), "ok": False}
    verdict = verification.check(data)
    return {"file": path, "verdict": verdict.outcome.value, "explains": verdict.explains, "ok": verdict.ok}


class Command(BaseCommand):
    help = "Check PDFs: exit status 0 only if every file is whole, sealed by a known clinic key, and on record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object per line")

    def handle(self, *args: Any, **options: Any) -> None:
        whole = True
        for path in options["files"]:
            found = judge(path)
            whole = whole and found["ok"]
            if options["json"]:
                self.stdout.write(json.dumps(found))
            else:
                self.stdout.write(f"{printable(path)}: {found['verdict'].replace('_', ' ')}. {found['explains']}")
        if not whole:
            raise SystemExit(1)
