"""The body in words: 29 regions (52 areas with their sides) and 74 muscles, shared by questions, rules, plans, map and PDF."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

type_of_side = Literal["left", "right"]
SIDES: tuple[type_of_side, ...] = ("left", "right")


def _(text: str) -> str:
    """Mark a string for translation; it is translated where it is shown."""
    return text


@dataclass(frozen=True)
class Region:
    """A part of the body as a patient would name it; `name` never says the side."""

    code: str
    name: str
    group: str
    paired: bool


HEAD, TRUNK, BACK, ARM, LEG = (
    _("Head and neck"),
    _("Chest, belly and hips"),
    _("Back and buttocks"),
    _("Shoulders, arms and hands"),
    _("Legs and feet"),
)

REGIONS: dict[str, Region] = {
    region.code: region
    for region in (
        Region("forehead_temple", "forehead and temples", HEAD, paired=False),
        Region("face_jaw", "face and jaw", HEAD, paired=False),
        Region("front_neck", "front of the neck", HEAD, paired=False),
        Region("back_head", "back of the head", HEAD, paired=False),
        Region("back_neck", "back of the neck", HEAD, paired=False),
        Region("upper_chest", "upper chest", TRUNK, paired=True),
        Region("side_ribs", "side of the ribs", TRUNK, paired=True),
        Region("abdomen", "belly", TRUNK, paired=False),
        Region("groin_front_hip", "groin and front of the hip", TRUNK, paired=True),
        Region("outer_hip", "outer hip", TRUNK, paired=True),
        Region("shoulder_blade", "shoulder blade", BACK, paired=True),
        Region("mid_back", "middle of the back", BACK, paired=True),
        Region("lower_back", "lower back", BACK, paired=True),
        Region("buttock", "buttock", BACK, paired=True),
        Region("upper_shoulder", "top of the shoulder", ARM, paired=True),
        Region("front_shoulder", "front of the shoulder", ARM, paired=True),
        Region("front_upper_arm", "front of the upper arm", ARM, paired=True),
        Region("back_upper_arm", "back of the upper arm", ARM, paired=True),
        Region("elbow", "elbow", ARM, paired=True),
        Region("forearm", "forearm", ARM, paired=True),
        Region("wrist_hand", "wrist and hand", ARM, paired=True),
        Region("front_thigh", "front of the thigh", LEG, paired=True),
        Region("inner_thigh", "inner thigh", LEG, paired=True),
        Region("back_thigh", "back of the thigh", LEG, paired=True),
        Region("knee", "knee", LEG, paired=True),
        Region("shin", "shin", LEG, paired=True),
        Region("calf", "calf", LEG, paired=True),
        Region("ankle_foot_top", "ankle and top of the foot", LEG, paired=True),
        Region("heel_sole", "heel and sole", LEG, paired=True),
    )
}

# As the patient would say it, each in one piece: in other languages side and part do not fit together as in English.
AREA_WORDS: dict[str, str] = {
    "forehead_temple": _("forehead and temples"),
    "face_jaw": _("face and jaw"),
    "front_neck": _("front of the neck"),
    "back_head": _("back of the head"),
    "back_neck": _("back of the neck"),
    "upper_chest_left": _("left upper chest"),
    "upper_chest_right": _("right upper chest"),
    "side_ribs_left": _("left side of the ribs"),
    "side_ribs_right": _("right side of the ribs"),
    "abdomen": _("belly"),
    "groin_front_hip_left": _("left groin and front of the hip"),
    "groin_front_hip_right": _("right groin and front of the hip"),
    "outer_hip_left": _("left outer hip"),
    "outer_hip_right": _("right outer hip"),
    "shoulder_blade_left": _("left shoulder blade"),
    "shoulder_blade_right": _("right shoulder blade"),
    "mid_back_left": _("left middle of the back"),
    "mid_back_right": _("right middle of the back"),
    "lower_back_left": _("left lower back"),
    "lower_back_right": _("right lower back"),
    "buttock_left": _("left buttock"),
    "buttock_right": _("right buttock"),
    "upper_shoulder_left": _("left top of the shoulder"),
    "upper_shoulder_right": _("right top of the shoulder"),
    "front_shoulder_left": _("left front of the shoulder"),
    "front_shoulder_right": _("right front of the shoulder"),
    "front_upper_arm_left": _("left front of the upper arm"),
    "front_upper_arm_right": _("right front of the upper arm"),
    "back_upper_arm_left": _("left back of the upper arm"),
    "back_upper_arm_right": _("right back of the upper arm"),
    "elbow_left": _("left elbow"),
    "elbow_right": _("right elbow"),
    "forearm_left": _("left forearm"),
    "forearm_right": _("right forearm"),
    "wrist_hand_left": _("left wrist and hand"),
    "wrist_hand_right": _("right wrist and hand"),
    "front_thigh_left": _("left front of the thigh"),
    "front_thigh_right": _("right front of the thigh"),
    "inner_thigh_left": _("left inner thigh"),
    "inner_thigh_right": _("right inner thigh"),
    "back_thigh_left": _("left back of the thigh"),
    "back_thigh_right": _("right back of the thigh"),
    "knee_left": _("left knee"),
    "knee_right": _("right knee"),
    "shin_left": _("left shin"),
    "shin_right": _("right shin"),
    "calf_left": _("left calf"),
    "calf_right": _("right calf"),
    "ankle_foot_top_left": _("left ankle and top of the foot"),
    "ankle_foot_top_right": _("right ankle and top of the foot"),
    "heel_sole_left": _("left heel and sole"),
    "heel_sole_right": _("right heel and sole"),
}
WHOLE_BODY_WORDS = _("whole body")


@dataclass(frozen=True)
class Area:
    """A region on a side, the patient's own; `side` is empty in the middle of the body."""

    code: str
    region: Region
    side: str

    @property
    def words(self) -> str:
        """As the patient would say it, in English: "left calf"."""
        return AREA_WORDS[self.code]


