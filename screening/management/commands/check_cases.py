"""Run published cases, or a clinic's own, and say of each that does not come out as expected what is different."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from screening.published import PUBLISHED, Expected, read_cases
from screening.questionnaire import RULES_VERSION


class Command(BaseCommand):
    help = (
        "Run the cases that come with the product (or those of FILE.json, written like screening/cases.json) through the "
        "rules. Exit status 0: all as expected; 1: some are not; 2: a file cannot be read."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE.json", nargs="*", default=[str(PUBLISHED)])
        parser.add_argument("--list", action="store_true", help="only list the cases with what is expected of them")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = [case for name in options["files"] for case in self.read(name)]
        if options["list"]:
            for case in cases:
                parts = ", ".join(f"{part} {outcome}" for part, outcome in case.findings.items()) or "no finding"
                self.stdout.write(f"{case.name}: {parts}; {', '.join(sorted(case.overall))}")
            return
        failed = [case for case in cases if self.differs(case)]
        told = f"{len(cases) - len(failed)} of {len(cases)} cases come out as expected (rules {RULES_VERSION})."
        self.stdout.write(told)
        if failed:
            sys.exit(1)

    def read(self, name: str) -> list[Expected]:
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            self.stderr.write(f"{name}: cannot be read ({error})")
            sys.exit(2)
        cases, faults = read_cases(text)
        for fault in faults:
            self.stderr.write(f"{name}: {fault}")
        if faults:
            sys.exit(2)
        return cases

    def differs(self, case: Expected) -> bool:
        faults = case.disagreements()
        if faults:
            self.stdout.write(f"{case.name}:")
            for fault in faults:
                self.stdout.write(f"  {fault}")
        return bool(faults)
