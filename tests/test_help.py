"""Help for a patient: a call for staff, how the pages look, somebody who helps to answer, the language of the answers."""

import datetime
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic import audit, calls, tablet
from clinic.models import AuditEvent, Handover, Purpose, Role
from consent.management.commands.demo import Demo
from screening import assistance, intake
from screening.models import Intake, IntakeDraft
from screening.questionnaire import PAGES
from tests.people import (
    answered,
    make_clinic,
    make_member,
    make_patient,
    make_visit,
    signed_in,
    tablet_for,
)
from tests.written import Reader, clear_case, consented

TOLD = "We have told our staff. Somebody will come to you."
ASKS = "tablet asks for help, since"
MEDICINES = "blood-thinner-details"
HELPER = {"who": "staff", "name": "Mia Torres", "ways": ["read_aloud", "entered"]}


def text(answer) -> str:
    """As it is read: no templates, no tags, one space between words."""
    shown = re.sub(r"<template>.*?</template>|<[^>]+>", "", answer.content.decode(), flags=re.DOTALL)
    return " ".join(shown.replace("&#x27;", "'").split())


def page_of(code: str) -> str:
    return next(reverse("intake-page", args=[page.code]) for page in PAGES if code in {q.code for q in page.questions})


def actions(*wanted: str) -> list[tuple[str, str]]:
    events = AuditEvent.objects.filter(action__in=wanted).order_by("seq")
    return [(event.action, event.actor.printed_name if event.actor else "") for event in events]


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def visit(clinic):
    return make_visit(make_patient(clinic, "Ann Keogh"), make_member(clinic))


@pytest.fixture
def patient(visit):
    return tablet_for(answered(visit))


@pytest.fixture
def desk(clinic):
    return signed_in(make_member(clinic, Role.FRONT_DESK, "Mia Torres"))


def press(client: Client, value: str = "1", at: str = "", **typed):
    return client.post(at or page_of(MEDICINES), {"wish-staff": value} | typed, follow=True)


# A call for a member of staff.


@pytest.mark.parametrize("purpose", Purpose.values)
def test_every_page_offers_to_call_somebody_from_the_very_first(visit, purpose):
    assert 'name="wish-staff"' in tablet_for(visit, purpose, confirmed=False).get(reverse("tablet")).content.decode()


def test_on_their_own_phone_nobody_is_offered_and_nobody_is_called(visit):
    phone = tablet_for(answered(visit), own_phone=True)
    assert 'name="wish-staff"' not in phone.get(page_of(MEDICINES)).content.decode()
    press(phone)
    assert Handover.objects.get().help_wanted_at is None


def test_a_call_is_told_at_once_and_on_every_page_until_somebody_goes(patient, desk):
    assert TOLD in text(press(patient))
    assert TOLD in text(patient.get(reverse("intake-check")))
    desk.post(reverse("call-answer", args=[Handover.objects.get().pk]))
    assert TOLD not in text(patient.get(reverse("intake-check")))


def test_pressed_again_it_stays_one_call_of_the_same_time(patient):
    press(patient)
    first = Handover.objects.get().help_wanted_at
    assert TOLD in text(press(patient))
    assert Handover.objects.get().help_wanted_at == first
    assert actions("tablet.help_called") == [("tablet.help_called", "")]


def test_whoever_has_been_helped_says_so_and_the_call_is_over(patient, desk):
    press(patient)
    assert TOLD not in text(press(patient, "0"))
    assert ASKS not in text(desk.get(reverse("home")))
    assert actions("tablet.help_called", "tablet.help_answered") == [
        ("tablet.help_called", ""),
        ("tablet.help_answered", ""),
    ]


@pytest.mark.parametrize("value", ["", "2", "yes"])
def test_a_wish_that_is_not_on_offer_calls_nobody(patient, value):
    press(patient, value)
    assert Handover.objects.get().help_wanted_at is None


def test_what_was_typed_still_stands_there_after_the_call(patient):
    answer = press(patient, **{"blood-thinner": "yes", MEDICINES: "Warfarin 3 mg"})
    assert "Warfarin 3 mg" in answer.content.decode()
    assert IntakeDraft.objects.get().replies["blood-thinner"] == "no"


@pytest.mark.parametrize("role", Role.values)
def test_the_first_page_of_everybody_says_whose_tablet_asks_and_since_when(patient, clinic, role):
    press(patient)
    since = timezone.localtime(Handover.objects.get().help_wanted_at, clinic.zone).strftime("%H:%M")
    assert f"Ann Keogh's {ASKS} {since}" in text(signed_in(make_member(clinic, role)).get(reverse("home")))


