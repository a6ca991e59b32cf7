"""What is asked: codes and parts that never change, words that never change unnoticed, and words that people can read."""

import re
from dataclasses import replace

import pytest

from screening import questionnaire
from screening.precautions import ADDITIONAL, EVERY, PRECAUTIONS
from screening.questionnaire import QUESTIONNAIRE_DIGEST, QUESTIONS, digest

# A code or a part is never renamed, and never used again for something else: add to these lists, take nothing away.
CODES = {
    1: "needle-fear needle-faint needle-explain needle-try",
    2: "memory-trouble health-helper cognition-teach-back cognition-understands cognition-retains cognition-weighs "
    "cognition-communicates",
    3: "language language-help language-route-works language-route",
    4: "wants-treatment child-explains guardian-agrees guardian-name guardian-relationship",
    5: "able-today can-decide",
    6: "skin skin-where skin-open",
    7: "ill-today infection infection-where antibiotics infection-details infection-lately infection-gone",
    8: "lymphedema lymph-nodes lymphedema-where swelling swelling-where",
    9: "touch-hurts bumps-hurt sensitive-where",
    10: "metal-rash metal-which metal-tested",
    11: "blood-thinner blood-thinner-details blood-thinner-test antiplatelet bleeds-easily clotting-illness",
    12: "immune-weak low-white-cells immune-details",
    13: "pregnant pregnancy-counted pregnancy-weeks pregnancy-due-date pregnancy-problem",
    14: "varicose-veins vessel-disease clot-now vessel-where clot-past clot-details",
    15: "joint-surgery joint-where joint-when device device-which device-where cosmetic-implant cosmetic-where "
    "other-implant other-implant-where",
}
ALSO = {
    "A1": "blood-borne",
    "A2": "heart-illness blood-pressure",
    "A3": "diabetes diabetes-eaten",
    "A4": "fainted-lately fits",
    "A5": "cancer radiotherapy cancer-where cancer-details",
    "A6": "all-medicines",
    "A7": "recent-surgery recent-surgery-where recent-surgery-details",
    "A8": "numbness numbness-where",
    "A9": "bad-reaction bad-reaction-details",
    "A10": "lung-illness chest-surgery",
    "A11": "eaten",
}
PARTS = [
    "1a",
    "2a",
    "3a",
    "4a",
    "4b",
    "4c",
    "4d",
    "5a",
    "6a",
    "7a",
    "8a",
    "8+",
    "9a",
    "10a",
    "11a",
    "11b",
    "11+",
    "12a",
    "13a",
    "13+",
    "14a",
    "14+",
    "15a",
    "15b",
    "15+",
]

QUESTION_VALUES = list(QUESTIONS.values())
WRITTEN = [
    *(text for question in QUESTION_VALUES for text in (question.text, question.hint, question.why)),
    *(option.text for question in QUESTION_VALUES for option in question.options),
    *(statement.says for precaution in EVERY for statement in precaution.statements),
    *(text for precaution in EVERY for text in (precaution.title, precaution.for_patient, precaution.for_clinician)),
]  # fmt: skip
BANNED = ["100% safe", "stop taking", "0.003%", "0.04%", "no concern", "!", "in skilled hands"]


def test_the_codes_of_questions_are_those_pinned_here_each_used_once():
    assert {p.number: [question.code for question in p.questions] for p in PRECAUTIONS} == {
        number: codes.split() for number, codes in CODES.items()
    }
    assert {p.mark: [question.code for question in p.questions] for p in ADDITIONAL} == {
        mark: codes.split() for mark, codes in ALSO.items()
    }
    assert len(QUESTIONS) == sum(len(precaution.questions) for precaution in EVERY)


def test_the_questions_of_an_additional_group_name_it_and_those_of_the_fifteen_none():
    for precaution in EVERY:
        expected = precaution.mark if precaution.is_additional else ""
        assert {question.group for question in precaution.questions} == {expected}
    assert [precaution.mark for precaution in PRECAUTIONS] == [str(number) for number in range(1, 16)]


