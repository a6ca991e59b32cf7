"""The patient's intake: read, answer page by page, check, send; every bad input told, nothing typed lost, nothing twice."""

import datetime
import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from clinic.models import Handover
from screening import intake, questionnaire
from screening.forms.fields import field_for
from screening.forms.questions import PageForm, posted
from screening.models import Intake, IntakeDraft, Screening
from screening.precautions.questions import Asked
from screening.questionnaire import QUESTIONS
from tests import people
from tests.people import clear_replies, make_clinic, make_member, make_patient, make_visit, tablet_for

PAGES = [page.code for page in questionnaire.PAGES]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def visit(db):
    clinic = make_clinic()
    return make_visit(make_patient(clinic), make_member(clinic))


@pytest.fixture
def patient(visit):
    """The tablet of a patient who has read what there is to read."""
    intake.mark_read(visit)
    return tablet_for(visit)


def page(code: str, query: str = "") -> str:
    return reverse("intake-page", args=[code]) + query


def of_page(code: str, replies) -> dict[str, Any]:
    mine = {question.code for page in questionnaire.PAGES if page.code == code for question in page.questions}
    return {question: reply for question, reply in replies.items() if question in mine}


def send(client, code, data, query=""):
    data = data if isinstance(data, QueryDict) else posted(data)
    return client.post(page(code, query), data.urlencode(), content_type=FORM)


def text(answer) -> str:
    return answer.content.decode()


def draft(visit) -> dict[str, Any]:
    return IntakeDraft.objects.get(visit=visit).replies


# The way through


def test_reading_comes_first_and_cannot_be_skipped(visit):
    client = tablet_for(visit)
    first = reverse("intake-read", args=["what-it-is"])
    for start in (reverse("intake"), page("bleeding"), reverse("intake-check")):
        assert client.get(start, follow=True).redirect_chain[-1][0] == first
    assert send(client, "bleeding", {"blood-thinner": "no"})["Location"] == reverse("intake")
    assert draft(visit) == {}
    second, third = (reverse("intake-read", args=[name]) for name in ("what-it-does", "how-it-works"))
    assert second in text(client.get(first))
    assert third in text(client.get(second))
    assert client.post(third, follow=True).redirect_chain[-1][0] == page(PAGES[0])


def test_an_unknown_page_leads_to_where_the_patient_is(patient):
    assert patient.get(page("no-such-page"), follow=True).redirect_chain[-1][0] == page(PAGES[0])
    assert patient.get(reverse("intake-read", args=["no-such-page"]))["Location"] == reverse("intake")


def test_the_reading_makes_no_promise(visit):
    client = tablet_for(visit)
    told = " ".join(
        text(client.get(reverse("intake-read", args=[name]))) for name in ("what-it-is", "what-it-does", "how-it-works")
    )
    assert "some people, not all" in told
    assert "still being studied" in told
    assert not re.search(r"twist|proven|better technique|100%|safe\b", told)


def test_from_the_first_page_to_the_last_one_answer_at_a_time(visit, patient):
    replies, done = clear_replies(visit), 3
    at = page(PAGES[0])
    for number, code in enumerate(PAGES, 1):
        assert at == page(code)
        shown = text(patient.get(at))
        assert f"Your health · {number} of {len(PAGES)}" in shown
        assert f'value="{done}" max="{len(PAGES) + 4}"' in shown
        assert "checked" not in shown
        answer = send(patient, code, of_page(code, replies))
        assert answer.status_code == 302
        at, done = answer["Location"], done + 1
    assert at == reverse("intake-check")
    check = text(patient.get(at))
    assert all(QUESTIONS[code].text.split("'")[0] in check for code in replies)
    answer = patient.post(reverse("intake-submit"))
    assert answer["Location"] == reverse("tablet-done")
    sent = Intake.objects.get()
    assert (sent.visit, sent.replies, sent.language) == (visit, replies, "en")
    assert Screening.objects.get().intake == sent
    assert not IntakeDraft.objects.exists()
    assert Handover.objects.get().ended_because == "submitted"


def test_only_what_the_patient_is_asked_stands_on_the_pages(visit):
    for born in (datetime.date(1980, 5, 17), visit.clinic.today() - datetime.timedelta(days=4000)):
        visit.patient.born = born
        visit.patient.save()
        intake.mark_read(visit)
        client = tablet_for(visit)
        for code in PAGES:
            form = client.get(page(code)).context["form"]
            assert form.offered
            assert {QUESTIONS[name].asked for name in form.offered} == {Asked.PATIENT}
        Handover.objects.all().delete()


