"""The patient's copy: made, shown and sent by staff; opened with the birth date on a phone, or shown on the tablet."""

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import audit, tablet
from clinic.access import StaffRequest, staff
from clinic.fields import BirthDateForm
from clinic.languages import ORIGINAL, languages
from clinic.letters import NotSent
from clinic.models import Purpose, Role
from clinic.phone import LinkClosed, WrongBirthDate
from clinic.qr import drawn
from clinic.tablet import TabletRequest, tablet_page
from clinic.views.phone import ONLY_HERE, not_yours, phone_page
from consent import aftercare, archive, copies, pictures, signing
from consent.models import CopyLink, RecordKind, SealedDocument

log = logging.getLogger(__name__)


def consent_of(request: StaffRequest, document: str) -> SealedDocument:
    """A sealed consent of the clinic in which the person is at work."""
    rows = SealedDocument.objects.visible_to(request.member).filter(kind=RecordKind.CONSENT)
    found: SealedDocument = get_object_or_404(
        rows.select_related("clinic", "visit__patient", "ceremony__visit__patient"), pk=document
    )
    return found


@staff(Role.CLINICIAN, Role.FRONT_DESK)
@require_safe
def sheet(request: StaffRequest, document: str) -> HttpResponse:
    """The aftercare sheet, to be printed; in the patient's language, or another one."""
    found = consent_of(request, document)
    wanted = request.GET.get("language", "")
    chosen = aftercare.sheet_of(found, wanted if wanted in languages() else "")
    with transaction.atomic():
        audit.log(found.clinic, request.user, "aftercare.read", found, visit=str(found.visit_id))
    context = {"document": found, "sheet": chosen, "languages": languages().values()}
    with translation.override(chosen.language):
        return render(request, "consent/aftercare.html", context)


@staff(Role.CLINICIAN, Role.FRONT_DESK)
@require_POST
def link(request: StaffRequest, document: str) -> HttpResponse:
    """Make a link and show it, this once."""
    found = consent_of(request, document)
    made, token = copies.make(found, request.user)
    return shown(request, made, token)


def address_of(request: HttpRequest, made: CopyLink, token: str) -> str:
    """The link as the patient's phone opens it, in the language in which they signed."""
    ceremony = made.document.ceremony
    language = aftercare.language_of(ceremony) if ceremony else ORIGINAL
    query = "" if language == ORIGINAL else f"?language={language}"
    return (
        (settings.PUBLIC_ADDRESS or f"{request.scheme}://{request.get_host()}") + reverse("copy", args=[token]) + query
    )


def shown(request: StaffRequest, made: CopyLink, token: str, failed: bool = False) -> HttpResponse:
    address = address_of(request, made, token)
    context = {
        "link": made, "document": made.document, "address": address, "token": token, "qr": drawn(address), "failed": failed,
        "only_here": urlsplit(address).hostname in ONLY_HERE, "on_console": "console" in settings.EMAIL_BACKEND,
    }  # fmt: skip
    return render(request, "consent/copy_link.html", context)


@staff(Role.CLINICIAN, Role.FRONT_DESK)
@require_POST
def email(request: StaffRequest, document: str) -> HttpResponse:
    """Send the link that is shown; it stays on the page, whatever becomes of the message."""
    found, token = consent_of(request, document), request.POST.get("token", "")
    if not found.visit.patient.email:
        messages.error(request, _("There is no email address on file. Add one, then make a new link."))
        return redirect("consent-desk", found.visit_id)
    try:
        made = copies.link_of(token)
        if made.document_id != found.pk:
            raise LinkClosed
    except LinkClosed:
        messages.error(request, _("This link has ended, and nothing was sent. If it is still needed, make a new one."))
        return redirect("consent-desk", found.visit_id)
    try:
        copies.send(made, address_of(request, made, token), request.user)
    except NotSent:
        return shown(request, made, token, failed=True)
    made.refresh_from_db(fields=["emailed_at"])
    return shown(request, made, token)


@staff(Role.CLINICIAN, Role.FRONT_DESK)
@require_POST
def show(request: StaffRequest, document: str) -> HttpResponse:
    """Sign out here and show the patient their copy on this tablet."""
    found = consent_of(request, document)
    tablet.hand_over(request, found.visit, Purpose.CONSENT, request.user)
    return redirect("tablet")


