"""Published cases: made-up people with the findings and the outcome that the rules must come to. Plain Python."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from screening.precautions.vocabulary import Case, Outcome
from screening.questionnaire import PRECAUTION_OF_PART, Overall, Screened, fit_faults, screen
from screening.written import completed, once, parse_case, with_harmless

PUBLISHED = Path(__file__).with_name("cases.json")
EXPECTS = {"findings", "overall", "conflicts"}
SHAPE = '{"unless_said": {…}, "cases": [{"name": …, "replies": {…}, "expect": {"findings": {…}, "overall": […]}}]}'


@dataclass(frozen=True)
class Expected:
    """A case by its name, with what is expected of it: parts with their classes, the overall outcome, conflicts."""

    name: str
    case: Case
    findings: Mapping[str, str]
    overall: frozenset[str]
    conflicts: frozenset[str]

    @property
    def screened(self) -> Screened:
        return screen(self.case)

    def disagreements(self) -> list[str]:
        """Where the rules come to something else, in plain words; empty when they agree."""
        result = self.screened
        found = {trigger.part: trigger.outcome.value for trigger in result.findings}
        return [
            *(
                f"{part} ({self.findings[part]}) is expected and not found"
                for part in self.findings
                if part not in found
            ),
            *(f"{part} ({found[part]}) is found and not expected" for part in found if part not in self.findings),
            *(
                f"{part} is {found[part]}, expected is {self.findings[part]}"
                for part in found
                if part in self.findings and found[part] != self.findings[part]
            ),
            *differ("the overall outcome is", {item.value for item in result.overall}, self.overall),
            *differ("the plan conflicts with", set(result.conflicts), self.conflicts),
        ]


def differ(what: str, found: set[str], expected: frozenset[str]) -> Iterator[str]:
    if found != expected:
        yield f"{what} {listed(found)}, expected is {listed(expected)}"


def listed(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def read_cases(text: str) -> tuple[list[Expected], list[str]]:
    """The cases of a file, and every fault in it."""
    try:
        file = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        return [], [f"this is not JSON: {error}"]
    if not isinstance(file, dict) or not isinstance(file.get("cases"), list) or set(file) - {"unless_said", "cases"}:
        return [], [f"the file must be {SHAPE}"]
    usual = file.get("unless_said", {})
    if not isinstance(usual, dict):
        return [], ["unless_said: must be an object with what every case has unless it says otherwise"]
    found, faults = [], []
    for number, row in enumerate(file["cases"], 1):
        expected, wrong = read_case(row, usual)
        faults += [f"case {number} ({named(row)}): {fault}" for fault in wrong]
        if expected:
            found.append(expected)
    return found, faults + repeated(found) + ([] if file["cases"] else ["cases: there is none"])


def named(row: Any) -> str:
    return str(row.get("name") or "without a name")[:80] if isinstance(row, dict) else "not an object"


def repeated(found: list[Expected]) -> list[str]:
    names = [expected.name for expected in found]
    return [f"two cases are called “{name}”" for name in dict.fromkeys(names) if names.count(name) > 1]


def read_case(row: Any, usual: dict[str, Any]) -> tuple[Expected | None, list[str]]:
    """A case: what it does not say of a question is harmless, and not sure where the question follows another."""
    if not isinstance(row, dict):
        return None, ["must be an object"]
    values = {"replies": {}} | usual | {key: value for key, value in row.items() if key not in {"name", "expect"}}
    case, faults = parse_case(values, complete=True)
    name, expect = row.get("name"), row.get("expect")
    if not isinstance(name, str) or not name.strip():
        faults.append("name: must say in plain words what the case shows")
    faults += expect_faults(expect)
    if case is None:
        return None, faults
    case = with_harmless(case)
    faults += [fault for fault in fit_faults(case, complete=True) if fault not in faults]
    if faults or not isinstance(expect, dict):
        return None, faults
    return Expected(
        str(name), completed(case), expect["findings"], frozenset(expect["overall"]),
        frozenset(expect.get("conflicts", [])),
    ), []  # fmt: skip


def expect_faults(expect: Any) -> list[str]:
    if not isinstance(expect, dict) or not {"findings", "overall"} <= set(expect) or set(expect) - EXPECTS:
        return [
            'expect: must be {"findings": {part: class}, "overall": […]}, with "conflicts": [part] where the plan has any'
        ]
    findings, overall, conflicts = expect["findings"], expect["overall"], expect.get("conflicts", [])
    faults = []
    if not isinstance(findings, dict):
        return ["expect: findings must be an object from part to class"]
    faults += [f"expect: there is no part {part}" for part in findings if part not in PRECAUTION_OF_PART]
    faults += [
        f"expect: {part}: the class must be one of {', '.join(Outcome)}"
        for part, outcome in findings.items()
        if outcome not in list(Outcome)
    ]
    if not isinstance(overall, list) or not overall or any(item not in list(Overall) for item in overall):
        faults.append(f"expect: overall must be a list of {', '.join(Overall)}")
    if not isinstance(conflicts, list) or any(part not in findings for part in conflicts):
        faults.append("expect: conflicts must be a list of parts that are among the findings")
    return faults


def published() -> list[Expected]:
    """The cases that come with the product."""
    found, faults = read_cases(PUBLISHED.read_text(encoding="utf-8"))
    if faults:
        raise ValueError("; ".join(faults))
    return found
