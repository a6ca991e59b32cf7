"""Precautions 6, 8, 9, 11, 14 and 15 line by line: what depends on a place, a muscle or a side; where nothing does."""

import pytest

from screening.body import WHOLE_BODY
from screening.precautions.vocabulary import Case
from screening.questionnaire import screen
from tests.screening.cases import NO, UNSURE, YES, Row, disagreements, plan

NECK = plan("upper_trapezius_right")
LEFT_CHEST = ["upper_chest_left"]
AVOID, STOP = "avoid_some_regions", "contraindicated"


def at(part: str, *areas: str) -> dict[str, tuple[str, ...]]:
    return {part: areas or tuple(WHOLE_BODY)}


LESION = {"6a": "avoid_region"}
SKIN = [
    Row("a lesion where the plan is not", {"skin": YES, "skin-where": ["calf_left"]}, LESION, AVOID, plan=NECK,
        places=at("6a", "calf_left")),
    Row("the same calf on the other side", {"skin": YES, "skin-where": ["calf_left"]}, LESION, AVOID,
        plan=plan("gastrocnemius_right")),
    Row("the planned calf", {"skin": YES, "skin-where": ["calf_left"]}, LESION, AVOID,
        plan=plan("gastrocnemius_left"), conflicts=("6a",)),
    Row("a lesion nobody placed", {"skin": YES}, LESION, AVOID, plan=NECK, places=at("6a"), conflicts=("6a",)),
    Row("not sure where", {"skin": YES, "skin-where": UNSURE}, LESION, AVOID, places=at("6a")),
    Row("nothing marked is not sure", {"skin": YES, "skin-where": []}, LESION, AVOID, places=at("6a")),
    Row("not sure whether there is one", {"skin": UNSURE}, LESION, AVOID, places=at("6a")),
    Row("not sure, but placed", {"skin": UNSURE, "skin-where": ["knee_right"]}, LESION, AVOID,
        places=at("6a", "knee_right")),
    Row("closed or open alike", {"skin": YES, "skin-where": ["shin_left"], "skin-open": NO}, LESION, AVOID,
        places=at("6a", "shin_left")),
]  # fmt: skip

KNOWN, NEW = {"8a": "informational"}, {"8+": "caution"}
ARM = ["forearm_left"]
LYMPHEDEMA = [
    Row("lymphedema alone", {"lymphedema": YES, "lymphedema-where": ARM}, KNOWN, "clear_with_information",
        plan=plan("brachioradialis_left"), places=at("8a", *ARM)),
    Row("nodes removed", {"lymph-nodes": YES, "lymphedema-where": ARM}, KNOWN, "clear_with_information"),
    Row("not sure, not placed", {"lymphedema": UNSURE}, KNOWN, "clear_with_information", plan=NECK, places=at("8a")),
    Row("a new swelling", {"swelling": YES, "swelling-where": ["calf_left"]}, NEW, "caution",
        places=at("8+", "calf_left")),
    Row("not sure of a swelling", {"swelling": UNSURE}, NEW, "caution", plan=NECK, places=at("8+")),
    Row("both, each in its own place",
        {"lymphedema": YES, "lymphedema-where": ARM, "swelling": YES, "swelling-where": ["calf_left"]},
        KNOWN | NEW, "caution", places=at("8a", *ARM) | at("8+", "calf_left")),
]  # fmt: skip

SENSITIVE = {"9a": "caution"}
PAIN = [
    Row("light touch hurts", {"touch-hurts": YES, "sensitive-where": ["shin_left"]}, SENSITIVE, "caution",
        places=at("9a", "shin_left")),
    Row("small bumps hurt", {"bumps-hurt": YES, "sensitive-where": ["shin_left"]}, SENSITIVE, "caution"),
    Row("everywhere: no stop on its own", {"touch-hurts": YES}, SENSITIVE, "caution", plan=NECK, places=at("9a")),
    Row("not sure", {"bumps-hurt": UNSURE}, SENSITIVE, "caution", plan=NECK, places=at("9a")),
]  # fmt: skip