def test_the_parts_are_those_pinned_here_each_used_once():
    assert sorted(statement.part for p in PRECAUTIONS for statement in p.statements) == sorted(PARTS)
    assert [s.part for p in ADDITIONAL for s in p.statements] == [mark for mark in ALSO if mark != "A6"]


def test_the_wording_is_that_of_the_questionnaires_version():
    assert digest() == QUESTIONNAIRE_DIGEST, (
        "a new wording needs a new QUESTIONNAIRE_VERSION and its QUESTIONNAIRE_DIGEST"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Is your skin well?"},
        {"hint": ""},
        {"why": "Because."},
        {"minors_only": True},
        {"options": ()},
        {"code": "skin-now"},
        {"asked": "staff"},
        {"group": "A1"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_change_to_a_question_changes_the_digest(monkeypatch, change):
    changed = replace(QUESTIONS["skin"], **change)
    monkeypatch.setitem(questionnaire.QUESTIONS, "skin", changed)
    assert digest() != QUESTIONNAIRE_DIGEST


def test_what_a_question_follows_is_part_of_the_digest(monkeypatch):
    monkeypatch.setitem(questionnaire.QUESTIONS, "skin-where", replace(QUESTIONS["skin-where"], follows=()))
    assert digest() != QUESTIONNAIRE_DIGEST


@pytest.mark.parametrize("question", QUESTION_VALUES, ids=lambda question: question.code)
def test_a_question_is_one_question_in_at_most_twenty_words(question):
    assert question.text.count("?") == 1
    assert question.text.endswith("?")
    assert len(question.text.split()) <= 20


@pytest.mark.parametrize("question", QUESTION_VALUES, ids=lambda question: question.code)
def test_a_hint_is_made_of_short_sentences(question):
    assert all(len(sentence.split()) <= 25 for sentence in re.split(r"[.?]\s", question.hint))


@pytest.mark.parametrize("phrase", BANNED)
def test_no_text_promises_safety_or_advises_stopping_a_medicine(phrase):
    # A warning to clinicians that one never gives this advice is not that advice.
    assert not [text for text in WRITTEN if phrase in text.casefold().replace("never advise stopping", "")]


def test_medicines_that_thin_the_blood_are_to_be_taken_as_usual():
    assert "keep taking" in QUESTIONS["blood-thinner"].why.casefold()
    assert not [text for text in WRITTEN if re.search(r"\b(stop|pause|skip)\w*\b.*\bmedicine", text.casefold())
                and "never advise" not in text.casefold()]  # fmt: skip


def test_every_question_that_can_be_of_concern_offers_not_sure():
    for question in QUESTION_VALUES:
        if question.clear is not None:
            assert "unsure" in {option.code for option in question.options}
            assert not question.is_clear("unsure")


YES_IS_HARMLESS = {
    "needle-try", "wants-treatment", "child-explains", "guardian-agrees", "able-today", "can-decide", "language-route-works",
    "infection-gone", "cognition-teach-back", "cognition-understands", "cognition-retains", "cognition-weighs",
    "cognition-communicates", "diabetes-eaten", "eaten",
}  # fmt: skip
ASKED_OF_OTHERS = {
    "child-explains": "clinician", "can-decide": "clinician", "guardian-agrees": "guardian", "guardian-name": "guardian",
    "guardian-relationship": "guardian",
    "language-route-works": "staff", "language-route": "staff", "cognition-teach-back": "clinician",
    "cognition-understands": "clinician", "cognition-retains": "clinician", "cognition-weighs": "clinician",
    "cognition-communicates": "clinician",
}  # fmt: skip


def test_yes_is_harmless_only_where_the_specification_says_so():
    assert {q.code for q in QUESTION_VALUES if q.kind == "yes_no" and q.is_clear("yes")} == YES_IS_HARMLESS
    assert all(q.is_clear("yes") != q.is_clear("no") for q in QUESTION_VALUES if q.kind == "yes_no")


def test_each_question_says_who_is_asked():
    assert {q.code: q.asked.value for q in QUESTION_VALUES if q.asked != "patient"} == ASKED_OF_OTHERS
