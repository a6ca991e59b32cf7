"""Returning patients: what changes is asked anew, the rest is shown as last time's and confirmed; nothing is ever assumed."""

import datetime
import re
from dataclasses import replace

import pytest
from django.urls import reverse

from clinic.models import Handover
from screening import intake
from screening.last_time import last_time, to_confirm
from screening.models import Intake, IntakeDraft
from screening.precautions import PRECAUTIONS
from screening.questionnaire import PAGE_OF, PAGES
from tests.people import clear_replies, make_clinic, make_member, make_patient, make_visit, submitted, tablet_for

EACH_VISIT = {4, 5, 6, 7, 11, 12, 13, 15}


@pytest.fixture
def first(db):
    clinic = make_clinic()
    return make_visit(make_patient(clinic), make_member(clinic))


def again(first, **details):
    return make_visit(first.patient, first.clinician, **details)


def page(code: str, query: str = "") -> str:
    return reverse("intake-page", args=[code]) + query


def reading_done(visit):
    intake.mark_read(visit)
    return tablet_for(visit)


def key(visit) -> str:
    last = last_time(visit)
    assert last
    return last.key


def said(visit):
    return IntakeDraft.objects.get(visit=visit)


def test_what_changes_from_visit_to_visit_is_asked_anew_and_nothing_else():
    assert {precaution.number for precaution in PRECAUTIONS if precaution.each_visit} == EACH_VISIT


def test_each_page_of_a_returning_patient_is_confirmed_or_asked_by_the_table(first):
    submitted(first)
    visit = again(first)
    client = reading_done(visit)
    for found in PAGES:
        shown = client.get(page(found.code)).content.decode()
        asked_anew = found.precaution.number in EACH_VISIT
        assert ("Is this still right?" in shown) is not asked_anew, found.code
        assert ('type="radio"' in shown) is asked_anew, found.code


def test_the_answers_of_last_time_stand_in_words_with_their_day_and_one_press_confirms_them(first):
    sent = submitted(first, metal_rash="yes", metal_which="nickel", metal_tested="Patch test, 2020")
    visit = again(first)
    client = reading_done(visit)
    shown = re.sub(r"\s+", " ", client.get(page("metal-allergy")).content.decode())
    for words in ("Do metals give you a rash?", ">Yes<", "Nickel", "Patch test, 2020", "last time, on"):
        assert words in shown
    answer = client.post(page("metal-allergy"), {"still-right": key(visit)})
    assert answer["Location"] == page("bleeding")
    mine = {question.code for question in PAGE_OF["metal-rash"].questions}
    assert said(visit).replies == {code: sent.replies[code] for code in mine}
    day = sent.created_at.astimezone(visit.clinic.zone).date().isoformat()
    assert said(visit).confirmed == dict.fromkeys(mine, day)


def test_something_has_changed_asks_as_if_for_the_first_time_with_nothing_selected(first):
    submitted(first)
    visit = again(first)
    client = reading_done(visit)
    shown = client.get(page("vascular", "?changed=1")).content.decode()
    assert 'type="radio"' in shown
    assert " checked" not in shown
    replies = clear_replies(visit, varicose_veins="yes", vessel_where=["calf_left"])
    mine = {question.code for question in PAGE_OF["varicose-veins"].questions}
    client.post(page("vascular", "?changed=1"), {code: reply for code, reply in replies.items() if code in mine})
    assert said(visit).replies["varicose-veins"] == "yes"
    assert said(visit).confirmed == {}


def test_an_answer_given_anew_is_no_longer_said_to_be_confirmed(first):
    submitted(first)
    visit = again(first)
    client = reading_done(visit)
    client.post(page("metal-allergy"), {"still-right": key(visit)})
    assert set(said(visit).confirmed) == {"metal-rash"}
    client.post(page("metal-allergy"), {"metal-rash": "unsure", "metal-which": "unsure"})
    assert said(visit).confirmed == {}


def test_the_intake_says_which_answers_were_confirmed_and_the_clinician_sees_it(first):
    submitted(first)
    visit = again(first)
    replies = clear_replies(visit)
    intake.mark_read(visit)
    intake.save_page(visit, list(replies), replies)
    draft = said(visit)
    draft.replies = {code: reply for code, reply in replies.items() if code != "metal-rash"}
    draft.save()
    assert intake.confirm(visit, PAGE_OF["metal-rash"], last_time(visit))
    sent = intake.submit(visit)
    confirmed = {row["code"] for row in sent.asked if row["confirmed"]}
    assert confirmed == {"metal-rash"}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("metal-rash", {"metal_rash": "unsure", "metal_which": "nickel", "metal_tested": ""}),
        ("metal-rash", {"metal_rash": "yes", "metal_which": "unsure", "metal_tested": ""}),
        ("varicose-veins", {"varicose_veins": "yes", "vessel_where": "unsure"}),
    ],
)
def test_not_sure_is_never_confirmed_but_asked_again(first, code, changes):
    submitted(first, **changes)
    visit = again(first)
    assert to_confirm(PAGE_OF[code], intake.draft_case(visit, {}), last_time(visit)) == {}


