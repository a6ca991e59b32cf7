"""The link by which a patient answers on their own phone: made and stopped by staff, opened with the date of birth."""

import datetime
import hashlib
import secrets
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from clinic import audit, desk, letters, tablet
from clinic.languages import ORIGINAL, code_for
from clinic.models import Clinic, Handover, IntakeLink, User, Visit

MOST_WRONG = 5
KEY_BYTES = 32


class LinkClosed(Exception):
    """There is no such link, or its day is over, or it was ended: the answer is the same for all."""


class AnswersSent(Exception):
    """The answers of the visit were sent; nothing is left to open."""


class WrongBirthDate(Exception):
    """This is not the patient's date of birth; `left` more tries are open."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def midnight(clinic: Clinic) -> datetime.datetime:
    """The end of the clinic's day: answers have to be of the day of treatment."""
    return datetime.datetime.combine(clinic.today() + datetime.timedelta(days=1), datetime.time(), clinic.zone)


def open_link(visit: Visit) -> IntakeLink | None:
    return visit.links.filter(ended_at=None, expires_at__gt=timezone.now()).first()


def make(visit: Visit, by: User) -> tuple[IntakeLink, str]:
    """A new link and its token, which is stored nowhere; an earlier link of the visit ends."""
    token = secrets.token_urlsafe(KEY_BYTES)
    with transaction.atomic():
        lock(visit)
        if desk.has_sent_answers(visit):
            raise AnswersSent
        end(visit, by, "new_link")
        link = IntakeLink.objects.create(
            visit=visit, token_sha256=hashed(token), issued_by=by, expires_at=midnight(visit.clinic)
        )
        audit.log(visit.clinic, by, "link.made", link, visit=str(visit.pk))
    return link, token


def stop(visit: Visit, by: User) -> None:
    """End the link, and the pages that were opened with it."""
    with transaction.atomic():
        lock(visit)
        end(visit, by, "stopped")


def end(visit: Visit, by: User, because: str) -> None:
    for link in visit.links.filter(ended_at=None):
        close(link, by, because)
    for handover in visit.handovers.filter(own_phone=True, ended_at=None):
        tablet.end(handover, because)


def close(link: IntakeLink, by: User | None, because: str) -> None:
    link.ended_at = timezone.now()
    link.save(update_fields=["ended_at"])
    audit.log(link.visit.clinic, by, "link.ended", link, visit=str(link.visit_id), because=because)


def lock(visit: Visit) -> None:
    """One at a time for all that happens to the links and hand-overs of a visit."""
    Visit.objects.select_for_update().get(pk=visit.pk)


def link_of(token: str, **of: Any) -> IntakeLink:
    """The link that a token opens today."""
    links = IntakeLink.objects.filter(**of).select_related("visit__clinic", "visit__patient", "issued_by")
    link = links.filter(token_sha256=hashed(token), ended_at=None, expires_at__gt=timezone.now()).first()
    if link is None:
        raise LinkClosed
    if desk.has_sent_answers(link.visit):
        raise AnswersSent
    return link


def enter(token: str, born: datetime.date, language: str) -> Handover:
    """Open the patient's pages to whoever has the link and the date of birth; both are asked for again to go on later."""
    with transaction.atomic():
        lock(link_of(token).visit)
        link = link_of(token)  # as it is now that nobody else can change it
        visit = link.visit
        if secrets.compare_digest(born.isoformat(), visit.patient.born.isoformat()):
            handover = tablet.begin(visit, link.issued_by, link.expires_at, language)
            audit.log(visit.clinic, None, "link.opened", link, visit=str(visit.pk), handover=str(handover.pk))
            return handover
        left = count_wrong(link)
    raise WrongBirthDate(left)


def count_wrong(link: IntakeLink) -> int:
    """How many more tries are open; the trail has the count, never the date."""
    IntakeLink.objects.filter(pk=link.pk).update(wrong_days=F("wrong_days") + 1)
    link.refresh_from_db(fields=["wrong_days"])
    visit = link.visit
    audit.log(visit.clinic, None, "link.birth_date_refused", link, visit=str(visit.pk), count=link.wrong_days)
    if link.wrong_days >= MOST_WRONG:
        close(link, None, "locked")
    return max(0, MOST_WRONG - link.wrong_days)


def language_of(visit: Visit) -> str:
    """The language in which the link and the message speak, until the patient chooses."""
    return code_for(visit.patient.language)


def send(link: IntakeLink, address: str, by: User) -> None:
    """Email the link to the patient, once; what failed can be tried again."""
    visit = link.visit
    if link.emailed_at:
        return
    letters.send(message(link, address))
    with transaction.atomic():
        IntakeLink.objects.filter(pk=link.pk).update(emailed_at=timezone.now())
        audit.log(visit.clinic, by, "link.emailed", link, visit=str(visit.pk))


def message(link: IntakeLink, address: str) -> EmailMessage:
    """Nothing in it tells who the patient is, or what they come for."""
    visit = link.visit
    language = language_of(visit)
    last_day = (link.expires_at - datetime.timedelta(seconds=1)).astimezone(visit.clinic.zone).date()
    context = {"clinic": visit.clinic, "address": address, "day": last_day, "original": language == ORIGINAL}
    with translation.override(language):
        subject = render_to_string("clinic/email/phone_link_subject.txt", context)
        text = render_to_string("clinic/email/phone_link.txt", context)
    return letters.letter(visit.clinic, visit.patient.email, subject, text)
