"""Sealed records: find them, read one, check one, export many."""

import logging
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import models, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic import audit
from clinic.access import StaffRequest, staff
from clinic.happened import words_of
from clinic.models import AuditEvent, Role
from consent import archive, export, finding, verification
from consent.filing import NOT_SEALED
from consent.forms.records import ExportForm, FilterForm
from consent.models import SealedDocument, SignerRole
from consent.state import state_of, states_of

log = logging.getLogger(__name__)

KEPT = "records"
DOWNLOAD = re.compile(r"export-[0-9a-f]{32}")
MOST_EVENTS = 100
AMISS = (archive.ArchiveMissing, archive.ArchiveDamaged)


def documents_of(request: StaffRequest) -> Any:
    """The records of the clinic that the person is at work in: their role counts there, and not elsewhere."""
    return SealedDocument.objects.visible_to(request.member)


@staff(Role.CLINICIAN, Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def records(request: StaffRequest) -> HttpResponse:
    """The filter is sent by POST and kept in the session, so that no name of a patient stands in an address or a log."""
    if request.method != "POST":
        return listed(request, FilterForm(request.session.get(KEPT, {}), clinic=request.member.clinic))
    if "clear" in request.POST:
        request.session.pop(KEPT, None)
        return redirect("records")
    form = FilterForm(request.POST, clinic=request.member.clinic)
    if not form.is_valid():
        return listed(request, form, status=422)
    request.session[KEPT] = {name: request.POST.get(name, "") for name in form.fields}
    return redirect("records")


def listed(
    request: StaffRequest, form: FilterForm, exporting: ExportForm | None = None, problem: str = "", status: int = 200,
    missing: bool = False,
) -> HttpResponse:  # fmt: skip
    """The page of records that the filter leaves; none while it cannot be understood."""
    clinic, documents = request.member.clinic, documents_of(request)
    found = finding.matching(documents, form.wanted, clinic) if form.is_valid() else documents.none()
    sort = request.GET.get("sort", "")
    sort = sort if sort in finding.SORTS else "sealed"
    page = finding.page(found, sort, cursor(request, "after"), cursor(request, "before"))
    context = {
        "form": form, "page": page, "sort": sort, "sorts": sorts(sort), "problem": problem,
        "exporting": exporting or ExportForm(clinic=clinic, by=request.user), "ticked": request.POST.getlist("ticked"),
        "missing": missing, "is_filtered": any(form.data.get(name) for name in FilterForm.base_fields),
        "left": export.left_today(clinic) if request.member.is_admin else 0,
    }  # fmt: skip
    states = states_of(page.rows)
    context["rows"] = [(row, states[row.pk]) for row in page.rows]
    return render(request, "consent/records.html", context, status=status)


def sorts(now: str) -> list[tuple[str, str, str]]:
    """The columns that can be sorted: label, the sort a press leads to, and how it is sorted now (for aria-sort)."""
    time = ("oldest", "descending") if now == "sealed" else ("sealed", "ascending" if now == "oldest" else "")
    others = [("patient", _("Patient")), ("decision", _("Decision")), ("clinician", _("Clinician"))]
    return [(_("Sealed"), *time), *((label, name, "ascending" if name == now else "") for name, label in others)]


def cursor(request: StaffRequest, name: str) -> SealedDocument | None:
    """The row that the page stands beside; one that cannot be read begins anew."""
    try:
        key = uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None
    found: SealedDocument | None = documents_of(request).filter(pk=key).first()
    return found


@sensitive_post_parameters("password")
@staff(Role.ADMIN)
@require_POST
def export_records(request: StaffRequest) -> HttpResponseBase:
    """The records ticked, or all that the filter of the page leaves, in the form asked for."""
    clinic = request.member.clinic
    form, shown = ExportForm(request.POST, clinic=clinic, by=request.user), FilterForm(request.POST, clinic=clinic)
    if not form.is_valid():
        if form.has_error("password", "wrong"):
            with transaction.atomic():
                audit.log(clinic, request.user, "member.password_refused", request.user)
        return listed(request, shown, form, status=422)
    try:
        return begun(request, sent(request, form))
    except export.ExportRefused as refused:
        return listed(request, shown, form, str(refused), 409, missing=isinstance(refused, export.FilesMissing))
    except NOT_SEALED:
        log.exception("an export could not be made")
        problem = _("The export could not be made, so nothing has left. Please try again.")
        return listed(request, shown, form, problem, status=503)


def sent(request: StaffRequest, form: ExportForm) -> HttpResponseBase:
    clinic, values = request.member.clinic, form.cleaned_data
    wanted = form.wanted if values["which"] == "all" else None
    picked = documents_of(request)
    chosen = (
        finding.matching(picked, wanted, clinic) if wanted else finding.records(picked.filter(pk__in=values["ticked"]))
    )
    name = f"records-{clinic.today().isoformat()}"
    about = (chosen, clinic, request.user, values["reason"], wanted)
    if values["form"] == export.Form.CSV:
        return attached(StreamingHttpResponse(export.as_table(*about), content_type="text/csv; charset=utf-8"), f"{name}.csv")
    if values["form"] == export.Form.FHIR:
        data = export.as_ndjson(*about, without_missing=values["without_missing"])
        return attached(StreamingHttpResponse(data, content_type="application/fhir+ndjson"), f"{name}.ndjson")
    if values["form"] == export.Form.MERGED:
        merged = export.merged(*about, without_missing=values["without_missing"])
        return attached(HttpResponse(merged, content_type="application/pdf"), f"{name}-copy-for-reading.pdf")
    stream = export.export(*about, without_missing=values["without_missing"])
    response = attached(StreamingHttpResponse(stream, content_type="application/zip"), f"{name}.zip")
    response["Content-Length"] = str(len(stream))
    return response


def begun(request: StaffRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Tell the page that waits for the download, by a cookie whose name it chose, how many records leave."""
    name = request.POST.get("download", "")
    if DOWNLOAD.fullmatch(name):
        response.set_cookie(
            name, str(export.last_count(request.member.clinic, request.user)), max_age=60, path=reverse("records"),
            secure=settings.SESSION_COOKIE_SECURE, samesite="Strict",
        )  # fmt: skip
    return response


def attached(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def record_of(request: StaffRequest, document: str) -> Any:
    rows = finding.records(documents_of(request)).select_related("review", "certificate", "ceremony", "previous", "time_stamp")
    return get_object_or_404(rows, pk=document)


def note(request: StaffRequest, document: SealedDocument, action: str, **data: Any) -> None:
    with transaction.atomic():
        audit.log(request.member.clinic, request.user, action, document, visit=str(document.visit_id), **data)


@dataclass(frozen=True)
class Event:
    """One line of the audit trail, in words where we have them."""

    event: AuditEvent

    @property
    def words(self) -> str:
        role = self.event.data.get("role")
        said = str(words_of(self.event.action))
        return f"{said}: {SignerRole(role).label.lower()}" if role in SignerRole.values else said


def events_of(document: SealedDocument) -> list[Event]:
    """The audit trail of the record and of what led to it, newest first."""
    rows = (document, document.visit, document.review, document.withdrawal, document.refusal)
    about: list[models.Model] = [row for row in rows if row]
    if document.ceremony:
        about += [document.ceremony, *document.ceremony.signatures.only("pk")]
    subjects = [audit.subject_of(row) for row in about]
    found = AuditEvent.objects.filter(clinic=document.visit.clinic, subject__in=subjects)
    return [Event(row) for row in found.select_related("actor").order_by("-seq")[:MOST_EVENTS]]


@staff(Role.CLINICIAN, Role.ADMIN)
@require_safe
def record(request: StaffRequest, document: str) -> HttpResponse:
    """One record: what it is, its seal, and what happened to it."""
    found = record_of(request, document)
    note(request, found, "record.opened")
    return render(request, "consent/record_page.html", {"document": found, "events": events_of(found), "state": state_of(found)})


@staff(Role.CLINICIAN, Role.ADMIN)
@require_safe
def pdf(request: StaffRequest, document: str) -> HttpResponse:
    """The sealed file, byte for byte; one whose hash no longer fits is never handed out."""
    found = record_of(request, document)
    download = "download" in request.GET
    try:
        data = archive.get(found.sha256)
    except AMISS as amiss:
        missing = isinstance(amiss, archive.ArchiveMissing)
        note(request, found, "record.missing" if missing else "record.damaged", sha256=found.sha256)
        return render(request, "consent/record_amiss.html", {"document": found, "missing": missing}, status=500)
    note(request, found, "record.read", download=download)
    manner = "attachment" if download else "inline"
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'{manner}; filename="consent-{found.number}.pdf"',
            "Content-Security-Policy": "sandbox",
            "Cache-Control": "no-store",
        },
    )


@staff(Role.CLINICIAN, Role.ADMIN)
@require_POST
def verify(request: StaffRequest, document: str) -> HttpResponse:
    """Check the file in the archive as anyone could check a copy of it."""
    found = record_of(request, document)
    try:
        verdict = verification.check(archive.get(found.sha256))
        ok, words = verdict.ok, verdict.explains
    except archive.ArchiveMissing:
        ok, words = False, _("The file is missing from the archive. Restore it from the backup.")
    except archive.ArchiveDamaged:
        ok, words = False, _("The file in the archive was changed or damaged. Restore it from the backup.")
    note(request, found, "record.verified", whole=ok)
    (messages.success if ok else messages.error)(request, words)
    return redirect("record", found.pk)
