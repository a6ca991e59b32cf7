"""Rows that are written once: in Python by this base class, in the database by triggers on both engines."""

import uuid
from typing import Any, NoReturn, Protocol, Self

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


class AppendOnlyError(Exception):
    """A written row was about to be changed or deleted; write a new row that supersedes it instead."""


class AtWork(Protocol):
    """A person in the clinic in which they are at work."""

    @property
    def clinic(self) -> Any: ...


class Scoped(models.QuerySet[Any]):
    """Rows that belong to a clinic; the model says by which path (`clinic_path`)."""

    def visible_to(self, member: AtWork) -> Self:
        """Only the rows of the clinic in which the person is at work: fetching is authorising."""
        return self.filter(**{self.model.clinic_path: member.clinic})


class AppendOnlyQuerySet(Scoped):
    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are append-only")

    update = delete = bulk_update = update_or_create = _refuse


class AppendOnly(models.Model):
    """A row with an opaque key that is saved once and never changed or deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AppendOnlyQuerySet.as_manager()
    clinic_path = "clinic"

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are append-only")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} rows are append-only")


SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {VERB} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
POSTGRES = (
    """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
""",
    "DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
    "DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
    "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    # ALWAYS: not even a session that plays a replica may skip them.
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
)


def protect(*tables: str) -> migrations.RunPython:
    """A migration step that makes the database itself refuse UPDATE, DELETE and TRUNCATE on the tables.

    Named again after a step that adds a column: SQLite makes such a table anew, without its triggers.
    """

    def forwards(apps: StateApps, schema: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            if schema.connection.vendor == "postgresql":
                statements = [line.format(table=table) for line in POSTGRES]
            else:
                statements = [SQLITE.format(table=table, verb=verb, VERB=verb.upper()) for verb in ("update", "delete")]
            for statement in statements:
                schema.execute(statement, params=None)

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def unprotect(*tables: str) -> migrations.RunPython:
    """A migration step that lets the steps after it fill a new column; `protect` follows in the same migration."""

    def forwards(apps: StateApps, schema: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            if schema.connection.vendor == "postgresql":
                names = [f"{table}_no_change", f"{table}_no_truncate"]
                statements = [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name in names]
            else:
                statements = [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]
            for statement in statements:
                schema.execute(statement, params=None)

    return migrations.RunPython(forwards, migrations.RunPython.noop)
