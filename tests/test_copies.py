"""The patient's copy: by a link that the birth date opens, by email without a word about health, and on the tablet."""

import datetime
import re
from io import BytesIO

import pypdf
import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone, translation
from PIL import Image

from clinic.models import AuditEvent
from consent import aftercare, archive, copies, pictures, trail
from consent.management.commands.demo import Demo
from consent.models import CopyLink, SealedDocument

UNCHECKED = "A clinician has not checked this translation yet. If something is not clear, please ask us."


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


@pytest.fixture
def document(demo) -> SealedDocument:
    screening = demo.case("Ann Keogh", 40, "Neck", blood_thinner="yes", blood_thinner_details="Apixaban")
    screening = demo.plan(demo.settle(screening, can_decide="yes"), "upper_trapezius_left")
    demo.resolve(screening, "11a", "measures", "Press for two minutes after each needle.")
    demo.consent(screening)
    return SealedDocument.objects.get()


@pytest.fixture
def staff(demo, client):
    client.force_login(demo.siobhan)
    return client


def only(pattern: str, page: str) -> str:
    """What the page has in the place of the pattern's group."""
    found = re.search(pattern, page)
    assert found
    return found[1]


def address(page: str) -> str:
    return only(r"(/tablet/copy/[\w-]+/)", page)


def born(document: SealedDocument, years: int = 0) -> dict[str, str]:
    day = document.visit.patient.born
    return {"born_day": str(day.day), "born_month": str(day.month), "born_year": str(day.year + years)}


def test_with_the_link_and_the_birth_date_a_patient_gets_the_sealed_file_itself(staff, document):
    link = address(staff.post(f"/records/{document.pk}/copy/").content.decode())
    phone = Client()
    page = phone.get(link).content.decode()
    assert "Keogh" not in page
    answer = phone.post(link, born(document) | {"what": "record"})
    assert answer.content == archive.get(document.sha256)
    assert answer["Cache-Control"] == "no-store"
    assert AuditEvent.objects.filter(action="copy.read").count() == 1
    sheet = phone.post(link, born(document) | {"what": "aftercare"}).content.decode()
    assert "Afterwards" in sheet
    assert CopyLink.objects.get().token_sha256 not in link


def test_five_wrong_dates_close_the_link(staff, document):
    link = address(staff.post(f"/records/{document.pk}/copy/").content.decode())
    phone = Client()
    for left in (4, 3, 2, 1):
        page = phone.post(link, born(document, 1))
        assert page.status_code == 422
        assert str(left) in page.content.decode()
    assert phone.post(link, born(document, 1)).status_code == 410
    assert phone.post(link, born(document)).status_code == 410


def test_a_link_is_good_for_fourteen_days_and_a_new_one_ends_it(staff, document):
    first = address(staff.post(f"/records/{document.pk}/copy/").content.decode())
    with time_machine.travel(timezone.now() + datetime.timedelta(days=14, minutes=1)):
        assert Client().get(first).status_code == 410
    second = address(staff.post(f"/records/{document.pk}/copy/").content.decode())
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200
    assert Client().get("/tablet/copy/nonsense/").status_code == 410


def test_a_link_works_once_with_time_to_read_both_pages(staff, document):
    link = address(staff.post(f"/records/{document.pk}/copy/").content.decode())
    phone, right = Client(), born(document)
    assert phone.post(link, right | {"what": "record"}).status_code == 200
    with time_machine.travel(timezone.now() + copies.OPEN - datetime.timedelta(minutes=1)):
        assert phone.post(link, right | {"what": "aftercare"}).status_code == 200
    with time_machine.travel(timezone.now() + copies.OPEN):
        closed = phone.post(link, right | {"what": "record"})
    assert closed.status_code == 410
    assert "works once" in closed.content.decode()


def test_the_emailed_link_is_the_one_on_the_page(demo, staff, document, settings):
    settings.PUBLIC_ADDRESS = "https://needlepoint.example"
    document.visit.patient.email = "ann@example.org"
    document.visit.patient.save()
    page = staff.post(f"/records/{document.pk}/copy/").content.decode()
    token = only(r'name="token" value="([^"]+)"', page)
    staff.post(f"/records/{document.pk}/copy/email/", {"token": token})
    assert f"https://needlepoint.example/tablet/copy/{token}/" in page
    assert f"https://needlepoint.example/tablet/copy/{token}/\n" in mail.outbox[0].body


def test_a_file_that_was_lost_or_changed_is_told_in_words_and_never_handed_out(staff, document):
    link = address(staff.post(f"/records/{document.pk}/copy/").content.decode())
    file = archive.path_of(document.sha256)
    file.chmod(0o600)
    file.write_bytes(b"%PDF-1.7 changed")
    answer = Client().post(link, born(document) | {"what": "record"})
    assert answer.status_code == 503
    assert "We cannot show your record right now" in answer.content.decode()
    file.unlink()
    staff.post(f"/records/{document.pk}/copy/show/")
    staff.post("/tablet/confirm/", {"reply": "yes"})
    assert staff.get("/tablet/consent/copy/record/").status_code == 503


