"""Three questions at most on today's real risks: a miss is explained again and told to the clinician, and locks nobody out."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest
from django.db import IntegrityError, connections, transaction
from django.urls import reverse

from clinic.append_only import AppendOnlyError
from consent import checks, comprehension, decision, signing
from consent.checks import CHECKS, LUNG, SORENESS, STOPPING, chosen
from consent.management.commands.demo import INK, Demo
from consent.models import Ceremony, Comprehension, Signature
from screening import review
from tests.people import signed_in
from tests.translated import in_tongue, made_up
from tests.written import Reader, written

CHECK = "ceremony-check"
NOTHING = {"near_lung": False, "bleeds": False, "germs": False, "faints": False}


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def decided(demo: Demo, *sites: str, age: int = 44, name: str = "Ruth Lindqvist", **changes) -> Ceremony:
    """A consent opened after "proceed", with everything recorded that the findings ask for."""
    screening = demo.case(name, age, "Tension in the shoulders", **changes)
    answers = {"can_decide": "yes"}
    if age < 18:
        answers |= {
            "child_explains": "yes",
            "guardian_agrees": "yes",
            "guardian_name": "Hoa",
            "guardian_relationship": "mother",
        }
    screening = demo.plan(demo.settle(screening, **answers), *(sites or ("infraspinatus_left",)))
    for finding in screening.findings.all():
        for need in set(finding.requires) & {"education", "measures", "inspection"}:
            review.resolve(finding, need, demo.siobhan, "Seen to, with care")
    return signing.open_ceremony(decision.record(screening, "proceed", demo.siobhan), demo.mia)


def asked_of(ceremony: Ceremony) -> list[str]:
    return [asked["code"] for asked in ceremony.shown["questions"]]


def tablet_of(demo: Demo, ceremony: Ceremony, reads: bool = True):
    """A tablet on which the consent has been read to the end."""
    tablet = signed_in(demo.mia)
    tablet.post(reverse("consent-open", args=[ceremony.visit_id]))
    tablet.post(reverse("tablet-confirm"), {"reply": "yes"})
    if reads:
        tablet.get(reverse("ceremony-read", args=["choices"]))
    return tablet


def reply(tablet, code: str, said: str, attempt: int = 1, **more: str):
    more = {name.replace("_", "-"): value for name, value in more.items()}
    return tablet.post(reverse(CHECK), {"code": code, "attempt": attempt, "said": said} | more)


def text(answer) -> str:
    return Reader(answer.content.decode()).text


@pytest.mark.parametrize(
    ("risks", "expected"),
    [
        (set(), ["soreness", "stopping"]),
        ({"near_lung"}, ["lung", "soreness", "stopping"]),
        ({"bleeds"}, ["bleeding", "soreness", "stopping"]),
        ({"germs"}, ["infection", "soreness", "stopping"]),
        ({"faints"}, ["fainting", "soreness", "stopping"]),
        ({"near_lung", "bleeds"}, ["lung", "bleeding", "stopping"]),
        ({"near_lung", "bleeds", "germs", "faints"}, ["lung", "bleeding", "stopping"]),
    ],
)
def test_the_questions_are_those_of_today_s_risks(risks, expected):
    assert [check.code for check in chosen(**NOTHING | dict.fromkeys(risks, True))] == expected


def test_three_at_most_and_always_the_right_to_stop():
    for risks in itertools.product((False, True), repeat=4):
        found = chosen(**dict(zip(NOTHING, risks, strict=True)))
        assert 2 <= len(found) <= checks.MOST
        assert found[-1] is STOPPING


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (lambda demo: decided(demo), ["soreness", "stopping"]),
        (lambda demo: decided(demo, "upper_trapezius_left"), ["lung", "soreness", "stopping"]),
        (lambda demo: decided(demo, blood_thinner="yes"), ["bleeding", "soreness", "stopping"]),
        (lambda demo: decided(demo, antiplatelet="yes"), ["bleeding", "soreness", "stopping"]),
        (lambda demo: decided(demo, immune_weak="yes"), ["infection", "soreness", "stopping"]),
        (lambda demo: decided(demo, needle_faint="yes"), ["fainting", "soreness", "stopping"]),
        (lambda demo: decided(demo, "upper_trapezius_left", blood_thinner="yes"), ["lung", "bleeding", "stopping"]),
    ],
    ids=["nothing", "near the lung", "blood thinner", "aspirin", "weak defence", "fainted", "lung and blood"],
)
def test_they_come_from_the_plan_and_the_findings(demo, story, expected):
    assert asked_of(story(demo)) == expected


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_question_has_one_right_answer_in_both_ways_of_speaking(check):
    for asked in (check.adult, check.child):
        assert 2 <= len(asked.replies) <= 3
        assert check.right in asked.replies
        assert checks.UNSURE not in asked.replies
        assert len(asked.text) < 120
        assert asked.text.endswith("?")
    assert set(check.child.replies) <= set(check.adult.replies)


def test_the_right_answer_does_not_always_stand_in_the_same_place():
    places = {list(check.adult.replies).index(check.right) for check in CHECKS}
    assert len(places) > 1


@pytest.mark.parametrize(
    "banned", ["0.003", "0.04%", "100% safe", "no concern", "stop taking", "leave out", "skilled hands", "%", "!"]
)
def test_what_must_never_be_said_is_in_no_question(banned):
    assert banned not in json.dumps([asdict(check) for check in CHECKS], ensure_ascii=False)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (LUNG, ("chest", "cough", "days later", "emergency help")),
        (checks.BLEEDING, ("does not stop", "emergency help", "as usual")),
        (checks.INFECTION, ("redness", "fever", "hot joint", "doctor")),
        (SORENESS, ("day or two", "normal")),
        (STOPPING, ("any time", "your other care goes on")),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_what_is_explained_again_says_what_the_consent_says(check, words):
    for word in words:
        assert word in check.adult.text + check.adult.again


def test_one_question_is_asked_at_a_time_with_not_sure_and_nothing_chosen(demo):
    page = tablet_of(demo, decided(demo)).get(reverse(CHECK)).content.decode()
    told = Reader(page).text
    assert "question 1 of 2" in told
    assert SORENESS.adult.text in told
    assert STOPPING.adult.text not in told
    for words in (*SORENESS.adult.replies.values(), checks.NOT_SURE):
        assert words in told
    assert "checked" not in page


def test_without_a_choice_it_says_what_to_do_and_nothing_is_stored(demo):
    tablet = tablet_of(demo, decided(demo))
    answer = reply(tablet, "soreness", "")
    assert answer.status_code == 422
    assert "Please choose one of the answers" in text(answer)
    assert reply(tablet, "soreness", "nonsense").status_code == 422
    assert not Comprehension.objects.exists()


def test_right_answers_lead_to_the_pad_and_are_on_record(demo):
    tablet = tablet_of(demo, decided(demo))
    for check in (SORENESS, STOPPING):
        assert reply(tablet, check.code, check.right)["Location"] == reverse(CHECK)
    assert tablet.get(reverse(CHECK))["Location"] == reverse("ceremony-sign")
    assert tablet.get(reverse("ceremony-sign")).status_code == 200
    rows = [(row.code, row.attempt, row.asked, row.said, row.right) for row in Comprehension.objects.all()]
    assert rows == [
        (check.code, 1, check.adult.text, check.adult.replies[check.right], True) for check in (SORENESS, STOPPING)
    ]


@pytest.mark.parametrize("said", ["wrong", checks.UNSURE])
def test_a_miss_is_explained_again_and_may_be_answered_once_more(demo, said):
    tablet = tablet_of(demo, decided(demo))
    reply(tablet, "soreness", said)
    told = text(tablet.get(reverse(CHECK)))
    assert "Let us explain it again" in told
    assert SORENESS.adult.again in told
    reply(tablet, "soreness", "normal", attempt=2)
    told = text(tablet.get(reverse(CHECK)))
    assert STOPPING.adult.text in told
    assert "Yes, that is right." in told
    assert [row.right for row in Comprehension.objects.all()] == [False, True]


def test_two_misses_lock_nobody_out_and_the_clinician_sees_what_was_said(demo):
    ceremony = decided(demo)
    tablet = tablet_of(demo, ceremony)
    for attempt in (1, 2):
        reply(tablet, "soreness", "wrong", attempt=attempt)
    assert "We will talk about it with you" in text(tablet.get(reverse(CHECK)))
    reply(tablet, "stopping", "always")
    assert "talks about them with you" in text(tablet.get(reverse("ceremony-sign")))
    tablet.post(reverse("ceremony-sign"), {"ceremony": ceremony.pk, "role": "patient", "strokes": INK})
    assert Signature.objects.filter(role="patient").exists()
    desk = text(signed_in(demo.siobhan).get(reverse("consent-desk", args=[ceremony.visit_id])))
    assert "Not understood: talk about this before you sign" in desk
    assert desk.count(SORENESS.adult.replies["wrong"]) == 2
    assert desk.index("Not understood") < desk.index("Your signature completes the consent")
    assert f"Understood: {STOPPING.adult.text}" in desk
    assert "Not understood" not in text(signed_in(demo.mia).get(reverse("consent-desk", args=[ceremony.visit_id])))


def test_whoever_goes_on_without_a_second_answer_is_let_on_and_that_is_on_record(demo):
    tablet = tablet_of(demo, decided(demo))
    assert reply(tablet, "soreness", "", go_on="1").status_code == 422  # not before it was explained
    reply(tablet, "soreness", checks.UNSURE)
    assert reply(tablet, "soreness", "", attempt=2, go_on="1")["Location"] == reverse(CHECK)
    assert STOPPING.adult.text in text(tablet.get(reverse(CHECK)))
    assert [(row.said, row.right) for row in Comprehension.objects.all()] == [
        (checks.NOT_SURE, False), (checks.WENT_ON, False),
    ]  # fmt: skip


def test_nobody_reaches_the_pad_before_the_questions(demo):
    ceremony = decided(demo)
    tablet = tablet_of(demo, ceremony)
    sent = {"ceremony": ceremony.pk, "role": "patient", "strokes": INK}
    for answer in (tablet.get(reverse("ceremony-sign")), tablet.post(reverse("ceremony-sign"), sent)):
        assert answer["Location"] == reverse(CHECK)
    assert not Signature.objects.exists()


def test_nobody_reaches_the_questions_before_the_reading(demo):
    tablet = tablet_of(demo, decided(demo), reads=False)
    for answer in (tablet.get(reverse(CHECK)), reply(tablet, "soreness", "normal")):
        assert answer["Location"] == reverse("ceremony-read", args=["about"])
    assert not Comprehension.objects.exists()


def test_an_answer_sent_twice_counts_once(demo):
    tablet = tablet_of(demo, decided(demo))
    for _ in range(2):
        reply(tablet, "soreness", "wrong")
    assert Comprehension.objects.count() == 1
    reply(tablet, "stopping", "always")  # a page that is not on yet
    reply(tablet, "soreness", "normal", attempt=3)
    assert Comprehension.objects.count() == 1


def test_answers_of_the_same_moment_are_one(fresh):
    ceremony = decided(Demo())

    def answer(said: str) -> bool:
        try:
            return signing.answer(Ceremony.objects.get(pk=ceremony.pk), "soreness", 1, said) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(answer, ["wrong", "normal", "wrong", "normal"]))
    assert taken.count(True) == 1
    assert Comprehension.objects.count() == 1


def test_on_another_tablet_it_goes_on_where_it_was(demo):
    ceremony = decided(demo)
    reply(tablet_of(demo, ceremony), "soreness", "normal")
    other = tablet_of(demo, ceremony, reads=False)
    assert other.get(reverse("ceremony"))["Location"] == reverse(CHECK)
    assert STOPPING.adult.text in text(other.get(reverse(CHECK)))
    assert "question 2 of 2" in text(other.get(reverse(CHECK)))


def test_a_consent_shown_anew_is_asked_anew(demo):
    ceremony = decided(demo)
    demo.understand(ceremony)
    screening = demo.plan(review.reopen(ceremony.visit, demo.siobhan), "gastrocnemius_left")
    again = signing.open_ceremony(decision.record(screening, "proceed", demo.siobhan), demo.mia)
    assert comprehension.next_turn(again, "en") is not None


def test_a_child_and_the_guardian_answer_together_in_words_for_a_child(demo):
    ceremony = decided(demo, age=12, name="Minh Châu")
    told = text(tablet_of(demo, ceremony).get(reverse(CHECK)))
    assert "Minh Châu and Hoa , please answer together." in told
    assert SORENESS.child.text in told
    assert SORENESS.adult.text not in told


def test_the_questions_are_frozen_with_the_consent(demo, monkeypatch):
    ceremony = decided(demo)
    monkeypatch.setattr(checks, "CHECKS", ())
    monkeypatch.setattr(checks, "SORENESS", STOPPING)
    turn = comprehension.next_turn(Ceremony.objects.get(pk=ceremony.pk), "en")
    assert turn is not None
    assert turn.text == SORENESS.adult.text


def test_in_another_language_it_is_asked_kept_and_shown_to_the_clinician_in_both(demo, monkeypatch):
    made_up(monkeypatch)
    ceremony = decided(demo)
    tablet = tablet_of(demo, ceremony)
    sent = {"code": "soreness", "attempt": 1, "said": "wrong", "wish-language": "ar"}
    switched = tablet.post(reverse(CHECK), sent)
    assert in_tongue("ar", SORENESS.adult.text) in text(switched)
    assert 'value="wrong"' in next(line for line in switched.content.decode().split("<input") if " checked" in line)
    assert not Comprehension.objects.exists()
    reply(tablet, "soreness", "wrong")
    row = Comprehension.objects.get()
    assert (row.language, row.asked) == ("ar", in_tongue("ar", SORENESS.adult.text))
    assert row.said == in_tongue("ar", SORENESS.adult.replies["wrong"])
    assert in_tongue("ar", SORENESS.adult.again) in text(tablet.get(reverse(CHECK)))
    reply(tablet, "soreness", "", attempt=2, go_on="1")
    heard = comprehension.heard(ceremony)[0]
    assert (heard.question, heard.asked) == (SORENESS.adult.text, in_tongue("ar", SORENESS.adult.text))
    assert [item.original for item in heard.tries] == [SORENESS.adult.replies["wrong"], checks.WENT_ON]
    desk = text(signed_in(demo.siobhan).get(reverse("consent-desk", args=[ceremony.visit_id])))
    assert f"{SORENESS.adult.replies['wrong']} {in_tongue('ar', SORENESS.adult.replies['wrong'])}" in desk


def test_the_record_prints_every_question_with_every_answer(demo):
    ceremony = decided(demo)
    demo.understand(ceremony, missed="soreness")
    signing.sign(ceremony, "patient", INK)
    told = Reader(written(ceremony.review, ceremony, list(ceremony.signatures.all()))).text
    part = told[told.index("What was asked before signing") : told.index("History of this visit")]
    assert part.index(SORENESS.adult.text) < part.index(f"Missed {checks.NOT_SURE}")
    assert part.index(checks.NOT_SURE) < part.index(f"Right {SORENESS.adult.replies['normal']}")
    assert f"Right {STOPPING.adult.replies['always']}" in part


def test_answers_before_a_refusal_are_in_the_history(demo):
    ceremony = decided(demo)
    demo.understand(ceremony, missed="soreness")
    signing.refuse(ceremony, "patient")
    declined = review.decide(
        review.reopen(ceremony.visit, demo.siobhan), "decline", demo.siobhan, "She prefers exercise."
    )
    told = Reader(written(declined)).text
    assert f"Asked: {SORENESS.adult.text} · missed: {checks.NOT_SURE}" in told[told.index("History of this visit") :]


def test_nobody_answers_a_consent_that_was_refused(demo):
    ceremony = decided(demo)
    signing.refuse(ceremony, "patient")
    with pytest.raises(signing.CeremonyVoid):
        signing.answer(ceremony, "soreness", 1, "normal")


def test_an_answer_is_written_once_and_stays(demo):
    ceremony = decided(demo)
    row = signing.answer(ceremony, "soreness", 1, "wrong")
    assert row is not None
    row.right = True
    with pytest.raises(AppendOnlyError):
        row.save()
    again = Comprehension(ceremony=ceremony, code="soreness", attempt=1, asked="", said="", right=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_the_audit_trail_tells_that_a_question_was_answered_and_not_which(demo):
    ceremony = decided(demo, blood_thinner="yes")
    signing.answer(ceremony, "bleeding", 1, "help")
    event = demo.clinic.events.get(action="consent.question_answered")
    assert event.data == {"visit": str(ceremony.visit_id), "attempt": 1}
