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
    except (OSError, ValueError):
        return {"file": name, "same": False, "problem": "This file cannot be read."}
    seal = verification.check(data)
    told = {"file": name, "same": False, "seal": seal.outcome.value, "explains": seal.explains}
    if len(data) > verification.LARGEST:
        return told | {"problem": "It was not looked into."}
    try:
        found = recheck(data)
    except NothingToCheck as nothing:
        return told | {"problem": str(nothing)}
    return told | {
        "same": found.is_same and seal.ok, "rules_then": found.then, "rules_now": found.now,
        "differences": list(found.differences),
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
    """First whether the file is whole, then what the rules come to; nothing that it holds may move a terminal's cursor."""
    lines = [" ".join(filter(None, [printable(found["file"]) + ":", found.get("explains"), found.get("problem")]))]
    if "problem" not in found:
        lines.append(f"    {outcome(found)}")
        lines += [f"        {printable(line)}" for line in found["differences"]]
    return "\n".join(lines)


def outcome(found: dict[str, Any]) -> str:
    rules = f"rules {found['rules_now']}"
    if found["rules_then"] != found["rules_now"]:
        rules = f"rules {printable(found['rules_then'])} then, {found['rules_now']} now"
    return f"The same findings ({rules})." if not found["differences"] else f"The findings differ ({rules}):"