def test_i_am_going_ends_the_call_and_the_trail_says_who_went(patient, desk):
    press(patient)
    answer = desk.post(reverse("call-answer", args=[Handover.objects.get().pk]), follow=True)
    assert "Ann Keogh waits for you" in text(answer)
    assert ASKS not in text(answer)
    assert actions("tablet.help_answered") == [("tablet.help_answered", "Mia Torres")]
    assert not list(audit.breaks(Handover.objects.get().visit.clinic))


def test_a_second_member_of_staff_hears_that_somebody_has_gone(patient, desk, clinic):
    press(patient)
    address = reverse("call-answer", args=[Handover.objects.get().pk])
    desk.post(address)
    answer = signed_in(make_member(clinic, Role.ADMIN, "Grace Okafor")).post(address, follow=True)
    assert "Somebody has gone to Ann Keogh already" in text(answer)
    assert actions("tablet.help_answered") == [("tablet.help_answered", "Mia Torres")]


def test_another_clinic_sees_no_call_and_cannot_answer_it(patient):
    press(patient)
    stranger = signed_in(make_member(make_clinic("Hill Physio"), Role.ADMIN))
    assert stranger.get(reverse("calls")).json() == {"calls": []}
    assert ASKS not in text(stranger.get(reverse("home")))
    assert stranger.post(reverse("call-answer", args=[Handover.objects.get().pk])).status_code == 404
    assert Handover.objects.get().help_wanted_at


def test_an_answer_is_sent_and_never_just_opened(patient, desk):
    press(patient)
    assert desk.get(reverse("call-answer", args=[Handover.objects.get().pk])).status_code == 405


def test_calls_are_for_those_who_have_signed_in(patient, client):
    press(patient)
    assert client.get(reverse("calls"))["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("because", tablet.CLOSED_BY_TIME)
def test_who_waits_without_touching_the_tablet_is_not_forgotten_when_it_closes(patient, desk, because):
    press(patient)
    Handover.objects.update(ended_at=timezone.now(), ended_because=because)
    assert ASKS in text(desk.get(reverse("home")))


def test_a_tablet_that_came_back_or_was_handed_over_anew_asks_no_more(patient, visit, desk):
    press(patient)
    Handover.objects.update(ended_at=timezone.now(), ended_because="idle")
    tablet_for(visit)
    assert ASKS not in text(desk.get(reverse("home")))
    press(tablet_for(make_visit(make_patient(visit.clinic, "Liam Park"), visit.clinician)))
    Handover.objects.filter(visit__patient__name="Liam Park").update(ended_at=timezone.now(), ended_because="returned")
    assert ASKS not in text(desk.get(reverse("home")))


def test_a_call_left_over_from_yesterday_is_not_shown(patient, desk):
    press(patient)
    Handover.objects.update(help_wanted_at=timezone.now() - datetime.timedelta(hours=13))
    assert ASKS not in text(desk.get(reverse("home")))


def test_asking_for_calls_leaves_no_trace_and_does_not_keep_a_sign_in_alive(patient, desk):
    press(patient)
    events, ends = AuditEvent.objects.count(), Session.objects.get(pk=desk.session.session_key).expire_date
    answer = desk.get(reverse("calls"))
    assert [call["name"] for call in answer.json()["calls"]] == ["Ann Keogh"]
    assert AuditEvent.objects.count() == events
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert Session.objects.get(pk=desk.session.session_key).expire_date == ends


def test_many_calls_take_no_more_queries_than_one(
    visit, desk, django_assert_num_queries, django_assert_max_num_queries
):
    press(tablet_for(visit), at=reverse("tablet"))
    with django_assert_max_num_queries(8) as few:
        desk.get(reverse("calls"))
    number = len(few)
    for name in ("Liam Park", "Ruth Lindqvist", "Leo Lopez"):
        press(tablet_for(make_visit(make_patient(visit.clinic, name), visit.clinician)), at=reverse("tablet"))
    with django_assert_num_queries(number):
        assert len(desk.get(reverse("calls")).json()["calls"]) == 4


def test_the_longest_waiting_comes_first(visit, desk):
    for name in ("Liam Park", "Ruth Lindqvist"):
        press(tablet_for(make_visit(make_patient(visit.clinic, name), visit.clinician)), at=reverse("tablet"))
    now = timezone.now()
    Handover.objects.filter(visit__patient__name="Ruth Lindqvist").update(
        help_wanted_at=now - datetime.timedelta(minutes=9)
    )
    assert [row.visit.patient.name for row in calls.open_calls(visit.clinic)] == ["Ruth Lindqvist", "Liam Park"]


# Somebody helps to answer.


def help_page(came_from: str = "") -> str:
    return reverse("intake-help") + (f"?from={came_from}" if came_from else "")


def helped(visit) -> list[dict[str, Any]]:
    return IntakeDraft.objects.get(visit=visit).help


def test_a_helper_is_noted_with_what_they_do_and_comes_back_to_the_same_question(patient, visit):
    there = page_of(MEDICINES)
    answer = patient.post(help_page(there), HELPER, follow=True)
    assert helped(visit) == [HELPER]
    assert "Mia Torres" in text(answer)
    assert f'href="{there}"' in answer.content.decode()
    event = AuditEvent.objects.get(action="intake.assisted")
    assert event.data == {"helpers": 1, "visit": str(visit.pk)}


def test_several_helpers_are_noted_and_each_can_be_taken_away(patient, visit):
    interpreter = {"who": "interpreter", "name": "Ana Ruiz", "ways": ["translated"]}
    for helper in (HELPER, interpreter):
        patient.post(help_page(), helper)
    assert helped(visit) == [HELPER, interpreter]
    for _again in range(2):  # pressed twice, only one goes
        patient.post(help_page(), {"remove": "Mia Torres", "who": "staff"})
    assert helped(visit) == [interpreter]
    assert [event.data["helpers"] for event in AuditEvent.objects.filter(action="intake.assisted").order_by("seq")] == [
        1,
        2,
        1,
    ]


def test_the_same_person_named_again_is_noted_once_as_they_help_now(patient, visit):
    patient.post(help_page(), HELPER)
    patient.post(help_page(), HELPER | {"name": "mia torres", "ways": ["explained"]})
    assert helped(visit) == [{"who": "staff", "name": "mia torres", "ways": ["explained"]}]


def test_the_page_says_that_a_child_may_not_interpret(patient):
    assert "A child may not interpret for you." in text(patient.get(help_page()))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"who": ""}, "Please choose who helps you."),
        ({"who": "dog"}, "Please choose one of the answers offered."),
        ({"name": "  "}, "Please write the name of the person who helps you."),
        ({"name": "x" * 121}, "Please shorten this to 120 characters."),
        ({"ways": []}, "Please choose at least one way."),
        ({"ways": ["juggles"]}, "Please choose one of the answers offered."),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_what_was_typed_stays(patient, visit, wrong, told):
    answer = patient.post(help_page(), HELPER | {"name": "Mia Torres Ley"} | wrong)
    assert answer.status_code == 422
    assert told in text(answer)
    assert wrong.get("name", "Mia Torres Ley").strip() in answer.content.decode()
    assert helped(visit) == []


