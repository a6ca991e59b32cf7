"""How a finding's requirement was met, and who helps to talk or decides for the patient."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from screening.models import Finding, Resolution, ResolutionKind, Screening
from screening.precautions.communication import ROUTE
from screening.precautions.questions import UNSURE
from screening.precautions.vocabulary import Requirement
from screening.refusals import ReviewRefused, latest, require_clinician, thick

# Codes on record, and how staff read them; what patients read of each is the consent's.
TECHNIQUES: dict[str, str] = {
    "superficial": "Superficial, under the skin",
    "into_muscle": "Into the muscle, twitch sought",
    "left_in": "Into the muscle, left in place",
    "twisted": "Twisted in place",
}
MATERIALS = {
    "stainless_steel": "Stainless steel (contains nickel and chromium)",
    "gold_plated": "Gold plated",
    "silver_plated": "Silver plated",
    "titanium": "Titanium",
    "other": "Another material",
}


def resolve(finding: Finding, kind: str, by: User, note: str, **details: Any) -> Resolution:
    """Record how a requirement of the finding was met."""
    with transaction.atomic():
        visit = latest(finding.screening)
        require_clinician(visit, by)
        if kind not in finding.requires:
            raise ReviewRefused(_("This finding does not ask for that."))
        if kind == Requirement.NEEDLES:
            check_needles(details)
        else:
            thick(note, 5)
        resolution = Resolution.objects.create(
            visit=visit,
            screening=finding.screening,
            kind=kind,
            by=by,
            part=finding.part,
            fingerprint=finding.fingerprint,
            note=note,
            details=details,
        )
        audit.log(visit.clinic, by, "requirement.met", resolution, visit=str(visit.pk), kind=kind, part=finding.part)
        return resolution


def check_needles(details: Mapping[str, Any]) -> None:
    if details.get("material") not in MATERIALS or details["material"] == "stainless_steel":
        raise ReviewRefused(
            _("Stainless steel contains nickel and chromium. Choose plated needles or another material.")
        )
    if not details.get("free_of_metal"):
        raise ReviewRefused(_("Confirm that the needles are free of the metal that the patient named."))
    if not str(details.get("brand", "")).strip() or not str(details.get("lot", "")).strip():
        raise ReviewRefused(_("Record the brand and the lot number of the needles."))


def record(screening: Screening, kind: str, by: User, note: str = "", **details: Any) -> Resolution:
    """Record the interpreter or other help, or a representative: what belongs to the visit and not to one finding."""
    with transaction.atomic():
        visit = latest(screening)
        wanted = {
            ResolutionKind.COMMUNICATION: ("name", "language", "mode", "is_adult", "teach_back"),
            ResolutionKind.REPRESENTATIVE: ("name", "authority"),
        }[ResolutionKind(kind)]
        if kind == ResolutionKind.REPRESENTATIVE:
            require_clinician(visit, by)
        if missing := [name for name in wanted if not details.get(name)]:
            raise ReviewRefused(
                _("Please fill in or confirm: %(names)s.") % {"names": ", ".join(missing).replace("_", " ")}
            )
        if kind == ResolutionKind.COMMUNICATION:
            check_route(screening, str(details["mode"]))
        resolution = Resolution.objects.create(
            visit=visit, screening=screening, kind=kind, by=by, note=note, details=details
        )
        audit.log(visit.clinic, by, f"{kind}.recorded", resolution, visit=str(visit.pk))
        return resolution


def check_route(screening: Screening, mode: str) -> None:
    """Who signs as interpreter follows from the way of talking, so it is told the same wherever it is told."""
    answered = screening.replies.get(ROUTE.code, UNSURE)
    if answered not in (UNSURE, mode):
        raise ReviewRefused(
            _("The questions say that the way of talking is “%(route)s”. Make both the same.")
            % {"route": ROUTE.say(answered).render(_)}
        )