def test_each_page_is_kept_and_shown_again_as_it_was_saved(visit, patient):
    replies = {"skin": "yes", "skin-where": ["knee_left", "calf_right"], "skin-open": "unsure"}
    send(patient, "skin-lesions", replies)
    assert draft(visit) == replies
    shown = patient.get(page("skin-lesions"))
    assert "Saved. You can stop" in text(shown)
    assert shown.context["form"].initial == replies
    assert text(shown).count(" checked") == 4


def test_who_comes_back_goes_on_where_they_left_off(visit, patient):
    replies = clear_replies(visit)
    for code in PAGES[:6]:
        send(patient, code, of_page(code, replies))
    patient.post(reverse("tablet-return"))
    assert tablet_for(visit).get(reverse("intake"))["Location"] == page(PAGES[6])


def test_an_answer_is_changed_from_the_check_page_and_leads_back_to_it(visit):
    people.answered(visit)
    client = tablet_for(visit)
    assert page("bleeding", "?check=1") in text(client.get(reverse("intake-check")))
    changed = of_page("bleeding", clear_replies(visit, blood_thinner="yes", blood_thinner_details="Warfarin"))
    assert send(client, "bleeding", changed, "?check=1")["Location"] == reverse("intake-check")
    assert "Warfarin" in text(client.get(reverse("intake-check")))


def test_a_clear_lead_drops_the_follow_ups_that_were_saved_before(visit, patient):
    send(patient, "skin-lesions", {"skin": "yes", "skin-where": ["knee_left"], "skin-open": "no"})
    send(patient, "skin-lesions", {"skin": "no"})
    assert draft(visit) == {"skin": "no"}


# The kinds of answers

ANSWERS = [
    ("skin-lesions", {"skin": "unsure", "skin-where": "unsure", "skin-open": "no"}),
    ("skin-lesions", {"skin": "yes", "skin-where": ["face_jaw", "heel_sole_right"], "skin-open": "yes"}),
    ("pregnancy", {"pregnant": "not_applicable"}),
    (
        "pregnancy",
        {"pregnant": "yes", "pregnancy-counted": "weeks", "pregnancy-weeks": "13+6", "pregnancy-problem": "no"},
    ),
    (
        "pregnancy",
        {"pregnant": "yes", "pregnancy-counted": "weeks", "pregnancy-weeks": "unsure", "pregnancy-problem": "no"},
    ),
    (
        "pregnancy",
        {
            "pregnant": "unsure",
            "pregnancy-counted": "due_date",
            "pregnancy-due-date": "unsure",
            "pregnancy-problem": "no",
        },
    ),
    ("cognition", {"memory-trouble": "yes", "health-helper": ""}),
    ("cognition", {"memory-trouble": "unsure", "health-helper": "Minh Châu, ليلى"}),
]


@pytest.mark.parametrize(("code", "replies"), ANSWERS)
def test_every_kind_of_answer_is_stored_as_it_was_given(visit, patient, code, replies):
    assert send(patient, code, replies).status_code == 302
    assert draft(visit) == replies


def test_days_left_empty_count_as_none(visit, patient):
    data = posted({"pregnant": "yes", "pregnancy-counted": "weeks", "pregnancy-problem": "no"})
    data["pregnancy-weeks_0"] = " 14 "
    send(patient, "pregnancy", data)
    assert draft(visit)["pregnancy-weeks"] == "14+0"


def test_every_question_of_the_patient_has_a_field(visit):
    mine = [question for question in QUESTIONS.values() if question.asked == Asked.PATIENT]
    fields = [field_for(question, visit.clinic.today()) for question in mine]
    assert all(field.label for field in fields)
    assert not any(field.initial for field in fields)


def test_the_list_of_places_has_all_fifty_two_areas_and_a_way_out(patient):
    shown = text(patient.get(page("skin-lesions")))
    assert shown.count('name="skin-where"') == 53
    assert "I cannot show where" in shown
    assert "Head and neck" in shown


# What cannot be taken