BLEEDS, DEEP = {"11a": "caution"}, {"11b": "avoid_region"}
BLEEDING = [
    Row("warfarin and the trapezius", {"blood-thinner": YES}, BLEEDS, "caution", plan=NECK),
    Row("warfarin and no plan yet", {"blood-thinner": YES}, BLEEDS, "caution"),
    Row("warfarin and a named area", {"blood-thinner": YES}, BLEEDS, "caution", plan=plan(areas=["lower_back_left"])),
    Row("warfarin and psoas", {"blood-thinner": YES}, BLEEDS | DEEP, f"caution {AVOID}", plan=plan("psoas_major_left"),
        places={"11b": ["psoas_major_left"]}, conflicts=("11b",)),
    Row("warfarin and the lateral pterygoid", {"blood-thinner": YES}, BLEEDS | DEEP, f"caution {AVOID}",
        plan=plan("lateral_pterygoid_right"), conflicts=("11b",)),
    Row("only the deep muscle of two", {"blood-thinner": YES}, BLEEDS | DEEP, f"caution {AVOID}",
        plan=plan("psoas_major_left", "upper_trapezius_right"), places={"11b": ["psoas_major_left"]}, conflicts=("11b",)),
    Row("psoas and nothing that bleeds", {}, {}, "clear", plan=plan("psoas_major_left")),
    *(Row(f"{code} {reply} and psoas", {code: reply}, BLEEDS | DEEP, f"caution {AVOID}",
          plan=plan("psoas_major_left"), conflicts=("11b",))
      for code in ("blood-thinner", "bleeds-easily", "clotting-illness") for reply in (YES, UNSURE)),
    Row("daily aspirin alone", {"antiplatelet": YES}, {"11+": "caution"}, "caution", plan=NECK,
        origins={"11+": "practice"}),
    Row("not sure of aspirin", {"antiplatelet": UNSURE}, {"11+": "caution"}, "caution"),
    Row("aspirin beside warfarin", {"antiplatelet": YES, "blood-thinner": YES}, BLEEDS | {"11+": "caution"}, "caution"),
]  # fmt: skip

VESSELS, PAST = {"14a": "contraindicated"}, {"14+": "caution"}
VASCULAR = [
    Row("varicose veins in a leg with neck pain", {"varicose-veins": YES, "vessel-where": ["calf_left"]}, VESSELS,
        STOP, plan=NECK),
    Row("blocked arteries", {"vessel-disease": YES, "vessel-where": ["shin_left"]}, VESSELS, STOP),
    Row("a clot now", {"clot-now": YES, "vessel-where": ["calf_left"]}, VESSELS, STOP, plan=NECK),
    Row("a healed clot", {"clot-past": YES}, PAST, "caution", plan=NECK, origins={"14+": "practice"}),
    Row("not sure of a past clot", {"clot-past": UNSURE}, PAST, "caution"),
    *(Row(f"not sure: {code}", {code: UNSURE}, VESSELS,
          STOP) for code in ("varicose-veins", "vessel-disease", "clot-now")),
]  # fmt: skip

JOINT, DEVICE, OTHER = {"15a": "caution"}, {"15b": "contraindicated"}, {"15+": "caution"}
PACEMAKER = {"device": YES, "device-which": "pacemaker", "device-where": LEFT_CHEST}
BREASTS = {"cosmetic-implant": YES, "cosmetic-where": ["upper_chest_left", "upper_chest_right"]}
SURGERY = [
    Row("knee replacement with a shoulder", {"joint-surgery": YES, "joint-where": ["knee_left"]}, JOINT, "caution",
        plan=plan("deltoid_right"), places=at("15a", "knee_left")),
    Row("knee replacement with that knee: never toward it, but no ban", {"joint-surgery": YES, "joint-where": ["knee_left"]},
        JOINT, "caution", plan=plan(areas=["knee_left"])),
    Row("a joint nobody placed", {"joint-surgery": YES}, JOINT, "caution", plan=NECK, places=at("15a")),
    Row("pacemaker with the opposite shoulder", PACEMAKER, DEVICE, AVOID, plan=plan("deltoid_right"),
        places=at("15b", *LEFT_CHEST)),
    Row("pacemaker with the chest beside it", PACEMAKER, DEVICE, STOP, plan=plan("pectoralis_major_left"),
        conflicts=("15b",)),
    Row("pacemaker with the other side of the chest", PACEMAKER, DEVICE, AVOID, plan=plan("pectoralis_major_right")),
    Row("pacemaker, chest and calf planned", PACEMAKER, DEVICE, f"{STOP} {AVOID}",
        plan=plan("pectoralis_major_left", "gastrocnemius_left"), conflicts=("15b",)),
    Row("pacemaker, no plan yet", PACEMAKER, DEVICE, AVOID),
    Row("a device nobody placed", {"device": YES, "device-which": "pump"}, DEVICE, STOP, plan=NECK,
        places=at("15b"), conflicts=("15b",)),
    Row("not sure of a device", {"device": UNSURE}, DEVICE, STOP, plan=NECK, places=at("15b"), conflicts=("15b",)),
    Row("breast implants with the low back", BREASTS, DEVICE, AVOID, plan=plan("quadratus_lumborum_left"),
        places=at("15b", "upper_chest_left", "upper_chest_right")),
    Row("breast implants with the chest", BREASTS, DEVICE, STOP, plan=plan("pectoralis_major_right"),
        conflicts=("15b",)),
    Row("device and implant, both places", PACEMAKER | {"cosmetic-implant": YES, "cosmetic-where": ["calf_right"]}, DEVICE, AVOID,
        places=at("15b", "upper_chest_left", "calf_right")),
    Row("a placed device does not place the implant", PACEMAKER | {"cosmetic-implant": UNSURE}, DEVICE, AVOID,
        places=at("15b")),
    Row("plates and screws", {"other-implant": YES, "other-implant-where": ["shin_right"]}, OTHER, "caution",
        plan=plan("tibialis_anterior_right"), places=at("15+", "shin_right"), origins={"15+": "practice"}),
    Row("not sure of plates", {"other-implant": UNSURE}, OTHER, "caution", plan=NECK, places=at("15+")),
]  # fmt: skip

