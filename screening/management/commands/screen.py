"""Screen a case from a JSON file and print what it comes to; exit status 2 with every fault named when the case is not right."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from screening.questionnaire import screen
from screening.written import completed, once, parse_case, report


class Command(BaseCommand):
    help = (
        "Screen CASE.json ('-' for standard input) and print the findings as JSON; "
        "exit status 2 with every fault named on standard error."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", metavar="CASE.json")
        parser.add_argument("--complete", action="store_true", help="take shown questions without a reply as not sure")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = sys.stdin.read() if options["case"] == "-" else Path(options["case"]).read_text(encoding="utf-8")
            values = json.loads(text, object_pairs_hook=once)
        except (OSError, ValueError, RecursionError) as error:
            self.refuse([f"{options['case']}: cannot be read as JSON ({error})"])
        case, faults = parse_case(values, options["complete"])
        if faults or case is None:
            self.refuse(faults)
        self.stdout.write(
            json.dumps(report(screen(completed(case) if options["complete"] else case)), indent=2, ensure_ascii=False)
        )

    def refuse(self, faults: list[str]) -> NoReturn:
        for fault in faults:
            self.stderr.write(fault)
        sys.exit(2)