def test_a_name_with_signs_that_no_name_has_is_refused(patient, visit):
    assert patient.post(help_page(), HELPER | {"name": "Mia\x00Torres<b>"}).status_code == 422
    assert helped(visit) == []


def test_after_ten_helpers_the_next_is_asked_to_wait(patient, visit):
    for number in range(assistance.MOST_HELPERS):
        patient.post(help_page(), HELPER | {"name": f"Mia Torres {'abcdefghij'[number]}"})
    answer = patient.post(help_page(), HELPER)
    assert "Ten helpers are noted already" in text(answer)
    assert len(helped(visit)) == 10


def test_half_typed_answers_survive_the_way_to_the_helpers_and_back(visit):
    intake.mark_read(visit)
    patient, there = tablet_for(visit), page_of(MEDICINES)
    typed = {"blood-thinner": "yes", MEDICINES: "Warfarin 3 mg"}
    answer = patient.post(reverse("intake-help-turn"), typed | {"from": there}, follow=True)
    assert "Who helps you?" in text(answer)
    assert "Warfarin 3 mg" in patient.get(there).content.decode()
    assert IntakeDraft.objects.get().replies == {}
    assert "from" not in IntakeDraft.objects.get().typed[there.rsplit("/", 2)[1]]


def test_a_page_that_tells_what_is_missing_comes_back_with_what_was_typed(visit):
    intake.mark_read(visit)
    patient, there = tablet_for(visit), page_of(MEDICINES) + "?check=1&missing=1"
    answer = patient.post(reverse("intake-help-turn"), {MEDICINES: "Warfarin 3 mg", "from": there}, follow=True)
    back = re.search(r'href="([^"]+)">Back to the questions', answer.content.decode())
    assert back
    assert back[1] == page_of(MEDICINES) + "?check=1"
    assert "Warfarin 3 mg" in patient.get(back[1]).content.decode()


