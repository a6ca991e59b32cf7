"""What a clinic asks beyond the source: only where it is switched on, with the classes written down, never of the fifteen."""

from dataclasses import replace

import pytest
from hypothesis import given

from screening.body import WHOLE_BODY
from screening.precautions import ADDITIONAL
from screening.precautions.policy import ADDITIONAL_GROUPS, Policy, parse_policy
from screening.questionnaire import QUESTIONS, asked_under, screen, shown
from tests.screening.cases import NO, UNSURE, YES, case_from, plan
from tests.screening.proofs import FIXED
from tests.screening.strategies import cases

# part: class, scope, overridable, what releases it
TABLE = {
    "A1": ("informational", "person", False, set()),
    "A2": ("caution", "person", False, {"measures"}),
    "A3": ("caution", "regions", False, {"measures"}),
    "A4": ("caution", "person", False, {"measures"}),
    "A5": ("avoid_region", "regions", False, {"plan_free_of_places", "measures"}),
    "A7": ("caution", "regions", False, {"measures"}),
    "A8": ("caution", "regions", False, {"measures"}),
    "A9": ("not_recommended", "person", True, {"override"}),
    "A10": ("caution", "muscles", False, {"measures"}),
    "A11": ("informational", "person", False, set()),
}
CALF = {"cancer": YES, "radiotherapy": NO, "cancer-where": ["calf_left"]}
# group: replies, plan, the overall outcome
CASES = [
    ("A1", {"blood-borne": YES}, plan(), "clear_with_information"),
    ("A2", {"heart-illness": NO, "blood-pressure": YES}, plan(), "caution"),
    ("A3", {"diabetes": YES, "diabetes-eaten": YES}, plan("upper_trapezius_left"), "caution"),
    ("A4", {"fainted-lately": NO, "fits": YES}, plan(), "caution"),
    ("A5", CALF, plan("upper_trapezius_left"), "avoid_some_regions"),
    ("A7", {"recent-surgery": YES, "recent-surgery-where": ["knee_left"]}, plan(), "caution"),
    ("A8", {"numbness": YES, "numbness-where": ["calf_left"]}, plan(), "caution"),
    ("A9", {"bad-reaction": YES}, plan(), "not_recommended"),
    ("A10", {"lung-illness": YES, "chest-surgery": NO}, plan("upper_trapezius_left"), "caution"),
    ("A11", {"eaten": NO}, plan(), "clear_with_information"),
]


def on(*groups: str) -> Policy:
    return Policy(additional=groups)


def test_the_groups_are_those_of_the_policy_in_their_order():
    assert tuple(group.mark for group in ADDITIONAL) == ADDITIONAL_GROUPS


@pytest.mark.parametrize("part", TABLE)
def test_every_statement_has_its_class_scope_and_release_and_is_this_clinics_practice(part):
    (found,) = [s for group in ADDITIONAL for s in group.statements if s.part == part]
    assert (found.outcome, found.scope, found.overridable, set(found.requires)) == TABLE[part]
    assert found.origin == "practice"


@pytest.mark.parametrize(("group", "replies", "planned", "overall"), CASES, ids=[row[0] for row in CASES])
def test_a_group_that_is_on_finds_what_was_said_and_one_that_is_off_asks_and_finds_nothing(
    group, replies, planned, overall
):
    found = screen(case_from(replies, plan=planned, policy=on(group)))
    assert [trigger.part for trigger in found.findings] == [group]
    assert list(found.overall) == [overall]
    off = screen(case_from(plan=planned))
    assert off.findings == ()
    assert not {question.group for question in shown(case_from())} - {""}


def test_all_medicines_are_listed_and_find_nothing():
    assert screen(case_from({"all-medicines": "Warfarin"}, policy=on("A6"))).findings == ()


@given(cases)
def test_replies_to_a_group_that_is_off_change_nothing_at_all(case):
    off = replace(case, policy=replace(case.policy, additional=()))
    without = {code: reply for code, reply in case.replies.items() if not QUESTIONS[code].group}
    assert screen(off) == screen(replace(off, replies=without))


@given(cases)
def test_a_group_more_takes_nothing_away_from_the_fifteen(case):
    off = screen(replace(case, policy=replace(case.policy, additional=())))
    fifteen = [trigger for trigger in screen(case).findings if not trigger.part.startswith("A")]
    assert tuple(fifteen) == off.findings


def test_diabetes_is_a_caution_at_legs_and_feet_and_says_when_the_patient_has_not_eaten():
    (found,) = screen(case_from({"diabetes": YES, "diabetes-eaten": NO}, policy=on("A3"))).findings
    assert found.places == FIXED["A3"]
    assert [reason.question for reason in found.reasons] == ["diabetes", "diabetes-eaten"]


def test_a_tumour_without_a_place_counts_for_the_whole_body_and_a_plan_there_conflicts():
    policy = on("A5")
    unplaced = screen(case_from({"cancer": UNSURE, "radiotherapy": NO}, plan=plan("soleus_left"), policy=policy))
    assert unplaced.findings[0].places == WHOLE_BODY
    assert unplaced.conflicts == ("A5",)
    assert screen(case_from(CALF, plan=plan("soleus_left"), policy=policy)).conflicts == ("A5",)
    assert screen(case_from(CALF, plan=plan("soleus_right"), policy=policy)).conflicts == ()


def test_ill_lungs_count_only_where_a_planned_muscle_is_near_the_lung():
    ill = {"lung-illness": YES, "chest-surgery": NO}
    far = screen(case_from(ill, plan=plan("soleus_left"), policy=on("A10")))
    near = screen(case_from(ill, plan=plan("soleus_left", "upper_trapezius_right"), policy=on("A10")))
    assert far.findings == ()
    assert near.findings[0].places == {"upper_trapezius_right"}


def test_the_pages_asked_are_those_of_the_fifteen_and_of_the_groups_that_are_on():
    assert {page.precaution.mark for page in asked_under(on("A3", "A9")) if page.precaution.is_additional} == {
        "A3",
        "A9",
    }
    assert not [page for page in asked_under(Policy()) if page.precaution.is_additional]


@pytest.mark.parametrize("values", [["A12"], ["a1"], "A1", [1], {"A1": True}, None])
def test_a_policy_with_groups_that_do_not_exist_is_refused_in_words(values):
    _policy, faults = parse_policy({"additional": values})
    assert faults
    assert all(fault.startswith("policy: additional") for fault in faults)


def test_groups_are_kept_in_one_order_however_they_were_written():
    assert parse_policy({"additional": ["A10", "A2"]}) == (Policy(additional=("A2", "A10")), [])
    assert repr(Policy(additional=("A10", "A2", "A2"))) == repr(Policy(additional=("A2", "A10")))
