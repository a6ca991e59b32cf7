"""A patient's copy of their record: by a link that the birth date opens, or on the tablet; only the link's hash is kept."""

import datetime
import secrets

from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from clinic import audit, letters
from clinic.models import User
from clinic.phone import KEY_BYTES, MOST_WRONG, LinkClosed, WrongBirthDate, hashed
from consent.aftercare import language_of
from consent.models import CopyLink, SealedDocument

LASTS = datetime.timedelta(days=14)
OPEN = datetime.timedelta(minutes=30)  # from the first opening: time to read the record and the sheet, and no more


def make(document: SealedDocument, by: User) -> tuple[CopyLink, str]:
    """A new link and its token, which is stored nowhere; an earlier link to this record ends."""
    token, now = secrets.token_urlsafe(KEY_BYTES), timezone.now()
    with transaction.atomic():
        CopyLink.objects.filter(document=document, ended_at=None).update(ended_at=now)
        link = CopyLink.objects.create(
            document=document, token_sha256=hashed(token), issued_by=by, expires_at=now + LASTS
        )
        audit.log(document.clinic, by, "copy.link_made", link, visit=str(document.visit_id))
    return link, token


def link_of(token: str) -> CopyLink:
    """The link that a token opens; `LinkClosed` for one that is over, used, locked, or was never made."""
    links = CopyLink.objects.select_related("document__clinic", "document__visit__patient", "document__ceremony__visit")
    link: CopyLink | None = links.filter(
        token_sha256=hashed(token), ended_at=None, expires_at__gt=timezone.now()
    ).first()
    if link is None or (link.opened_at and timezone.now() - link.opened_at >= OPEN):
        raise LinkClosed
    return link


def enter(token: str, born: datetime.date) -> SealedDocument:
    """The record, for whoever has the link and the birth date; five wrong dates close the link."""
    with transaction.atomic():
        CopyLink.objects.select_for_update().filter(token_sha256=hashed(token)).first()
        link = link_of(token)
        document = link.document
        if secrets.compare_digest(born.isoformat(), document.visit.patient.born.isoformat()):
            CopyLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=timezone.now())
            audit.log(document.clinic, None, "copy.read", document, visit=str(document.visit_id))
            return document
        CopyLink.objects.filter(pk=link.pk).update(wrong_days=F("wrong_days") + 1)
        link.refresh_from_db(fields=["wrong_days"])
        audit.log(
            document.clinic, None, "copy.birth_date_refused", link, visit=str(document.visit_id), count=link.wrong_days
        )
        left = max(0, MOST_WRONG - link.wrong_days)
        if not left:
            CopyLink.objects.filter(pk=link.pk).update(ended_at=timezone.now())
    raise WrongBirthDate(left)


def send(link: CopyLink, address: str, by: User) -> None:
    """Email the link, once. Nothing in the message tells who the patient is, or what was done."""
    document = link.document
    if link.emailed_at:
        return
    language = language_of(document.ceremony) if document.ceremony else "en"
    context = {"clinic": document.clinic, "address": address}
    with translation.override(language):
        subject = render_to_string("consent/email/copy_subject.txt", context)
        text = render_to_string("consent/email/copy.txt", context)
    letters.send(letters.letter(document.clinic, document.visit.patient.email, subject, text))
    with transaction.atomic():
        CopyLink.objects.filter(pk=link.pk).update(emailed_at=timezone.now())
        audit.log(document.clinic, by, "copy.emailed", link, visit=str(document.visit_id))
