"""The open case says that it is open, and is told who else has it open."""

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import StaffRequest, staff, visit_of
from clinic.models import Role
from screening import presence


@staff(Role.CLINICIAN)
@require_POST
def present(request: StaffRequest, visit: str) -> HttpResponse:
    """Said every few seconds, and once more (`left`) when the page is left: no event on the trail."""
    found = visit_of(request, visit)
    if "left" in request.POST:
        presence.left(found, request.user)
        return JsonResponse({"words": ""})
    presence.seen(found, request.user)
    return JsonResponse({"words": words_of(presence.looking([found.pk], besides=request.user).get(found.pk, []))})


def words_of(names: list[str]) -> str:
    if len(names) > 1:
        return _("%(names)s have this case open now.") % {"names": ", ".join(names)}
    return _("%(name)s has this case open now.") % {"name": names[0]} if names else ""
