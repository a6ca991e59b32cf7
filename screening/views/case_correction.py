"""Correcting a mis-tapped answer: a new version of the intake with who and why, screened anew."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic.access import StaffRequest, staff, visit_of
from clinic.models import Role, Visit
from screening import correction, intake
from screening.evaluation import current_intake, current_screening
from screening.forms.case import CaseForm, CorrectionReasonForm
from screening.forms.questions import PageForm
from screening.models import Screening
from screening.precautions import EVERY
from screening.precautions.questions import Asked
from screening.precautions.vocabulary import Precaution
from screening.refusals import AlreadyDecided, ReviewRefused, StaleScreening
from screening.views.case_acts import uuid_of


@staff(Role.CLINICIAN)
def correct(request: StaffRequest, visit: str, slug: str) -> HttpResponse:
    """A mis-tapped answer, corrected as a new version with who and why."""
    found = visit_of(request, visit)
    precaution = next((item for item in EVERY if item.code == slug), None)
    screening = current_screening(found)
    if precaution is None or screening is None:
        return redirect("case", found.pk)
    data = request.POST.copy() if request.method == "POST" else None
    reason = CorrectionReasonForm({"reason": ",".join(data.pop("reason", []))} if data is not None else None)
    shown = ",".join(data.pop("screening", [])) if data is not None else ""
    form = PageForm(asked_on(precaution, found), intake.draft_case(found, current_intake(found).replies), data)
    status = 200
    if data is not None and all([form.is_valid(), reason.is_valid()]):
        status = corrected(request, found, shown, form, reason)
        if status == 200:
            messages.success(request, _("The answer is corrected, and the case was screened again."))
            return redirect("case", found.pk)
    context = {
        "visit": found,
        "form": form,
        "reason": reason,
        "precaution": precaution,
        "screening": screening,
        "status": status,
    }
    return render(request, "screening/case_correct.html", context, status=status)


def asked_on(precaution: Precaution, visit: Visit) -> list[Any]:
    """The questions of a precaution that the patient may be asked."""
    case = intake.draft_case(visit, {})
    mine = [question for question in precaution.questions if question.asked == Asked.PATIENT]
    return [question for question in mine if case.is_minor or not question.minors_only]


def corrected(request: StaffRequest, visit: Visit, shown: str, form: PageForm, reason: CaseForm) -> int:
    """Correct the answers; the status says how it went, and the forms say what is wrong."""
    screening = Screening.objects.visible_to(request.member).filter(pk=uuid_of(shown), visit=visit).first()
    if screening is None:
        form.add_error(None, _("The page did not say which screening it showed. Please look again and send it anew."))
        return 409
    try:
        correction.correct(screening, form.replies, request.user, reason.cleaned_data["reason"])
    except (StaleScreening, AlreadyDecided) as refused:
        form.add_error(None, str(refused))
        return 409
    except ReviewRefused as refused:
        form.add_error(None, str(refused))
        return 422
    except intake.IntakeIncomplete as incomplete:
        for code in incomplete.codes:
            form.add_error(code if code in form.fields else None, _("This needs an answer too."))
        return 422
    return 200