@phone_page
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the birth date; with it, the sealed PDF or the aftercare sheet."""
    form = BirthDateForm(request.POST if request.method == "POST" else None)
    clinic = None
    try:
        clinic = copies.link_of(token).document.clinic
        if form.is_valid():
            document = copies.enter(token, form.cleaned_data["born"])
            return handed_out(request, document)
    except LinkClosed:
        return render(request, "consent/copy_closed.html", status=410)
    except WrongBirthDate as wrong:
        if not wrong.left:
            return render(request, "consent/copy_closed.html", {"locked": True}, status=410)
        form.add_error("born", not_yours(wrong.left))
    context = {
        "clinic": clinic, "form": form, "languages": languages().values(),
        "spoken": languages()[translation.get_language() or ORIGINAL],
    }  # fmt: skip
    return render(request, "consent/copy.html", context, status=422 if form.is_bound else 200)


def handed_out(request: HttpRequest, document: SealedDocument) -> HttpResponse:
    if request.POST.get("what") == "aftercare" and document.ceremony:
        chosen = aftercare.sheet_of(document, translation.get_language() or "")
        return render(request, "consent/aftercare.html", {"document": document, "sheet": chosen, "alone": True})
    return pdf_of(request, document)


def file_of(document: SealedDocument) -> bytes | None:
    """The sealed file; None for one that was lost or changed, which is never handed out."""
    try:
        return archive.get(document.sha256)
    except (archive.ArchiveMissing, archive.ArchiveDamaged):
        log.exception("the file of a patient's copy is missing or damaged")
        return None


def pdf_of(request: HttpRequest, document: SealedDocument) -> HttpResponse:
    """The sealed file itself, never kept by the browser."""
    if (data := file_of(document)) is None:
        return render(request, "consent/copy_amiss.html", status=503)
    return HttpResponse(
        data, content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="consent-{document.number}.pdf"',
            "Content-Security-Policy": "sandbox", "Cache-Control": "no-store",
        },
    )  # fmt: skip


def sealed_here(request: TabletRequest) -> SealedDocument | None:
    """The sealed consent of the visit in hand."""
    ceremony = signing.current_ceremony(request.handover.visit)
    found = SealedDocument.objects.filter(ceremony=ceremony) if ceremony else SealedDocument.objects.none()
    return found.select_related("clinic", "ceremony__visit__patient").first()


@tablet_page(Purpose.CONSENT)
def on_tablet(request: TabletRequest) -> HttpResponse:
    """What to look out for, and the way to the record, on the tablet."""
    document = sealed_here(request)
    if document is None:
        return redirect("ceremony")
    language = request.handover.language
    context = {
        "document": document, "sheet": aftercare.sheet_of(document, language),
        "planned": aftercare.sheet_of(document, language, aftercare.PLANNED),
    }  # fmt: skip
    return render(request, "consent/copy_tablet.html", context)


@tablet_page(Purpose.CONSENT)
def record_on_tablet(request: TabletRequest) -> HttpResponse:
    """The pages of the sealed file as pictures, which go with the page; that it was read is on the trail."""
    document = sealed_here(request)
    if document is None:
        return redirect("ceremony")
    if (data := file_of(document)) is None:
        return render(request, "consent/copy_amiss.html", status=503)
    with transaction.atomic():
        audit.log(document.clinic, None, "copy.read", document, visit=str(document.visit_id))
    context = {"document": document, "pages": pictures.pages(data), "language": ORIGINAL}
    return render(request, "consent/copy_record.html", context)


@tablet_page(Purpose.CONSENT)
def picture_on_tablet(request: TabletRequest, page: str) -> HttpResponse:
    """One page of the sealed file, as a picture."""
    document = sealed_here(request)
    if document is None:
        return redirect("ceremony")
    if (data := file_of(document)) is None:
        return render(request, "consent/copy_amiss.html", status=503)
    try:
        picture = pictures.picture(data, int(page) if page.isdecimal() else 0)
    except pictures.NoSuchPage:
        raise Http404 from None
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "no-store"})
