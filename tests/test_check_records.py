"""Every record of the archive is read: what is missing, changed or nobody's is named, and a stopped check goes on."""

import errno
import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from consent import archive
from consent.management.commands import check_records
from consent.management.commands.demo import Demo
from consent.models import SealedDocument
from tests import on_record, papers


@pytest.fixture
def documents(db) -> list[SealedDocument]:
    demo = Demo()
    return [on_record.put(demo, on_record.decided(demo, name)) for name in ("Ann", "Ben", "Cleo", "Dora")]


def check(**options) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_records", stdout=out, **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_a_whole_archive_is_told(documents):
    assert check(deep=True) == (0, "4 records checked, 0 not whole, 0 files that no record names.\n")


def test_missing_and_changed_files_are_named(documents):
    archive.path_of(documents[0].sha256).unlink()
    path = archive.path_of(documents[1].sha256)
    path.write_bytes(papers.flip(path.read_bytes(), 100))
    status, told = check()
    assert status == 1
    assert f"{documents[0].number}: its file is missing" in told
    assert f"{documents[1].number}: its file was changed" in told


def test_a_file_that_the_disk_gives_no_more_is_named_and_the_others_are_read(documents, monkeypatch):
    read = Path.read_bytes

    def worn(path: Path) -> bytes:
        if path == archive.path_of(documents[0].sha256):
            raise OSError(errno.EIO, "Input/output error")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", worn)
    status, told = check()
    assert status == 1
    assert f"{documents[0].number}: its file was changed or damaged, or cannot be read" in told
    assert "4 records checked, 1 not whole" in told


def test_a_check_of_seals_does_not_go_on_from_one_that_read_none(documents, monkeypatch):
    check_records.Command().keep(documents[1], 2, 0, deep=False)
    assert check()[1].startswith("Going on after 2 records")
    check_records.Command().keep(documents[1], 2, 0, deep=False)
    assert check(deep=True) == (0, "4 records checked, 0 not whole, 0 files that no record names.\n")
    check_records.Command().keep(documents[1], 2, 0, deep=True)
    assert check(deep=True)[1].startswith("Going on after 2 records")


def test_a_stopped_check_goes_on_where_it_was(documents, monkeypatch):
    monkeypatch.setattr(check_records, "EVERY", 2)
    verdict, seen = check_records.verdict_on, []

    def stopped(document, deep):
        seen.append(document.number)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return verdict(document, deep)

    monkeypatch.setattr(check_records, "verdict_on", stopped)
    with pytest.raises(KeyboardInterrupt):
        check()
    seen.clear()
    status, told = check()
    assert status == 0
    assert told.startswith("Going on after 2 records")
    assert "4 records checked" in told
    assert len(seen) == 2


def test_files_that_no_record_names_are_put_aside_when_asked(documents, settings):
    stray = archive.put(papers.sealed())
    assert check()[1].endswith("0 files that no record names.\n"), "it may be of a record that is being sealed"
    day_before = time.time() - 90_000
    os.utime(archive.path_of(stray), (day_before, day_before))
    assert check()[1].endswith("1 files that no record names.\n")
    check(quarantine=True)
    assert not archive.path_of(stray).exists()
    assert len(list((settings.VAR / "quarantine").iterdir())) == 1
    assert check(deep=True)[0] == 0
