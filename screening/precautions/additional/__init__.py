"""Questions beyond the source, in groups that a clinic switches on; never counted among the fifteen."""

from screening.precautions.additional.by_place import CANCER, LUNGS, NUMBNESS, RECENT_SURGERY
from screening.precautions.additional.illness import BLOOD_BORNE, DIABETES, FAINTING, HEART
from screening.precautions.additional.today import BAD_REACTION, EATEN, MEDICINES
from screening.precautions.vocabulary import Precaution

ADDITIONAL: tuple[Precaution, ...] = (
    BLOOD_BORNE,
    HEART,
    DIABETES,
    FAINTING,
    CANCER,
    MEDICINES,
    RECENT_SURGERY,
    NUMBNESS,
    BAD_REACTION,
    LUNGS,
    EATEN,
)
