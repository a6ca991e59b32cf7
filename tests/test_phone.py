"""The link to the patient's own phone: the birth date before anything else, its day and no longer, no secret anywhere."""

import datetime
import gzip
import io
import logging
import re
import smtplib
import threading
from collections.abc import Iterator

import pytest
import segno
import time_machine
from django.apps import apps
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from clinic import desk, phone, settings, tablet
from clinic.models import AuditEvent, Handover, IntakeLink, Role, Visit
from clinic.private_log import DropDetails
from clinic.qr import QUIET, drawn
from clinic.tablet import KEY
from screening import intake
from screening.models import IntakeDraft
from tests.browsing import TABLET
from tests.people import PASSWORD, answered, make_clinic, make_member, make_patient, make_visit, signed_in, tablet_for

RIGHT = {"born_day": "17", "born_month": "5", "born_year": "1980"}
WRONG = RIGHT | {"born_year": "1981"}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def mia(clinic):
    return make_member(clinic, Role.FRONT_DESK, "Mia Torres")


@pytest.fixture
def visit(clinic, mia):
    ann = make_patient(clinic, "Ann Keogh", email="ann@example.org")
    return desk.open_visit(
        Visit(clinic=clinic, patient=ann, clinician=make_member(clinic), reason="Sore shoulder", opened_by=mia)
    )


@pytest.fixture
def token(visit, mia) -> str:
    return phone.make(visit, mia)[1]


def link_to(token: str, language: str = "") -> str:
    return reverse("phone", args=[token]) + (f"?language={language}" if language else "")


def text(answer) -> str:
    return answer.content.decode()


def actions() -> list[str]:
    """All that was done, but for opening and seeing the visit."""
    events = AuditEvent.objects.exclude(action__startswith="visit.").order_by("seq")
    return list(events.values_list("action", flat=True))


def found_in(page: str, pattern: str) -> str:
    (found,) = re.findall(pattern, page)
    return found


def address_in(page) -> str:
    return found_in(text(page), r'<p class="mono" dir="ltr">(.*?)</p>')


def opened(token: str, **extra) -> Client:
    browser = Client()
    answer = browser.post(link_to(token), RIGHT, **extra)
    assert answer["Location"] == reverse("tablet")
    return browser


# Made, shown once and stopped by staff


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.CLINICIAN])
def test_the_front_desk_and_clinicians_make_a_link_that_opens(visit, clinic, role):
    front = signed_in(make_member(clinic, role))
    assert "answer on their own phone" in text(front.get(reverse("visit", args=[visit.pk])))
    page = front.post(reverse("link-make", args=[visit.pk]))
    token = address_in(page).split("/")[-2]
    assert address_in(page) == f"http://testserver{link_to(token)}"
    assert len(token) >= 43
    assert Client().get(link_to(token)).status_code == 200
    assert actions()[-1] == "link.made"


@pytest.mark.parametrize("name", ["link-make", "link-email", "link-stop"])
def test_nobody_else_makes_sends_or_stops_a_link(visit, clinic, token, name):
    url = reverse(name, args=[visit.pk])
    elsewhere = make_clinic("Hill Physio")
    assert signed_in(make_member(clinic, Role.ADMIN, "Grace Okafor")).post(url, {"token": token}).status_code == 403
    assert signed_in(make_member(elsewhere, Role.FRONT_DESK)).post(url, {"token": token}).status_code == 404
    assert Client().post(url, {"token": token})["Location"].startswith(reverse("sign-in"))
    assert actions() == ["link.made"]
    assert mail.outbox == []


@pytest.mark.parametrize("name", ["link-make", "link-email", "link-stop"])
def test_looking_at_these_addresses_does_nothing(visit, mia, token, name):
    answer = signed_in(mia).get(reverse(name, args=[visit.pk]))
    assert answer["Location"] == reverse("visit", args=[visit.pk])
    assert actions() == ["link.made"]


