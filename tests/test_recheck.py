"""The rules run again on what a record carries: the same findings, or each difference in words; and its part of the trail."""

import copy
import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from clinic import audit
from consent import archive, attached, rechecking, rendering, verification
from consent.management.commands.demo import STORIES, Demo
from consent.models import SealedDocument
from screening import written
from screening.questionnaire import screen
from tests import papers


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def with_data(data: bytes, name: str = attached.BUNDLE) -> bytes:
    """A PDF that carries this, packed as PDFs do."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(papers.draft())))
    writer.add_attachment(name, data)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def bare(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the drawn page a blank one, with the same data inside."""
    monkeypatch.setattr(
        rendering, "render", lambda html, *args, attachments=(), **more: with_data(attachments[0].data)
    )


@pytest.fixture
def record(demo, monkeypatch) -> bytes:
    """A sealed record with an override, on file."""
    bare(demo, monkeypatch)
    STORIES[1](demo)
    return archive.get(SealedDocument.objects.latest("sealed_at").sha256)


@pytest.fixture
def told(record) -> dict[str, Any]:
    """What the record says the rules saw and found."""
    return dict(rechecking.case_in(rechecking.carried(record)))


def with_case(case: object) -> bytes:
    parameter = {"name": "screening", "valueString": json.dumps(case)}
    return with_data(json.dumps({"entry": [{"resource": {"resourceType": "Parameters", "parameter": [parameter]}}]}).encode())


def recheck(*files: Path | str, **options: Any) -> tuple[int, str]:
    """Exit status and what is printed."""
    out = StringIO()
    try:
        call_command("recheck", *map(str, files), stdout=out, **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def kept(folder: Path, data: bytes, name: str = "record.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_drawn_record_is_whole_and_comes_to_the_same_and_carries_its_part_of_the_trail(demo, tmp_path):
    STORIES[0](demo)
    document = SealedDocument.objects.get()
    pdf = archive.get(document.sha256)
    status, words = recheck(kept(tmp_path, pdf))
    assert status == 0
    assert "exactly as it was sealed" in words
    assert "The same findings (rules " in words
    events = json.loads(rechecking.carried(pdf, attached.EVENTS))
    assert events[0]["action"] == "visit.opened"
    assert {"intake.submitted", "case.decided", "consent.opened"} <= {one["action"] for one in events}
    for one in events:
        hashed = audit.digest(
            document.clinic_id, one["seq"], one["at"], one["actor"], one["kind"], one["action"], one["subject"], one["data"],
            one["previous"],
        )  # fmt: skip
        assert hashed == one["hash"]


def test_every_record_of_the_demo_comes_to_the_same(demo, monkeypatch):
    bare(demo, monkeypatch)
    for story in STORIES:
        story(demo)
    documents = list(SealedDocument.objects.all())
    assert len(documents) > 8
    for document in documents:
        assert rechecking.recheck(archive.get(document.sha256)).differences == (), document.kind


def test_other_rules_are_told_with_what_they_change(record, tmp_path, monkeypatch):
    blind = {"varicose-veins": "no"}
    monkeypatch.setattr(rechecking, "screen", lambda case: screen(replace(case, replies=case.replies | blind)))
    monkeypatch.setattr(rechecking, "RULES_VERSION", "2099.1")
    status, words = recheck(kept(tmp_path, record))
    assert status == 1
    assert "exactly as it was sealed" in words
    assert "14a was found then, and is not now." in words
    assert "Overall: then contraindicated" in words
    assert "then, 2099.1 now" in words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outcome": "educate"}, "11a, class: then educate; now caution."),
        ({"places": ["calf_left"]}, "11a, places: then calf_left; now none."),
        ({"reasons": []}, "11a, reasons: then none; now "),
        ({"scope": "regions"}, "11a, about: then regions; now person."),
        ({"part": "12a"}, "11a was not found then, and is now."),
    ],
)
def test_a_finding_that_was_written_down_otherwise_is_told(told, change, words):
    next(row for row in told["findings"] if row["part"] == "11a").update(change)
    found = rechecking.recheck(with_case(told))
    assert any(line.startswith(words) for line in found.differences)


