"""The consent on the tablet, followed from the desk without a reload."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from clinic.access import StaffRequest, staff, visit_of
from clinic.models import Role
from consent import progress
from consent.views.desk import ceremony_of, newest_review, signers_of


@staff(Role.CLINICIAN, Role.FRONT_DESK)
@require_safe
def consent_progress(request: StaffRequest, visit: str) -> HttpResponse:
    """Asked every few seconds: no event on the trail, and nothing that keeps a sign-in alive."""
    found = visit_of(request, visit)
    made = newest_review(found)
    ceremony = ceremony_of(found, made)
    waiting = signers_of(made, ceremony)
    return JsonResponse(progress.followed(found, made, ceremony, waiting, request.member.is_clinician))
