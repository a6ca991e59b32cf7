"""What leaves the clinic: signed lists that anyone can check, gaps that are named, a daily limit, a password and a reason."""

import base64
import csv
import hashlib
import io
import json
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent, Clinic
from consent import archive, check_export, export, finding, keys
from consent.management.commands.demo import PASSWORD, Demo
from consent.models import RecordExport, SealedDocument
from consent.trail import events as trail
from tests import on_record, papers


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


@pytest.fixture
def admin(demo, client):
    client.force_login(demo.people["grace"])
    return client


@pytest.fixture
def documents(demo) -> list[SealedDocument]:
    return [on_record.put(demo, on_record.decided(demo, name)) for name in ("Peter Walsh", "Ann Keogh", "=cmd Ode".strip("="))]


def send(client, **sent):
    asked = {"which": "all", "reason": "Insurer's request", "form": "zip", "password": PASSWORD}
    return client.post("/records/export/", asked | sent)


def unpacked(response, folder: Path) -> Path:
    folder.mkdir()
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture
def folder(demo, admin, documents, tmp_path) -> Path:
    return unpacked(send(admin), tmp_path / "export")


def checked(folder: Path, *more: str) -> tuple[int, str]:
    command = [sys.executable, "-I", str(folder / "check_export.py"), str(folder), *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_checker_in_the_export_finds_it_whole_without_the_product(folder):
    listed = json.loads((folder / "manifest.json").read_text())
    assert checked(folder, "--certificate", listed["certificate"]) == (0, "Everything is as it was exported: 3 records.\n")
    assert "Compare the certificate" in checked(folder)[1]
    assert listed["exported_by"] == "Grace Okafor"
    assert listed["reason"] == "Insurer's request"


def first_pdf(folder: Path) -> Path:
    return sorted(folder.rglob("*.pdf"))[0]


def signed_anew(folder: Path) -> None:
    sealer = papers.sealer("Somebody else")
    (folder / "manifest.json.sig").write_bytes(sealer.sign((folder / "manifest.json").read_bytes()))
    (folder / "certificate.pem").write_text(sealer.certificate_pem)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: first_pdf(folder).write_bytes(first_pdf(folder).read_bytes() + b" "), "its SHA-256 is another"),
        (lambda folder: first_pdf(folder).unlink(), "missing"),
        (lambda folder: (folder / "more.pdf").write_bytes(b"x"), "not on the list"),
        (lambda folder: (folder / "manifest.json").write_text((folder / "manifest.json").read_text() + " "), "was changed"),
        (lambda folder: (folder / "manifest.csv").write_text("file"), "its SHA-256 is another"),
        (lambda folder: (folder / "manifest.json").unlink(), "missing or cannot be read"),
        (signed_anew, "another certificate"),
    ],
    ids=["changed", "removed", "added", "list changed", "table changed", "no list", "signed by another"],
)
def test_the_checker_names_what_is_amiss(folder, spoil, says):
    fingerprint = json.loads((folder / "manifest.json").read_text())["certificate"]
    spoil(folder)
    status, words = checked(folder, "--certificate", fingerprint)
    assert status == 1
    assert says in words


def test_two_files_that_changed_places_are_both_named(folder):
    one, other = sorted(folder.rglob("*.pdf"))[:2]
    a, b = one.read_bytes(), other.read_bytes()
    one.write_bytes(b)
    other.write_bytes(a)
    assert checked(folder)[1].count("its SHA-256 is another") == 2


def test_the_checker_takes_the_zip_as_it_came_and_answers_rubbish(demo, admin, documents, tmp_path, capsys):
    packed = tmp_path / "records.zip"
    packed.write_bytes(b"".join(send(admin).streaming_content))
    assert check_export.main([str(packed)]) == 0
    packed.write_bytes(b"PK\x03\x04nonsense")
    assert check_export.main([str(packed)]) == 1
    assert check_export.main([str(tmp_path / "nowhere")]) == 1


def test_a_missing_file_is_told_first_and_then_listed_as_a_gap(demo, admin, documents, tmp_path):
    archive.path_of(documents[0].sha256).unlink()
    page = send(admin)
    assert page.status_code == 409
    assert "Export without the missing ones" in page.content.decode()
    folder = unpacked(send(admin, without_missing="on"), tmp_path / "export")
    listed = json.loads((folder / "manifest.json").read_text())
    assert [gap["sha256"] for gap in listed["gaps"]] == [documents[0].sha256]
    assert "1 were missing or damaged" in checked(folder)[1]
    assert AuditEvent.objects.get(action="records.exported").data["gaps"] == 1


