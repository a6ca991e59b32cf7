"""The audit trail is walked: every cut, change, swap and addition is named, in the trail and against the records."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clinic import audit
from clinic.models import AuditEvent
from consent import archive, decision
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


def without_triggers(sql: str, *values: int | str) -> None:
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


def sealed(demo: Demo) -> SealedDocument:
    """A record drawn as all are, with its part of the trail inside."""
    return decision.record(demo.case("Ann", 40, "Neck"), "defer", demo.siobhan, "Come back when it is gone.").document


def rewrite(demo: Demo) -> None:
    """The whole trail anew, whole in itself, with another word in its first event."""
    last = audit.GENESIS
    for event in AuditEvent.objects.order_by("seq"):
        action = "patient.changed" if event.seq == 1 else event.action
        hashed = audit.digest(
            demo.clinic.pk, event.seq, event.created_at.isoformat(), event.actor_id, event.actor_kind, action,
            event.subject, event.data, last,
        )  # fmt: skip
        without_triggers(
            "UPDATE clinic_auditevent SET action = %s, previous = %s, hash = %s WHERE seq = %s",
            action, last, hashed, event.seq,
        )  # fmt: skip
        last = hashed


def test_a_trail_that_was_cut_is_found_by_the_link_that_each_record_keeps(demo):
    head = sealed(demo).frozen["head"][0]
    without_triggers("DELETE FROM clinic_auditevent WHERE seq >= %s", head)
    status, told = verify()
    assert status == 1
    assert f"a record names event {head}, and the last one is {head - 1}" in told


def test_a_trail_that_was_written_anew_is_found_by_the_link_that_each_record_keeps(demo):
    sealed(demo)
    rewrite(demo)
    status, told = verify()
    assert status == 1
    assert "written anew" in told
    assert "was changed" not in told


def test_a_trail_that_was_written_anew_with_the_records_rows_is_found_in_their_files(demo):
    sealed(demo)
    rewrite(demo)
    without_triggers("UPDATE consent_sealeddocument SET frozen = '{}'")
    assert verify()[0] == 0
    status, told = verify(files=True)
    assert status == 1
    assert "written anew" in told


def test_of_very_many_faults_the_first_are_told_and_all_are_counted(demo, monkeypatch):
    monkeypatch.setattr("consent.management.commands.audit.MOST_TOLD", 2)
    without_triggers("UPDATE clinic_auditevent SET action = 'case.seen'")
    events = AuditEvent.objects.count()
    told = verify()[1]
    assert told.count("was changed") == 2
    assert f"and {events + 1 - 2} more" in told  # and a record whose event has another name by now
    assert json.loads(verify(json=True)[1])["count"] == events + 1


def test_a_terminal_is_told_how_far_the_walk_is_and_a_file_is_not(demo):
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    total = audit.head(demo.clinic).seq
    quiet, loud = StringIO(), Terminal()
    call_command("audit", "verify", stdout=StringIO(), stderr=quiet)
    call_command("audit", "verify", stdout=StringIO(), stderr=loud)
    assert quiet.getvalue() == ""
    assert f"{total} of {total} events" in loud.getvalue()


def test_the_walk_holds_few_rows_at_a_time_and_asks_once_for_many(demo, django_assert_max_num_queries, monkeypatch):
    with django_assert_max_num_queries(20) as few:
        verify()
    for name in "abcdef":
        on_record.put(demo, on_record.decided(demo, f"Nr {name}"))
    with django_assert_max_num_queries(len(few)):
        verify()
    monkeypatch.setattr("consent.chain.AT_ONCE", 2)
    assert verify()[0] == 0


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
