"""The command that checks PDFs: one line for each file, and exit status 0 only if every one is whole."""

import json
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from consent import archive, sealing, verification
from consent.management.commands.demo import Demo
from tests import on_record, papers


@pytest.fixture
def sealed(db, tmp_path) -> str:
    demo = Demo()
    document = on_record.put(demo, on_record.decided(demo, "Peter Walsh"))
    path = tmp_path / "whole.pdf"
    path.write_bytes(archive.get(document.sha256))
    return str(path)


def verify(*files: str, **options) -> tuple[int, list[str]]:
    """Exit status and printed lines."""
    out = StringIO()
    try:
        call_command("verify", *files, stdout=out, **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def written(folder, data: bytes) -> str:
    path = folder / "other.pdf"
    path.write_bytes(data)
    return str(path)


def test_a_sealed_file_on_record_is_whole(sealed):
    status, lines = verify(sealed)
    assert status == 0
    [line] = lines
    assert line.startswith(f"{sealed}: whole. This is a record exactly as it was sealed. Nothing has been changed since.")
    assert line.endswith(": on file.")


def test_one_changed_byte_is_found_and_one_bad_file_is_enough_to_fail(sealed, tmp_path):
    with open(sealed, "rb") as file:  # noqa: PTH123
        data = file.read()
    spoilt = written(tmp_path, papers.flip(data, data.index(papers.WORDS)))
    status, lines = verify(sealed, spoilt, sealed)
    assert status == 1
    assert [line.split(": ")[1].split(".")[0] for line in lines] == ["whole", "changed", "whole"]


@pytest.mark.parametrize(
    ("make", "verdict"),
    [
        (papers.sealed, "not on record"),
        (lambda: sealing.seal(papers.draft(), papers.sealer("Other"), reason="x", location="y").data, "unknown key"),
        (papers.draft, "not sealed"),
        (lambda: b"Hello", "not a pdf"),
        (lambda: b"", "not a pdf"),
    ],
    ids=["sealed by us, never put on record", "another's key", "no seal", "no PDF", "empty"],
)
def test_every_other_file_has_its_verdict(sealed, tmp_path, make, verdict):
    status, lines = verify(written(tmp_path, make()))
    assert status == 1
    assert f": {verdict}. " in lines[0]


def test_missing_files_folders_and_strange_names_are_told_and_stop_nothing(sealed, tmp_path):
    (tmp_path / "empty").mkdir()
    status, lines = verify(str(tmp_path / "empty"), str(tmp_path / "none\x1b[2J.pdf"), "a\x00b", sealed)
    assert status == 1
    assert [line.partition(": ")[2] for line in lines[:3]] == [
        "unreadable. There is no PDF in this folder.",
        "unreadable. There is no such file.",
        "unreadable. This file cannot be read.",
    ]
    assert "whole" in lines[3]
    assert "\x1b" not in "".join(lines)


def test_no_more_is_read_than_a_record_can_hold(sealed, tmp_path, monkeypatch):
    monkeypatch.setattr(verification, "LARGEST", 100)
    examine, lengths = verification.examine, []

    def measured(data: bytes):
        lengths.append(len(data))
        return examine(data)

    monkeypatch.setattr(verification, "examine", measured)
    status, lines = verify(sealed)
    assert status == 1
    assert "larger than any record" in lines[0]
    assert lengths == [101]


def test_without_a_file_the_command_says_how_it_is_used(db):
    with pytest.raises(CommandError):
        verify()


def test_the_verdict_comes_as_json_too(sealed):
    status, lines = verify(sealed, json=True)
    assert status == 0
    assert json.loads(lines[0])["verdict"] == "whole"


def test_folders_and_zips_are_walked_and_one_bad_file_in_them_is_enough(sealed, tmp_path):
    folder = tmp_path / "folder" / "2026"
    folder.mkdir(parents=True)
    data = Path(sealed).read_bytes()
    (folder / "good.pdf").write_bytes(data)
    (folder / "notes.txt").write_text("not a record")
    assert verify(str(tmp_path / "folder"))[0] == 0
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("../../evil.pdf", data)
        out.writestr("manifest.csv", "x")
    assert verify(str(packed))[0] == 0
    assert not (tmp_path.parent / "evil.pdf").exists()
    with zipfile.ZipFile(packed, "a") as out:
        out.writestr("changed.pdf", papers.flip(data, data.index(papers.WORDS)))
    status, lines = verify(str(packed), "--json")
    assert status == 1
    assert [json.loads(line)["verdict"] for line in lines] == ["whole", "changed"]


def test_a_damaged_zip_is_told_in_words(sealed, tmp_path):
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as out:
        out.write(sealed, "good.pdf")
    data = bytearray(packed.read_bytes())
    data[200] ^= 1
    packed.write_bytes(data)
    status, lines = verify(str(packed))
    assert status == 1
    assert "damaged" in lines[-1]
