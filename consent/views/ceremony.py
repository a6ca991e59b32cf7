"""The patient's side of a consent on the tablet: read, answer what was understood, ask, sign or say no."""

import logging
from collections.abc import Mapping
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic import tablet
from clinic.models import Purpose
from clinic.tablet import TabletRequest, tablet_page
from consent import comprehension, reading, signing, withdrawing
from consent.filing import NOT_WRITTEN
from consent.forms.ceremony import CheckForm, RefusalForm
from consent.forms.signing import SignatureForm
from consent.models import Ceremony, Refusal, SealedDocument, SignerRole
from consent.reading import pages_of
from consent.requirements import Signer
from consent.wording import PAGES, words_in

log = logging.getLogger(__name__)

READ_ALL = "consent-read"  # in the tablet's session: the consent whose last page has been reached
SPEAKS_FOR = (SignerRole.GUARDIAN, SignerRole.REPRESENTATIVE)


def ceremony_of(request: TabletRequest) -> Ceremony:
    """The newest consent of this visit, if it may still be signed."""
    ceremony = signing.current_ceremony(request.handover.visit)
    if ceremony is None:
        raise signing.CeremonyVoid(_("There is nothing to sign. Please give the tablet back to us."))
    signing.check_open(ceremony)
    return ceremony


def stopped(request: TabletRequest, refused: signing.SigningRefused) -> HttpResponse:
    return render(request, "consent/ceremony_stopped.html", {"problem": str(refused)}, status=409)


def words_of(request: TabletRequest, ceremony: Ceremony) -> dict[str, Any]:
    """The consent in the language of the tablet."""
    return words_in(ceremony.shown, request.handover.language)


def has_read(request: TabletRequest, ceremony: Ceremony) -> bool:
    """Questions come after the reading: whoever answered one, on whatever tablet, has read to the end."""
    return request.session.get(READ_ALL) == str(ceremony.pk) or ceremony.comprehension.exists()


def people_of(ceremony: Ceremony) -> dict[str, Any]:
    """Who reads and answers, beside or for the patient."""
    roles = {signer.role: signer.name for signer in signing.signers_of(ceremony)}
    speaker = next((role for role in SPEAKS_FOR if role in roles), None)
    return {
        "patient": ceremony.visit.patient.name,
        "speaker": roles[speaker] if speaker else "",
        "together": speaker == SignerRole.GUARDIAN,
    }


def progress(ceremony: Ceremony, done: int) -> dict[str, int]:
    """Pages read, questions answered, and signing as the last step."""
    return {"done": done, "total": len(pages_of(ceremony)) + len(ceremony.shown.get("questions", [])) + 1}


@tablet_page(Purpose.CONSENT)
def start(request: TabletRequest) -> HttpResponse:
    """To the reading, or to where somebody left off, on this tablet or on another; to the copy when all is sealed."""
    newest = signing.current_ceremony(request.handover.visit)
    if newest and SealedDocument.objects.filter(ceremony=newest).exists():
        return redirect("ceremony-copy")
    try:
        ceremony = ceremony_of(request)
    except signing.CeremonyVoid as refused:
        return stopped(request, refused)
    if has_read(request, ceremony):
        return redirect("ceremony-check")
    return redirect("ceremony-read", pages_of(ceremony)[0])


@tablet_page(Purpose.CONSENT)
def read(request: TabletRequest, page: str) -> HttpResponse:
    """One part of the consent, as frozen."""
    try:
        ceremony = ceremony_of(request)
    except signing.CeremonyVoid as refused:
        return stopped(request, refused)
    pages = pages_of(ceremony)
    if page not in pages:
        return redirect("ceremony")
    reading.shown(ceremony, page, words_of(request, ceremony)["code"])
    at = pages.index(page)
    last = at + 1 == len(pages)
    if last:
        request.session[READ_ALL] = str(ceremony.pk)
    context = {
        "title": _(PAGES[page]), "page": page, "people": people_of(ceremony),
        "sections": [part for part in words_of(request, ceremony)["sections"] if part["page"] == page],
        "before": pages[at - 1] if at else None, "after": None if last else pages[at + 1],
        "asks": comprehension.next_turn(ceremony, request.handover.language) is not None,
        "step": at + 1, "steps": len(pages), "progress": progress(ceremony, at + 1),
    }  # fmt: skip
    return render(request, "consent/ceremony_read.html", context)


@tablet_page(Purpose.CONSENT)
def check(request: TabletRequest) -> HttpResponse:
    """One question on today's risks; a miss is explained again on the same page and may be answered once more."""
    try:
        ceremony = ceremony_of(request)
        if not has_read(request, ceremony):
            return redirect("ceremony-read", pages_of(ceremony)[0])
        turn = comprehension.next_turn(ceremony, request.handover.language)
        if turn is None:
            return redirect("ceremony-sign")
        posted = request.POST if request.method == "POST" else None
        if posted is not None and not is_of(posted, turn):
            return redirect("ceremony-check")
        kept = request.kept.get("said", "") if request.kept and is_of(request.kept, turn) else ""
        form = CheckForm(turn, posted, said=kept)
        goes_on = posted is not None and turn.is_again and comprehension.GO_ON in posted
        if goes_on or form.is_valid():
            said = comprehension.GO_ON if goes_on else form.cleaned_data["said"]
            signing.answer(ceremony, turn.code, turn.attempt, said, turn.language)
            return redirect("ceremony-check")
    except signing.CeremonyVoid as refused:
        return stopped(request, refused)
    return render(request, "consent/ceremony_check.html", {
        "form": form, "turn": turn, "people": people_of(ceremony), "keeping": "check", "feedback": feedback(ceremony),
        "progress": progress(ceremony, len(pages_of(ceremony)) + turn.number - 1),
    }, status=422 if form.is_bound else 200)  # fmt: skip


