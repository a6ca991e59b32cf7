"""The proofs can fail: rules made wrong on purpose, one of each kind, are reported by the very checkers of the proofs."""

import datetime
from collections.abc import Iterator
from dataclasses import replace

import pytest

from screening.precautions import PRECAUTIONS
from screening.precautions.questions import UNSURE, YesNo
from screening.precautions.vocabulary import Case, Precaution, Trigger
from screening.questionnaire import QUESTIONS
from tests.screening import proofs
from tests.screening.cases import disagreements
from tests.screening.proofs import first, replies_as_clear
from tests.screening.test_answer_space import FOR_THE_RECORD
from tests.screening.test_boundaries_body import SURGERY
from tests.screening.test_boundaries_consent import AGES

BY_CODE = {precaution.code: precaution for precaution in PRECAUTIONS}
WITH_YES_NO = [code for code, precaution in BY_CODE.items() if any(isinstance(q, YesNo) for q in precaution.questions)]


def unsure_is_no(right: Precaution) -> Precaution:
    """Takes not sure for the harmless reply."""

    def rule(case: Case) -> Iterator[Trigger]:
        unsure = [q for q in right.questions if q.clear is not None and case[q] == UNSURE]
        return right.rule(replies_as_clear(case, *unsure))

    return replace(right, rule=rule)


def forgets(right: Precaution, code: str) -> Precaution:
    """Never looks at one question."""
    return replace(right, rule=lambda case: right.rule(replies_as_clear(case, QUESTIONS[code])))


def a_day_older(right: Precaution) -> Precaution:
    """Reckons an age that is reached tomorrow as reached."""

    def rule(case: Case) -> Iterator[Trigger]:
        return right.rule(replace(case, born=case.born - datetime.timedelta(days=1)))

    return replace(right, rule=rule)


def without_places(right: Precaution, keep: int = 0) -> Precaution:
    """Ignores where it is: keeps only so many places."""

    def rule(case: Case) -> Iterator[Trigger]:
        for trigger in right.rule(case):
            yield replace(trigger, places=frozenset(sorted(trigger.places)[:keep]))

    return replace(right, rule=rule)


def swapped(right: Precaution, wrong: Precaution) -> list[Precaution]:
    return [wrong if precaution is right else precaution for precaution in PRECAUTIONS]


@pytest.mark.parametrize("code", WITH_YES_NO)
def test_not_sure_taken_for_no_is_reported(code):
    assert first(proofs.falls(unsure_is_no(BY_CODE[code])))


FORGETTABLE = [
    (precaution.code, question.code)
    for precaution in PRECAUTIONS
    for question in precaution.questions
    if question.clear is not None
    and question.code not in FOR_THE_RECORD
    and precaution.number < 15  # the largest space
]


@pytest.mark.parametrize(("code", "question"), FORGETTABLE)
def test_a_question_that_its_rule_forgets_is_reported(code, question):
    # A forgotten lead may still count through what follows it; then what follows is found in the wrong place, or not at all.
    wrong = forgets(BY_CODE[code], question)
    assert first(proofs.misplaced(wrong)) or question not in proofs.counting(wrong) or first(proofs.falls(wrong))


def test_an_age_that_is_wrong_by_a_day_is_reported():
    right = BY_CODE["age-and-willingness"]
    reported = [row.name for row in AGES if list(disagreements(row, swapped(right, a_day_older(right))))]
    assert {"11 years and 364 days", "17 years and 364 days"} <= set(reported)
    assert "exactly 12 today" not in reported


@pytest.mark.parametrize("code", ["skin-lesions", "lymphedema", "pain-sensitivity", "surgery-and-implants"])
@pytest.mark.parametrize("keep", [0, 1])
def test_places_that_are_ignored_are_reported(code, keep):
    wrong = without_places(BY_CODE[code], keep)
    assert first(proofs.misplaced(wrong))
    assert first(proofs.pairs_apart(wrong)) if keep else first(proofs.misplaced(wrong))


def test_places_that_are_ignored_are_reported_by_the_tables_too():
    right = BY_CODE["surgery-and-implants"]
    assert any(list(disagreements(row, swapped(right, without_places(right)))) for row in SURGERY)


def test_a_rule_that_looks_at_another_precautions_question_is_reported():
    right = BY_CODE["skin-lesions"]

    def rule(case: Case) -> Iterator[Trigger]:
        if case[QUESTIONS["infection"]] != "no":
            yield from right.rule(case)

    assert proofs.foreign_reads(replace(right, rule=rule)) == {"infection"}


def test_a_reply_that_clears_without_having_been_asked_is_reported():
    right = BY_CODE["infection"]

    def rule(case: Case) -> Iterator[Trigger]:
        if case[QUESTIONS["infection-gone"]] != "yes":
            yield from right.rule(case)

    assert first(proofs.cleared_unasked(replace(right, rule=rule)))


def test_a_statement_that_cannot_be_reached_is_reported():
    right = BY_CODE["vascular"]

    def rule(case: Case) -> Iterator[Trigger]:
        return (trigger for trigger in right.rule(case) if trigger.part != "14+")

    assert proofs.reached(replace(right, rule=rule)) == {"14a"}


def test_a_missing_reply_that_counts_for_less_than_not_sure_is_reported():
    right = BY_CODE["skin-lesions"]

    def rule(case: Case) -> Iterator[Trigger]:
        if "skin" in case.replies:
            yield from right.rule(case)

    assert first(proofs.missing_unlike_unsure(replace(right, rule=rule)))