def test_what_a_guardian_has_typed_survives_too(clinic):
    child = make_patient(clinic, "Leo Lopez", clinic.today() - datetime.timedelta(days=13 * 366))
    patient = tablet_for(answered(make_visit(child, make_member(clinic))))
    there = reverse("intake-guardian-answers")
    patient.post(reverse("intake-guardian"), {"here": "1"})
    patient.post(reverse("intake-help-turn"), {"guardian-name": "Maria Lopez", "from": there})
    assert "Maria Lopez" in patient.get(there).content.decode()


@pytest.mark.parametrize(
    "address",
    ["", "/", "//example.org/tablet/intake/", "https://example.org/", "javascript:alert(1)", "/tablet/return/", "/patients/", "http://["],
)  # fmt: skip
def test_the_way_back_leads_to_pages_of_the_intake_alone(patient, address):
    answer = patient.post(reverse("intake-help-turn"), {"from": address}, follow=True)
    assert f'href="{reverse("intake")}">Back to the questions' in answer.content.decode()


def test_every_page_of_the_intake_leads_to_the_helpers_and_a_consent_does_not(patient, visit):
    for address in (page_of(MEDICINES), reverse("intake-check"), reverse("intake-read", args=["what-it-is"])):
        assert "Someone helps me" in text(patient.get(address))
    Handover.objects.update(ended_at=timezone.now())
    welcome = tablet_for(visit, Purpose.CONSENT, confirmed=False).get(reverse("tablet"))
    assert "Someone helps me" not in text(welcome)


def test_a_wish_on_the_page_of_helpers_keeps_what_was_typed(patient):
    answer = patient.post(help_page(), HELPER | {"wish-text-size": "1"}).content.decode()
    assert 'class="text-1"' in answer
    assert 'value="Mia Torres"' in answer
    assert len(re.findall(r"<input[^>]* checked", answer)) == 3


def test_once_the_answers_are_sent_no_helper_can_be_added(visit):
    answered(visit)
    client = tablet_for(visit)
    intake.submit(visit)
    assert client.post(help_page(), HELPER).status_code == 410
    assert Intake.objects.get().help == []


# What staff and the record say of both.


def sent(visit, language: str = "en") -> Intake:
    answered(visit)
    assistance.add(visit, "staff", "Mia Torres", ["entered", "read_aloud"])
    assistance.add(visit, "interpreter", "Ana Ruiz", ["translated"])
    return intake.submit(visit, language)


HELPED = (
    "Helped to answer: Mia Torres, member of staff: read the questions, typed the answers",
    "Helped to answer: Ana Ruiz, interpreter: translated",
)
SPANISH = "Answered in Spanish, translation not yet confirmed by a clinician"


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK])
def test_the_case_says_who_helped_and_in_which_language_it_was_answered(visit, role):
    sent(visit, "es")
    page = text(signed_in(make_member(visit.clinic, role)).get(reverse("case", args=[visit.pk])))
    assert [line for line in (*HELPED, SPANISH) if line not in page] == []


def test_of_english_answers_without_help_the_case_says_neither(visit):
    intake.submit(answered(visit))
    page = text(signed_in(visit.clinician).get(reverse("case", args=[visit.pk])))
    assert "Answered in" not in page
    assert "Helped to answer" not in page


def record_of(demo: Demo, language: str, *helpers: tuple[str, str, list[str]]) -> Reader:
    made = demo.visit("Ruth Lindqvist", datetime.date(1980, 5, 17), "Tension in the shoulders")
    answered(made)
    for helper in helpers:
        assistance.add(made, *helper)
    intake.submit(made, language)
    screening = made.screenings.get()
    screening = demo.plan(demo.settle(screening, can_decide="yes"), "infraspinatus_left")
    return Reader(consented(demo, screening))


def test_the_record_says_it_on_its_first_page(db):
    reader = record_of(
        Demo(), "es", ("staff", "Mia Torres", ["read_aloud", "entered"]), ("carer", "نور", ["explained"])
    )
    front = reader.text.split("Findings")[0]
    assert SPANISH in front
    assert "Helped to answer Mia Torres , member of staff: read the questions, typed the answers" in front
    assert {"Mia Torres", "نور"} <= set(reader.isolated)


def test_the_record_of_english_answers_without_help_says_neither(db):
    demo = Demo()
    page = Reader(consented(demo, clear_case(demo))).text
    assert "Answered in" not in page
    assert "Helped to answer" not in page