def area_code(region: str, side: str) -> str:
    """The area of a region on a side; a middle region has one area whatever the side."""
    return f"{region}_{side}" if REGIONS[region].paired else region


AREAS: dict[str, Area] = {
    area_code(region.code, side): Area(area_code(region.code, side), region, side)
    for region in REGIONS.values()
    for side in (SIDES if region.paired else ("",))
}
WHOLE_BODY = frozenset(AREAS)


@dataclass(frozen=True)
class Muscle:
    """A muscle that can be planned. `compressible`: direct pressure can reach it. `basis` is where that is known from."""

    id: str
    name: str
    regions: tuple[str, ...]
    depth: str
    compressible: bool
    near_lung: bool
    basis: str
    note: str

    @property
    def needs_confirmation(self) -> bool:
        """True where the data rests on general anatomical knowledge that a clinician must confirm before use."""
        return "general anatomical knowledge" in self.basis


def _muscles() -> dict[str, Muscle]:
    rows = json.loads((Path(__file__).parent / "muscles.json").read_text(encoding="utf-8"))
    return {row["id"]: Muscle(**{**row, "regions": tuple(row["regions"])}) for row in rows}


MUSCLES: dict[str, Muscle] = _muscles()


type_of_translate = Callable[[str], str]

MUSCLE_ON_SIDE: dict[str, str] = {"left": _("%(muscle)s, left"), "right": _("%(muscle)s, right")}
MUSCLE_SAID: dict[str, str] = {"left": _("%(muscle)s, left side"), "right": _("%(muscle)s, right side")}


@dataclass(frozen=True)
class MuscleSite:
    """A muscle planned on a side; `entry` is the region in which the needle goes in, where the clinician named it."""

    muscle: Muscle
    side: type_of_side
    entry: str = ""

    @property
    def code(self) -> str:
        return f"{self.muscle.id}_{self.side}"

    @property
    def areas(self) -> frozenset[str]:
        regions = (self.entry,) if self.entry else self.muscle.regions
        return frozenset(area_code(region, self.side) for region in regions)

    @property
    def words(self) -> str:
        """For staff, in English."""
        by = f", entered at the {REGIONS[self.entry].name}" if self.entry else ""
        return f"{self.muscle.name}, {self.side}{by}"


def words_of(places: Iterable[str], translate: type_of_translate = str) -> list[str]:
    """Names of areas and of planned muscles, in the order of the body; the whole body is said as such."""
    wanted = set(places)
    if wanted >= WHOLE_BODY:
        return [translate(WHOLE_BODY_WORDS)]
    named = [translate(area.words) for area in AREAS.values() if area.code in wanted]
    for code in sorted(wanted - WHOLE_BODY):
        muscle, _underscore, side = code.rpartition("_")
        named.append(translate(MUSCLE_ON_SIDE[side]) % {"muscle": MUSCLES[muscle].name})
    return named
