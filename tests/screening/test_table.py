"""The table of the fifteen as written: class, scope, whether it can be overridden, who says so, what releases it."""

import pytest

from screening.body import AREAS, MUSCLES, REGIONS
from screening.precautions import PRECAUTIONS
from screening.precautions.vocabulary import Outcome, Scope
from screening.questionnaire import Overall

# part: class, scope, overridable, says who, what releases it
TABLE = {
    "1a": ("educate", "person", False, "source", {"education"}),
    "2a": ("consent_step", "person", False, "source", {"capacity_or_representative"}),
    "3a": ("consent_step", "person", False, "source", {"working_route"}),
    "4a": ("consent_step", "person", False, "source", {"willingness"}),
    "4b": ("caution", "person", False, "source", {"measures"}),
    "4c": ("not_recommended", "person", True, "source", {"override"}),
    "4d": ("consent_step", "person", False, "source", {"agreement_of_child_and_guardian"}),
    "5a": ("consent_step", "person", False, "source", {"capacity_or_representative"}),
    "6a": ("avoid_region", "regions", False, "source", {"plan_free_of_places", "inspection"}),
    "7a": ("contraindicated", "person", True, "source", {"override"}),
    "8a": ("informational", "regions", False, "source", set()),
    "8+": ("caution", "regions", False, "practice", {"inspection"}),
    "9a": ("caution", "regions", False, "source", {"measures"}),
    "10a": ("modify_equipment", "person", False, "source", {"needle_material"}),
    "11a": ("caution", "person", False, "source", {"measures"}),
    "11b": ("avoid_region", "muscles", True, "source", {"override"}),
    "11+": ("caution", "person", False, "practice", {"measures"}),
    "12a": ("caution", "person", False, "source", {"measures"}),
    "13a": ("caution", "person", False, "source", {"measures"}),
    "13+": ("caution", "person", False, "practice", {"measures"}),
    "14a": ("contraindicated", "person", True, "source", {"override"}),
    "14+": ("caution", "person", False, "practice", {"measures"}),
    "15a": ("caution", "regions", False, "source", {"measures"}),
    "15b": ("contraindicated", "regions", False, "source", {"plan_free_of_places"}),
    "15+": ("caution", "regions", False, "practice", {"measures"}),
}
CODES = [
    "needle-aversion",
    "cognition",
    "communication",
    "age-and-willingness",
    "capacity-to-consent",
    "skin-lesions",
    "infection",
    "lymphedema",
    "pain-sensitivity",
    "metal-allergy",
    "bleeding",
    "immunity",
    "pregnancy",
    "vascular",
    "surgery-and-implants",
]
OUTCOMES = [
    "informational",
    "educate",
    "caution",
    "modify_equipment",
    "avoid_region",
    "consent_step",
    "not_recommended",
    "contraindicated",
]
OVERALL = [
    "clear",
    "clear_with_information",
    "caution",
    "avoid_some_regions",
    "needs_equipment_change",
    "needs_consent_step",
    "not_recommended",
    "contraindicated",
    "declined",
]
MIDDLE = {"forehead_temple", "face_jaw", "front_neck", "abdomen", "back_head", "back_neck"}
PAIRED = {
    "front_shoulder",
    "upper_chest",
    "side_ribs",
    "groin_front_hip",
    "front_upper_arm",
    "elbow",
    "forearm",
    "wrist_hand",
    "front_thigh",
    "inner_thigh",
    "knee",
    "shin",
    "ankle_foot_top",
    "upper_shoulder",
    "shoulder_blade",
    "mid_back",
    "lower_back",
    "buttock",
    "outer_hip",
    "back_upper_arm",
    "back_thigh",
    "calf",
    "heel_sole",
}


def test_the_fifteen_stand_in_the_order_of_the_source():
    assert [(p.number, p.code) for p in PRECAUTIONS] == list(enumerate(CODES, start=1))


@pytest.mark.parametrize("part", TABLE)
def test_every_statement_has_the_class_scope_and_release_of_the_table(part):
    (found,) = [s for p in PRECAUTIONS for s in p.statements if s.part == part]
    assert (found.outcome, found.scope, found.overridable, found.origin, set(found.requires)) == TABLE[part]


def test_there_are_no_other_statements_and_each_belongs_to_the_number_in_its_part():
    parts = [(s.part, p.number) for p in PRECAUTIONS for s in p.statements]
    assert {part for part, _ in parts} == set(TABLE)
    assert len(parts) == len(TABLE)
    assert all(part.rstrip("abcd+") == str(number) for part, number in parts)


def test_the_names_of_classes_scopes_and_overall_outcomes_are_exactly_those_specified():
    assert {outcome.value for outcome in Outcome} == set(OUTCOMES)
    assert {overall.value for overall in Overall} == set(OVERALL)
    assert {scope.value for scope in Scope} == {"person", "regions", "muscles"}


def test_the_body_has_the_29_regions_and_52_areas_that_are_named():
    assert {code for code, region in REGIONS.items() if not region.paired} == MIDDLE
    assert {code for code, region in REGIONS.items() if region.paired} == PAIRED
    assert set(AREAS) == MIDDLE | {f"{region}_{side}" for region in PAIRED for side in ("left", "right")}


def test_the_74_muscles_lie_in_known_regions_and_those_the_source_names_cannot_be_compressed():
    assert len(MUSCLES) == 74
    assert all(set(muscle.regions) <= set(REGIONS) and muscle.regions for muscle in MUSCLES.values())
    assert not MUSCLES["psoas_major"].compressible
    assert not MUSCLES["lateral_pterygoid"].compressible
    assert MUSCLES["upper_trapezius"].compressible
