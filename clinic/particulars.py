"""What a clinic says of itself: its name, address, clock, paper, technique and logo; each change is on the audit trail."""

import datetime
import hashlib
from collections.abc import Iterable

from django.db import transaction

from clinic import audit, png
from clinic.models import Clinic, Logo, User


def change(clinic: Clinic, changed: Iterable[str], by: User) -> None:
    """Save corrected settings; the trail says which, not what they were."""
    fields = sorted(changed)
    if fields:
        with transaction.atomic():
            clinic.save(update_fields=fields)
            audit.log(clinic, by, "clinic.changed", clinic, fields=fields)


def logo_of(clinic: Clinic, at: datetime.datetime | None = None) -> Logo | None:
    """The logo that counts now, or counted at that time; None when there is none."""
    logos = clinic.logos.filter(created_at__lte=at) if at else clinic.logos
    newest: Logo | None = logos.order_by("-created_at").first()
    return newest if newest and newest.png else None


def set_logo(clinic: Clinic, data: bytes, by: User) -> Logo:
    """Put a PNG at the head of the clinic's records from now on; `ValidationError` says what is wrong with the file."""
    bare = png.bare(data)
    return add_logo(clinic, bare, by, sha256=hashlib.sha256(bare).hexdigest(), size=len(bare))


def remove_logo(clinic: Clinic, by: User) -> None:
    if logo_of(clinic):
        add_logo(clinic, b"", by, size=0)


def add_logo(clinic: Clinic, data: bytes, by: User, **told: object) -> Logo:
    with transaction.atomic():
        row: Logo = Logo.objects.create(clinic=clinic, png=data, by=by)
        audit.log(clinic, by, "logo.changed", row, **told)
    return row
