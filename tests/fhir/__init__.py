"""Judges of FHIR bundles that are not ours: fhir.resources, and two programs for node; and whether a bundle holds together."""

import copy
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

FOLDER = Path(__file__).parent
type_of_bundle = dict[str, Any]


def is_installed() -> bool:
    return bool(shutil.which("node")) and (FOLDER / "node_modules" / "fhirpath").is_dir()


def by_pydantic(bundle: type_of_bundle) -> list[str]:
    """What the resources' own models say of it."""
    try:
        Bundle.model_validate(copy.deepcopy(bundle))
    except (ValidationError, TypeError, ValueError, KeyError) as error:
        return [str(error)]
    return []


def by_node(bundles: Sequence[type_of_bundle]) -> list[list[str]]:
    """What the npm package fhir and the standard's invariants say of each."""
    lines = "".join(json.dumps(bundle) + "\n" for bundle in bundles)
    told = subprocess.run(
        ["node", "judge.mjs"], cwd=FOLDER, input=lines, capture_output=True, text=True, check=True, timeout=120
    )
    return [json.loads(line) for line in told.stdout.splitlines()]


def in_itself(bundle: type_of_bundle) -> list[str]:
    """References that lead nowhere, ids that stand twice, addresses that are not their resource's."""
    entries = bundle.get("entry", [])
    urls = [one.get("fullUrl") for one in entries]
    found = [f"dangling {one}" for one in references(bundle) if one not in urls]
    found += ["an id twice"] * (len(urls) != len(set(urls)))
    return found + [
        "an address is not its id" for one in entries if one.get("fullUrl") != f"urn:uuid:{one.get('resource', {}).get('id')}"
    ]  # fmt: skip


def references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [found for item in value.values() for found in references(item)]
    return [found for item in value for found in references(item)] if isinstance(value, list) else []


def empty(value: object, path: str = "") -> list[str]:
    """Where it holds something empty, which FHIR does not allow."""
    items = value.items() if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else ()
    found = [f"{path}/{name}" for name, item in items if item in ("", [], {}, None)]
    return found + [one for name, item in items for one in empty(item, f"{path}/{name}")]
