"""Taking a consent back, and sealing what could not be sealed at once."""

import logging

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import StaffRequest, staff
from clinic.models import Role
from consent import withdrawing
from consent.filing import NOT_WRITTEN
from consent.forms.withdrawal import WithdrawalForm
from consent.models import SealedDocument, Withdrawal
from consent.state import state_of
from consent.views.desk import in_full
from consent.views.records import events_of, record_of

log = logging.getLogger(__name__)


def document_of(request: StaffRequest, document: str) -> SealedDocument:
    rows = SealedDocument.objects.visible_to(request.member)
    found: SealedDocument = get_object_or_404(rows.select_related("clinic", "ceremony", "visit__patient"), pk=document)
    return found


@staff(Role.CLINICIAN, Role.ADMIN)
def withdraw(request: StaffRequest, document: str) -> HttpResponse:
    """Ask who, when and what had been done; then record and seal it."""
    found = document_of(request, document)
    now = timezone.now().astimezone(found.clinic.zone).strftime("%Y-%m-%dT%H:%M")
    form = WithdrawalForm(request.POST or None, document=found, initial={"said_at": now})
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            row = withdrawing.withdraw(
                found, request.user, values["role"], values["said_at"], values["done"], values["words"]
            )
        except withdrawing.WithdrawalRefused as refused:
            form.add_error(None, str(refused))
        except OperationalError as failed:
            log.exception("recording a withdrawal failed")
            sentence = _("The withdrawal could not be recorded. What you typed stands below: please send it again.")
            form.add_error(None, in_full(sentence, failed))
            status = 503
        else:
            return sealed(request, row)
    context = {"document": found, "form": form, "state": state_of(found)}
    return render(request, "consent/withdraw.html", context, status=status)


@staff(Role.CLINICIAN, Role.ADMIN)
@require_POST
def seal(request: StaffRequest, document: str) -> HttpResponse:
    """Seal the withdrawal of this consent, whose sealing failed before."""
    return sealed(request, get_object_or_404(Withdrawal, consent=document_of(request, document)))


def sealed(request: StaffRequest, row: Withdrawal) -> HttpResponse:
    try:
        made = withdrawing.seal_withdrawal(row)
    except NOT_WRITTEN as failed:
        log.exception("sealing a withdrawal failed")
        sentence = _("The consent is withdrawn, but the record of it could not be sealed. Please press “Seal now”.")
        messages.error(request, in_full(sentence, failed))
        consent = record_of(request, str(row.consent_id))
        context = {"document": consent, "events": events_of(consent), "state": state_of(consent)}
        return render(request, "consent/record_page.html", context, status=503)
    messages.success(request, _("The consent is withdrawn. The record of it is sealed."))
    return redirect("record", made.pk)
