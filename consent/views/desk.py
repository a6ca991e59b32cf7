"""The clinician's side of a consent: decide, open it, watch who has signed, sign last."""

import logging
from errno import EDQUOT, ENOSPC

from django.contrib import messages
from django.db import OperationalError, transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from clinic import audit, tablet, wishes
from clinic.access import StaffRequest, staff, visit_of
from clinic.languages import checked, status_words
from clinic.models import Purpose, Role, User, Visit
from consent import decision, progress, requirements, signing, withdrawing
from consent.filing import NOT_WRITTEN
from consent.forms.signing import ClinicianSignatureForm, DecisionForm
from consent.keys import SealingFailed
from consent.models import Ceremony, Refusal, SealedDocument
from consent.state import state_of
from consent.wording import words_in
from screening import review
from screening.evaluation import NoIntake, current_screening
from screening.models import Decision, Review, Screening
from screening.standing import standings

log = logging.getLogger(__name__)

NO_ROOM = {ENOSPC, EDQUOT}


def one_line(form: DecisionForm) -> str:
    return " ".join(str(problem) for problems in form.errors.values() for problem in problems)


def in_full(sentence: str, failed: Exception) -> str:
    """For staff: what could not be done, and where somebody has to mend it first, why and who."""
    if isinstance(failed, SealingFailed):
        who = _("The clinic’s admin finds the key’s certificate under “Clinic”, “Certificate”.")
        return f"{sentence} {failed} {who}"
    if isinstance(failed, OperationalError) or (isinstance(failed, OSError) and failed.errno in NO_ROOM):
        why = _("The server could not write: its disk may be full. Tell whoever runs it, so that they make room.")
        return f"{sentence} {why}"
    return sentence


def keep_typed(request: StaffRequest, visit: Visit) -> None:
    """What was typed comes back with the page: the case page shows it in the decision form again."""
    typed = {name: request.POST.get(name, "") for name in ("decision", "reason", "until")}
    request.session["decision"] = {"visit": str(visit.pk)} | typed


@staff(Role.CLINICIAN)
@require_POST
def decide(request: StaffRequest, visit: str) -> HttpResponseBase:
    """Record a decision; to proceed leads to the consent, the others to their sealed record."""
    found = visit_of(request, visit)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, one_line(form))
        keep_typed(request, found)
        return redirect("case", found.pk)
    screening = get_object_or_404(
        Screening.objects.visible_to(request.member), pk=form.cleaned_data["screening"], visit=found
    )
    values = form.cleaned_data
    try:
        made = decision.record(screening, values["decision"], request.user, values["reason"], values["until"])
    except review.ReviewRefused as refused:
        messages.error(request, str(refused))
        keep_typed(request, found)
        return redirect("case", found.pk)
    except NOT_WRITTEN as failed:
        log.exception("recording or sealing a decision failed")
        if Review.objects.filter(screening=screening, by=request.user).exists():
            sentence = _("Your decision is recorded, but its record could not be sealed. Please press “Seal now”.")
        else:
            sentence = _("Your decision could not be recorded. What you typed stands below: please send it again.")
        return desk(request, visit, problem=in_full(sentence, failed), status=503)
    if made.decision == Decision.PROCEED:
        return redirect("consent-desk", found.pk)
    messages.success(request, _("The decision is recorded and sealed."))
    return redirect("consent-desk", found.pk)


@staff(Role.CLINICIAN)
@require_POST
def reopen(request: StaffRequest, visit: str) -> HttpResponse:
    """Take the case up again: a new screening without a decision."""
    found = visit_of(request, visit)
    try:
        review.reopen(found, request.user)
    except (review.ReviewRefused, NoIntake) as refused:
        messages.error(request, str(refused) or _("The patient has not sent their answers yet."))
    return redirect("case", found.pk)


def newest_review(visit: Visit) -> Review | None:
    """The decision on the visit's newest screening."""
    screening = current_screening(visit)
    return (
        Review.objects.filter(screening=screening)
        .select_related("by", "screening", "visit__clinic", "visit__patient")
        .first()
        if screening
        else None
    )


def signers_to_come(made: Review | None) -> list[requirements.Signer]:
    """Who will sign once the consent is opened."""
    if made is None or made.decision != Decision.PROCEED:
        return []
    return requirements.signers(made.screening, standings(made.screening))


def ceremony_of(visit: Visit, made: Review | None) -> Ceremony | None:
    """The newest consent of this decision."""
    found = signing.current_ceremony(visit) if made else None
    return found if found and made and found.review_id == made.pk else None


def signers_of(made: Review | None, ceremony: Ceremony | None) -> list[requirements.Signer]:
    """Who still has to sign, in order."""
    return signing.unsigned(ceremony) if ceremony else signers_to_come(made)


def in_words(ceremony: Ceremony, code: str) -> str:
    """A language other than the clinic's, and whether its translation was confirmed when the consent was opened."""
    return status_words(code, words_in(ceremony.shown, code)["checked"])


def reads_in(visit: Visit, ceremony: Ceremony | None) -> str:
    """In which language the tablet will show the consent, or did last, where it is not the clinic's."""
    code = wishes.before(visit)["language"]
    return in_words(ceremony, code) if ceremony else status_words(code, checked(code))


