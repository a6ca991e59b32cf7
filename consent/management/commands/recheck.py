"""Screens again, with today's rules, what sealed records carry, and prints where the findings differ."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from consent import verification
from consent.management.commands.verify import printable
from consent.rechecking import NothingToCheck, recheck


def judge(name: str) -> dict[str, Any]:
    """What came of one file; `same` only when the file is whole and nothing differs."""
    try:
        with Path(name).open("rb") as file:
            data = file.read(verification.LARGEST + 1)
        seal = verification.check(data)
        found = recheck(data)
    except (OSError, ValueError):
        return {"file": name, "same": False, "problem": "This file cannot be read."}
    except NothingToCheck as nothing:
        return {"file": name, "same": False, "problem": str(nothing)}
    return {
        "file": name, "same": found.is_same and seal.ok, "seal": seal.outcome.value, "rules_then": found.then,
        "rules_now": found.now, "differences": list(found.differences),
    }  # fmt: skip


class Command(BaseCommand):
    help = "Run today's rules on the data inside sealed records; exit status 0 only if all are whole and none differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object per line")

    def handle(self, *args: Any, **options: Any) -> None:
        same = True
        for name in options["files"]:
            found = judge(name)
            same = same and found["same"]
            self.stdout.write(json.dumps(found) if options["json"] else told(found))
        if not same:
            raise SystemExit(1)


def told(found: dict[str, Any]) -> str:
    head = printable(found["file"])
    if "problem" in found:
        return f"{head}: {found['problem']}"
    rules = f"rules {found['rules_now']}"
    if found["rules_then"] != found["rules_now"]:
        rules = f"rules {found['rules_then']} then, {found['rules_now']} now"
    seal = "" if found["seal"] == "whole" else f" The file itself: {found['seal'].replace('_', ' ')}."
    if not found["differences"]:
        return f"{head}: the same findings ({rules}).{seal}"
    return "\n".join([f"{head}: the findings differ ({rules}).{seal}", *(f"    {line}" for line in found["differences"])])