SKIN = {"skin": "yes", "skin-where": ["knee_left"], "skin-open": "no"}
PREGNANT = {"pregnant": "yes", "pregnancy-counted": "weeks", "pregnancy-weeks": "9+3", "pregnancy-problem": "no"}
DUE = {"pregnant": "yes", "pregnancy-counted": "due_date", "pregnancy-problem": "no"}
BLEEDING = {"blood-thinner": "yes", "antiplatelet": "no", "bleeds-easily": "no", "clotting-illness": "no"}
AN_ANSWER = "Please choose an answer"
BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "nothing": ("skin-lesions", {}, AN_ANSWER),
    "a follow-up missing": ("skin-lesions", {"skin": "yes", "skin-where": ["knee_left"]}, AN_ANSWER),
    "no place": ("skin-lesions", {"skin": "unsure", "skin-open": "no"}, "mark at least one place"),
    "a lead missing": ("skin-lesions", {"skin-where": ["knee_left"], "skin-open": "no"}, AN_ANSWER),
    "a contradiction": ("skin-lesions", SKIN | {"skin": "no"}, "You answered “No” to “Is there a place"),
    "a contradicting text": ("cognition", {"memory-trouble": "no", "health-helper": "Jane"}, "You answered “No”"),
    "a follow-up of a follow-up": ("pregnancy", {"pregnant": "no", "pregnancy-weeks": "9+3"}, "You answered “No”"),
    "the other follow-up": ("pregnancy", PREGNANT | {"pregnancy-counted": "unsure"}, "You answered “Not sure”"),
    "an unknown answer": ("skin-lesions", {"skin": "maybe"}, "one of the answers offered"),
    "an unknown place": ("skin-lesions", SKIN | {"skin-where": ["tail"]}, "one of the answers offered"),
    "a place and nowhere": ("skin-lesions", SKIN | {"skin-where": ["knee_left", "unsure"]}, "take one of them away"),
    "too many weeks": ("pregnancy", PREGNANT | {"pregnancy-weeks": "46+0"}, "from 0 to 45"),
    "too many days": ("pregnancy", PREGNANT | {"pregnancy-weeks": "9+7"}, "days from 0 to 6"),
    "weeks in words": ("pregnancy", PREGNANT | {"pregnancy-weeks": "nine+3"}, "whole weeks"),
    "weeks below none": ("pregnancy", PREGNANT | {"pregnancy-weeks": "-9+3"}, "whole weeks"),
    "weeks and not known": ("pregnancy", PREGNANT | {"pregnancy-weeks-unsure": "on"}, "take one away"),
    "no weeks": ("pregnancy", {key: PREGNANT[key] for key in PREGNANT if key != "pregnancy-weeks"}, "enter the weeks"),
    "no due date": ("pregnancy", DUE, "enter the date"),
    "a due date long ago": ("pregnancy", DUE | {"pregnancy-due-date": "1999-01-01"}, "cannot be right"),
    "a due date far away": ("pregnancy", DUE | {"pregnancy-due-date": "2999-01-01"}, "cannot be right"),
    "no date at all": ("pregnancy", DUE | {"pregnancy-due-date": "2026-13-45"}, "day, month and year"),
    "ten thousand characters": ("bleeding", BLEEDING | {"blood-thinner-details": "x" * 10_000}, "shorten this to 4000"),
    "bidi controls": ("bleeding", BLEEDING | {"blood-thinner-details": "3 mg \u202egm 9"}, "U+202E"),
    "a null": ("bleeding", BLEEDING | {"blood-thinner-details": "3\0mg"}, "Null characters"),
    "an emoji": ("bleeding", BLEEDING | {"blood-thinner-details": "warfarin 💊"}, "cannot be printed"),
    "an unoffered field": ("skin-lesions", SKIN | {"can-decide": "yes"}, "did not ask for: can-decide"),
    "a question of another page": ("skin-lesions", SKIN | {"blood-thinner": "no"}, "did not ask for: blood-thinner"),
}


def as_sent(replies) -> QueryDict:
    known = {code: reply for code, reply in replies.items() if code in QUESTIONS}
    data = posted(known)
    for name in set(replies) - set(known):
        data[name] = replies[name]
    return data


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_loses_nothing_and_saves_nothing(visit, patient, case):
    code, replies, told = BAD[case]
    data = as_sent(replies)
    answer = send(patient, code, data)
    assert answer.status_code == 422
    assert told in text(answer)
    assert "There is a problem" in text(answer)
    form = answer.context["form"]
    assert form.errors
    assert all(form.data.getlist(name) == data.getlist(name) for name in data)
    assert draft(visit) == {}


@pytest.mark.parametrize("case", sorted(set(BAD) - {"no date at all"}))
def test_what_was_typed_and_chosen_stands_on_the_page_again(patient, case):
    code, replies, _ = BAD[case]
    answer = send(patient, code, as_sent(replies))
    html = text(answer)
    for name, reply in replies.items():
        question = QUESTIONS.get(name)
        if question is None or name not in answer.context["form"].fields:
            continue
        if question.kind == "text":
            assert answer.context["form"][name].value() == reply
        elif question.kind == "yes_no" and reply in {"yes", "no", "unsure"}:
            assert re.search(rf'name="{name}" value="{reply}"[^>]*checked', html)