def test_the_code_on_the_page_is_the_address_in_dark_on_white_with_a_quiet_zone(visit, mia):
    answer = signed_in(mia).post(reverse("link-make", args=[visit.pk]))
    page, address = text(answer), address_in(answer)
    size = int(found_in(page, r'viewBox="0 0 (\d+) \d+"'))
    assert f'fill="#fff" d="M0 0h{size}v{size}H0z"' in page
    path = found_in(page, r'fill="#000" d="([^"]+)"')
    seen = [[0] * size for _ in range(size)]
    for x, y, width in (map(int, run) for run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path)):
        seen[y][x : x + width] = [1] * width
    wanted = segno.make(address, error="m", micro=False).matrix
    assert [row[QUIET:-QUIET] for row in seen[QUIET:-QUIET]] == [list(row) for row in wanted]
    assert not any(map(any, seen[:QUIET] + seen[-QUIET:]))
    assert not any(any(row[:QUIET] + row[-QUIET:]) for row in seen)
    assert '<title id="qr-title">QR code of the link</title>' in page


def test_another_address_gives_another_code():
    assert drawn("https://a.example/1")["path"] != drawn("https://a.example/2")["path"]


def test_the_key_is_in_no_row_of_the_database(visit, mia):
    front = signed_in(mia)
    page = front.post(reverse("link-make", args=[visit.pk]))
    token = address_in(page).split("/")[-2]
    front.post(reverse("link-email", args=[visit.pk]), {"token": token})
    opened(token).get(reverse("intake"))
    Client().post(link_to(token), WRONG)
    rows = [repr(row) for model in apps.get_models() for row in model._default_manager.values_list()]
    assert any(IntakeLink.objects.get().token_sha256 in row for row in rows)
    assert not [row for row in rows if token in row]


def test_a_new_link_ends_the_earlier_one_and_its_pages(visit, mia, token):
    browser = opened(token)
    newer = phone.make(visit, mia)[1]
    assert Client().get(link_to(token)).status_code == 410
    assert Client().get(link_to(newer)).status_code == 200
    assert browser.get(reverse("intake")).status_code == 410
    assert visit.links.filter(ended_at=None).count() == 1


def test_a_stopped_link_is_closed_with_the_pages_that_it_opened(visit, mia, token):
    browser = opened(token)
    front = signed_in(mia)
    assert "Stop this link" in text(front.get(reverse("visit", args=[visit.pk])))
    page = text(front.post(reverse("link-stop", args=[visit.pk]), follow=True))
    assert "The link is stopped" in page
    assert "Link ended: stopped by staff" in page
    assert "Stop this link" not in page
    assert Client().post(link_to(token), RIGHT).status_code == 410
    assert browser.get(reverse("intake")).status_code == 410
    assert actions()[-2:] == ["link.ended", "tablet.returned"]


def test_stopping_twice_is_told_once(visit, mia, token):
    phone.stop(visit, mia)
    phone.stop(visit, mia)
    assert actions() == ["link.made", "link.ended"]


def test_what_happened_is_told_on_the_page_of_the_visit(visit, mia, token):
    Client().post(link_to(token), WRONG)
    opened(token).post(reverse("tablet-return"))
    opened(token).post(reverse("tablet-return"), {"because": "idle"})
    page = text(signed_in(mia).get(reverse("visit", args=[visit.pk])))
    page = page[page.index('id="story"') :]
    told = (
        "Link made",
        "Wrong date of birth",
        "Link opened with the right date of birth",
        "Pages closed on the phone: given back",
    )
    assert all(words in page for words in told)
    assert page.count("On a phone") == 5
    assert "Pages closed by themselves: nobody used them" in page
    assert "On the tablet" not in page


def test_while_a_phone_has_the_pages_the_desk_is_told_so(visit, mia, token):
    opened(token)
    page = text(signed_in(mia).get(reverse("visit", args=[visit.pk])))
    assert "own phone has the pages since" in page
    assert "A tablet is with the patient" not in page