def is_of(sent: Mapping[str, Any], turn: comprehension.Turn) -> bool:
    """Whether a page was sent for this very question and attempt, rather than for one of before."""
    return (sent.get("code"), sent.get("attempt")) == (turn.code, str(turn.attempt))


def feedback(ceremony: Ceremony) -> str:
    """What became of the last question: "right", or "talk" when two answers missed."""
    told = comprehension.heard(ceremony)
    if not told:
        return ""
    last = max(told, key=lambda item: item.tries[-1].at)
    if last.understood:
        return "right"
    return "talk" if len(last.tries) == comprehension.ATTEMPTS else ""


def day_words(request: TabletRequest) -> str:
    """Today at the clinic, as the language writes days."""
    today = request.handover.visit.clinic.today()
    return date_format(today, _("j F Y"))


def sign_context(request: TabletRequest, ceremony: Ceremony, signer: Signer) -> dict[str, Any]:
    on_tablet = [row for row in signing.signers_of(ceremony) if row.role != SignerRole.CLINICIAN]
    turn = [row.role for row in on_tablet].index(signer.role)
    words = words_of(request, ceremony)
    parts = {section["code"]: section for section in words["sections"]}
    own = parts.get("child-plan") if signer.role == SignerRole.PATIENT else None
    asked = comprehension.heard(ceremony)
    return {
        "ceremony": ceremony, "signer": signer, "words": words, "meaning": words["meanings"][signer.role],
        "plan": own or parts["plan"], "is_child": bool(own), "patient": ceremony.visit.patient.name, "day": day_words(request),
        "turn": turn + 1, "turns": len(on_tablet), "before": on_tablet[turn - 1] if turn else None,
        "unclear": any(not item.understood for item in asked), "clinician": ceremony.review.by.printed_name,
        "progress": progress(ceremony, progress(ceremony, 0)["total"]), "first_page": pages_of(ceremony)[0], "keeping": "sign",
    }  # fmt: skip


def ink_of(sent: Mapping[str, Any], ceremony: Ceremony, signer: Signer) -> dict[str, str]:
    """What was drawn or typed so far, by this person for this consent; never a previous person's."""
    if (sent.get("ceremony"), sent.get("role")) != (str(ceremony.pk), signer.role):
        return {}
    return {"strokes": sent.get("strokes", ""), "typed_name": sent.get("typed_name", "")}


@tablet_page(Purpose.CONSENT)
def sign(request: TabletRequest) -> HttpResponse:
    """The pad of the person whose turn it is; after the last one the tablet goes back."""
    try:
        ceremony = ceremony_of(request)
        signer = signing.next_on_tablet(ceremony)
        if signer is None:
            return finished(request)
        if not has_read(request, ceremony):
            return redirect("ceremony-read", pages_of(ceremony)[0])
        if comprehension.next_turn(ceremony, request.handover.language):
            return redirect("ceremony-check")
        if request.method != "POST":
            kept = ink_of(request.kept or {}, ceremony, signer)
            return render(request, "consent/ceremony_sign.html", sign_context(request, ceremony, signer) | kept)
        return take_signature(request, ceremony, signer)
    except signing.CeremonyVoid as refused:
        return stopped(request, refused)


def not_sent() -> str:
    """What is told when nothing could be written; what was given stands on the page still."""
    return _("Not sent yet. Press the button again when you are ready.")


def take_signature(request: TabletRequest, ceremony: Ceremony, signer: Signer) -> HttpResponse:
    form = SignatureForm(request.POST)
    problem, status = "", 422
    if not form.is_valid():
        problem = _("The signature could not be read. Please sign again.")
    elif form.cleaned_data["ceremony"] != ceremony.pk:
        raise signing.CeremonyVoid(_("The consent was shown again since you opened this page. Please start again."))
    else:
        values = form.cleaned_data
        try:
            signing.sign(
                ceremony, values["role"], values["strokes"], values["typed_name"], language=request.handover.language
            )
        except signing.CeremonyVoid:
            raise
        except signing.SigningRefused as refused:
            problem = str(refused)
        except OperationalError:
            log.exception("a signature could not be written")
            problem, status = not_sent(), 503
    if problem:
        kept = {"pad_error": problem} | ink_of(request.POST, ceremony, signer)
        context = sign_context(request, ceremony, signer) | kept
        return render(request, "consent/ceremony_sign.html", context, status=status)
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


def seal_refusal(refusal: Refusal) -> None:
    """Whoever said no has been heard, whether or not the record of it can be sealed now; staff can seal it later."""
    try:
        withdrawing.seal_refusal(refusal)
    except NOT_WRITTEN:
        log.exception("sealing a refusal failed")


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
    kept = {"words": request.kept.get("words", "")} if request.kept else {}
    posted = request.POST if request.method == "POST" else None
    form = RefusalForm(posted, initial={"ceremony": ceremony.pk, "role": signer.role} | kept)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            seal_refusal(signing.refuse(ceremony, signer.role, form.cleaned_data["words"].strip()))
            with transaction.atomic():
                tablet.end(request.handover, "refused")
        except signing.SigningRefused as refused:
            return stopped(request, refused)
        except OperationalError:
            log.exception("a refusal could not be written")
            form.add_error(None, not_sent())
            status = 503
        else:
            return tablet.hand_back(request)
    context = {"form": form, "signer": signer, "keeping": "refuse"}
    return render(request, "consent/ceremony_disagree.html", context, status=status)
