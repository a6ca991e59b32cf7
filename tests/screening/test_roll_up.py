"""How findings come to an overall outcome, one sentence of the specification after the other."""

import pytest

from screening.body import WHOLE_BODY
from screening.precautions.vocabulary import Outcome, Plan, Scope, Statement, Trigger
from screening.questionnaire import hits, roll_up
from tests.screening.cases import NO_PLAN, plan


def finding(outcome: str, *places: str, scope: Scope | None = None, declines: bool = False) -> Trigger:
    scope = scope or (Scope.REGIONS if places else Scope.PERSON)
    return Statement(part="0x", says="", outcome=Outcome(outcome), scope=scope).because(at=places, declines=declines)


def overall(*findings: Trigger, plan: Plan = NO_PLAN) -> set[str]:
    rolled = roll_up(findings, plan)
    assert len(rolled) == len(set(rolled)), "an overall outcome is said once"
    return {item.value for item in rolled}


CALF, CALVES = plan(areas=["calf_left"]), plan(areas=["calf_left", "calf_right"])


@pytest.mark.parametrize(
    ("outcome", "adds"),
    [
        ("caution", "caution"),
        ("avoid_region", "avoid_some_regions"),
        ("modify_equipment", "needs_equipment_change"),
        ("consent_step", "needs_consent_step"),
        ("not_recommended", "not_recommended"),
        ("contraindicated", "contraindicated"),
        ("informational", "clear_with_information"),
        ("educate", "clear_with_information"),
    ],
)
def test_each_class_adds_its_own(outcome, adds):
    assert overall(finding(outcome)) == {adds}


def test_it_is_clear_only_when_there_is_no_finding():
    assert overall() == {"clear"}


def test_it_is_clear_with_information_only_when_all_findings_are_informational_or_educate():
    assert overall(finding("educate"), finding("informational")) == {"clear_with_information"}
    assert overall(finding("educate"), finding("caution")) == {"caution"}


def test_a_contraindication_for_the_person_adds_nothing_beside_itself():
    assert overall(finding("contraindicated"), plan=CALVES) == {"contraindicated"}


def test_what_other_findings_add_stays_beside_a_contraindication():
    assert overall(finding("contraindicated"), finding("caution")) == {"contraindicated", "caution"}


def test_a_contraindicated_region_that_is_all_of_the_plan():
    assert overall(finding("contraindicated", "calf_left"), plan=CALF) == {"contraindicated"}
    assert overall(finding("contraindicated", *WHOLE_BODY), plan=CALVES) == {"contraindicated"}


def test_a_contraindicated_region_while_another_planned_region_stays_free():
    assert overall(finding("contraindicated", "calf_left"), plan=CALVES) == {"contraindicated", "avoid_some_regions"}


@pytest.mark.parametrize("planned", [NO_PLAN, plan(areas=["calf_right"]), plan("gastrocnemius_right")])
def test_a_contraindicated_region_that_the_plan_does_not_hit(planned):
    assert overall(finding("contraindicated", "calf_left"), plan=planned) == {"avoid_some_regions"}


def test_the_plans_regions_are_those_of_its_muscles_on_their_side_and_any_named():
    planned = plan("psoas_major_left", areas=["knee_right"])
    assert planned.places == {"groin_front_hip_left", "abdomen", "lower_back_left", "knee_right"}


def test_an_entry_site_that_the_clinician_names_takes_the_place_of_the_muscles_regions():
    assert plan("psoas_major_left@lower_back").places == {"lower_back_left"}
    assert not hits(finding("contraindicated", "abdomen"), plan("psoas_major_left@lower_back"))
    assert hits(finding("contraindicated", "abdomen"), plan("psoas_major_left"))


def test_the_patients_own_refusal_adds_declined_beside_the_consent_step():
    assert overall(finding("consent_step", declines=True)) == {"declined", "needs_consent_step"}


@pytest.mark.parametrize("outcome", ["informational", "caution", "modify_equipment", "consent_step", "not_recommended"])
def test_only_avoided_and_contraindicated_places_forbid(outcome):
    assert not hits(finding(outcome, "calf_left"), CALF)
    assert hits(finding("avoid_region", "calf_left"), CALF)
    assert hits(finding("contraindicated", "calf_left"), CALF)


def test_muscles_that_are_to_be_avoided_are_matched_as_muscles_on_their_side():
    deep = finding("avoid_region", "psoas_major_left", scope=Scope.MUSCLES)
    assert hits(deep, plan("psoas_major_left"))
    assert not hits(deep, plan("psoas_major_right", "quadratus_lumborum_left"))
    assert not hits(deep, plan(areas=["abdomen"]))
