"""Who works in a clinic: invited, given roles, deactivated and taken on again. Their names stay on what they did."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clinic import audit, invitations
from clinic.models import Clinic, Handover, Invitation, Membership, Role, User, Visit
from clinic.sessions import end_sessions

DETAILS = ("first_name", "last_name", "title", "email")


class PeopleRefused(Exception):
    """This cannot be done to the person; the text says why and what to do."""


class NameTaken(PeopleRefused):
    """Somebody has this user name."""


class LastAdmin(PeopleRefused):
    """Nobody would be left to look after the clinic."""


class WorksElsewhere(PeopleRefused):
    """The account is another clinic's too: its admin must not be able to be gone round."""


STATES = {"active": lazy("Active"), "invited": lazy("Invited, no password yet"), "left": lazy("Deactivated")}


@dataclass(frozen=True)
class Person:
    """Somebody who works or worked here; `link` is the invitation that they can still open."""

    user: User
    roles: tuple[Role, ...]
    link: Invitation | None = None

    @property
    def state(self) -> str:
        return "left" if not self.roles else "active" if self.user.is_active else "invited"

    @property
    def state_words(self) -> str:
        return str(STATES[self.state])

    @property
    def role_words(self) -> str:
        return ", ".join(str(role.label) for role in self.roles)


def people(clinic: Clinic) -> list[Person]:
    """Everybody, those at work first, in two queries whatever their number."""
    active: dict[User, set[str]] = {}
    rows = Membership.objects.filter(clinic=clinic).select_related("user")
    for row in rows.order_by("user__last_name", "user__first_name", "user__pk"):
        active.setdefault(row.user, set()).update({row.role} if row.active else ())
    links = Invitation.objects.filter(clinic=clinic, used_at=None, ended_at=None, expires_at__gt=timezone.now())
    by_user = {link.user_id: link for link in links}
    found = [
        Person(user, tuple(role for role in Role if role in roles), by_user.get(user.pk))
        for user, roles in active.items()
    ]
    return sorted(found, key=lambda person: person.state == "left")


def person_of(clinic: Clinic, user: User) -> Person:
    held = set(user.memberships.filter(clinic=clinic, active=True).values_list("role", flat=True))
    return Person(user, tuple(role for role in Role if role in held), invitations.open_invitation(clinic, user))


def works_elsewhere(clinic: Clinic, user: User) -> bool:
    return user.memberships.filter(active=True).exclude(clinic=clinic).exists()


def open_cases(clinic: Clinic, user: User) -> int:
    """Visits of a clinician, of today or begun, that have no sealed decision."""
    midnight = datetime.datetime.combine(clinic.today(), datetime.time(), clinic.zone)
    begun = Exists(Handover.objects.filter(visit=OuterRef("pk"), confirmed_at__isnull=False))
    visits = Visit.objects.filter(clinic=clinic, clinician=user, closed_at=None)
    return visits.filter(Q(starts_at__gte=midnight) | begun).count()


def locked(clinic: Clinic) -> Clinic:
    """One at a time for all that happens to a clinic's people."""
    return Clinic.objects.select_for_update().get(pk=clinic.pk)


def invite(clinic: Clinic, by: User, username: str, roles: Iterable[str], **details: str) -> tuple[Invitation, str]:
    """Put a person on the list and make their link; until they have set a password they cannot sign in."""
    roles = sorted(roles)
    try:
        with transaction.atomic():
            locked(clinic)
            user = User(username=username, is_active=False, **details)
            user.set_unusable_password()
            user.save(force_insert=True)
            Membership.objects.bulk_create(Membership(clinic=clinic, user=user, role=role) for role in roles)
            audit.log(clinic, by, "member.invited", user, roles=roles)
            return invitations.issue(clinic, user, by)
    except IntegrityError:
        raise NameTaken(_("This user name is taken. Choose another, for example with the family name.")) from None