def test_no_link_is_made_once_the_answers_are_in(visit, mia):
    intake.submit(answered(visit))
    front = signed_in(mia)
    assert "own phone" not in text(front.get(reverse("visit", args=[visit.pk])))
    page = front.post(reverse("link-make", args=[visit.pk]), follow=True)
    assert "answers are in already" in text(page)
    assert not IntakeLink.objects.exists()


def test_links_carry_the_address_that_phones_reach(visit, mia, settings):
    settings.PUBLIC_ADDRESS = "https://intake.example.org"
    page = signed_in(mia).post(reverse("link-make", args=[visit.pk]))
    assert address_in(page).startswith("https://intake.example.org/tablet/phone/")


@pytest.mark.parametrize(("host", "told"), [("127.0.0.1:8000", True), ("testserver", False)])
def test_an_address_that_no_phone_can_reach_is_told(visit, mia, host, told):
    page = signed_in(mia).post(reverse("link-make", args=[visit.pk]), headers={"host": host})
    assert ("NEEDLEPOINT_ADDRESS" in text(page)) is told


# The date of birth comes first


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_program_that_previews_the_link_uses_nothing_up_and_learns_nothing(visit, token, method):
    before = IntakeLink.objects.values().get()
    for _ in range(8):
        answer = getattr(Client(), method)(link_to(token))
        assert answer.status_code == 200
        for secret in ("Keogh", "shoulder", "Siobhan", "1980", "ann@example.org", "needl"):
            assert secret.lower() not in re.sub(r'"/static/[^"]*"', "", text(answer)).lower()
    assert IntakeLink.objects.values().get() == before
    assert actions() == ["link.made"]
    assert not Handover.objects.exists()
    opened(token)


def test_the_page_asks_for_the_date_of_birth_in_the_name_of_the_clinic(visit, token):
    page = text(Client().get(link_to(token)))
    assert visit.clinic.name in page
    assert "What is your date of birth?" in page
    assert "tablet back" not in page
    for label in ("Day", "Month", "Year"):
        assert f">{label}</label>" in page


def test_the_right_date_opens_the_pages_under_an_address_without_a_key(visit, mia, token):
    on_tablet = tablet_for(visit)
    browser = Client()
    browser.get(link_to(token))
    answer = browser.post(link_to(token), RIGHT, follow=True)
    assert answer.redirect_chain[0][0] == "/tablet/"
    assert token not in text(answer)
    handover = Handover.objects.get(ended_at=None)
    assert (handover.own_phone, handover.purpose, handover.issued_by) == (True, "intake", mia)
    assert handover.confirmed_at
    assert browser.get(reverse("intake"))["Location"].startswith("/tablet/intake/")
    assert on_tablet.get(reverse("tablet")).status_code == 410
    assert actions() == ["link.made", "link.opened"]
    assert AuditEvent.objects.get(action="link.opened").data == {"visit": str(visit.pk), "handover": str(handover.pk)}


@pytest.mark.parametrize(
    "typed", [("17", "05", "1980"), (" 17 ", "5", "1980"), ("١٧", "٥", "١٩٨٠"), ("17", "5", "１９８０")]
)
def test_the_date_may_be_typed_in_several_ways(visit, token, typed):
    data = dict(zip(RIGHT, typed, strict=True))
    assert Client().post(link_to(token), data)["Location"] == reverse("tablet")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"born_day": ""}, "fill in all three boxes"),
        ({"born_month": "May"}, "numbers only"),
        ({"born_day": "-1"}, "numbers only"),
        ({"born_day": "1" * 400}, "numbers only"),
        ({"born_day": "²"}, "numbers only"),
        ({"born_year": "80"}, "four numbers"),
        ({"born_day": "31", "born_month": "2"}, "not in the calendar"),
        ({"born_month": "17", "born_day": "5"}, "not in the calendar"),
        ({"born_year": "0000"}, "not in the calendar"),
        ({"born_day": "\x00"}, "numbers only"),
    ],
)
def test_a_date_that_is_none_is_explained_and_counts_for_nothing(visit, token, change, told):
    answer = Client().post(link_to(token), RIGHT | change)
    assert answer.status_code == 422
    assert told in text(answer)
    assert 'aria-invalid="true"' in text(answer)
    assert 'value="1980"' in text(answer) or "born_year" in change
    assert IntakeLink.objects.get().wrong_days == 0