def rows_of(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "manifest.csv").read_bytes().decode())))


def test_the_table_names_the_gaps_and_says_by_whom_why_and_by_which_filter(demo, admin, documents, tmp_path):
    damage(documents[0])
    answer = send(admin, without_missing="on", reason="=1+1", decision="defer", overridden="no")
    folder = unpacked(answer, tmp_path / "export")
    listed = json.loads((folder / "manifest.json").read_text())
    rows = rows_of(folder)
    assert {row["sha256"]: row["status"] for row in rows} == {
        documents[0].sha256: "missing or damaged",
        documents[1].sha256: "exported",
        documents[2].sha256: "exported",
    }
    assert rows[-1]["sha256"] == documents[0].sha256
    assert rows[-1]["size"] == str(documents[0].size)
    assert {row["exported by"] for row in rows} == {"Grace Okafor"}
    assert {row["exported at"] for row in rows} == {listed["exported_at"]}
    assert {row["reason"] for row in rows} == {"'=1+1"}
    assert {row["filter"] for row in rows} == {"decision: defer; overridden: False; patient_named: False"}
    assert (listed["gaps"][0]["size"], listed["gaps"][0]["decision"]) == (documents[0].size, "defer")
    assert checked(folder)[0] == 0


def test_the_checker_notices_a_gap_taken_off_the_table(demo, admin, documents, tmp_path):
    archive.path_of(documents[0].sha256).unlink()
    folder = unpacked(send(admin, without_missing="on"), tmp_path / "export")
    table = folder / "manifest.csv"
    table.write_bytes(b"\r\n".join(table.read_bytes().split(b"\r\n")[:-2]) + b"\r\n")
    assert [row["status"] for row in rows_of(folder)] == ["exported", "exported"]
    assert checked(folder) == (1, "manifest.csv is not the file that was exported: its SHA-256 is another.\n")


def test_records_that_were_picked_are_told_as_picked(demo, admin, documents, tmp_path):
    folder = unpacked(send(admin, which="ticked", ticked=[str(documents[0].pk)]), tmp_path / "export")
    assert [row["filter"] for row in rows_of(folder)] == ["picked"]