def test_a_question_in_other_words_than_last_time_is_asked_anew(first):
    sent = submitted(first)
    visit = again(first)
    last = last_time(visit)
    assert last
    case = intake.draft_case(visit, {})
    assert to_confirm(PAGE_OF["metal-rash"], case, last)
    text, hint = last.asked["metal-rash"]
    for words in (("Do earrings give you a rash?", hint), (text, "For example a watch.")):
        reworded = replace(last, asked={**last.asked, "metal-rash": words})
        assert to_confirm(PAGE_OF["metal-rash"], case, reworded) == {}
    assert sent.replies["metal-rash"] == "no"


def test_who_was_a_child_last_time_and_is_grown_up_now_is_asked_in_words_for_grown_ups(first):
    first.patient.born = first.clinic.today() - datetime.timedelta(days=17 * 365)
    first.patient.save()
    submitted(first)
    visit = again(first)
    visit.patient.born = first.clinic.today() - datetime.timedelta(days=19 * 365)
    visit.patient.save()
    case, last = intake.draft_case(visit, {}), last_time(visit)
    assert to_confirm(PAGE_OF["metal-rash"], case, last) == {}  # a child is asked whether metal makes the skin itch
    assert to_confirm(PAGE_OF["touch-hurts"], case, last)  # asked of everybody in the same words


def test_only_this_patient_at_this_clinic_has_a_last_time(first):
    submitted(first)
    other = make_patient(first.clinic, "Ruth Lindqvist")
    assert last_time(make_visit(other, first.clinician)) is None
    elsewhere = make_clinic("Hill Physio")
    first.patient.clinic = elsewhere
    first.patient.save()
    assert last_time(make_visit(first.patient, make_member(elsewhere))) is None


def test_the_newest_earlier_answers_count_corrections_among_them(first):
    old = submitted(first)
    Intake.objects.create(
        visit=first, version=2, questionnaire_version=old.questionnaire_version, corrected_by=first.clinician,
        questionnaire_digest=old.questionnaire_digest, replies=old.replies | {"metal-rash": "yes"}, asked=old.asked,
        reason="Said so in the room",
    )  # fmt: skip
    last = last_time(again(first))
    assert last
    assert last.replies["metal-rash"] == "yes"


def test_a_press_on_still_right_confirms_nothing_where_the_page_has_to_be_asked(first):
    submitted(first)
    visit = again(first)
    client = reading_done(visit)
    assert client.post(page("bleeding"), {"still-right": key(visit)})["Location"] == page("bleeding")
    assert said(visit).replies == {}


def test_what_was_corrected_since_it_was_shown_is_not_confirmed_unseen(first):
    old = submitted(first)
    visit = again(first)
    client = reading_done(visit)
    last = last_time(visit)
    assert last
    Intake.objects.create(
        visit=first, version=2, questionnaire_version=old.questionnaire_version, corrected_by=first.clinician,
        questionnaire_digest=old.questionnaire_digest, replies=old.replies | {"touch-hurts": "yes"}, asked=old.asked,
        reason="Said so in the room",
    )  # fmt: skip
    assert client.post(page("metal-allergy"), {"still-right": last.key})["Location"] == page("metal-allergy")
    assert said(visit).replies == {}


def test_a_correction_does_not_make_answers_newer_than_a_later_visit(first):
    old = submitted(first)
    later = submitted(again(first), metal_rash="yes")
    Intake.objects.create(
        visit=first, version=2, questionnaire_version=old.questionnaire_version, corrected_by=first.clinician,
        questionnaire_digest=old.questionnaire_digest, replies=old.replies, asked=old.asked, reason="Much later",
    )  # fmt: skip
    last = last_time(again(first))
    assert last
    assert last.key == str(later.pk)


def test_whether_to_try_it_is_asked_anew_even_where_the_rest_is_confirmed(first):
    submitted(first, needle_fear="lot", needle_try="yes")
    visit = again(first)
    assert to_confirm(PAGE_OF["needle-fear"], intake.draft_case(visit, {}), last_time(visit)) == {}


def test_back_from_last_times_answers_confirms_nothing(first):
    submitted(first)
    visit = again(first)
    client = reading_done(visit)
    assert client.post(page("cognition"), {"leave": "back"})["Location"] == page("needle-aversion")
    assert said(visit).replies == {}
    assert Handover.objects.filter(visit=visit, ended_at=None).exists()
