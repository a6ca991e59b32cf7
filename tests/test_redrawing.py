"""A record drawn again from the database is the same, byte for byte; whatever makes it another is told."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import call_command

from clinic import desk
from consent import archive, redrawing, withdrawing
from consent.document import versions
from consent.management.commands.demo import STORIES, Demo
from consent.models import RecordKind, SealedDocument
from consent.redrawing import Redrawn, redraw
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


def test_another_version_of_the_software_is_told(demo, monkeypatch):
    record = made(demo)
    monkeypatch.setattr(versions, "software_version", lambda: "99.0")
    assert redrawing.redraw(record) == Redrawn.OTHER_VERSION


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


def test_a_clinic_that_prints_on_letter_gets_letter(demo):
    from io import BytesIO

    from pypdf import PdfReader

    demo.clinic.paper = "Letter"
    demo.clinic.save()
    pages = PdfReader(BytesIO(archive.get(made(demo).sha256))).pages
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {(612, 792)}
