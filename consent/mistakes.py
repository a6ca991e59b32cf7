"""A patient's file that should not be there: not while a consent of theirs is valid."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic import merging
from clinic.models import Patient, User
from consent.models import RecordKind, SealedDocument
from consent.state import states_of


def mark(patient: Patient, reason: str, by: User) -> None:
    """Mark as entered in error; `merging.CannotMark` says what to do first."""
    with transaction.atomic():
        merging.locked(patient)
        today = patient.clinic.today()
        consents = SealedDocument.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=today), visit__patient=patient, kind=RecordKind.CONSENT
        )
        rows = list(consents.select_related("clinic"))
        if any(state.is_valid for state in states_of(rows).values()):
            raise merging.CannotMark(
                _(
                    "This patient has a valid consent. If it was the wrong person’s, record that it is withdrawn first, "
                    "on its page. If the person is on file twice, merge the two files."
                )
            )
        merging.mark(patient, reason, by)
