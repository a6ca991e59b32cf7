"""Every combination of replies within each precaution: nothing is lost, nothing is overlooked, not sure is never safe."""

import pytest

from screening.precautions import EVERY
from screening.precautions.questions import Text
from tests.screening import proofs
from tests.screening.proofs import first

each = pytest.mark.parametrize("precaution", EVERY, ids=lambda precaution: precaution.code)

# What is asked for the record or for a reason, and changes no class, place or requirement.
FOR_THE_RECORD = {
    "needle-try",
    "language",
    "language-route",
    "skin-open",
    "infection-where",
    "metal-which",
    "vessel-where",
    "device-which",
    "diabetes-eaten",
}


@each
def test_every_case_has_an_outcome(precaution):
    assert not first(proofs.without_outcome(precaution))


@each
def test_a_worse_reply_never_removes_a_finding_nor_lowers_its_class_nor_shrinks_its_places(precaution):
    assert not first(proofs.falls(precaution))


@each
def test_a_missing_reply_is_the_same_as_not_sure(precaution):
    assert not first(proofs.missing_unlike_unsure(precaution))


@each
def test_a_question_that_was_not_asked_clears_nothing(precaution):
    assert not first(proofs.cleared_unasked(precaution))


@each
def test_every_statement_can_be_reached_and_no_other_is_made(precaution):
    assert proofs.reached(precaution) == {statement.part for statement in precaution.statements}


@each
def test_every_question_counts_but_those_asked_for_the_record(precaution):
    for_the_record = {question.code for question in precaution.questions if isinstance(question, Text)}
    expected = {question.code for question in precaution.questions} - FOR_THE_RECORD - for_the_record
    assert proofs.counting(precaution) == expected


@each
def test_a_finding_of_regions_is_exactly_where_it_was_marked_and_everywhere_when_it_was_not(precaution):
    assert not first(proofs.misplaced(precaution))


@each
def test_two_areas_are_found_at_both_of_them(precaution):
    assert not first(proofs.pairs_apart(precaution))


@each
def test_a_rule_looks_at_its_own_questions_only(precaution):
    assert not proofs.foreign_reads(precaution)