def test_the_message_says_nothing_about_health_and_goes_once(staff, document):
    patient = document.visit.patient
    patient.email = "ann@example.org"
    patient.save()
    page = staff.post(f"/records/{document.pk}/copy/").content.decode()
    token = only(r'name="token" value="([^"]+)"', page)
    assert "printed on the server" not in page
    for _ in range(2):
        assert (
            "The link was sent" in staff.post(f"/records/{document.pk}/copy/email/", {"token": token}).content.decode()
        )
    [message] = mail.outbox
    assert message.to == ["ann@example.org"]
    assert not re.search("Keogh|needl|consent|record", f"{message.subject} {message.body}", re.IGNORECASE)
    assert token in message.body


def test_opening_the_sheet_is_on_the_trail_in_plain_words(demo, staff, document):
    assert staff.get(f"/records/{document.pk}/aftercare/").status_code == 200
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.actor) == ("aftercare.read", demo.siobhan)
    assert (event.subject, event.data) == (f"SealedDocument:{document.pk}", {"visit": str(document.visit_id)})
    assert list(trail.of_record(document).filter(action="aftercare.read")) == [event]
    assert [line.words for line in trail.lines([event], demo.clinic)] == ["Aftercare sheet opened"]


def test_whoever_may_not_see_the_sheet_leaves_no_reading_of_it(demo, client, document):
    client.force_login(demo.people["grace"])
    assert client.get(f"/records/{document.pk}/aftercare/").status_code == 403
    assert not AuditEvent.objects.filter(action="aftercare.read").exists()


def test_the_sheet_says_what_was_shown_in_the_patients_language(demo, staff, document):
    sheet = aftercare.sheet_of(document)
    assert [part["code"] for part in sheet.sections] == ["lung", "aftercare", "findings", "rights"]
    assert all("chest pain" in str(part) for part in sheet.sections[:2])
    spanish = aftercare.sheet_of(document, "es")
    assert (spanish.language, spanish.direction) == ("es", "ltr")
    assert spanish.status
    page = staff.get(f"/records/{document.pk}/aftercare/?language=ar").content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    with translation.override("ar"):
        assert translation.gettext("After your treatment") in page
        assert translation.gettext(UNCHECKED) in page
    assert UNCHECKED not in staff.get(f"/records/{document.pk}/aftercare/").content.decode()
    assert not re.search("stop taking", str(sheet.sections), re.IGNORECASE)


def test_on_the_tablet_the_copy_is_shown_after_the_guard_and_nothing_else_opens(demo, staff, document):
    assert staff.post(f"/records/{document.pk}/copy/show/")["Location"] == "/tablet/"
    assert staff.get("/records/")["Location"] == "/tablet/"
    staff.post("/tablet/confirm/", {"reply": "yes"})
    page = staff.get("/tablet/consent/", follow=True)
    assert page.redirect_chain
    assert page.redirect_chain[-1][0] == "/tablet/consent/copy/"
    assert "Everything is signed and sealed" in page.content.decode()
    assert "Upper trapezius" in page.content.decode()
    record = staff.get("/tablet/consent/copy/record/").content.decode()
    assert "Press for two minutes after each needle." in record
    assert AuditEvent.objects.filter(action="copy.read", actor=None).count() == 1
    pages = re.findall(r'src="(/tablet/consent/copy/record/\d+/)" width="(\d+)" height="(\d+)"', record)
    assert len(pages) == len(pypdf.PdfReader(BytesIO(archive.get(document.sha256))).pages)
    for number, (address, *size) in enumerate(pages, start=1):
        assert f'alt="Page {number} of {len(pages)}"' in record
        answer = staff.get(address)
        assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/png", "no-store")
        picture = Image.open(BytesIO(answer.content))
        assert picture.size == pytest.approx([pictures.SCALE * int(side) for side in size], abs=pictures.SCALE)
        assert len(picture.convert("L").getcolors() or ()) > 20  # something is drawn on it
    for beyond in (0, len(pages) + 1, "x", "٣"):
        assert staff.get(f"/tablet/consent/copy/record/{beyond}/").status_code == 404
    archive.path_of(document.sha256).unlink()
    assert [staff.get(address).status_code for address in ("/tablet/consent/copy/record/", pages[0][0])] == [503, 503]


def test_other_clinics_and_other_roles_get_nothing(demo, client, document):
    from tests import people

    stranger = people.signed_in(people.make_member(people.make_clinic("North")))
    assert stranger.post(f"/records/{document.pk}/copy/").status_code == 404
    client.force_login(demo.people["grace"])
    assert client.post(f"/records/{document.pk}/copy/").status_code == 403
    assert CopyLink.objects.count() == 0
