"""The public page where anyone checks a record: by its hash, worked out in the browser, or by the file, which is not kept."""

import re
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from consent import verification
from consent.models import SealedDocument
from consent.state import RecordState, state_of

HASH = re.compile(r"[0-9a-f]{64}")
NUMBER = re.compile(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}")


class InMemory(FileUploadHandler):
    """Takes a file into memory and nowhere else, and no more of it than a record can have."""

    too_large = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.data = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.data.write(raw_data)
        if self.data.tell() > verification.LARGEST + 1:
            self.too_large = True
            raise StopUpload(connection_reset=True)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.data.seek(0)
        return InMemoryUploadedFile(self.data, self.field_name, "file", None, file_size, None)


@csrf_exempt  # only so that the file's way can be chosen before it is read: `looked_at` checks
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Choose a file, or come from the code on a record."""
    request.upload_handlers = [InMemory(request)]
    return looked_at(request)


@csrf_protect
def looked_at(request: HttpRequest) -> HttpResponse:
    number = request.GET.get("record", "").strip().upper()
    context: dict[str, Any] = {"number": number, "known": by_number(number), "largest": verification.LARGEST}
    if request.method != "POST":
        return render(request, "consent/verifying.html", context)
    sent = request.FILES.get("file")
    if sent is None:
        problem = _("Choose the PDF first: press the button, or drop the file on the page.")
        if any(getattr(handler, "too_large", False) for handler in request.upload_handlers):
            problem = _("This file is larger than any record that we keep, so it is none of them.")
        return render(request, "consent/verifying.html", context | {"problem": problem}, status=422)
    context["verdict"] = answer(verification.check(sent.read()))
    return render(request, "consent/verifying.html", context)


def answer(verdict: verification.Verdict) -> dict[str, Any]:
    """What the page says, without a word about the patient."""
    document = (
        SealedDocument.objects.select_related("clinic").filter(sha256=verdict.sha256).first() if verdict.ok else None
    )
    if document:
        return whole(document, verdict.explains)
    return {"edge": "contraindicated", "explains": verdict.explains, "sha256": verdict.sha256}


def whole(document: SealedDocument, explains: str) -> dict[str, str]:
    """Of a file exactly as it was sealed; where it no longer counts, that comes first."""
    state = state_of(document)
    if state.is_over:
        explains = _("It no longer counts: %(state)s.") % {"state": state.words} + f" {explains}"
    edge = "caution" if state.is_over else "met"
    return {"edge": edge, "explains": explains, "sha256": document.sha256} | about(document, state)


def about(document: SealedDocument, state: RecordState) -> dict[str, str]:
    sealed = date_format(document.sealed_at.astimezone(document.clinic.zone), "j F Y, H:i T")
    return {
        "number": document.number, "kind": str(document.get_kind_display()), "sealed": sealed,
        "clinic": document.clinic.name, "today": state.words,
    }  # fmt: skip


def by_number(number: str) -> dict[str, str] | None:
    """How the record of this number stands; nothing about whether a file is that record."""
    if not NUMBER.fullmatch(number):
        return None
    document = SealedDocument.objects.select_related("clinic").filter(number=number).first()
    return about(document, state_of(document)) if document else None


@require_POST
def by_hash(request: HttpRequest) -> HttpResponse:
    """Is a file of this SHA-256 on record? Only the hash is sent; the file stays with whoever asks."""
    sha256 = request.POST.get("sha256", "")
    if not HASH.fullmatch(sha256):
        return JsonResponse({"problem": _("This is not a SHA-256.")}, status=400)
    document = SealedDocument.objects.select_related("clinic", "time_stamp").filter(sha256=sha256).first()
    if document is None:
        return JsonResponse({"on_record": False})
    return JsonResponse({"on_record": True} | whole(document, verification.explained(document)))