def unsealed(visit: Visit) -> list[Review | Refusal]:
    """What was decided or refused and has no record yet, also before the case was taken up again; the oldest first."""
    decided = Review.objects.filter(visit=visit, document=None).exclude(decision=Decision.PROCEED)
    refused = Refusal.objects.filter(ceremony__visit=visit, document=None)
    rows = [*decided.select_related("by", "screening", "visit__clinic", "visit__patient"), *refused]
    return sorted(rows, key=lambda row: row.created_at)


def seal_unsealed(visit: Visit, by: User) -> Exception | None:
    """Seal all that is unsealed, and say what failed first; one that cannot be sealed does not hold up the others."""
    failures: list[Exception] = []
    for row in unsealed(visit):
        try:
            if isinstance(row, Refusal):
                withdrawing.seal_refusal(row, by)
            else:
                decision.seal(row, by)
        except NOT_WRITTEN as failed:
            log.exception("sealing a decision or a refusal failed again")
            failures.append(failed)
    return failures[0] if failures else None


def note_seen(request: StaffRequest, visit: Visit, must: bool) -> None:
    """Nobody opens the page unnoted; but whoever is on it is told of a problem, also when nothing can be written."""
    try:
        with transaction.atomic():
            audit.log(visit.clinic, request.user, "consent.seen", visit)
    except OperationalError:
        if must:
            raise
        log.exception("a problem is told without an event")


@staff(Role.CLINICIAN, Role.FRONT_DESK)
def desk(request: StaffRequest, visit: str, problem: str = "", status: int = 200) -> HttpResponse:
    """Where the consent stands: who has signed, who is next, the record when it is sealed."""
    found = visit_of(request, visit)
    note_seen(request, found, must=not problem)
    made = newest_review(found)
    ceremony = ceremony_of(found, made)
    document = SealedDocument.objects.filter(review=made).first() if made else None
    refusal = Refusal.objects.filter(ceremony=ceremony).select_related("document").first() if ceremony else None
    waiting = signers_of(made, ceremony)
    signatures = list(ceremony.signatures.all()) if ceremony else []
    context = {
        "visit": found, "review": made, "ceremony": ceremony, "document": document, "refusal": refusal, "waiting": waiting,
        "signatures": [(row, in_words(ceremony, row.language)) for row in signatures if ceremony], "problem": problem,
        "reads_in": reads_in(found, ceremony),
        "clinician_next": bool(ceremony and not refusal and [signer.role for signer in waiting] == ["clinician"]),
        "reads_all": request.member.is_clinician,  # the front desk sees how far it is, not why
        "state": state_of(document) if document else None,
        "unsealed": unsealed(found), "is_decider": bool(made and made.by_id == request.user.pk),
    }  # fmt: skip
    context |= progress.followed(found, made, ceremony, waiting, request.member.is_clinician)
    if request.method == "POST":
        context |= {"strokes": request.POST.get("strokes", ""), "typed_name": request.POST.get("typed_name", "")}
        decided = {name: request.POST[name] for name in DecisionForm.base_fields if name in request.POST}
        context |= {"unsent": None if made else decided}
    return render(request, "consent/desk.html", context, status=status)


@staff(Role.CLINICIAN, Role.FRONT_DESK)
@require_POST
def open_consent(request: StaffRequest, visit: str) -> HttpResponse:
    """Freeze the consent and hand the tablet to the patient for it."""
    found = visit_of(request, visit)
    made = newest_review(found)
    try:
        if made is None:
            raise signing.CeremonyVoid(_("The clinician has not decided to proceed yet."))
        ceremony = signing.open_ceremony(made, request.user)
    except (review.ReviewRefused, signing.SigningRefused) as refused:
        messages.error(request, str(refused))
        return redirect("consent-desk", found.pk)
    if signing.next_on_tablet(ceremony) is None:
        return redirect("consent-desk", found.pk)
    tablet.hand_over(request, found, Purpose.CONSENT, request.user)
    return redirect("tablet")


@sensitive_post_parameters()
@staff(Role.CLINICIAN)
@require_POST
def sign(request: StaffRequest, visit: str) -> HttpResponseBase:
    """The clinician's signature by password, and with it the sealed record."""
    form = ClinicianSignatureForm(request.POST)
    if not form.is_valid():
        problem = " ".join(str(item) for items in form.errors.values() for item in items)
        return desk(request, visit, problem=problem, status=422)
    ceremony = get_object_or_404(
        Ceremony.objects.visible_to(request.member), pk=form.cleaned_data["ceremony"], visit=visit
    )
    values = form.cleaned_data
    seal_unsealed(ceremony.visit, request.user)  # records in the order in which things happened, where they can be made
    try:
        signing.finish(ceremony, request.user, values["password"], values["strokes"], values["typed_name"])
    except (signing.SigningRefused, review.ReviewRefused) as refused:
        return desk(request, visit, problem=str(refused), status=409)
    except NOT_WRITTEN as failed:
        log.exception("sealing a consent failed")
        sentence = _("The record could not be sealed, so nothing was signed. Please try again.")
        return desk(request, visit, problem=in_full(sentence, failed), status=503)
    messages.success(request, _("Signed. The record is sealed."))
    return redirect("consent-desk", visit)


@staff(Role.CLINICIAN)
@require_POST
def seal_decision(request: StaffRequest, visit: str) -> HttpResponseBase:
    """Seal the records of decisions and refusals whose sealing failed before."""
    if failed := seal_unsealed(visit_of(request, visit), request.user):
        sentence = _("The record could not be sealed. Please try again, and tell your admin if it stays so.")
        return desk(request, visit, problem=in_full(sentence, failed), status=503)
    return redirect("consent-desk", visit)
