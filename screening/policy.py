"""A clinic's policy is changed by writing a new version; what was screened under the old one keeps it."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Clinic, Role, User
from screening.models import ClinicPolicy
from screening.precautions.policy import parse_policy


class PolicyRefused(Exception):
    """The policy cannot be set like this; the text says what is wrong and how to mend it."""


def set_policy(clinic: Clinic, by: User, **changes: Any) -> ClinicPolicy:
    """Write a new version with these settings, and all others as they were."""
    with transaction.atomic():
        clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
        if not by.memberships.filter(clinic=clinic, role=Role.ADMIN, active=True).exists():
            raise PolicyRefused(_("Only an admin of this clinic can change its policy. Ask yours."))
        newest = clinic.policies.order_by("-created_at").first()
        policy, faults = parse_policy((newest.values if newest else {}) | changes)
        if faults:
            raise PolicyRefused("; ".join(fault.removeprefix("policy: ") for fault in faults))
        if newest and newest.policy == policy:
            return newest
        values = asdict(policy)
        row = ClinicPolicy.objects.create(clinic=clinic, values=values | {"additional": list(policy.additional)}, by=by)
        audit.log(clinic, by, "policy.set", row, settings=len(changes))
        return row
