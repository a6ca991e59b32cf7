"""Fresh copies of the migrated test database, for tests that commit: append-only rows cannot be flushed away."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

ALIAS = "default"


@contextmanager
def fresh_copy(folder: Path) -> Iterator[None]:
    """Connects this thread, and every thread that connects later, to a fresh copy; and back again afterwards."""
    pristine = connections[ALIAS]
    copied = _copied_file(folder) if pristine.vendor == "sqlite" else _copied_from_template()
    with copied as name:
        settings = connections.settings[ALIAS]
        before = settings["NAME"]
        settings["NAME"] = name
        connections[ALIAS] = connections.create_connection(ALIAS)
        try:
            yield
        finally:
            connections[ALIAS].close()
            settings["NAME"] = before
            connections[ALIAS] = pristine


@contextmanager
def _copied_file(folder: Path) -> Iterator[str]:
    path = folder / "needlepoint.sqlite3"
    pristine = connections[ALIAS]
    pristine.ensure_connection()
    copy = sqlite3.connect(path)
    pristine.connection.backup(copy)
    copy.close()
    yield str(path)
    for file in folder.glob(f"{path.name}*"):
        file.unlink()


@contextmanager
def _copied_from_template() -> Iterator[str]:
    pristine = connections[ALIAS]
    name = f"copy_{uuid.uuid4().hex}"
    pristine.close()  # PostgreSQL copies a database only while nobody is connected to it
    with pristine._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{pristine.settings_dict["NAME"]}"')
    try:
        yield name
    finally:
        with pristine._nodb_cursor() as cursor:
            # Not WITH (FORCE), which fails while the server itself vacuums the copy; a plain DROP makes that end.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user", [name]
            )
            cursor.execute(f'DROP DATABASE "{name}"')
