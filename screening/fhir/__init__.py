"""A screening in FHIR R4: the questions, the answers, what was found, the plan, and all that is needed to screen again.

Plain dictionaries. The system of codes is our own: outcome classes and replies are named as everywhere in this product.
"""

from screening.fhir.elements import (
    SYSTEM,
    coded,
    extension,
    filled,
    key_of,
    practitioner_key,
    reference,
    type_of_resource,
)
from screening.fhir.interview import questionnaire, response
from screening.fhir.issues import issue, people_of
from screening.fhir.planned import again, plan, recorded

__all__ = [
    "SYSTEM", "again", "coded", "extension", "filled", "issue", "key_of", "people_of", "plan", "practitioner_key",
    "questionnaire", "recorded", "reference", "response", "type_of_resource",
]  # fmt: skip
