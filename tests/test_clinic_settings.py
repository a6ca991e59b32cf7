"""What a clinic says of itself: its name and clock, its own words in the consent, and a logo that is only a picture."""

import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic import particulars, png
from clinic.models import AuditEvent, Clinic, Logo
from consent import decision, signing, wording
from consent.management.commands.demo import Demo
from tests.people import signed_in
from tests.written import clear_case

FORM = {
    "name": "Harbour Physio", "address": "12 Quay Street, Sydney", "time_zone": "Australia/Sydney", "paper": "A4",
    "technique": "", "adult_years": "8", "child_until_age": "25", "exports_a_day": "5000",
}  # fmt: skip


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


@pytest.fixture
def admin(demo):
    return signed_in(demo.people["grace"])


def text(answer) -> str:
    return answer.content.decode()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def picture(width=4, height=3, depth=8, colour=6, interlace=0, pixels=None, extra=b"", end=True) -> bytes:
    line = b"\0" + bytes(width * png.BYTES.get(colour, 1))
    raw = line * height if pixels is None else pixels
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw))
    return png.SIGNATURE + body + (chunk(b"IEND", b"") if end else b"")


def upload(admin, data, name="logo.png"):
    file = SimpleUploadedFile(name, data, content_type="image/png")
    return admin.post(reverse("clinic-logo-change"), {"picture": file})


def test_settings_are_saved_and_the_trail_says_which(admin, demo):
    answer = admin.post(reverse("clinic-settings"), FORM | {"time_zone": "Europe/Dublin", "paper": "Letter"})
    assert answer.status_code == 302
    clinic = Clinic.objects.get()
    assert (clinic.time_zone, clinic.paper) == ("Europe/Dublin", "Letter")
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.data) == ("clinic.changed", {"fields": ["paper", "time_zone"]})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"time_zone": "Sydney"}, "not a time zone"),
        ({"adult_years": "0"}, "from 1 to 100"),
        ({"child_until_age": "17"}, "from 18 to 100"),
        ({"exports_a_day": "many"}, "from 1 to 1,000,000"),
        ({"name": ""}, "Enter the name"),
        ({"technique": "x" * 2001}, "shorten"),
        ({"address": "12\u202eQuay"}, "hidden"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_and_the_rest_is_kept(admin, changes, why):
    answer = admin.post(reverse("clinic-settings"), FORM | {"paper": "Letter"} | changes)
    assert answer.status_code == 422
    assert why in text(answer)
    assert answer.context["form"]["paper"].value() == "Letter"
    assert Clinic.objects.get().paper == "A4"


# The logo


def test_a_logo_is_kept_without_anything_beside_the_picture_and_served_as_one(admin):
    secret = chunk(b"tEXt", b"Author\0Grace") + chunk(b"eXIf", b"place") + chunk(b"gAMA", b"\0\0\0\1")
    assert upload(admin, picture(extra=secret) + b"more after the end").status_code == 302
    kept = bytes(Logo.objects.get().png)
    assert kept == picture()
    answer = admin.get(reverse("clinic-logo"))
    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (kept, "image/png", "nosniff")
    assert reverse("clinic-logo") in text(admin.get(reverse("clinic-settings")))


def test_a_palette_and_its_transparency_are_kept():
    extra = chunk(b"PLTE", bytes(6)) + chunk(b"tRNS", b"\0")
    assert png.bare(picture(colour=3, extra=extra)) == picture(colour=3, extra=extra)


WRONG = {
    "no PNG": b"\xff\xd8\xff\xe0 a photo",
    "nothing": b"",
    "only the beginning": picture()[:20],
    "no end": picture(end=False),
    "a wrong checksum": picture()[:-20] + bytes([picture()[-20] ^ 1]) + picture()[-19:],
    "too wide": picture(width=1201, height=1),
    "too high": picture(width=1, height=601),
    "16 bits": picture(depth=16),
    "interlaced": picture(interlace=1),
    "no palette": picture(colour=3),
    "an unknown colour": picture(colour=5),
    "too few pixels": picture(pixels=b"\0" * 10),
    "too many pixels": picture(pixels=b"\0" * 50_000_000),
    "a filter that there is not": picture(pixels=(b"\7" + bytes(16)) * 3),
    "two headers": picture(extra=chunk(b"IHDR", bytes(13))),
    "a part that must be understood": picture(extra=chunk(b"ABCD", b"x")),
    "a palette after the pixels": picture(end=False) + chunk(b"PLTE", bytes(6)) + chunk(b"IEND", b""),
    "too large": picture(extra=chunk(b"tEXt", bytes(200 * 1024))),
    "a drawing": b"<svg onload=go()>",
}


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_is_no_such_picture_is_refused_and_nothing_is_stored(admin, what):
    answer = upload(admin, WRONG[what])
    assert answer.status_code == 422
    assert "PNG" in text(answer) or "picture" in text(answer)
    assert not Logo.objects.exists()
    assert 'value="Harbour Physio"' in text(answer)


def test_the_newest_logo_counts_and_can_be_taken_away(admin, demo):
    upload(admin, picture())
    upload(admin, picture(width=8))
    newest = particulars.logo_of(demo.clinic)
    assert newest
    assert bytes(newest.png) == picture(width=8)
    admin.post(reverse("clinic-logo-change"), {"remove": "yes"})
    assert particulars.logo_of(demo.clinic) is None
    assert admin.get(reverse("clinic-logo")).status_code == 404


def test_no_file_chosen_says_so(admin):
    answer = admin.post(reverse("clinic-logo-change"), {})
    assert (answer.status_code, "Choose a PNG file first" in text(answer)) == (422, True)


# The clinic's own words


def sections(demo, technique):
    Clinic.objects.filter(pk=demo.clinic.pk).update(technique=technique)
    made = decision.record(clear_case(demo), "proceed", demo.siobhan)
    made.visit.refresh_from_db()
    return signing.open_ceremony(made, demo.mia)


def test_the_clinics_own_words_are_frozen_in_the_consent_and_marked_as_its_own(demo):
    ceremony = sections(demo, "We use short needles.\n\nMany feel better.")
    shown = next(row for row in ceremony.shown["sections"] if row["code"] == "technique")
    assert shown["title"] == wording.OWN_WORDS
    assert shown["paragraphs"] == [wording.NOT_OURS, "We use short needles.", "Many feel better."]
    spanish = next(row for row in ceremony.shown["in"]["es"]["sections"] if row["code"] == "technique")
    assert spanish["paragraphs"][1:] == shown["paragraphs"][1:]
    assert spanish["paragraphs"][0] != wording.NOT_OURS
    Clinic.objects.update(technique="Something else")
    ceremony.refresh_from_db()
    assert "We use short needles." in str(ceremony.shown)


def test_a_clinic_that_says_nothing_of_its_technique_has_no_such_part(demo):
    assert "technique" not in {row["code"] for row in sections(demo, " ").shown["sections"]}
