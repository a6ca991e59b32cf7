"""Minors: a child is asked in words for a child; the guardian has a part of their own, which does not show the child's."""

import datetime

import pytest
from django.urls import reverse

from screening import intake
from screening.models import Intake, IntakeDraft
from screening.questionnaire import QUESTIONS
from tests.people import answered, make_clinic, make_member, make_patient, make_visit, tablet_for

GUARDIAN = {"guardian-name": "Maria Lopez", "guardian-relationship": "mother", "guardian-agrees": "yes"}


@pytest.fixture
def visit(db):
    clinic = make_clinic()
    born = clinic.today() - datetime.timedelta(days=13 * 366)
    return make_visit(make_patient(clinic, "Leo Lopez", born), make_member(clinic))


@pytest.fixture
def child(visit):
    """The tablet of a child whose own part is done."""
    return tablet_for(answered(visit))


def text(answer) -> str:
    return answer.content.decode()


def parts(visit) -> set[str]:
    return {finding.part for finding in visit.screenings.get().findings.all()}


def test_a_child_is_asked_in_words_for_a_child_and_an_adult_is_not(visit):
    intake.mark_read(visit)
    shown = text(tablet_for(visit).get(reverse("intake-page", args=["metal-allergy"])))
    assert QUESTIONS["metal-rash"].child in shown
    assert QUESTIONS["metal-rash"].text not in shown
    assert "You can ask your parent" in shown
    visit.patient.born = datetime.date(1980, 5, 17)
    visit.patient.save()
    visit.handovers.all().delete()
    shown = text(tablet_for(visit).get(reverse("intake-page", args=["metal-allergy"])))
    assert QUESTIONS["metal-rash"].text in shown
    assert "You can ask your parent" not in shown


def test_the_words_for_a_child_are_what_the_intake_keeps(visit):
    sent = intake.submit(answered(visit))
    rows = {row["code"]: row for row in sent.asked}
    assert rows["metal-rash"]["text"] == QUESTIONS["metal-rash"].child
    assert rows["wants-treatment"]["hint"] == QUESTIONS["wants-treatment"].child_hint


def test_the_childs_answers_go_to_the_guardian_before_they_are_sent(visit, child):
    check = text(child.get(reverse("intake-check")))
    assert "Send my answers" not in check
    assert child.post(reverse("intake-submit"))["Location"] == reverse("intake-guardian")
    assert not Intake.objects.exists()
    assert "Please give the tablet to your parent or guardian" in text(child.get(reverse("intake-guardian")))


def test_the_guardians_part_does_not_show_what_the_child_said_and_leads_nowhere_that_does(visit, child):
    assert child.post(reverse("intake-guardian"), {"here": "1"})["Location"] == reverse("intake-guardian-answers")
    pages = [reverse(name) for name in ("intake-guardian", "intake-guardian-answers", "intake", "intake-check")]
    pages += [reverse("intake-page", args=["pregnancy"]), reverse("intake-page", args=["pregnancy"]) + "?check=1"]
    for page in pages:
        shown = text(child.get(page, follow=True))
        assert QUESTIONS["pregnant"].text not in shown
        assert QUESTIONS["wants-treatment"].text not in shown
    assert child.post(reverse("intake-page", args=["pregnancy"]), {"pregnant": "yes"})["Location"] == reverse(
        "intake-guardian"
    )


def test_staff_who_hand_the_tablet_over_anew_open_the_childs_pages_again(visit, child):
    child.post(reverse("intake-guardian"), {"here": "1"})
    visit.handovers.update(ended_at=visit.created_at)
    assert tablet_for(visit).get(reverse("intake-check")).status_code == 200


def test_the_guardian_says_who_they_are_and_agrees_and_all_is_sent(visit, child):
    child.post(reverse("intake-guardian"), {"here": "1"})
    answer = child.post(reverse("intake-guardian-answers"), GUARDIAN)
    assert answer["Location"] == reverse("tablet-done")
    sent = Intake.objects.get(visit=visit)
    assert {code: sent.replies[code] for code in GUARDIAN} == GUARDIAN
    assert {row["code"] for row in sent.asked if row["by"] == "guardian"} == set(GUARDIAN)
    reasons = [
        row["question"] for finding in visit.screenings.get().findings.filter(part="4d") for row in finding.reasons
    ]
    assert "guardian-agrees" not in reasons
    assert "child-explains" in reasons


@pytest.mark.parametrize("left_out", list(GUARDIAN))
def test_nothing_of_the_guardians_part_may_be_left_out(visit, child, left_out):
    child.post(reverse("intake-guardian"), {"here": "1"})
    answer = child.post(reverse("intake-guardian-answers"), {**GUARDIAN, left_out: ""})
    assert answer.status_code == 422
    assert text(answer).count("error-summary") == 1
    for code, reply in GUARDIAN.items():
        if code != left_out and code != "guardian-agrees":
            assert f'value="{reply}"' in text(answer)
    assert not Intake.objects.exists()


@pytest.mark.parametrize("agrees", ["no", "unsure"])
def test_a_guardian_who_does_not_agree_is_a_step_of_consent_and_no_refusal(visit, child, agrees):
    child.post(reverse("intake-guardian"), {"here": "1"})
    child.post(reverse("intake-guardian-answers"), {**GUARDIAN, "guardian-agrees": agrees})
    screening = visit.screenings.get()
    assert "4d" in parts(visit)
    assert "declined" not in screening.overall
    assert "needs_consent_step" in screening.overall


def test_nobody_there_is_said_by_the_child_and_stays_open_for_staff(visit, child):
    answer = child.post(reverse("intake-guardian"), {"absent": "1"})
    assert answer["Location"] == reverse("tablet-done")
    sent = Intake.objects.get(visit=visit)
    assert not set(GUARDIAN) & set(sent.replies)
    assert "4d" in parts(visit)
    assert "declined" not in visit.screenings.get().overall


def test_what_the_guardian_typed_stays_when_they_turn_back(visit, child):
    child.post(reverse("intake-guardian"), {"here": "1"})
    child.post(reverse("intake-guardian-answers"), {"guardian-name": "Maria Lopez", "leave": "back"})
    assert 'value="Maria Lopez"' in text(child.get(reverse("intake-guardian-answers")))


def test_an_adult_has_no_guardians_part(db):
    clinic = make_clinic()
    visit = answered(make_visit(make_patient(clinic), make_member(clinic)))
    client = tablet_for(visit)
    for name in ("intake-guardian", "intake-guardian-answers"):
        assert client.get(reverse(name))["Location"] == reverse("intake")
    assert "Send my answers" in text(client.get(reverse("intake-check")))


def test_the_guardians_part_cannot_be_reached_before_the_childs_is_done(visit):
    intake.mark_read(visit)
    client = tablet_for(visit)
    assert client.post(reverse("intake-guardian"), {"absent": "1"})["Location"] == reverse("intake")
    assert not Intake.objects.exists()
    assert not IntakeDraft.objects.get(visit=visit).guardian_absent
