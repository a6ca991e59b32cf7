"""Times the lists of a clinic with ten records and of one with a hundred thousand, on SQLite or on what DATABASE_URL names.

`python -m tests.bench.lists`
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import django

from tests.bench.tables import show

SEALED, OPEN, FEW = 100_000, 1_000, 10
ROUNDS = 25


def medians_ms(*asks: Callable[[], object]) -> list[float]:
    """Of several rounds after one that warms everything up; in turn, so that a busy machine is busy for all alike."""
    rounds = []
    for _ in range(1 + ROUNDS):
        rounds.append([milliseconds(ask) for ask in asks])
    return [statistics.median(times) for times in zip(*rounds[1:], strict=True)]


def milliseconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def clinic_of(name: str, sealed: int, open_cases: int) -> dict[str, Any]:
    """A clinic of that size, and a person of each role signed in."""
    from django.test import Client

    from clinic.models import Clinic, Membership, Role, User
    from tests.bench import crowd

    clinic = Clinic.objects.create(name=name, time_zone="UTC")
    people = {role: User.objects.create(username=f"{name}-{role}", first_name=role) for role in Role}
    clients = {str(role): Client(SERVER_NAME="localhost") for role in Role}
    for role, user in people.items():
        Membership.objects.create(clinic=clinic, user=user, role=role)
        clients[role].force_login(user)
    crowd.sealed(clinic, people[Role.CLINICIAN], sealed)
    crowd.open_cases(clinic, people[Role.CLINICIAN], open_cases)
    crowd.settle()
    return clients


ASKED = (
    ("the queue", "clinician", "/"),
    ("the queue, asked anew", "clinician", "/today/rows/"),
    ("one class of it", "clinician", "/?class=caution"),
    ("visits today", "front_desk", "/"),
    ("latest records", "admin", "/"),
    ("the recall list", "front_desk", "/recall/"),
    ("all records", "admin", "/records/"),
    ("records by patient", "admin", "/records/?sort=patient"),
    ("records by decision", "admin", "/records/?sort=decision"),
)
# Filters of records, sent before the list is asked for.
SOUGHT = (
    ("one patient", {"patient": str(SEALED - 1)}),  # each is called by a number too
    ("a common name", {"patient": "Ann"}),
    ("two common names", {"patient": "ann keogh"}),
    ("a name nobody has", {"patient": "Zzyzx"}),
    ("deferrals", {"decision": "defer"}),
    ("overridden ones", {"overridden": "yes"}),
)


def get(client: Any, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != HTTPStatus.OK:
        raise SystemExit(f"{address} answered {answer.status_code}")


def queries(ask: Callable[[], object]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as made:
        ask()
    return len(made)


def line(what: str, few: Any, many: Any, address: str) -> tuple[str, ...]:
    asks = partial(get, few, address), partial(get, many, address)
    small, big = medians_ms(*asks)
    counts = " / ".join(str(queries(ask)) for ask in asks)
    return what, f"{small:.1f} ms", f"{big:.1f} ms", f"{big / small:.2f}", counts


def report() -> None:
    from django.db import connection

    few, many = clinic_of("few", FEW, FEW), clinic_of("many", SEALED, OPEN)
    lines = [line(what, few[role], many[role], address) for what, role, address in ASKED]
    for what, wanted in SOUGHT:
        for client in (few["admin"], many["admin"]):
            client.post("/records/", wanted)
        lines.append(line(what, few["admin"], many["admin"], "/records/"))
    show(
        f"Lists on {connection.vendor}; the last figure should not pass 2",
        ("", f"{FEW} records", f"{SEALED:,} records, {OPEN:,} open", "ratio", "queries"),
        lines,
    )


def main() -> None:
    """In a database of its own, gone afterwards: on PostgreSQL, DATABASE_URL names the server."""
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    with tempfile.TemporaryDirectory(prefix="needlepoint-bench-") as folder:
        os.environ |= {"NEEDLEPOINT_VAR": folder, "DJANGO_SETTINGS_MODULE": "clinic.settings"}
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        name = connection.creation.create_test_db(verbosity=0, autoclobber=True) if url.scheme else None
        if not name:
            call_command("migrate", verbosity=0)
        try:
            report()
        finally:
            if name:
                connection.creation.destroy_test_db(url.path.lstrip("/"), verbosity=0)


if __name__ == "__main__":
    main()
