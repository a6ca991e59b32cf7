"""Who may open a page: sign-in, roles, and the clinic that the person is at work in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import AuditEvent, Clinic, Role, User, Visit

type_of_view = Callable[..., HttpResponseBase]

AT_WORK_IN = "at_work_in"  # where a session keeps the key of the clinic that was chosen
CHANGED_CLINIC = "member.changed_clinic"
PAGE_OF = "Page-Of"  # the header by which a page that asks anew says which clinic it shows


@dataclass(frozen=True)
class Member:
    """A signed-in person at work in one clinic, with the roles they have there; `others`: clinics they could be at work in."""

    user: User
    clinic: Clinic
    roles: frozenset[str]
    others: tuple[Clinic, ...] = ()

    @property
    def is_clinician(self) -> bool:
        return Role.CLINICIAN in self.roles

    @property
    def is_admin(self) -> bool:
        return Role.ADMIN in self.roles

    @property
    def is_front_desk(self) -> bool:
        return Role.FRONT_DESK in self.roles

    @property
    def roles_words(self) -> str:
        return ", ".join(str(role.label) for role in Role if role in self.roles).lower()


class StaffRequest(HttpRequest):
    """A request that passed `staff`: `member` is set. Only for annotations."""

    member: Member
    user: User


def visit_of(request: StaffRequest, visit: str) -> Visit:
    """A visit of the clinic in which the person is at work; 404 for any other: fetching is authorising."""
    rows = Visit.objects.visible_to(request.member)
    return get_object_or_404(rows.select_related("patient", "clinic", "clinician"), pk=visit)


def member_of(request: HttpRequest) -> Member | None:
    """The person's place of work: the clinic they chose since they signed in, or that of their oldest active membership."""
    user: Any = request.user
    if not user.is_authenticated:
        return None
    rows = list(user.memberships.filter(active=True).select_related("clinic").order_by("pk"))
    if not rows:
        return None
    clinics = {str(row.clinic_id): row.clinic for row in rows}
    clinic = clinics.get(request.session.get(AT_WORK_IN, ""), rows[0].clinic)
    roles = frozenset(row.role for row in rows if row.clinic_id == clinic.pk)
    return Member(user, clinic, roles, tuple(each for each in clinics.values() if each != clinic))


def go_to_work(request: HttpRequest, member: Member, key: str) -> Clinic | None:
    """Be at work in another of one's clinics. What was typed and looked for in the one before is forgotten, and pages of it
    that are still open are not taken any more."""
    chosen = next((each for each in (member.clinic, *member.others) if str(each.pk) == key), None)
    if chosen and chosen != member.clinic:
        # Names with a low line are Django's own: who is signed in, and what they are still to be told.
        for name in [name for name in request.session.keys() if not name.startswith("_")]:  # noqa: SIM118 - no mapping
            del request.session[name]
        request.session[AT_WORK_IN] = key
        rotate_token(request)
    return chosen


def last_at_work(user: User) -> str:
    """The key of the clinic that the person chose last, so that they find themselves there when they sign in again."""
    chosen = AuditEvent.objects.filter(actor=user, action=CHANGED_CLINIC).order_by("-created_at", "-seq")
    return str(chosen.values_list("clinic", flat=True).first() or "")


def staff(*roles: Role) -> Callable[[Callable[Concatenate[Any, ...], HttpResponseBase]], type_of_view]:
    """Only for signed-in members with one of the roles (any role when none is named)."""

    def decorate(view: Callable[Concatenate[Any, ...], HttpResponseBase]) -> type_of_view:
        @login_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            member = member_of(request)
            if member is None:
                raise PermissionDenied(_("Your account has no role in a clinic. Ask your clinic's admin."))
            request.member = member
            if roles and not member.roles.intersection(roles):
                names = ", ".join(str(role.label) for role in roles)
                raise PermissionDenied(_("This page is for: %(roles)s.") % {"roles": names})
            if request.headers.get(PAGE_OF, str(member.clinic.pk)) != str(member.clinic.pk):
                return HttpResponse(status=HTTPStatus.CONFLICT)  # an older page, of the clinic of before
            with timezone.override(member.clinic.zone):
                response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return guarded

    return decorate


def only_utf8(get_response: type_of_view) -> type_of_view:
    """Refuse a form in another encoding than our pages have: it could hold half a character, which no database stores."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        charset = (request.content_params or {}).get("charset", "utf-8").lower()
        if charset not in {"utf-8", "utf8"}:
            return HttpResponse("Please send text as UTF-8.", status=415, content_type="text/plain; charset=utf-8")
        return get_response(request)

    return answer


def membership_context(request: HttpRequest) -> dict[str, Any]:
    """Templates see `membership` on staff pages."""
    return {"membership": getattr(request, "member", None)}
