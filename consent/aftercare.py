"""The sheet that a patient takes home: what is normal, what is not, and what their own findings mean, as they were shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clinic.languages import ORIGINAL, Checked, code_for, languages, status_words
from consent.models import Ceremony, Comprehension, SealedDocument, Signature, SignerRole
from consent.wording import words_in

PARTS = ("lung", "aftercare", "findings", "rights")  # what to look out for first
PLANNED = ("plan", "people")


@dataclass(frozen=True)
class Sheet:
    """The parts in one language, with its direction and how far its words were checked, for staff and for the patient."""

    language: str
    direction: str
    status: str
    is_unconfirmed: bool
    sections: tuple[dict[str, Any], ...]


def language_of(ceremony: Ceremony) -> str:
    """The language in which the patient signed, answered, or else would read."""
    staff = (SignerRole.CLINICIAN, SignerRole.INTERPRETER)
    signed = Signature.objects.filter(ceremony=ceremony).exclude(role__in=staff).order_by("created_at").first()
    asked = Comprehension.objects.filter(ceremony=ceremony).order_by("-created_at").first()
    if signed or asked:
        return (signed or asked).language  # type: ignore[union-attr]
    return code_for(ceremony.visit.patient.language)


def sheet_of(document: SealedDocument, language: str = "", parts: Sequence[str] = PARTS) -> Sheet:
    """These parts of a consent, in its patient's language or another on offer; the words are those that were frozen."""
    ceremony = document.ceremony
    if ceremony is None:
        raise ValueError("only a consent has a sheet")
    words = words_in(ceremony.shown, language or language_of(ceremony))
    code = words["code"]
    by_code = {part["code"]: part for part in words["sections"]}
    found = tuple(by_code[part] for part in parts if part in by_code)
    direction = languages()[code].direction if code in languages() else languages()[ORIGINAL].direction
    return Sheet(code, direction, status_words(code, words["checked"]), words["checked"] == Checked.UNCONFIRMED, found)