def test_the_settled_answers_the_plan_and_the_policy_of_the_record_are_what_counts(told):
    assert told["replies"]["metal-rash"] == "yes"
    worse = copy.deepcopy(told)
    worse["plan"]["muscles"].append({"id": "psoas_major", "side": "right", "entry": ""})
    lines = rechecking.recheck(with_case(worse)).differences
    assert "11b was not found then, and is now." in lines
    assert any(line.startswith("Findings that the plan runs into: then none; now 11b") for line in lines)
    laxer = told | {"policy": told["policy"] | {"age_of_majority": 21}, "born": f"{datetime.now(UTC).year - 20}-01-01"}
    assert "4b was not found then, and is now." in rechecking.recheck(with_case(laxer)).differences


def test_a_changed_file_is_never_the_same_though_its_findings_are(record, tmp_path):
    spoilt = papers.flip(record, record.index(papers.WORDS))
    status, words = recheck(kept(tmp_path, spoilt), json=True)
    found = json.loads(words)
    assert status == 1
    assert found["seal"] == verification.Outcome.CHANGED
    assert found["differences"] == []
    assert found["same"] is False


def test_one_file_that_differs_is_enough(record, tmp_path):
    whole, other = kept(tmp_path, record), kept(tmp_path, papers.draft(), "other.pdf")
    assert recheck(whole, whole)[0] == 0
    status, words = recheck(whole, other, json=True)
    assert status == 1
    assert [json.loads(line)["same"] for line in words.splitlines()] == [True, False]


@pytest.mark.parametrize("data", [b"", b"hello", papers.draft(), b"%PDF-1.7 rubbish", with_data(b"x", "other.json")])
def test_a_file_without_data_is_told_in_words(db, tmp_path, data):
    status, words = recheck(kept(tmp_path, data), tmp_path / "nowhere.pdf", tmp_path)
    assert status == 1
    assert "carries no data" in words
    assert words.count("cannot be read") >= 2


@pytest.mark.parametrize("text", ["[]", "{}", "nonsense", "[" * 100_000, '{"entry": [1]}', '{"entry": [], "entry": []}', "\xff"])
def test_data_that_is_broken_is_told_in_words(text):
    with pytest.raises(rechecking.NothingToCheck, match="data of this record cannot be read"):
        rechecking.recheck(with_data(text.encode("latin-1")))


def test_data_that_unpacks_to_more_than_any_record_holds_is_left_alone(monkeypatch):
    monkeypatch.setattr(rechecking, "LARGEST_DATA", 1000)
    writer = PdfWriter(clone_from=PdfReader(BytesIO(with_data(b"x"))))
    stream = writer.root_object["/Names"]["/EmbeddedFiles"]["/Names"][1]["/EF"]["/F"].get_object()  # type: ignore[index]
    stream._data = zlib.compress(b" " * 100_000)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    out = BytesIO()
    writer.write(out)
    with pytest.raises(rechecking.NothingToCheck, match="larger than that of any record"):
        rechecking.recheck(out.getvalue())


def test_a_file_larger_than_any_record_is_not_looked_into(db, tmp_path, monkeypatch):
    monkeypatch.setattr(verification, "LARGEST", 100)
    status, words = recheck(kept(tmp_path, papers.draft()))
    assert status == 1
    assert "larger than any record" in words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"replies": {"favourite-colour": "blue"}}, "favourite-colour: there is no such question"),
        ({"replies": []}, "replies: must be an object"),
        ({"born": "17 May"}, "born: must be a date"),
        ({"today": None}, "today: must be a date"),
        ({"plan": {"muscles": [{"id": "nose", "side": "left"}]}}, "there is no muscle"),
        ({"plan": {"muscles": [{"id": "psoas_major", "side": "up"}]}}, "side must be left or right"),
        ({"plan": {"areas": ["moon"]}}, "there is no area"),
        ({"policy": {"age_of_majority": "old"}}, "age_of_majority must be"),
        ({"policy": None}, "policy: must be an object"),
        ({"findings": [{"part": "4b"}]}, "findings of this record cannot be read"),
        ({"findings": None}, "findings of this record cannot be read"),
        ({"overall": "clear"}, "findings of this record cannot be read"),
        ({"conflicts": [1]}, "findings of this record cannot be read"),
    ],
)
def test_a_case_that_no_longer_fits_is_told_with_what_does_not(told, tmp_path, change, words):
    status, said = recheck(kept(tmp_path, with_case(told | change)))
    assert status == 1
    assert words in said


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3))


@given(st.dictionaries(st.sampled_from([*written.KEYS, "findings", "overall", "conflicts"]), VALUES))
def test_whatever_stands_in_the_data_it_is_refused_in_words(case):
    with pytest.raises(rechecking.NothingToCheck):
        rechecking.recheck(with_case(case))
