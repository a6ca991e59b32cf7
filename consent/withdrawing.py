"""A consent taken back, and one that was not given: each a sealed record of its own, pointing to the one before."""

import datetime
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import User
from consent import fhir, filing
from consent.document import notes
from consent.document.words import Clock
from consent.models import RecordKind, Refusal, SealedDocument, Withdrawal
from consent.state import Standing, last_before, state_of
from screening.evaluation import lock

SHORTEST = 5


class WithdrawalRefused(Exception):
    """The consent cannot be taken back as asked; the text says why and what to do."""


def signers_of(document: SealedDocument) -> Mapping[str, str]:
    """Who may take a consent back, by role: whoever gave it."""
    roles = document.ceremony.roles if document.ceremony else []
    return {row["role"]: row["name"] for row in roles if row["role"] not in {"clinician", "interpreter"}}


def withdraw(
    document: SealedDocument, by: User, role: str, said_at: datetime.datetime, done: str, words: str = ""
) -> Withdrawal:
    """Take a consent back in the name of whoever gave it. It stands from now on, whether or not its record can be sealed."""
    done, words = done.strip(), words.strip()
    with transaction.atomic():
        document = SealedDocument.objects.select_related("visit__clinic", "ceremony").get(pk=document.pk)
        lock(document.visit)
        state = state_of(document)
        if document.kind != RecordKind.CONSENT or state.standing not in {Standing.VALID, Standing.EXPIRED}:
            raise WithdrawalRefused(
                _("Only a consent that stands can be withdrawn. This one: %(state)s.") % {"state": state.words}
            )
        if role not in signers_of(document):
            raise WithdrawalRefused(_("Choose who takes the consent back: one of those who gave it."))
        earliest = document.sealed_at.replace(second=0, microsecond=0)  # people tell the time to the minute
        if said_at > timezone.now() or said_at < earliest:
            raise WithdrawalRefused(
                _("The time must lie between the sealing of the consent and now. Please check day and hour.")
            )
        if len(done) < SHORTEST:
            raise WithdrawalRefused(_("Say what had been done by then, for example “Nothing had been done yet.”"))
        row = Withdrawal.objects.create(
            consent=document, role=role, name=signers_of(document)[role], said_at=said_at, done=done, words=words, by=by
        )
        audit.log(document.clinic, by, "consent.withdrawn", row, visit=str(document.visit_id), role=role)
        return row


def seal_withdrawal(row: Withdrawal) -> SealedDocument:
    """The sealed record of a withdrawal; called again, it gives the same one."""
    if existing := SealedDocument.objects.filter(withdrawal=row).first():
        return existing
    consent, given = row.consent, fhir.withdrawn(row)
    filed = filing.seal_note(notes.of_withdrawal(row, Clock(consent.clinic.zone)), given, consent)
    try:
        with transaction.atomic():
            return filing.put(filed, RecordKind.WITHDRAWAL, given.review, row.by, {}, withdrawal=row)
    except IntegrityError:
        return SealedDocument.objects.get(withdrawal=row)


def seal_refusal(row: Refusal, by: User | None = None) -> SealedDocument:
    """The sealed record that a consent was not given; called again, it gives the same one. `by` None is the tablet."""
    if existing := SealedDocument.objects.filter(refusal=row).first():
        return existing
    given = fhir.refused(row)
    visit = given.review.visit
    previous = last_before(visit, row.created_at)
    filed = filing.seal_note(notes.of_refusal(row, Clock(visit.clinic.zone)), given, previous)
    try:
        with transaction.atomic():
            return filing.put(filed, RecordKind.REFUSAL, given.review, by, {}, refusal=row)
    except IntegrityError:
        return SealedDocument.objects.get(refusal=row)