def test_a_wrong_date_is_told_kindly_and_what_was_typed_stays(visit, token):
    answer = Client().post(link_to(token), WRONG)
    assert answer.status_code == 422
    assert "not the date of birth that we have" in text(answer)
    assert "You can try 4 more times." in text(answer)
    assert 'value="1981"' in text(answer)
    assert "Keogh" not in text(answer)
    assert not Handover.objects.exists()
    event = AuditEvent.objects.get(action="link.birth_date_refused")
    assert event.data == {"visit": str(visit.pk), "count": 1}


def test_five_wrong_dates_close_the_link_even_for_the_right_one(visit, token):
    told = [Client().post(link_to(token), WRONG) for _ in range(5)]
    assert [answer.status_code for answer in told] == [422, 422, 422, 422, 410]
    assert "You can try 1 more time." in text(told[3])
    assert "not right five times" in text(told[4])
    assert "ask at the clinic" in text(told[4])
    assert Client().post(link_to(token), RIGHT).status_code == 410
    assert actions() == ["link.made", *["link.birth_date_refused"] * 5, "link.ended"]
    assert AuditEvent.objects.get(action="link.ended").data["because"] == "locked"
    assert IntakeLink.objects.get().ended_at


def test_guesses_at_the_same_moment_are_all_counted(fresh, token):
    together, told = threading.Barrier(10), []

    def guess() -> None:
        together.wait()
        try:
            phone.enter(token, datetime.date(1981, 5, 17), "")
        except (phone.WrongBirthDate, phone.LinkClosed) as refused:
            told.append(type(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(phone.WrongBirthDate) == told.count(phone.LinkClosed) == 5
    assert IntakeLink.objects.get().wrong_days == 5
    assert actions().count("link.ended") == 1


# Closed: nothing tells why


def closed(visit, mia, state) -> str:
    token = phone.make(visit, mia)[1]
    if state == "stopped":
        phone.stop(visit, mia)
    if state == "over":
        IntakeLink.objects.update(expires_at=timezone.now())
    return "x" * 43 if state == "unknown" else token


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_closed_link_says_the_same_whatever_the_reason(visit, mia, method):
    told = {
        (answer.status_code, answer.content)
        for state in ("unknown", "stopped", "over")
        for answer in [getattr(Client(), method)(link_to(closed(visit, mia, state)), RIGHT)]
    }
    ((status, page),) = told
    assert status == 410
    assert b"This link has closed" in page
    assert b"ask at the clinic" in page
    assert visit.clinic.name.encode() not in page


@pytest.mark.parametrize("token", ["", "%00", "a" * 3000, "é", "../../visits"])
def test_an_address_that_is_no_link_is_no_error(db, token):
    assert Client().get(f"/tablet/phone/{token}/").status_code in {404, 410}


def test_a_link_is_good_until_midnight_at_the_clinic(clinic, mia):
    """In Sydney on the night when clocks go back, 25 hours long: until midnight there, and no page of it lasts longer."""
    with time_machine.travel(datetime.datetime(2026, 4, 5, 9, 0, tzinfo=clinic.zone), tick=False) as now:
        visit = make_visit(make_patient(clinic), mia)
        token = phone.make(visit, mia)[1]
        now.move_to(datetime.datetime(2026, 4, 5, 23, 50, tzinfo=clinic.zone))
        browser = opened(token)
        assert Handover.objects.get().expires_at == datetime.datetime(2026, 4, 6, 0, 0, tzinfo=clinic.zone)
        now.move_to(datetime.datetime(2026, 4, 6, 0, 0, 1, tzinfo=clinic.zone))
        assert Client().get(link_to(token)).status_code == 410
        assert browser.get(reverse("intake")).status_code == 410
        assert Client().post(link_to(token), RIGHT).status_code == 410
        assert phone.open_link(visit) is None
        assert phone.make(visit, mia)[1] != token


def test_pages_on_a_phone_last_half_an_hour(visit, token):
    opened(token)
    handover = Handover.objects.get()
    until = min(handover.created_at + tablet.LASTS, IntakeLink.objects.get().expires_at)
    assert abs(handover.expires_at - until) < datetime.timedelta(seconds=5)


# Again within its day


def test_the_same_link_goes_on_where_the_patient_left_off_until_the_answers_are_sent(visit, token):
    first = opened(token)
    intake.mark_read(visit)
    first.post(reverse("tablet-return"))
    assert first.get(reverse("intake")).status_code == 410
    again = opened(token)
    assert again.get(reverse("intake"))["Location"].startswith("/tablet/intake/")
    assert IntakeDraft.objects.get().read
    answered(visit)
    assert again.post(reverse("intake-submit"))["Location"].startswith(reverse("tablet-done"))
    for answer in (Client().get(link_to(token)), Client().post(link_to(token), RIGHT)):
        assert answer.status_code == 410
        assert "Your answers were sent" in text(answer)
        assert "tablet" not in re.sub(r"<head>.*</head>|action=\S+", "", text(answer), flags=re.DOTALL)
        assert "Keogh" not in text(answer)
    assert phone.open_link(visit)


def test_a_second_phone_closes_the_pages_on_the_first(visit, token):
    first = opened(token)
    opened(token)
    assert first.get(reverse("intake")).status_code == 410
    assert Handover.objects.filter(ended_at=None).count() == 1


def test_on_a_phone_whose_pages_have_closed_the_link_opens_at_once(visit, token):
    browser = opened(token)
    Handover.objects.update(expires_at=timezone.now())
    assert "date of birth" in text(browser.get(link_to(token)))
    assert browser.post(link_to(token), RIGHT)["Location"] == reverse("tablet")
    assert browser.get(reverse("intake")).status_code == 302


def test_another_patients_link_on_the_same_phone_asks_for_that_date_and_closes_the_first_pages(
    visit, clinic, mia, token
):
    browser = opened(token)
    child = make_visit(make_patient(clinic, "Ben Keogh", datetime.date(2015, 2, 3)), visit.clinician)
    other = phone.make(child, mia)[1]
    assert "date of birth" in text(browser.get(link_to(other)))
    assert browser.post(link_to(other), RIGHT).status_code == 422
    assert browser.get(reverse("intake")).status_code == 302
    browser.post(link_to(other), {"born_day": "3", "born_month": "2", "born_year": "2015"})
    assert Handover.objects.get(pk=browser.session[KEY]).visit == child
    assert Handover.objects.get(visit=visit).ended_because == "another_link"


def test_on_a_tablet_of_the_clinic_that_is_handed_over_no_link_opens(visit, token):
    on_tablet = tablet_for(visit)
    for answer in (on_tablet.get(link_to(token)), on_tablet.post(link_to(token), RIGHT)):
        assert answer["Location"] == reverse("tablet")
    assert not Handover.objects.filter(own_phone=True).exists()


def test_a_member_of_staff_who_tries_the_link_is_signed_out_by_it(visit, mia, token):
    front = signed_in(mia)
    before = front.session.session_key
    assert front.get(link_to(token)).status_code == 200
    assert front.get(reverse("patients")).status_code == 200
    front.post(link_to(token), RIGHT)
    assert front.session.session_key != before
    assert "_auth_user_id" not in front.session
    assert front.get(reverse("patients"))["Location"] == reverse("tablet")


def test_a_phone_closes_pages_and_gives_no_tablet_back(visit, token):
    page = text(opened(token).get(reverse("intake"), follow=True))
    assert "Close these pages" in page
    assert "Give the tablet back" not in page
    assert "Give the tablet back" in text(tablet_for_another(visit).get(reverse("intake"), follow=True))


def tablet_for_another(visit) -> Client:
    return tablet_for(make_visit(visit.patient, visit.clinician))


# The language


def test_the_language_is_the_one_chosen_on_the_page(visit, token):
    page = text(Client().get(link_to(token, "ar")))
    assert 'lang="ar" dir="rtl"' in page
    Client().post(link_to(token, "ar"), RIGHT)
    assert Handover.objects.get().language == "ar"


@pytest.mark.parametrize("language", ["", "xx", "en'"])
def test_without_a_language_of_ours_the_page_is_in_english_and_the_pages_as_the_file_says(visit, token, language):
    visit.patient.language = "Spanish"
    visit.patient.save()
    assert 'lang="en"' in text(Client().get(link_to(token, language)))
    Client().post(link_to(token, language), RIGHT)
    assert Handover.objects.get().language == "es"


def test_the_link_of_a_patient_who_speaks_spanish_opens_in_spanish(visit, mia):
    visit.patient.language = "Spanish"
    visit.patient.save()
    address = address_in(signed_in(mia).post(reverse("link-make", args=[visit.pk])))
    assert address.endswith("/?language=es")
    assert 'lang="es"' in text(Client().get(address))


# By email


def emailed(visit, mia, token):
    return signed_in(mia).post(reverse("link-email", args=[visit.pk]), {"token": token})


def test_the_message_has_the_link_and_nothing_of_the_patient(visit, mia, token):
    page = emailed(visit, mia, token)
    assert "The link was sent to <bdi>ann@example.org</bdi>." in text(page)
    assert "Send by email" not in text(page)
    (message,) = mail.outbox
    assert message.to == ["ann@example.org"]
    assert message.subject == "Before your visit to Harbour Physio"
    assert address_in(page) in message.body.splitlines()
    assert token not in message.subject
    assert "date of birth" in message.body
    assert f"until the end of {visit.clinic.today():%-d %B %Y}" in message.body
    everything = message.message().as_string().replace(f"http://testserver{link_to(token)}", "").lower()
    for word in ("ann ", "keogh", "shoulder", "siobhan", "1980", "needl", "pain", "health"):
        assert word not in everything.replace("needlepoint@localhost", "")
    assert (actions(), IntakeLink.objects.get().emailed_at is not None) == (["link.made", "link.emailed"], True)


def test_marks_in_the_name_of_a_clinic_reach_the_message_as_they_are(visit, mia, token):
    visit.clinic.name, visit.clinic.address = "O’Neill & Sons <Physio>", '1 "Quay" Street'
    visit.clinic.save()
    emailed(visit, mia, token)
    (message,) = mail.outbox
    assert message.subject == "Before your visit to O’Neill & Sons <Physio>"
    assert "O’Neill & Sons <Physio> has a few questions" in message.body
    assert message.body.endswith('O’Neill & Sons <Physio>\n1 "Quay" Street\n')
    message.message()


def test_the_message_is_written_in_the_language_of_the_patient(visit, mia, token, monkeypatch):
    visit.patient.language = "español"
    visit.patient.save()
    spoken = []

    def render(name, context):
        spoken.append((name.rsplit("/")[-1], translation.get_language()))
        return f"{name} {context['address']}"

    monkeypatch.setattr(phone, "render_to_string", render)
    page = emailed(visit, mia, token)
    assert spoken == [("phone_link_subject.txt", "es"), ("phone_link.txt", "es")]
    assert 'lang="en"' in text(page)
    assert mail.outbox[0].body.strip().endswith(f"{link_to(token)}?language=es")


def test_a_message_goes_once_for_each_link(visit, mia, token):
    emailed(visit, mia, token)
    assert "The link was sent" in text(emailed(visit, mia, token))
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "error",
    [smtplib.SMTPRecipientsRefused({"ann@example.org": (550, b"no")}), ConnectionRefusedError(), TimeoutError()],
)
def test_a_message_that_cannot_be_sent_is_told_and_the_link_stays(visit, mia, token, monkeypatch, error, caplog):
    def fail(self, *args, **kwargs):
        raise error

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", fail)
        page = emailed(visit, mia, token)
    assert "could not be sent" in text(page)
    assert address_in(page).endswith(link_to(token))
    assert type(error).__name__ in caplog.text
    assert "ann@example.org" not in caplog.text
    assert actions() == ["link.made"]
    assert "The link was sent" in text(emailed(visit, mia, token))


def test_without_an_email_address_the_page_says_what_to_do(visit, mia):
    visit.patient.email = ""
    visit.patient.save()
    front = signed_in(mia)
    page = front.post(reverse("link-make", args=[visit.pk]))
    assert "no email address on file" in text(page)
    assert reverse("patient-edit", args=[visit.patient_id]) in text(page)
    assert "Send by email" not in text(page)
    token = address_in(page).split("/")[-2]
    assert "no email address on file" in text(
        front.post(reverse("link-email", args=[visit.pk]), {"token": token}, follow=True)
    )
    assert mail.outbox == []


@pytest.mark.parametrize("which", ["made up", "ended", "of another visit", ""])
def test_only_the_open_link_of_this_visit_is_sent(visit, mia, which):
    another = make_visit(visit.patient, visit.clinician)
    token = {"of another visit": lambda: phone.make(another, mia)[1], "ended": lambda: phone.make(visit, mia)[1]}.get(
        which, lambda: which
    )()
    if which == "ended":
        phone.stop(visit, mia)
    page = signed_in(mia).post(reverse("link-email", args=[visit.pk]), {"token": token}, follow=True)
    assert "nothing was sent" in text(page)
    assert mail.outbox == []


def test_a_message_that_only_reached_the_console_is_not_called_sent(visit, mia, token, settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    page = emailed(visit, mia, token)
    assert "printed on the server’s console" in text(page)
    assert "The link was sent" not in text(page)
    assert token in capsys.readouterr().out


# What must not get out


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What goes to the console as the settings say."""
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler) and any(isinstance(it, DropDetails) for it in handler.filters)
    ]
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def test_the_log_has_no_key(visit, mia, token, log):
    Client(enforce_csrf_checks=True).post(link_to(token), RIGHT)
    Client().put(link_to(token))
    for _ in range(5):
        Client().post(link_to(token), WRONG)
    Client().get(link_to(token))
    try:
        raise ValueError(f"at {link_to(token)} something broke")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", link_to(token))
    told = log.getvalue()
    assert "Gone: /tablet/phone/-/" in told
    assert "Forbidden (CSRF cookie not set.): /tablet/phone/-/" in told
    assert "Traceback" in told
    assert token not in told


def test_the_page_of_the_link_is_not_kept_and_tells_no_other_page_its_address(visit, token):
    for answer in (Client().get(link_to(token)), Client().get(link_to("x")), Client().post(link_to(token), RIGHT)):
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "strict-origin"


def test_forged_forms_are_refused(visit, token):
    assert Client(enforce_csrf_checks=True).post(link_to(token), RIGHT).status_code == 403
    assert not Handover.objects.exists()


# In a browser


@pytest.mark.parametrize("width", [390, 320])
def test_in_a_browser_a_phone_opens_what_the_desk_shows(device, width):
    clinic = make_clinic()
    mia = make_member(clinic, Role.FRONT_DESK, "Mia Torres")
    visit = make_visit(make_patient(clinic, "Ann Keogh", email="ann@example.org"), make_member(clinic), opened_by=mia)
    desk = device(viewport=TABLET if width > 320 else {"width": 320, "height": 640}).new_page()
    desk.goto(reverse("visit", args=[visit.pk]))
    desk.fill("#id_username", mia.username)
    desk.fill("#id_password", PASSWORD)
    desk.get_by_role("button", name="Sign in").click()
    fits(desk)
    desk.get_by_role("button", name="Let the patient answer on their own phone").click()
    desk.get_by_role("img", name="QR code of the link").wait_for()
    fits(desk)
    address = desk.locator("p.mono").inner_text()
    desk.get_by_role("button", name="Send by email").click()
    desk.get_by_text("The link was sent to ann@example.org.").wait_for()

    mobile = device(viewport=PHONE | {"width": width}, is_mobile=True)
    referers: list[str] = []
    mobile.on("request", lambda request: referers.append(request.all_headers().get("referer", "")))
    page = mobile.new_page()
    page.goto(address)
    fits(page)
    for language, code in (("Español", "es"), ("English", "en")):
        page.get_by_role("link", name=language).click()
        page.wait_for_url(f"**?language={code}")
    page.get_by_label("Day").fill("17")
    page.get_by_label("Month").fill("5")
    page.get_by_label("Year").fill("1979")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("You can try 4 more times.").first.wait_for()
    fits(page)
    page.get_by_label("Year").fill("1980")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tablet/intake/**")
    page.get_by_role("button", name="Close these pages").click()
    page.wait_for_url("**" + reverse("tablet-done") + "*")
    token = address.split("/")[-2]
    assert any(referers)
    assert not [referer for referer in referers if token in referer]
    assert [event for event in actions() if event.startswith("link.")] == [
        "link.made", "link.emailed", "link.birth_date_refused", "link.opened",
    ]  # fmt: skip


def fits(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_first_page_is_light(visit, token):
    assert len(gzip.compress(Client().get(link_to(token)).content)) < 4000


# The settings


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://clinic%40example.org:p%40ss@mail.example.org", ("mail.example.org", 587, False, True)),
        ("smtp://clinic%40example.org:p%40ss@mail.example.org:2525/", ("mail.example.org", 2525, False, True)),
        ("smtps://clinic%40example.org:p%40ss@mail.example.org", ("mail.example.org", 465, True, False)),
        ("smtp://clinic%40example.org:p%40ss@localhost", ("localhost", 25, False, False)),
    ],
)
def test_a_mail_server_is_named_by_one_address_and_spoken_to_in_secret(url, wanted):
    made = settings.mail(url, "")
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_SSL", "EMAIL_USE_TLS")
    assert tuple(made[name] for name in names) == wanted
    assert (made["EMAIL_HOST_USER"], made["EMAIL_HOST_PASSWORD"]) == ("clinic@example.org", "p@ss")
    assert made["DEFAULT_FROM_EMAIL"] == "clinic@example.org"
    assert made["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert made["EMAIL_TIMEOUT"]


def test_without_a_mail_server_messages_go_to_the_console():
    assert settings.mail("", "")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    assert settings.mail("", "desk@example.org")["DEFAULT_FROM_EMAIL"] == "desk@example.org"


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://u:sesame@h:port",
        "smtp://u:sesame@h/x",
        "smtp://[",
    ],
)
def test_a_wrong_mail_server_stops_the_start_without_telling_the_password(url):
    with pytest.raises(ImproperlyConfigured, match="NEEDLEPOINT_SMTP") as wrong:
        settings.mail(url, "desk@example.org")
    assert "sesame" not in str(wrong.value)


def test_a_mail_server_without_an_address_to_send_from_stops_the_start():
    with pytest.raises(ImproperlyConfigured, match="NEEDLEPOINT_SENDER"):
        settings.mail("smtp://clinic:secret@mail.example.org", "")


@pytest.mark.parametrize(
    "value", ["intake.example.org", "ftp://a.example", "https://a.example/x", "https://", "http://a.example"]
)
def test_a_wrong_public_address_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("NEEDLEPOINT_ADDRESS", value)
    with pytest.raises(ImproperlyConfigured, match="NEEDLEPOINT_ADDRESS"):
        settings.web_address("NEEDLEPOINT_ADDRESS", ("https",))


@pytest.mark.parametrize("value", ["", "https://a.example", "https://a.example:8443/"])
def test_a_public_address_has_no_slash_at_its_end(monkeypatch, value):
    monkeypatch.setenv("NEEDLEPOINT_ADDRESS", value)
    assert settings.web_address("NEEDLEPOINT_ADDRESS", ("https",)) == value.rstrip("/")
