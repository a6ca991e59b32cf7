"""How a patient wishes to have the pages: language, size of text, contrast, and a call for staff.

Every page takes these beside its own form: a post that holds one of WISHES saves that and nothing else, and the page comes
back with all that was typed (`tablet.as_wished`).
"""

from typing import Any

from django.http import HttpRequest, QueryDict

from clinic import calls
from clinic.languages import code_for, languages
from clinic.models import Handover, Visit

WISHES = ("wish-language", "wish-text-size", "wish-contrast", "wish-staff")
TEXT_SIZES = (0, 1, 2)


def before(visit: Visit) -> dict[str, Any]:
    """As the patient last had the pages of this visit; at first in the language that their file names."""
    last = visit.handovers.order_by("-created_at").first()
    if last is None:
        return {"language": code_for(visit.patient.language)}
    return {"language": last.language, "text_size": last.text_size, "high_contrast": last.high_contrast}


def grant(handover: Handover, wishes: QueryDict) -> None:
    """Save what the patient wishes of these pages; anything that is not on offer is passed over."""
    if (language := wishes.get("wish-language")) in languages():
        handover.language = language
    if (size := wishes.get("wish-text-size", "")) in map(str, TEXT_SIZES):
        handover.text_size = int(size)
    if (contrast := wishes.get("wish-contrast")) in {"0", "1"}:
        handover.high_contrast = contrast == "1"
    handover.save(update_fields=["language", "text_size", "high_contrast"])
    if wishes.get("wish-staff") == "1":
        calls.call(handover)
    elif wishes.get("wish-staff") == "0":
        calls.close(handover)


def context(request: HttpRequest) -> dict[str, Any]:
    """Templates of a page in the patient's hands see `handover`, and what can be wished for."""
    handover = getattr(request, "handover", None)
    if handover is None:
        return {}
    return {
        "handover": handover, "languages": languages().values(), "spoken": languages()[handover.language],
        "next_size": (handover.text_size + 1) % len(TEXT_SIZES),
    }  # fmt: skip
