"""The one-time link by which a member of staff sets a password that nobody else knows; only its hash is kept."""

import datetime
import secrets

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, letters
from clinic.models import Clinic, Invitation, User
from clinic.phone import KEY_BYTES, hashed
from clinic.sessions import end_sessions

LASTS = datetime.timedelta(days=7)


class InvitationClosed(Exception):
    """The link opens nothing; the text says why and what to do."""


def open_invitation(clinic: Clinic, user: User) -> Invitation | None:
    rows = Invitation.objects.filter(clinic=clinic, user=user, used_at=None, ended_at=None)
    return rows.filter(expires_at__gt=timezone.now()).order_by("-created_at").first()


def issue(clinic: Clinic, user: User, by: User) -> tuple[Invitation, str]:
    """A new link and its token, which is stored nowhere; an earlier link of the person ends. Inside a transaction."""
    end(clinic, user, by)
    token = secrets.token_urlsafe(KEY_BYTES)
    row = Invitation.objects.create(
        clinic=clinic, user=user, token_sha256=hashed(token), issued_by=by, expires_at=timezone.now() + LASTS
    )
    audit.log(clinic, by, "invitation.made", user, invitation=str(row.pk))
    return row, token


def end(clinic: Clinic, user: User, by: User) -> None:
    """Stop the links of the person that still open. Inside a transaction."""
    for row in Invitation.objects.filter(clinic=clinic, user=user, used_at=None, ended_at=None):
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        audit.log(clinic, by, "invitation.ended", user, invitation=str(row.pk))


def stop(clinic: Clinic, user: User, by: User) -> None:
    with transaction.atomic():
        end(clinic, user, by)


def invitation_of(token: str, lock: bool = False) -> Invitation:
    """The invitation that a token opens now."""
    rows = Invitation.objects.select_for_update(of=("self",)) if lock else Invitation.objects.all()
    row = rows.select_related("clinic", "user").filter(token_sha256=hashed(token)).first()
    if row is None:
        raise InvitationClosed(_("We do not know this link. Check that you opened the whole address."))
    if row.used_at:
        raise InvitationClosed(_("This link was used already. If you set a password, sign in with it."))
    if row.ended_at:
        raise InvitationClosed(
            _("This link was stopped, or a newer one was made. Ask your clinic’s admin for a new link.")
        )
    if row.expires_at <= timezone.now():
        raise InvitationClosed(
            _("This link was good for seven days, and they are over. Ask your clinic’s admin for a new link.")
        )
    return row


def join(token: str, password: str) -> User:
    """Set the password and use the link up; whoever was signed in with the old password is signed out."""
    with transaction.atomic():
        row = invitation_of(token, lock=True)
        user: User = row.user
        if user.memberships.filter(active=True).exclude(clinic=row.clinic).exists():
            # The account is another clinic's too by now: a link of this one must not take it over.
            raise InvitationClosed(_("This link has ended, because you also work in another clinic. Sign in as you do there."))
        is_new = not user.has_usable_password()
        user.set_password(password)
        user.is_active = True
        user.save(update_fields=["password", "is_active"])
        row.used_at = timezone.now()
        row.save(update_fields=["used_at"])
        end_sessions(user)
        audit.log(
            row.clinic, user, "member.joined" if is_new else "member.password_changed", user, invitation=str(row.pk)
        )
    return user


def send(row: Invitation, address: str, by: User) -> None:
    """Email the link; what failed can be tried again."""
    letters.send(message(row, address))
    with transaction.atomic():
        audit.log(row.clinic, by, "invitation.emailed", row.user, invitation=str(row.pk))


def message(row: Invitation, address: str) -> EmailMessage:
    day = row.expires_at.astimezone(row.clinic.zone)
    context = {"clinic": row.clinic, "user": row.user, "address": address, "day": day}
    subject = _("Your account at %(clinic)s") % {"clinic": row.clinic.name}
    return letters.letter(row.clinic, row.user.email, subject, render_to_string("clinic/people_mail.txt", context))
