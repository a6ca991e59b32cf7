"""An admin finds sealed records, opens one, and takes them away as a ZIP whose every file can be checked."""

import csv
import hashlib
import io
import zipfile
from pathlib import Path

from django.core.management import call_command
from pypdf import PdfReader

from consent.management.commands.demo import PASSWORD, Demo, declined_by_the_patient, nothing_to_report
from tests.journeys import walking


def test_an_admin_exports_records_that_can_be_checked(device, tmp_path, monkeypatch):
    demo = Demo()
    nothing_to_report(demo)
    declined_by_the_patient(demo)
    monkeypatch.setattr(walking, "PASSWORD", PASSWORD)
    page = device(accept_downloads=True, viewport={"width": 1280, "height": 900}).new_page()

    walking.sign_in(page, "grace")
    page.get_by_role("link", name="Records", exact=True).click()
    page.get_by_label("Patient's name").fill("Ruth")
    page.get_by_role("button", name="Find").click()
    assert "Ruth Lindqvist" in page.inner_text("main")
    assert "Harold Finch" not in page.inner_text("main")
    page.get_by_role("button", name="Clear").click()
    page.locator('[name="reason"]').fill("Yearly audit of consents")
    page.locator('[name="password"]').fill(PASSWORD)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Export all that match").click()
    archive = tmp_path / "records.zip"
    downloading.value.save_as(archive)

    with zipfile.ZipFile(archive) as files:
        rows = list(csv.DictReader(io.StringIO(files.read("manifest.csv").decode())))
        assert {row["decision"] for row in rows} == {"proceed", "decline"}
        paths = [Path(files.extract(row["file"], tmp_path)) for row in rows]
    for row, path in zip(rows, paths, strict=True):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
    told = " ".join(page.extract_text() for path in paths for page in PdfReader(path).pages)
    assert "Ruth Lindqvist" in told
    assert "Harold Finch" in told
    call_command("verify", *map(str, paths))
