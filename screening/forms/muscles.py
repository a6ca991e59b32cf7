"""The muscles to choose from, by the names and everyday words under which people look for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now

from screening.body import MUSCLES, REGIONS, Muscle

# What clinicians say, where it is not part of the name.
ALSO: dict[str, str] = {
    "sternocleidomastoid": "SCM",
    "upper_trapezius": "traps",
    "middle_trapezius": "traps",
    "lower_trapezius": "traps",
    "latissimus_dorsi": "lats",
    "pectoralis_major": "pecs",
    "pectoralis_minor": "pecs",
    "supraspinatus": "rotator cuff",
    "infraspinatus": "rotator cuff",
    "teres_minor": "rotator cuff",
    "subscapularis": "rotator cuff",
    "quadratus_lumborum": "QL",
    "lumbar_multifidus": "spine paraspinals",
    "iliocostalis_lumborum": "erector spinae paraspinals",
    "iliocostalis_thoracis": "erector spinae paraspinals",
    "gluteus_maximus": "glutes",
    "gluteus_medius": "glutes",
    "gluteus_minimus": "glutes",
    "tensor_fasciae_latae": "TFL",
    "rectus_femoris": "quads quadriceps",
    "vastus_lateralis": "quads quadriceps",
    "vastus_medialis": "quads quadriceps VMO",
    "vastus_intermedius": "quads quadriceps",
    "biceps_femoris": "hamstrings",
    "semitendinosus": "hamstrings",
    "adductor_longus": "groin",
    "adductor_magnus": "groin hamstrings",
    "fibularis": "peroneal peroneus",
    "foot_intrinsics": "plantar foot",
    "quadratus_plantae": "plantar foot",
    "extensor_carpi_radialis": "tennis elbow",
    "wrist_finger_flexors": "golfer's elbow",
    "thenar_interossei": "thumb",
    "masseter": "TMJ",
    "lateral_pterygoid": "TMJ",
    "medial_pterygoid": "TMJ",
}


def muscle_words(muscle: Muscle) -> str:
    """The name first, so that typing its first letters finds it in the list."""
    notes = [_now("pressure cannot reach")] * (not muscle.compressible) + [_now("near the lung")] * muscle.near_lung
    return f"{muscle.name} ({', '.join(notes)})" if notes else muscle.name


def muscle_choices() -> list[tuple[str, Any]]:
    """By the part of the body in which each muscle is first reached, then by name."""
    groups: dict[str, list[tuple[str, str]]] = {region.group: [] for region in REGIONS.values()}
    for muscle in sorted(MUSCLES.values(), key=lambda muscle: muscle.name):
        groups[REGIONS[muscle.regions[0]].group].append((muscle.id, muscle_words(muscle)))
    return [("", _now("Choose a muscle")), *((_now(group), rows) for group, rows in groups.items())]


class MuscleSelect(forms.Select):
    """A list whose options carry what else they are found by (`data-also`) and where they are (`data-regions`)."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if muscle := MUSCLES.get(str(value)):
            places = [_now(REGIONS[region].name) for region in muscle.regions]
            option["attrs"]["data-also"] = " ".join([*places, ALSO.get(muscle.id, "")]).strip()
            option["attrs"]["data-regions"] = " ".join(muscle.regions)
        return option
