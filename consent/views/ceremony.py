"""The patient's side of a consent on the tablet: read, ask, sign or say no."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic import tablet
from clinic.models import Purpose
from clinic.tablet import TabletRequest, tablet_page
from consent import signing
from consent.forms.signing import RefusalForm, SignatureForm
from consent.models import Ceremony
from consent.requirements import Signer
from consent.wording import PAGES

READ = list(PAGES)
READ_ALL = "consent-read"  # in the tablet's session: the consent whose last page has been reached


def ceremony_of(request: TabletRequest) -> Ceremony:
    """The newest consent of this visit, if it may still be signed."""
    ceremony = signing.current_ceremony(request.handover.visit)
    if ceremony is None:
        raise signing.CeremonyVoid(_("There is nothing to sign. Please give the tablet back to us."))
    signing.check_open(ceremony)
    return ceremony


def stopped(request: TabletRequest, refused: signing.SigningRefused) -> HttpResponse:
    return render(request, "consent/ceremony_stopped.html", {"problem": str(refused)}, status=409)


@tablet_page(Purpose.CONSENT)
def start(request: TabletRequest) -> HttpResponse:
    """To the reading, or to signing when somebody has signed on this tablet already."""
    try:
        ceremony = ceremony_of(request)
    except signing.CeremonyVoid as refused:
        return stopped(request, refused)
    if ceremony.signatures.exists():
        return redirect("ceremony-sign")
    return redirect("ceremony-read", READ[0])


@tablet_page(Purpose.CONSENT)
def read(request: TabletRequest, page: str) -> HttpResponse:
    """One part of the consent, as frozen."""
    if page not in PAGES:
        return redirect("ceremony")
    try:
        ceremony = ceremony_of(request)
    except signing.CeremonyVoid as refused:
        return stopped(request, refused)
    at = READ.index(page)
    if page == READ[-1]:
        request.session[READ_ALL] = str(ceremony.pk)
    context = {
        "title": PAGES[page],
        "sections": [section for section in ceremony.shown["sections"] if section["page"] == page],
        "before": READ[at - 1] if at else None,
        "after": READ[at + 1] if at + 1 < len(READ) else None,
        "progress": {"done": at + 1, "total": len(READ) + 1},
        "step": at + 1,
        "steps": len(READ) + 1,
    }
    return render(request, "consent/ceremony_read.html", context)


def sign_context(ceremony: Ceremony, signer: Signer) -> dict[str, Any]:
    on_tablet = [row for row in signing.signers_of(ceremony) if row.role != "clinician"]
    plan = next(section for section in ceremony.shown["sections"] if section["code"] == "plan")
    return {
        "ceremony": ceremony, "signer": signer, "meaning": ceremony.shown["meanings"][signer.role], "plan": plan["items"],
        "turn": [row.role for row in on_tablet].index(signer.role) + 1, "turns": len(on_tablet),
        "progress": {"done": len(READ) + 1, "total": len(READ) + 1},
    }  # fmt: skip


@tablet_page(Purpose.CONSENT)
def sign(request: TabletRequest) -> HttpResponse:
    """The pad of the person whose turn it is; after the last one the tablet goes back."""
    try:
        ceremony = ceremony_of(request)
        signer = signing.next_on_tablet(ceremony)
        if signer is None:
            return finished(request)
        if request.session.get(READ_ALL) != str(ceremony.pk):
            return redirect("ceremony-read", READ[0])
        if request.method != "POST":
            return render(request, "consent/ceremony_sign.html", sign_context(ceremony, signer))
        return take_signature(request, ceremony, signer)
    except signing.CeremonyVoid as refused:
        return stopped(request, refused)


def take_signature(request: TabletRequest, ceremony: Ceremony, signer: Signer) -> HttpResponse:
    form = SignatureForm(request.POST)
    problem = ""
    if not form.is_valid():
        problem = _("The signature could not be read. Please sign again.")
    elif form.cleaned_data["ceremony"] != ceremony.pk:
        raise signing.CeremonyVoid(_("The consent was shown again since you opened this page. Please start again."))
    else:
        try:
            signing.sign(
                ceremony, form.cleaned_data["role"], form.cleaned_data["strokes"], form.cleaned_data["typed_name"]
            )
        except signing.CeremonyVoid:
            raise
        except signing.SigningRefused as refused:
            problem = str(refused)
    if problem:
        kept = {
            "pad_error": problem,
            "strokes": request.POST.get("strokes", ""),
            "typed_name": request.POST.get("typed_name", ""),
        }
        return render(request, "consent/ceremony_sign.html", sign_context(ceremony, signer) | kept, status=422)
    if signing.next_on_tablet(ceremony):
        return redirect("ceremony-sign")
    return finished(request)


def finished(request: TabletRequest) -> HttpResponse:
    with transaction.atomic():
        tablet.end(request.handover, "signed")
    return tablet.hand_back(request)


@tablet_page(Purpose.CONSENT)
def question(request: TabletRequest) -> HttpResponse:
    """I have a question: nothing is signed while it is answered."""
    return render(request, "consent/ceremony_question.html", {"clinician": request.handover.visit.clinician})


@tablet_page(Purpose.CONSENT)
def disagree(request: TabletRequest) -> HttpResponse:
    """I do not agree: said once more, with words if wished, and the consent ends here."""
    try:
        ceremony = ceremony_of(request)
    except signing.CeremonyVoid as refused:
        return stopped(request, refused)
    signer = signing.next_on_tablet(ceremony)
    if signer is None:
        return finished(request)
    form = RefusalForm(request.POST or None, initial={"ceremony": ceremony.pk, "role": signer.role})
    if request.method == "POST" and form.is_valid():
        try:
            signing.refuse(ceremony, signer.role, form.cleaned_data["words"].strip())
        except signing.SigningRefused as refused:
            return stopped(request, refused)
        with transaction.atomic():
            tablet.end(request.handover, "refused")
        return tablet.hand_back(request)
    return render(
        request,
        "consent/ceremony_disagree.html",
        {"form": form, "signer": signer},
        status=422 if request.method == "POST" else 200,
    )
