"""A record drawn again from the database is the same, byte for byte; whatever makes it another is told."""

import datetime
import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from clinic import desk, merging
from clinic.models import Patient
from consent import archive, decision, redrawing, rendering, withdrawing
from consent.document import versions
from consent.management.commands.demo import STORIES, Demo
from consent.models import RecordKind, SealedDocument
from consent.redrawing import Redrawn, redraw
from screening.models import Screening
from tests.test_audit_verify import without_triggers


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def made(demo: Demo, number: int = 1) -> SealedDocument:
    STORIES[number](demo)
    return SealedDocument.objects.latest("sealed_at")


def test_every_record_of_the_demo_is_drawn_again_to_the_same_bytes(demo):
    for story in STORIES:
        story(demo)
    came = {row.number: redraw(row) for row in SealedDocument.objects.all()}
    kinds = {row.kind: came[row.number] for row in SealedDocument.objects.order_by("sealed_at")}
    assert set(kinds) == set(RecordKind.values)
    assert set(kinds.values()) == {Redrawn.SAME}
    assert list(came.values()).count(Redrawn.CHANGED_SINCE) == 1, "one case was taken up again after its record"
    assert Redrawn.DIFFERENT not in came.values()


def test_a_withdrawal_whose_time_was_typed_in_the_clinics_zone_is_drawn_again_to_the_same_bytes(demo):
    consent = made(demo, 0)
    now = datetime.datetime.now(demo.clinic.zone)
    assert now.utcoffset()
    row = withdrawing.withdraw(consent, demo.siobhan, "patient", now, "Nothing had been done yet.")
    sealed = withdrawing.seal_withdrawal(row)
    assert redraw(SealedDocument.objects.get(pk=sealed.pk)) == Redrawn.SAME


def test_a_row_that_was_changed_behind_the_trail_makes_it_another(fresh):
    record = made(Demo())
    without_triggers("UPDATE clinic_patient SET name = 'Somebody Else'")
    assert redraw(SealedDocument.objects.get(pk=record.pk)) == Redrawn.DIFFERENT


def test_details_corrected_since_are_told_as_that(demo):
    record = made(demo)
    patient = record.visit.patient
    patient.name = "Ann Keogh-Byrne"
    desk.change_patient(patient, ["name"], demo.mia)
    assert redraw(SealedDocument.objects.get(pk=record.pk)) == Redrawn.CHANGED_SINCE


def test_details_that_went_back_when_a_merge_was_undone_are_told_as_that(demo):
    kept = demo.case("Ann Keogh", 40, "Neck").visit.patient
    screening = demo.case("Anne Keogh", 40, "Neck")
    merging.merge(kept, screening.visit.patient, merging.Why.TWICE, demo.mia, although_born_apart=True)
    screening = Screening.objects.get(pk=screening.pk)
    decision.record(screening, "defer", demo.siobhan, "A cold with fever today.")
    record = SealedDocument.objects.get()
    assert record.patient_name == "Ann Keogh"
    assert redraw(record) == Redrawn.SAME
    merging.separate(Patient.objects.get(name="Anne Keogh"), demo.mia)
    assert redraw(SealedDocument.objects.get()) == Redrawn.CHANGED_SINCE


@pytest.mark.parametrize("then", ["", "https://old.example.org"])
def test_an_address_that_changed_since_is_printed_as_it_was(demo, settings, then):
    settings.PUBLIC_ADDRESS = then
    for number in (5, 6):
        made(demo, number)
    settings.PUBLIC_ADDRESS = "https://new.example.org"
    assert {redraw(record) for record in SealedDocument.objects.all()} == {Redrawn.SAME}


def test_a_record_that_other_code_drew_is_told(demo, monkeypatch):
    record = made(demo)
    monkeypatch.setattr(versions, "drawn_with", lambda: "0" * 16)
    monkeypatch.setattr(redrawing, "drawn_again", lambda record, head: b"another page")
    assert redraw(record) == Redrawn.OTHER_VERSION
    record.frozen = {"head": record.frozen["head"], "software": versions.software_version()}
    monkeypatch.undo()
    assert redraw(record) == Redrawn.OTHER_VERSION, "an older one does not say by what it was drawn"


def test_whatever_a_page_is_drawn_with_counts(settings, tmp_path, monkeypatch):
    digest = versions.drawn_with.__wrapped__
    assert all(any(settings.BASE_DIR.glob(part)) for part in versions.PARTS)
    assert all(versions.library_version(*library) for library in versions.LIBRARIES.items())
    settings.BASE_DIR = tmp_path
    assert digest() == digest()
    seen = [digest()]
    for part in (
        "templates/consent/record_front.html",
        "static/css/record.css",
        "static/fonts/Own.ttf",
        "consent/words.py",
    ):
        file = tmp_path / part
        file.parent.mkdir(parents=True, exist_ok=True)
        for words in ("one", "two"):
            file.write_text(words)
            seen.append(digest())
    for name in ("software_version", "version", "library_version"):
        monkeypatch.setattr(versions, name, lambda *of: "99.0")
        seen.append(digest())
    assert len(seen) == len(set(seen))
    (tmp_path / "templates/consent/home.html").write_text("no part of a record")
    assert digest() == seen[-1]


def test_the_command_draws_again_when_asked(demo, tmp_path):
    record = made(demo, 5)
    path = tmp_path / "record.pdf"
    path.write_bytes(archive.get(record.sha256))
    out = StringIO()
    call_command("verify", str(path), rerender=True, json=True, stdout=out)
    assert json.loads(out.getvalue())["redrawn"] == "same"
    out = StringIO()
    call_command("verify", str(path), rerender=True, stdout=out)
    assert "byte for byte" in out.getvalue()


def spoil(record: SealedDocument, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive.path_of(record.sha256)
    if how == "missing":
        path.unlink()
    elif how == "damaged":
        path.write_bytes(b"not what was sealed")
    else:
        monkeypatch.setattr(rendering, "render", failing(record.number, rendering.render))


def failing(number: str, render: Callable[..., bytes]) -> Callable[..., bytes]:
    def drawn(html: str, **more: Any) -> bytes:
        if number in html:
            raise rendering.RenderingFailed("the record could not be drawn in time")
        return render(html, **more)

    return drawn


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("missing", "no file of this record"),
        ("damaged", "is damaged or cannot be read"),
        ("not_drawn", "could not be drawn again"),
    ],
)
def test_a_record_that_cannot_be_compared_is_told_and_does_not_stop_the_others(demo, tmp_path, monkeypatch, how, words):
    records, folder = [made(demo, 5), made(demo, 6)], tmp_path / "given"
    folder.mkdir()
    for number, record in enumerate(records):
        (folder / f"{number}.pdf").write_bytes(archive.get(record.sha256))
    spoil(records[0], how, monkeypatch)
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("verify", str(folder), rerender=True, stdout=out)
    first, second = out.getvalue().splitlines()
    assert "whole" in first
    assert words in first
    assert "byte for byte" in second
    assert redraw(records[0]) == how


def test_a_clinic_that_prints_on_letter_gets_letter(demo):
    from io import BytesIO

    from pypdf import PdfReader

    demo.clinic.paper = "Letter"
    demo.clinic.save()
    pages = PdfReader(BytesIO(archive.get(made(demo).sha256))).pages
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {(612, 792)}
