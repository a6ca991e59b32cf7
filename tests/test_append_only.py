"""What is on record stays: refused in Python and by the database itself, on both engines."""

import datetime

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from clinic import audit
from clinic.append_only import AppendOnly, AppendOnlyError
from clinic.models import AuditEvent, Clinic, Patient

APPEND_ONLY = [model for model in apps.get_models() if issubclass(model, AppendOnly)]


@pytest.fixture
def clinic(db) -> Clinic:
    return Clinic.objects.create(name="Harbour Physio", time_zone="Australia/Sydney")


@pytest.fixture
def event(clinic) -> AuditEvent:
    patient = Patient.objects.create(clinic=clinic, name="Ann Keogh", born=datetime.date(1968, 3, 14))
    with transaction.atomic():
        return audit.log(clinic, None, "patient.added", patient)


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_there_are_clinical_tables_to_protect():
    assert len(APPEND_ONLY) >= 15


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__name__)
def test_the_database_has_a_guard_on_every_clinical_table(db, model):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            assert {f"{table}_no_update", f"{table}_no_delete"} <= {row[0] for row in cursor.fetchall()}
        else:
            cursor.execute(
                "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
            )
            assert {(f"{table}_no_change", "A"), (f"{table}_no_truncate", "A")} <= set(cursor.fetchall())


def test_python_refuses_to_save_again_or_to_delete(event):
    event.action = "nothing.happened"
    for attempt in (
        event.save,
        event.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(action="x"),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()


def test_the_database_refuses_update_and_delete(event):
    refused("UPDATE clinic_auditevent SET action = 'x'")
    refused("DELETE FROM clinic_auditevent")
    assert AuditEvent.objects.get().action == "patient.added"


def test_sqlite_refuses_replace_and_postgresql_refuses_truncate(event):
    if connection.vendor == "sqlite":
        refused("INSERT OR REPLACE INTO clinic_auditevent SELECT * FROM clinic_auditevent")
    else:
        refused("TRUNCATE clinic_auditevent CASCADE")
    assert AuditEvent.objects.count() == 1


def test_an_event_that_does_not_join_the_chain_is_refused(event, clinic):
    for seq, previous in ((3, event.hash), (2, "f" * 64)):
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditEvent.objects.create(
                clinic=clinic, seq=seq, actor_kind="staff", action="x", subject="y", previous=previous, hash="0" * 64
            )


def test_an_event_outside_a_transaction_is_refused(fresh):
    clinic = Clinic.objects.create(name="Harbour Physio")
    with pytest.raises(transaction.TransactionManagementError):
        audit.log(clinic, None, "x", clinic)


def test_a_whole_chain_has_no_breaks_and_a_changed_event_is_named(fresh, event, clinic):
    with transaction.atomic():
        audit.log(clinic, None, "second", clinic)
    assert list(audit.breaks(clinic)) == []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER clinic_auditevent_no_update")
        else:
            cursor.execute("ALTER TABLE clinic_auditevent DISABLE TRIGGER clinic_auditevent_no_change")
        cursor.execute("UPDATE clinic_auditevent SET action = 'forged' WHERE seq = 1")
    assert list(audit.breaks(clinic)) == ["event 1 was changed"]


def test_sqlite_runs_with_the_pragmas_that_keep_an_acknowledged_signature(fresh):
    if connection.vendor != "sqlite":
        pytest.skip("pragmas are SQLite's")
    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "recursive_triggers": 1, "foreign_keys": 1}
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
