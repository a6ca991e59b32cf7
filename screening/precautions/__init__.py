"""The fifteen precautions, one module each, in the order of the source, and the additional groups after them."""

from screening.precautions.additional import ADDITIONAL
from screening.precautions.age_and_willingness import AGE_AND_WILLINGNESS
from screening.precautions.bleeding import BLEEDING
from screening.precautions.capacity_to_consent import CAPACITY_TO_CONSENT
from screening.precautions.cognition import COGNITION
from screening.precautions.communication import COMMUNICATION
from screening.precautions.immunity import IMMUNITY
from screening.precautions.infection import INFECTION
from screening.precautions.lymphedema import LYMPHEDEMA_PRECAUTION
from screening.precautions.metal_allergy import METAL_ALLERGY
from screening.precautions.needle_aversion import NEEDLE_AVERSION
from screening.precautions.pain_sensitivity import PAIN_SENSITIVITY
from screening.precautions.pregnancy import PREGNANCY
from screening.precautions.skin_lesions import SKIN_LESIONS
from screening.precautions.surgery_and_implants import SURGERY_AND_IMPLANTS
from screening.precautions.vascular import VASCULAR
from screening.precautions.vocabulary import Precaution

__all__ = ["ADDITIONAL", "EVERY", "PRECAUTIONS"]

PRECAUTIONS: tuple[Precaution, ...] = (
    NEEDLE_AVERSION,
    COGNITION,
    COMMUNICATION,
    AGE_AND_WILLINGNESS,
    CAPACITY_TO_CONSENT,
    SKIN_LESIONS,
    INFECTION,
    LYMPHEDEMA_PRECAUTION,
    PAIN_SENSITIVITY,
    METAL_ALLERGY,
    BLEEDING,
    IMMUNITY,
    PREGNANCY,
    VASCULAR,
    SURGERY_AND_IMPLANTS,
)
EVERY: tuple[Precaution, ...] = (*PRECAUTIONS, *ADDITIONAL)
