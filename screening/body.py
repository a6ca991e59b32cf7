"""The body in words: 29 regions (52 areas with their sides) and 74 muscles, shared by questions, rules, plans, map and PDF."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

type_of_side = Literal["left", "right"]
SIDES: tuple[type_of_side, ...] = ("left", "right")


@dataclass(frozen=True)
class Region:
    """A part of the body as a patient would name it; `name` never says the side."""

    code: str
    name: str
    group: str
    paired: bool


HEAD, TRUNK, BACK, ARM, LEG = (
    "Head and neck",
    "Chest, belly and hips",
    "Back and buttocks",
    "Shoulders, arms and hands",
    "Legs and feet",
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


@dataclass(frozen=True)
class Area:
    """A region on a side, the patient's own; `side` is empty in the middle of the body."""

    code: str
    region: Region
    side: str

    @property
    def words(self) -> str:
        """As the patient would say it: "left calf"."""
        return f"{self.side} {self.region.name}".strip()


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
        by = f", entered at the {REGIONS[self.entry].name}" if self.entry else ""
        return f"{self.muscle.name}, {self.side}{by}"


def words_of(places: Iterable[str]) -> list[str]:
    """Names of areas and of planned muscles, in the order of the body; the whole body is said as such."""
    wanted = set(places)
    if wanted >= WHOLE_BODY:
        return ["whole body"]
    named = [area.words for area in AREAS.values() if area.code in wanted]
    for code in sorted(wanted - WHOLE_BODY):
        muscle, _, side = code.rpartition("_")
        named.append(f"{MUSCLES[muscle].name}, {side}")
    return named
