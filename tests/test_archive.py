"""The archive keeps a record under its hash, durably, and hands out its exact bytes or nothing."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from consent import archive, durable

RECORD = b"%PDF-1.7 a record"
SHA = hashlib.sha256(RECORD).hexdigest()


def test_a_record_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    assert archive.put(RECORD, tmp_path) == SHA
    assert archive.get(SHA, tmp_path) == RECORD


def test_a_record_lies_under_its_hash_for_our_eyes_only(tmp_path: Path) -> None:
    root = tmp_path / "new" / "records"
    archive.put(RECORD, root)
    path = root / SHA[:2] / f"{SHA[2:]}.pdf"
    assert archive.path_of(SHA, root) == path
    assert path.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (root.parent, root, path.parent)} == {0o700}
    assert [file for file in root.rglob("*") if file.is_file()] == [path]


def test_without_a_root_records_lie_in_the_data_folder() -> None:
    archive.put(RECORD)
    assert archive.path_of(SHA).is_relative_to(settings.VAR / "records")
    assert archive.get(SHA) == RECORD


def test_keeping_a_record_twice_is_keeping_it_once(tmp_path: Path) -> None:
    assert archive.put(RECORD, tmp_path) == archive.put(RECORD, tmp_path)
    assert len(list(tmp_path.rglob("*.pdf"))) == 1


@pytest.mark.parametrize("damaged", [b"", RECORD[:-1], RECORD + b"\0", b"x" + RECORD[1:]])
def test_damaged_bytes_are_never_handed_out(tmp_path: Path, damaged: bytes) -> None:
    archive.put(RECORD, tmp_path)
    archive.path_of(SHA, tmp_path).write_bytes(damaged)
    with pytest.raises(archive.ArchiveDamaged):
        archive.get(SHA, tmp_path)


def test_keeping_a_record_again_mends_a_damaged_one(tmp_path: Path) -> None:
    archive.put(RECORD, tmp_path)
    archive.path_of(SHA, tmp_path).write_bytes(b"")
    archive.put(RECORD, tmp_path)
    assert archive.get(SHA, tmp_path) == RECORD


@pytest.mark.parametrize(
    "name", [SHA, "0" * 64, "", "../../etc/passwd", SHA.upper(), SHA + "\n", f"{SHA[:2]}/../{SHA[5:]}"]
)
def test_what_was_not_kept_is_missing_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    with pytest.raises(archive.ArchiveMissing):
        archive.get(name, tmp_path)


def test_bytes_and_names_are_on_disk_before_the_hash_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    sync, rename = os.fsync, Path.replace

    def watch_sync(handle: int) -> None:
        told.append(f"sync {Path(f'/proc/self/fd/{handle}').readlink().name}")
        sync(handle)

    def watch_rename(self: Path, target: Any) -> Path:
        told.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", watch_sync)
    monkeypatch.setattr(Path, "replace", watch_rename)
    archive.put(RECORD, tmp_path / "records")
    part = told[2].removeprefix("sync ")
    assert part.endswith(".part")
    assert told == [f"sync {tmp_path.name}", "sync records", f"sync {part}", "rename", f"sync {SHA[:2]}"]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / SHA[:2]).mkdir()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        archive.put(RECORD, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_disk_that_keeps_other_bytes_is_found_out_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = durable.write
    monkeypatch.setattr(durable, "write", lambda path, data, replace: write(path, data[:-1] + b"?", replace=replace))
    with pytest.raises(archive.ArchiveDamaged):
        archive.put(RECORD, tmp_path)


def test_a_file_that_must_not_be_replaced_stays(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "key"
    durable.write(file, b"first", replace=False)
    with pytest.raises(FileExistsError):
        durable.write(file, b"second", replace=False)
    assert file.read_bytes() == b"first"
    assert list(file.parent.iterdir()) == [file]
