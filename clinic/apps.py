"""Start-up: what an embedded database must be like before anyone relies on it."""

from typing import Any

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.signals import connection_created

PRAGMAS: dict[str, set[str | int]] = {
    "journal_mode": {"wal", "memory"},
    "synchronous": {2},
    "recursive_triggers": {1},
    "foreign_keys": {1},
}


def check_pragmas(connection: Any, **kwargs: Any) -> None:
    """Refuse an SQLite connection that could lose an acknowledged signature or let a row be replaced."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for name, wanted in PRAGMAS.items():
            found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
            if found not in wanted:
                raise ImproperlyConfigured(
                    f"SQLite runs with {name}={found}; it must be one of {sorted(map(str, wanted))}"
                )


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self) -> None:
        connection_created.connect(check_pragmas, dispatch_uid="check-pragmas")