GROIN = {"cosmetic-implant": YES, "cosmetic-where": ["abdomen"]}
ENTRY = [
    Row("a muscle hits through any of its regions", GROIN, DEVICE, f"{STOP} {AVOID}",
        plan=plan("psoas_major_left"), conflicts=("15b",)),
    Row("unless the entry site is elsewhere", GROIN, DEVICE, AVOID, plan=plan("psoas_major_left@lower_back")),
    Row("or is that very region", GROIN, DEVICE, STOP, plan=plan("psoas_major_left@abdomen"), conflicts=("15b",)),
    Row("a named area beside it still hits", GROIN, DEVICE, f"{STOP} {AVOID}",
        plan=plan("psoas_major_left@lower_back", areas=["abdomen"]), conflicts=("15b",)),
    Row("the entry site does not make a deep muscle reachable", {"clotting-illness": YES},
        BLEEDS | DEEP, f"caution {AVOID}",
        plan=plan("psoas_major_left@groin_front_hip"), conflicts=("11b",)),
    Row("near-lung muscles on both sides are no finding", {}, {}, "clear",
        plan=plan("rhomboid_major_left", "rhomboid_major_right")),
]  # fmt: skip

ROWS = (*SKIN, *LYMPHEDEMA, *PAIN, *BLEEDING, *VASCULAR, *SURGERY, *ENTRY)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_registry_says_what_the_specification_says(row):
    assert not list(disagreements(row))
    screened = screen(row.case)
    assert {item.value for item in screened.overall} == set(row.overall.split())
    assert screened.conflicts == row.conflicts


@pytest.mark.parametrize("places", [["calf_left"], UNSURE])
def test_the_place_of_vascular_disease_and_of_an_infection_is_shown_but_limits_nothing(places):
    veins = screen(Row("", {"varicose-veins": YES, "vessel-where": places}).case).findings[0]
    infection = screen(Row("", {"infection": YES, "infection-where": places}).case).findings[0]
    assert (veins.scope, veins.places) == (infection.scope, infection.places) == ("person", frozenset())
    assert "vessel-where" in {reason.question for reason in veins.reasons}


@pytest.mark.parametrize(
    ("lead", "where", "part"),
    [
        ("skin", "skin-where", "6a"),
        ("lymphedema", "lymphedema-where", "8a"),
        ("swelling", "swelling-where", "8+"),
        ("touch-hurts", "sensitive-where", "9a"),
        ("joint-surgery", "joint-where", "15a"),
        ("device", "device-where", "15b"),
        ("cosmetic-implant", "cosmetic-where", "15b"),
        ("other-implant", "other-implant-where", "15+"),
    ],
)
def test_what_has_no_place_yet_counts_for_the_whole_body_until_it_is_placed(lead, where, part):
    for said in (YES, UNSURE):
        unplaced = Row("", {lead: said}).case
        placed = Case(unplaced.born, unplaced.today, {**unplaced.replies, where: frozenset({"heel_sole_left"})})
        assert [found.places for found in screen(unplaced).findings if found.part == part] == [WHOLE_BODY]
        assert [found.places for found in screen(placed).findings if found.part == part] == [{"heel_sole_left"}]