def damage(document: SealedDocument) -> None:
    """One bit, at the same size."""
    path = archive.path_of(document.sha256)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_file_damaged_at_its_size_is_named_and_then_a_gap_while_the_others_leave(demo, admin, documents, tmp_path):
    damage(documents[0])
    archive.path_of(documents[1].sha256).unlink()
    page = send(admin)
    assert page.status_code == 409
    assert all(f"{document.number}.pdf" in page.content.decode() for document in documents[:2])
    assert documents[2].number + ".pdf" not in page.content.decode()
    answer = send(admin, without_missing="on")
    data = b"".join(answer.streaming_content)
    assert len(data) == int(answer["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        packed.extractall(folder := tmp_path / "export")
    listed = json.loads((folder / "manifest.json").read_text())
    assert {gap["sha256"] for gap in listed["gaps"]} == {document.sha256 for document in documents[:2]}
    assert [row["sha256"] for row in listed["records"]] == [documents[2].sha256]
    status, words = checked(folder, "--certificate", listed["certificate"])
    assert status == 0
    assert "1 records; 2 were missing or damaged" in words
    event = AuditEvent.objects.get(action="records.exported")
    assert (event.data["count"], event.data["gaps"]) == (1, 2)


def test_one_pdf_for_reading_is_not_made_of_a_damaged_record_unasked(demo, admin, documents):
    damage(documents[0])
    page = send(admin, form="merged")
    assert page.status_code == 409
    assert f"{documents[0].number}.pdf" in page.content.decode()
    assert not AuditEvent.objects.filter(action="records.exported").exists()


@pytest.mark.parametrize("form", ["zip", "csv", "fhir"])
def test_what_is_above_the_limit_of_the_day_is_refused_without_reading_a_file(demo, admin, documents, monkeypatch, form):
    Clinic.objects.update(exports_a_day=2)
    monkeypatch.setattr(archive, "get", pytest.fail)
    assert send(admin, form=form).status_code == 409


def test_an_export_reads_its_rows_and_files_in_a_number_of_queries_that_does_not_grow(demo, admin, documents):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            b"".join(send(admin).streaming_content)
        return len(found)

    few = queries()
    for name in ("Layla Haddad", "Ewa Nowak", "Carla Rossi"):
        on_record.put(demo, on_record.decided(demo, name))
    assert queries() == few


@pytest.mark.parametrize("wrong", [{"password": ""}, {"password": "guess"}])
def test_without_the_password_nothing_leaves_and_what_was_typed_stays(demo, admin, documents, wrong):
    page = send(admin, **wrong)
    assert page.status_code == 422
    assert "Insurer&#x27;s request" in page.content.decode()
    assert "guess" not in page.content.decode()
    assert not AuditEvent.objects.filter(action="records.exported").exists()
    assert AuditEvent.objects.filter(action="member.password_refused").count() == bool(wrong["password"])


def test_no_more_leaves_in_a_day_than_the_clinic_allows(demo, admin, documents):
    Clinic.objects.update(exports_a_day=5)
    assert send(admin).status_code == 200
    page = send(admin)
    assert page.status_code == 409
    assert "2 are left today, and these are 3" in page.content.decode()
    assert send(admin, which="ticked", ticked=[str(documents[0].pk)]).status_code == 200
    assert export.left_today(Clinic.objects.get()) == 1


def test_the_page_that_waits_is_told_how_many_leave_by_a_cookie_of_its_own(demo, admin, documents):
    name = "export-" + "0a" * 16
    answer = send(admin, download=name)
    cookie = answer.cookies[name]
    assert cookie.value == "3"
    assert (cookie["path"], cookie["samesite"], cookie["max-age"]) == ("/records/", "Strict", 60)
    assert name not in send(admin, download=name, password="guess").cookies


@pytest.mark.parametrize("name", ["", "sid", "export-x", "export-" + "0A" * 16, "export-" + "0a" * 16 + "\n"])
def test_no_other_cookie_is_set_than_one_for_a_download(demo, admin, documents, name):
    cookies = send(admin, download=name).cookies
    assert name not in cookies or name == "sid"
    assert not [one for one in cookies if one.startswith("export-")]


def test_two_exports_at_once_keep_the_limit_together(fresh):
    demo = Demo()
    Clinic.objects.update(exports_a_day=3)
    for name in ("Peter Walsh", "Ann Keogh"):
        on_record.put(demo, on_record.decided(demo, name))
    outcomes: list[str] = []

    def leave() -> None:
        try:
            export.export(SealedDocument.objects.all(), Clinic.objects.get(), demo.siobhan, "Both at once", None)
            outcomes.append("left")
        except export.ExportRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=leave) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["left", "refused"]


def test_a_record_knows_in_which_exports_it_left(demo, admin, documents):
    send(admin, which="ticked", ticked=[str(documents[0].pk)])
    event = AuditEvent.objects.get(action="records.exported")
    assert list(trail.of_record(documents[0]).filter(action="records.exported")) == [event]
    assert not trail.of_record(documents[1]).filter(action="records.exported").exists()


def test_the_table_is_safe_for_a_spreadsheet_and_says_how_each_stands(demo, admin, documents):
    data = b"".join(send(admin, form="csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(data)))
    assert {row["patient"] for row in rows} == {"Peter Walsh", "Ann Keogh", "cmd Ode"}
    assert {row["today"] for row in rows} == {"on file"}
    assert AuditEvent.objects.get(action="records.exported").data["form"] == "csv"


def test_records_as_data_are_one_bundle_a_line(demo, admin, documents, monkeypatch):
    monkeypatch.setattr(export, "BUNDLES_AT_ONCE", 2)  # more than one batch
    answer = send(admin, form="fhir")
    assert answer["Content-Type"] == "application/fhir+ndjson"
    bundles = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert {one["identifier"]["value"] for one in bundles} == {document.number for document in documents}
    assert AuditEvent.objects.get(action="records.exported").data["form"] == "fhir"


def attachments(answer) -> dict[str, dict[str, Any]]:
    """By the number of the record, what its DocumentReference says of the file."""
    bundles = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    references = [
        row["resource"]
        for one in bundles
        for row in one["entry"]
        if row["resource"]["resourceType"] == "DocumentReference"
    ]
    return {one["masterIdentifier"]["value"]: one["content"][0]["attachment"] for one in references}


def test_records_as_data_have_the_sealed_files_inside(demo, admin, documents, monkeypatch):
    monkeypatch.setattr(export, "BUNDLES_AT_ONCE", 2)
    found = attachments(send(admin, form="fhir"))
    assert len(found) == len(documents)
    for document in documents:
        attachment = found[document.number]
        data = base64.b64decode(attachment["data"], validate=True)
        assert data == archive.get(document.sha256)
        assert attachment["size"] == len(data)
        assert attachment["hash"] == base64.b64encode(hashlib.sha1(data).digest()).decode()


@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_a_record_without_its_file_leaves_as_data_only_when_asked_and_says_so(demo, admin, documents, how):
    archive.path_of(documents[0].sha256).unlink() if how == "missing" else damage(documents[0])
    page = send(admin, form="fhir")
    assert page.status_code == 409
    assert f"{documents[0].number}.pdf" in page.content.decode()
    assert not AuditEvent.objects.filter(action="records.exported").exists()
    found = attachments(send(admin, form="fhir", without_missing="on"))
    gap = found.pop(documents[0].number)
    assert "data" not in gap
    assert gap["_data"]["extension"][0]["valueCode"] == "error"
    assert all("_data" not in one and one["data"] for one in found.values())
    event = AuditEvent.objects.get(action="records.exported")
    assert (event.data["count"], event.data["gaps"]) == (3, 1)


def test_a_file_damaged_while_data_leave_ends_them_before_its_batch(demo, admin, documents, monkeypatch):
    monkeypatch.setattr(export, "BUNDLES_AT_ONCE", 1)
    parts = iter(send(admin, form="fhir").streaming_content)
    next(parts)
    damage(documents[0])  # the oldest, which leaves last
    next(parts)
    with pytest.raises(archive.ArchiveDamaged):
        next(parts)


def test_files_that_leave_as_data_are_read_one_batch_at_a_time(demo, admin, documents, monkeypatch):
    monkeypatch.setattr(export, "BUNDLES_AT_ONCE", 1)
    parts = iter(send(admin, form="fhir").streaming_content)
    reads = on_record.reads(monkeypatch)
    assert [len(reads) for _part in parts] == [1, 2, 3]


def test_many_records_as_one_pdf_say_on_every_page_that_they_are_copies(demo, admin, documents):
    answer = send(admin, form="merged")
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as merged:
        assert len(merged.pages) == 1 + 3
        assert "/AcroForm" not in merged.Root
        for page in merged.pages[1:]:
            assert b"Copy for reading" in b"".join(part.read_bytes() for part in page.Contents)
            assert "/Annots" not in page


def test_no_more_than_two_hundred_are_put_into_one_pdf(demo, admin, documents, monkeypatch):
    monkeypatch.setattr(export, "MOST_MERGED", 2)
    page = send(admin, form="merged")
    assert page.status_code == 409
    assert "holds up to 2 records" in page.content.decode()


def test_a_locked_key_stops_the_export_and_says_so(demo, admin, documents, monkeypatch):
    def locked(*_args: object) -> keys.Sealer:
        raise keys.SealingFailed("The sealing key does not open.")

    monkeypatch.setattr(export, "sealer_of", locked)
    page = send(admin)
    assert page.status_code == 503
    assert "nothing has left" in page.content.decode()
    assert not AuditEvent.objects.filter(action="records.exported").exists()


@pytest.mark.parametrize("rows", [export.as_table, export.as_ndjson])
def test_a_record_that_is_sealed_while_rows_leave_is_neither_counted_nor_in_them(demo, rows):
    on_record.put(demo, on_record.decided(demo, "Ann Keogh"))
    leaving = rows(finding.records(SealedDocument.objects.all()), demo.clinic, demo.siobhan, "Audit", None)
    late = on_record.put(demo, on_record.decided(demo, "Late Comer"))
    assert late.number not in b"".join(leaving).decode()
    assert AuditEvent.objects.get(action="records.exported").data["count"] == 1
    assert RecordExport.objects.count() == 1
