"""A clinic's settings: their defaults and limits, and switches that only ever make it stricter and say so."""

import datetime
from dataclasses import replace

import pytest

from screening.precautions.policy import Policy, parse_policy
from screening.questionnaire import screen
from tests.screening.cases import CHILD, NO, UNSURE, YES, Row, disagreements, plan
from tests.screening.test_boundaries_illness import due_in, weeks

LYMPH = Policy(avoid_lymphedema_region=True)
PREGNANT = Policy(caution_all_pregnancy=True)
WHITE_CELLS = Policy(advise_against_low_white_cells=True)
FEAR = Policy(advise_against_strong_fear=True)
FOURTEEN, FIFTEEN_WEEKS = Policy(minimum_age=14), Policy(first_trimester_ends=105)
ARM = {"lymphedema": YES, "lymphedema-where": ["forearm_left"]}
AGAINST, AVOID, POLICY, SOURCE = "not_recommended", "avoid_some_regions", "policy", "source"


def born(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


ROWS = [
    Row("lymphedema", ARM, {"8a": "avoid_region"}, AVOID, policy=LYMPH, plan=plan("brachioradialis_left"),
        places={"8a": ["forearm_left"]}, conflicts=("8a",), origins={"8a": POLICY}),
    Row("nodes removed, not sure", {"lymph-nodes": UNSURE}, {"8a": "avoid_region"}, AVOID, policy=LYMPH,
        origins={"8a": POLICY}),
    Row("a swelling stays a caution", {"swelling": YES}, {"8+": "caution"}, "caution", policy=LYMPH),
    Row("pregnant late", weeks("20+0"), {"13a": "caution"}, "caution", policy=PREGNANT, origins={"13a": POLICY}),
    Row("pregnant late, by due date", due_in(60), {"13a": "caution"}, "caution", policy=PREGNANT,
        origins={"13a": POLICY}),
    Row("pregnant early stays the source's", weeks("8+0"), {"13a": "caution"}, "caution", policy=PREGNANT,
        origins={"13a": SOURCE}),
    Row("not pregnant", {}, {}, "clear", policy=PREGNANT),
    Row("low white cells", {"low-white-cells": YES}, {"12a": AGAINST}, AGAINST, policy=WHITE_CELLS,
        origins={"12a": POLICY}),
    Row("white cells not sure", {"low-white-cells": UNSURE}, {"12a": AGAINST}, AGAINST, policy=WHITE_CELLS,
        origins={"12a": POLICY}),
    Row("weak for another cause", {"immune-weak": YES}, {"12a": "caution"}, "caution", policy=WHITE_CELLS,
        origins={"12a": SOURCE}),
    Row("a lot of fear", {"needle-fear": "lot"}, {"1a": AGAINST}, AGAINST, policy=FEAR, origins={"1a": POLICY}),
    Row("fear not sure", {"needle-fear": UNSURE}, {"1a": AGAINST}, AGAINST, policy=FEAR, origins={"1a": POLICY}),
    Row("a little fear", {"needle-fear": "little"}, {"1a": "educate"}, "clear_with_information", policy=FEAR,
        origins={"1a": SOURCE}),
    Row("fainted only", {"needle-faint": YES}, {"1a": "educate"}, "clear_with_information", policy=FEAR),
    Row("13 where 14 is the least", {}, {"4c": AGAINST}, AGAINST, born("2012-12-01"), policy=FOURTEEN,
        origins={"4c": POLICY}),
    Row("11 where 14 is the least: the source's own line", {}, {"4c": AGAINST}, AGAINST, born("2015-01-01"),
        policy=FOURTEEN,
        origins={"4c": SOURCE}),
    Row("14 where 14 is the least", {}, {"4b": "caution"}, "caution", born("2012-11-30"), policy=FOURTEEN),
    Row("13 on 28 February where 14 is the least", {}, {"4c": AGAINST}, AGAINST, born("2012-02-29"),
        born("2026-02-28"), policy=FOURTEEN),
    Row("13 on 1 March where 14 is the least", {}, {"4b": "caution"}, "caution", born("2012-02-29"),
        born("2026-03-01"), policy=FOURTEEN),
    Row("20 where majority is 21", {}, {"4b": "caution"}, "caution", born("2006-01-01"),
        policy=Policy(age_of_majority=21)),
    Row("16 where majority is 16 by law", {}, {}, "clear", born("2010-11-30"),
        policy=Policy(age_of_majority=16, majority_basis="Age of Legal Capacity Act")),
    Row("trimester raised", weeks("15+0"), {"13a": "caution"}, "caution", policy=FIFTEEN_WEEKS,
        origins={"13a": POLICY}),
    Row("trimester raised, within the source's", weeks("13+6"), {"13a": "caution"}, "caution",
        policy=FIFTEEN_WEEKS, origins={"13a": SOURCE}),
    Row("trimester raised, a day after", weeks("15+1"), {}, "clear", policy=FIFTEEN_WEEKS),
    Row("trimester at its least", weeks("12+0"), {"13a": "caution"}, "caution", policy=Policy(first_trimester_ends=84)),
    Row("trimester at its least, a day after", weeks("12+1"), {}, "clear", policy=Policy(first_trimester_ends=84)),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_clinics_settings_do_what_the_specification_says(row):
    assert not list(disagreements(row))
    assert screen(row.case).conflicts == row.conflicts


def test_the_defaults_are_those_of_the_specification_and_every_switch_is_off():
    assert Policy() == Policy(18, "", 12, 13 * 7 + 6, True, 365, False, False, False, False)


@pytest.mark.parametrize(("part", "replies"), [("7a", {"infection": YES}), ("14a", {"clot-now": YES})])
def test_a_second_clinician_is_required_for_an_overridable_contraindication_unless_switched_off(part, replies):
    for on in (True, False):
        (finding,) = screen(Row("", replies, policy=Policy(second_clinician=on)).case).findings
        assert finding.part == part
        assert ("second_clinician" in finding.requires) is on


@pytest.mark.parametrize(
    ("replies", "dob"),
    [({"device": YES}, None), ({"immune-weak": YES}, None), ({"wants-treatment": NO}, None), ({}, born("2019-01-01"))],
)
def test_a_second_clinician_is_required_for_nothing_else(replies, dob):
    case = Row("", replies, born=dob or CHILD, policy=replace(WHITE_CELLS, second_clinician=True)).case
    assert not any("second_clinician" in found.requires for found in screen(case).findings)


def test_a_class_raised_to_not_recommended_can_be_overridden_and_needs_it():
    for row in (Row("", {"low-white-cells": YES}, policy=WHITE_CELLS), Row("", {"needle-fear": "lot"}, policy=FEAR)):
        (finding,) = screen(row.case).findings
        assert finding.overridable
        assert "override" in finding.requires


REFUSED = [
    {"age_of_majority": 15},
    {"age_of_majority": 22},
    {"age_of_majority": 17},
    {"age_of_majority": 16, "majority_basis": "  "},
    {"minimum_age": 11},
    {"first_trimester_ends": 83},
    {"consent_valid_days": 0},
    {"minimum_age": "12"},
    {"minimum_age": 12.5},
    {"minimum_age": True},
    {"avoid_lymphedema_region": 1},
    {"avoid_lymphedema_region": "yes"},
    {"lymphedema": True},
    [],
    None,
]
ALLOWED = [
    {},
    {"age_of_majority": 21},
    {"age_of_majority": 16, "majority_basis": "Age of Legal Capacity (Scotland) Act 1991"},
    {"minimum_age": 12},
    {"minimum_age": 16},
    {"first_trimester_ends": 84},
    {"first_trimester_ends": 105},
]


@pytest.mark.parametrize("values", REFUSED, ids=str)
def test_what_is_beyond_the_limits_is_refused_in_words(values):
    _, faults = parse_policy(values)
    assert faults
    assert all(fault.startswith("policy: ") for fault in faults)


@pytest.mark.parametrize("values", ALLOWED, ids=str)
def test_what_is_within_the_limits_is_taken_as_given(values):
    policy, faults = parse_policy(values)
    assert not faults
    assert policy == replace(Policy(), **values)
