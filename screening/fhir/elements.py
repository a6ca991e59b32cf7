"""The small parts of which resources are made: ids that are the same each time, references, codes, extensions."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

type_of_resource = dict[str, Any]

SYSTEM = "urn:needlepoint"
NAMESPACE = uuid.UUID("6f1b0f8e-5a49-5c7e-9d0f-6a2c1c1d7a11")  # for what has no row of its own


def key_of(*names: object) -> str:
    """An id that is the same each time for the same thing."""
    return str(uuid.uuid5(NAMESPACE, "/".join(map(str, names))))


def practitioner_key(user: Any) -> str:
    return key_of("user", user.pk)


def reference(key: object) -> dict[str, str]:
    return {"reference": f"urn:uuid:{key}"}


def coded(system: str, code: str, display: str = "") -> dict[str, Any]:
    coding = {"system": f"{SYSTEM}:{system}", "code": code}
    return coding | ({"display": display} if display else {})


def extension(name: str, **value: Any) -> dict[str, Any]:
    """One of our own; `value` is named by its type, such as valueString."""
    return {"url": f"{SYSTEM}:{name}", **value}


def as_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=list)


def filled(values: Mapping[str, Any]) -> type_of_resource:
    """Without what is empty, which FHIR does not allow."""
    return {name: value for name, value in values.items() if value not in ([], "", {}, None)}
