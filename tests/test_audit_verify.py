"""The audit trail is walked: every cut, change, swap and addition is named, in the trail and against the records."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clinic import audit
from clinic.models import AuditEvent
from consent import archive
from consent.management.commands.demo import Demo
from consent.models import SealedDocument
from tests import on_record


@pytest.fixture
def demo(fresh) -> Demo:
    demo = Demo()
    on_record.put(demo, on_record.decided(demo, "Peter Walsh"))
    return demo


def verify(**options) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("audit", "verify", stdout=out, **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def without_triggers(sql: str, *values: int) -> None:
    """As somebody with the database in hand: the triggers are dropped first."""
    with connection.cursor() as cursor:
        for table in ("clinic_auditevent", "consent_sealeddocument", "consent_recordword"):
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                for verb in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        if sql.startswith("DELETE FROM consent_sealeddocument"):
            cursor.execute("DELETE FROM consent_recordword")  # which point to the records
        cursor.execute(sql, values)


def test_a_whole_trail_is_told_with_its_head(demo):
    status, told = verify()
    assert status == 0
    assert f"{audit.head(demo.clinic).seq} events" in told
    assert told.strip().endswith("whole")


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE clinic_auditevent SET action = 'case.seen' WHERE seq = 3", "event 3 was changed"),
        ("DELETE FROM clinic_auditevent WHERE seq = 3", "event 4 follows 2"),
        ("UPDATE clinic_auditevent SET data = '{}' WHERE action = 'record.sealed'", "was changed"),
        ("UPDATE consent_sealeddocument SET sha256 = 'ab' || substr(sha256, 3)", "its hash is another"),
        ("DELETE FROM consent_sealeddocument", "names a record that is not there"),
    ],
)
def test_whoever_has_the_database_in_hand_is_found_out(demo, sql, says):
    without_triggers(sql)
    status, told = verify()
    assert status == 1
    assert says in told


def test_a_trail_that_was_cut_at_its_end_is_found_by_what_a_record_prints(demo):
    head = audit.head(demo.clinic)
    without_triggers("DELETE FROM clinic_auditevent WHERE seq = %s", head.seq)
    SealedDocument.objects.none()
    link = f"{head.seq}:{head.hash}"
    assert "was cut" in verify(clinic=str(demo.clinic.pk), link=[link_of(link)])[1]


def link_of(text: str):
    from consent.management.commands.audit import anchor

    return anchor(text)


def test_a_trail_that_was_written_anew_is_found_by_what_a_record_prints(demo):
    status, told = verify(clinic=str(demo.clinic.pk), link=[link_of(f"2:{'0' * 64}")])
    assert status == 1
    assert "written anew" in told
    event = AuditEvent.objects.get(seq=2)
    assert verify(clinic=str(demo.clinic.pk), link=[link_of(f"2 {event.hash}")])[0] == 0


def test_files_are_read_when_asked(demo):
    document = SealedDocument.objects.get()
    archive.path_of(document.sha256).unlink()
    assert verify()[0] == 0
    status, told = verify(files=True, json=True)
    assert status == 1
    assert "missing" in json.loads(told)["faults"][0]


def test_a_clinic_that_is_not_there_is_told(demo):
    with pytest.raises(CommandError, match="There is no clinic"):
        verify(clinic="nowhere")
