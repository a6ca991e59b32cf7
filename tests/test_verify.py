"""The command that checks PDFs: one line for each file, and exit status 0 only if every one is whole."""

import json
from io import StringIO

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
    assert lines == [f"{sealed}: whole. This is a record exactly as it was sealed. Nothing has been changed since."]


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
        (lambda: sealing.seal(papers.draft(), papers.sealer("Other"), reason="x", location="y"), "unknown key"),
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
    status, lines = verify(str(tmp_path), str(tmp_path / "none\x1b[2J.pdf"), "a\x00b", sealed)
    assert status == 1
    assert [line.partition(": ")[2] for line in lines] == [
        "unreadable. This is a folder. Name the files in it.",
        "unreadable. There is no such file.",
        "unreadable. This file cannot be read.",
        "whole. This is a record exactly as it was sealed. Nothing has been changed since.",
    ]
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
