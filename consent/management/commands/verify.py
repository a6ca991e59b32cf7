"""Says of each PDF, also in folders and ZIPs, whether it is a record of ours, whole and on record."""

import json
import zipfile
import zlib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from consent import redrawing, verification
from consent.models import SealedDocument

UNREADABLE = "unreadable"
MOST_IN_A_ZIP = 100_000
ROTTEN_ZIP = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)


def printable(path: str) -> str:
    """A file's name without what would move a terminal's cursor."""
    return "".join(mark if mark.isprintable() else "?" for mark in path)


def unreadable(name: str, explains: str) -> dict[str, Any]:
    return {"file": name, "verdict": UNREADABLE, "explains": explains, "ok": False, "number": "", "today": ""}


def judged(name: str, data: bytes) -> dict[str, Any]:
    verdict = verification.check(data)
    return {
        "file": name, "verdict": verdict.outcome.value, "explains": verdict.explains, "ok": verdict.ok,
        "number": verdict.number, "today": verdict.today,
    }  # fmt: skip


def judge(name: str) -> Iterator[dict[str, Any]]:
    """The verdict on a file, or on every PDF of a folder or ZIP. No more is read of one than a record can hold."""
    path = Path(name)
    try:
        if path.is_dir():
            yield from in_folder(path)
            return
        with path.open("rb") as file:
            if zipfile.is_zipfile(file):
                yield from in_zip(name, file)
                return
            file.seek(0)
            yield judged(name, file.read(verification.LARGEST + 1))
    except FileNotFoundError:
        yield unreadable(name, _("There is no such file."))
    except (OSError, ValueError):
        yield unreadable(name, _("This file cannot be read."))


def in_folder(folder: Path) -> Iterator[dict[str, Any]]:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".pdf" and path.is_file())
    for path in files:
        yield from judge(str(path))
    if not files:
        yield unreadable(str(folder), _("There is no PDF in this folder."))


def in_zip(name: str, file: BinaryIO) -> Iterator[dict[str, Any]]:
    """The PDFs of a ZIP, read one by one in memory: nothing is unpacked to a path that the ZIP names."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if member.filename.lower().endswith(".pdf")]
            for member in members[:MOST_IN_A_ZIP]:
                with archive.open(member) as inside:
                    yield judged(f"{name}/{member.filename}", inside.read(verification.LARGEST + 1))
            if not members or len(members) > MOST_IN_A_ZIP:
                yield unreadable(name, _("There is no PDF in this ZIP.") if not members else _("This ZIP holds too many files."))
    except ROTTEN_ZIP:
        yield unreadable(name, _("This ZIP is damaged or locked. Do not rely on what it holds."))


def drawn_again(number: str) -> dict[str, Any]:
    """Whether the database says the same as the file; only what nothing explains, or could not be compared, is a fault."""
    came = redrawing.redraw(SealedDocument.objects.get(number=number))
    explains = str(came.label)
    return {"redrawn": came.value, "redrawn_explains": explains, "ok": came not in redrawing.AMISS}


def told(found: dict[str, Any]) -> str:
    verdict = found["verdict"].replace("_", " ")
    today = f" Record {found['number']}: {found['today']}." if found["today"] else ""
    again = f" {found['redrawn_explains']}" if "redrawn" in found else ""
    return f"{printable(found['file'])}: {verdict}. {found['explains']}{today}{again}"


class Command(BaseCommand):
    help = "Check PDFs: exit status 0 only if every file is whole, sealed by a known clinic key, and on record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a PDF, a folder of PDFs, or a ZIP of them")
        parser.add_argument(
            "--rerender", action="store_true", help="also draw each record again from the database, and compare the bytes"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object per line")

    def handle(self, *args: Any, **options: Any) -> None:
        whole = True
        for name in options["files"]:
            for found in judge(name):
                if options["rerender"] and found["ok"]:
                    found |= drawn_again(found["number"])
                whole = whole and found["ok"]
                self.stdout.write(json.dumps(found) if options["json"] else told(found))
        if not whole:
            raise SystemExit(1)