def new_link(clinic: Clinic, user: User, by: User) -> tuple[Invitation, str]:
    """Another invitation, or a way to a new password: the old one counts until the new one is set."""
    with transaction.atomic():
        locked(clinic)
        if not user.memberships.filter(clinic=clinic, active=True).exists():
            raise PeopleRefused(_("This person is deactivated. Take them on again first, then make a link."))
        check_only_here(clinic, user)
        return invitations.issue(clinic, user, by)


def check_only_here(clinic: Clinic, user: User) -> None:
    if works_elsewhere(clinic, user):
        raise WorksElsewhere(
            _("This person works in another clinic too. Whoever runs Needlepoint changes their name or password.")
        )


def check_admin_left(clinic: Clinic, without: User) -> None:
    others = Membership.objects.filter(clinic=clinic, role=Role.ADMIN, active=True, user__is_active=True)
    if not others.exclude(user=without).exists():
        raise LastAdmin(
            _("This is the clinic’s only admin. Make somebody else an admin first, and wait until they have signed in.")
        )


def change_roles(clinic: Clinic, user: User, roles: Iterable[str], by: User) -> None:
    """Give exactly these roles; they count from the person’s next page on."""
    wanted = set(roles)
    with transaction.atomic():
        locked(clinic)
        held = set(user.memberships.filter(clinic=clinic, active=True).values_list("role", flat=True))
        if wanted == held:
            return
        if not wanted:
            raise PeopleRefused(_("Choose one role or more. To let the person go, deactivate them."))
        if Role.ADMIN in held - wanted:
            check_admin_left(clinic, user)
        set_roles(clinic, user, wanted)
        audit.log(clinic, by, "member.roles_changed", user, roles=sorted(wanted))


def set_roles(clinic: Clinic, user: User, wanted: set[str]) -> None:
    for role in Role:
        if role in wanted:
            Membership.objects.update_or_create(clinic=clinic, user=user, role=role, defaults={"active": True})
    Membership.objects.filter(clinic=clinic, user=user).exclude(role__in=wanted).update(active=False)


def change_details(clinic: Clinic, user: User, details: Mapping[str, Any], by: User) -> None:
    """Correct the name, profession or email; records that are sealed keep what they printed."""
    changed = sorted(name for name in DETAILS if name in details and getattr(user, name) != details[name])
    if not changed:
        return
    with transaction.atomic():
        locked(clinic)
        check_only_here(clinic, user)
        for name in changed:
            setattr(user, name, details[name])
        user.save(update_fields=changed)
        audit.log(clinic, by, "member.changed", user, fields=changed)


def deactivate(clinic: Clinic, user: User, by: User) -> None:
    """Take all roles away, end the links and every sign-in; an account that works nowhere else is closed."""
    with transaction.atomic():
        locked(clinic)
        rows = user.memberships.filter(clinic=clinic, active=True)
        roles = sorted(rows.values_list("role", flat=True))
        if not roles:
            return
        if Role.ADMIN in roles:
            check_admin_left(clinic, user)
        rows.update(active=False)
        invitations.end(clinic, user, by)
        if not user.memberships.filter(active=True).exists():
            User.objects.filter(pk=user.pk).update(is_active=False)
        ended = end_sessions(user)
        cases = open_cases(clinic, user)
        audit.log(clinic, by, "member.deactivated", user, roles=roles, sessions=ended, cases=cases)


def reactivate(clinic: Clinic, user: User, roles: Iterable[str], by: User) -> None:
    """Take a person on again, with the password that they had; who never set one gets a link."""
    wanted = set(roles)
    if not wanted:
        raise PeopleRefused(_("Choose one role or more."))
    with transaction.atomic():
        locked(clinic)
        set_roles(clinic, user, wanted)
        User.objects.filter(pk=user.pk).update(is_active=user.has_usable_password())
        audit.log(clinic, by, "member.reactivated", user, roles=sorted(wanted))
