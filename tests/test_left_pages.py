"""Pages that a patient turned away from: nothing typed is lost, nothing old goes in its place, nothing of a day into the next."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from clinic.languages import in_language
from clinic.models import Handover
from screening import intake
from screening.models import Intake, IntakeDraft
from screening.questionnaire import PRECAUTION_OF, QUESTIONS
from tests.people import answered, clear_replies, make_clinic, make_member, make_patient, make_visit, tablet_for

BACK = {"leave": "back"}


@pytest.fixture
def visit(db):
    clinic = make_clinic()
    return make_visit(make_patient(clinic), make_member(clinic))


@pytest.fixture
def patient(visit):
    """The tablet of a patient who has answered everything and not sent it."""
    return tablet_for(answered(visit))


def page(code: str, query: str = "") -> str:
    return reverse("intake-page", args=[code]) + query


def draft(visit) -> IntakeDraft:
    return IntakeDraft.objects.get(visit=visit)


def text(answer) -> str:
    return answer.content.decode()


# Back


def test_a_changed_answer_counts_when_the_patient_goes_back_instead_of_on(visit, patient):
    changed = {"antiplatelet": "yes", **BACK}
    assert patient.post(page("bleeding-2", "?check=1"), changed)["Location"] == reverse("intake-check")
    assert draft(visit).replies["antiplatelet"] == "yes"
    patient.post(reverse("intake-submit"))
    assert Intake.objects.get().replies["antiplatelet"] == "yes"


def test_a_changed_answer_that_is_not_complete_is_never_sent_as_it_was_before(visit, patient):
    half = {"skin": "yes", **BACK}  # where it is, is still missing
    patient.post(page("skin-lesions", "?check=1"), half)
    assert patient.get(reverse("intake-check"), follow=True).redirect_chain[-1][0] == page("skin-lesions")
    patient.post(reverse("intake-submit"))
    shown = text(patient.get(page("skin-lesions")))
    assert 'value="yes"' in shown
    assert " checked" in shown
    assert draft(visit).typed == {"skin-lesions": {"skin": ["yes"]}}


def test_a_page_that_was_only_looked_at_keeps_nothing_and_shows_what_is_answered_later(visit):
    intake.mark_read(visit)
    client = tablet_for(visit)
    client.post(page("bleeding-2"), BACK)
    assert draft(visit).typed == {}
    client.post(page("bleeding-2"), {"antiplatelet": "no"})
    assert " checked" in text(client.get(page("bleeding-2")))


@pytest.mark.parametrize("typed", ["warfarin 5 mg\r\nINR 2.4", "warfarin \U0001f600", "\u202ewarfarin"])
def test_whatever_was_written_stands_there_again(visit, typed):
    intake.mark_read(visit)
    client = tablet_for(visit)
    client.post(page("infection"), {"ill-today": "yes", "infection-details": typed, **BACK})
    assert draft(visit).typed["infection"]["infection-details"] == [typed]
    assert typed.splitlines()[0] in text(client.get(page("infection")))


@pytest.mark.parametrize("rotten", ["a\x00b", "skin\x00", "\x00"])
def test_names_and_values_that_no_database_can_hold_are_left_out(visit, rotten):
    intake.mark_read(visit)
    client = tablet_for(visit)
    answer = client.post(page("skin-lesions"), {rotten: "1", "skin": rotten, "skin-open": "no", **BACK})
    assert answer.status_code == 302
    assert draft(visit).typed == {"skin-lesions": {"skin-open": ["no"]}}


def test_a_form_in_another_encoding_is_refused(visit):
    intake.mark_read(visit)
    kind = "multipart/form-data; boundary=b; charset=utf-7"
    body = b'--b\r\nContent-Disposition: form-data; name="leave"\r\n\r\nback\r\n--b--\r\n'
    assert tablet_for(visit).post(page("skin-lesions"), body, content_type=kind).status_code == 415


# The next day


def test_what_is_asked_at_every_visit_is_not_kept_overnight(visit):
    with time_machine.travel(datetime.datetime(2026, 11, 30, 6, 0, tzinfo=datetime.UTC), tick=False):
        answered(visit)
    with time_machine.travel(datetime.datetime(2026, 12, 1, 0, 0, tzinfo=datetime.UTC), tick=False):
        kept = intake.draft_of(visit).replies
    daily = {code for code in clear_replies(visit) if PRECAUTION_OF[code].each_visit or QUESTIONS[code].each_visit}
    assert {"ill-today", "pregnant", "wants-treatment", "blood-thinner", "skin", "device"} <= daily
    assert not daily & set(kept)
    assert set(kept) == set(clear_replies(visit)) - daily


def test_within_the_day_of_the_clinic_everything_is_kept(visit):
    with time_machine.travel(datetime.datetime(2026, 11, 29, 14, 0, tzinfo=datetime.UTC), tick=False):
        answered(visit)  # one o'clock at night in Sydney, where it is the 30th already
    with time_machine.travel(datetime.datetime(2026, 11, 30, 12, 0, tzinfo=datetime.UTC), tick=False):
        assert set(intake.draft_of(visit).replies) == set(clear_replies(visit))


# In more than one language


def test_each_answer_keeps_the_words_in_which_it_was_asked(visit):
    replies = clear_replies(visit)
    intake.mark_read(visit)
    client = tablet_for(visit, language="ar")
    client.post(page("bleeding-2"), {"antiplatelet": "no"})
    client.post(page("bleeding-3"), {"bleeds-easily": "no", "wish-language": "en"})
    client.post(page("bleeding-3"), {"bleeds-easily": "no"})
    assert Handover.objects.get().language == "en"
    intake.save_page(visit, [code for code in replies if code not in {"antiplatelet", "bleeds-easily"}], replies)
    client.post(reverse("intake-submit"))
    sent = Intake.objects.get()
    rows = {row["code"]: row for row in sent.asked}
    assert rows["antiplatelet"]["language"] == "ar"
    assert rows["antiplatelet"]["text"] == in_language("ar", QUESTIONS["antiplatelet"].text)
    assert rows["bleeds-easily"]["text"] == QUESTIONS["bleeds-easily"].text
    assert "original" not in rows["bleeds-easily"]
    assert (sent.language, sent.translation) == ("en", "unconfirmed")
