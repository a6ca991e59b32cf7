"""What pages of a case say about consents; the case itself knows of none."""

from typing import Any

from django import template

from clinic.models import Visit
from consent.models import Refusal, Withdrawal

register = template.Library()


@register.inclusion_tag("consent/said_no.html")
def said_no(visit: Visit) -> dict[str, Any]:
    """Who did not agree at that visit, or took a consent of it back, in their words; nothing where nobody did."""
    return {
        "refusals": Refusal.objects.filter(ceremony__visit=visit).order_by("created_at"),
        "withdrawals": Withdrawal.objects.filter(consent__visit=visit).order_by("said_at"),
    }