def test_one_answer_at_a_time(visit, patient):
    data = posted({"skin": "no"})
    data.appendlist("skin", "yes")
    assert "answered twice" in text(send(patient, "skin-lesions", data))
    assert draft(visit) == {}


def test_the_name_of_an_unoffered_field_is_shown_without_its_tricks(patient):
    data = posted({"skin": "no"})
    data["<b>\u202eevil" + "x" * 500] = "1"
    answer = text(send(patient, "skin-lesions", data))
    assert "did not ask for: ?b??evilxxx" in answer
    assert "x" * 100 not in answer


def test_every_question_counts_on_its_own_page(visit):
    """Leaving out any one answer that is not free text is refused."""
    everything = {code: ("no" if code in {"wants-treatment", "able-today"} else "yes") for code in QUESTIONS}
    own = [question for question in QUESTIONS.values() if question.kind == "yes_no" and not question.group]
    everything = {question.code: everything[question.code] for question in own}
    everything |= {"needle-fear": "lot", "pregnant": "yes", "device-which": "other", "metal-which": "nickel"}
    changes = {
        code.replace("-", "_"): reply for code, reply in everything.items() if QUESTIONS[code].asked == Asked.PATIENT
    }
    replies = clear_replies(visit, **changes)
    case = intake.draft_case(visit, {})
    for asked in questionnaire.PAGES:
        mine = of_page(asked.code, replies)
        assert PageForm(asked.questions, case, posted(mine)).is_valid()
        for left_out in mine:
            fewer = {code: reply for code, reply in mine.items() if code != left_out}
            form = PageForm(asked.questions, case, posted(fewer))
            assert form.is_valid() is (QUESTIONS[left_out].kind == "text"), left_out


# Sending


def test_what_is_missing_is_shown_on_its_page(visit, patient):
    replies = clear_replies(visit)
    del replies["blood-thinner"], replies["device"]
    intake.save_page(visit, list(replies), replies)
    answer = patient.post(reverse("intake-submit"), follow=True)
    assert answer.redirect_chain[-1][0] == page("bleeding", "?check=1&missing=1")
    assert "There is a problem" in text(answer)
    assert list(answer.context["form"].errors) == ["blood-thinner"]
    assert not Intake.objects.exists()
    assert Handover.objects.get().ended_at is None


def test_the_check_page_waits_until_all_is_answered(patient):
    assert patient.get(reverse("intake-check"), follow=True).redirect_chain[-1][0] == page(PAGES[0])


def test_sending_is_a_press_never_a_link(visit):
    people.answered(visit)
    assert tablet_for(visit).get(reverse("intake-submit"))["Location"] == reverse("intake-check")
    assert not Intake.objects.exists()


def test_a_double_tap_sends_once(visit):
    people.answered(visit)
    client = tablet_for(visit)
    second = Client()
    second.cookies = client.cookies
    assert client.post(reverse("intake-submit"))["Location"] == reverse("tablet-done")
    assert second.post(reverse("intake-submit")).status_code == 410
    assert Intake.objects.count() == Screening.objects.count() == 1


@pytest.mark.parametrize("name", ["intake", "intake-check", "intake-submit"])
def test_after_sending_the_way_back_is_closed(visit, name):
    people.answered(visit)
    client = tablet_for(visit)
    client.post(reverse("intake-submit"))
    answer = client.get(reverse(name))
    assert answer.status_code == 410
    assert "If you sent your answers, we have them" in text(answer)
    assert visit.patient.name not in text(answer)


def test_a_tablet_that_is_still_open_says_that_the_answers_were_sent(visit):
    people.submitted(visit)
    client = tablet_for(visit)
    for answer in (client.get(reverse("intake")), send(client, "skin-lesions", {"skin": "yes"})):
        assert answer.status_code == 410
        assert "Your answers were sent" in text(answer)
    assert Intake.objects.get().replies["skin"] == "no"


def test_two_tabs_both_work_and_the_last_one_saved_counts(visit, patient):
    assert send(patient, "skin-lesions", {"skin": "no"}).status_code == 302
    assert send(patient, "cognition", {"memory-trouble": "no"}).status_code == 302
    assert send(patient, "skin-lesions", SKIN).status_code == 302
    assert draft(visit) == {"memory-trouble": "no"} | SKIN


def test_a_birth_date_that_cannot_be_right_stops_the_sending_with_a_word(visit):
    visit.patient.born = visit.clinic.today() + datetime.timedelta(days=1)
    visit.patient.save()
    people.answered(visit)
    answer = tablet_for(visit).post(reverse("intake-submit"))
    assert answer.status_code == 409
    assert "date of birth on our file" in text(answer)
    assert not Intake.objects.exists()
