"""The two commands as the tests call them."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.screening.cases import HARMLESS, HARMLESS_CHILD

ADULT: dict[str, Any] = {"born": "1980-05-17", "today": "2026-11-30", "replies": HARMLESS}
CHILD: dict[str, Any] = ADULT | {"born": "2012-05-17", "replies": HARMLESS_CHILD}


def screened(folder: Path, case: Any, *options: str) -> dict[str, Any]:
    """What `screen` prints for a case."""
    out = StringIO()
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")
    call_command("screen", str(folder / "case.json"), *options, stdout=out)
    printed: dict[str, Any] = json.loads(out.getvalue())
    return printed


def refused(folder: Path, text: str | bytes, *options: str) -> list[str]:
    """The faults that `screen` names, once it has ended with status 2 and printed nothing else."""
    out, err = StringIO(), StringIO()
    (folder / "case.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SystemExit) as ended:
        call_command("screen", str(folder / "case.json"), *options, stdout=out, stderr=err)
    assert ended.value.code == 2
    assert out.getvalue() == ""
    return err.getvalue().splitlines()


def refused_case(folder: Path, case: Any, *options: str) -> list[str]:
    return refused(folder, json.dumps(case), *options)


def with_replies(**replies: Any) -> dict[str, Any]:
    return ADULT | {"replies": HARMLESS | {code.replace("_", "-"): reply for code, reply in replies.items()}}


def printed_questions(*options: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("questions", *options, stdout=out)
    printed: list[dict[str, Any]] = json.loads(out.getvalue())
    return printed


def faults_of(folder: Path, case: Any) -> list[str]:
    try:
        screened(folder, case)
    except SystemExit:
        return refused_case(folder, case)
    return []
