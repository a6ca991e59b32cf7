"""The short records that follow a consent: that it was not given, or that it was taken back."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from clinic import audit, particulars
from clinic.languages import ORIGINAL
from consent.document import front, versions
from consent.document.words import Clock
from consent.models import Refusal, SealedDocument, Signature, SignerRole, Withdrawal
from screening.evaluation import case_of
from screening.models import Review, rules_of

LOGO = "asset:logo.png"  # by which a page asks for the clinic's logo


@dataclass(frozen=True)
class Line:
    """One thing that the record says, with what a person said apart from it."""

    label: str
    words: str


@dataclass(frozen=True)
class Note:
    """What happened, in one sentence and a few lines."""

    title: str
    sentence: str
    lines: tuple[Line, ...]


def of_refusal(refusal: Refusal, clock: Clock) -> Note:
    ceremony = refusal.ceremony
    names = {signer["role"]: signer["name"] for signer in ceremony.roles}
    lines = [
        Line(_("Who did not agree"), f"{names.get(refusal.role, '')}, {SignerRole(refusal.role).label}"),
        Line(_("When"), clock.moment(refusal.created_at)),
        Line(_("In their words"), refusal.words or _("No reason was given; none is needed.")),
        Line(_("Consent text that was shown"), f"{ceremony.wording_version}, {ceremony.shown_digest}"),
        *signatures_of(ceremony.signatures.order_by("created_at"), clock),
    ]
    return Note(
        _("Consent not given"), _("The consent was shown and not given. Nothing was needled on it."), tuple(lines)
    )


def signatures_of(rows: Iterable[Signature], clock: Clock) -> list[Line]:
    return [
        Line(_("Had signed before"), f"{row.name}, {SignerRole(row.role).label}, {clock.moment(row.created_at)}")
        for row in rows
    ]


def of_withdrawal(withdrawal: Withdrawal, clock: Clock) -> Note:
    lines = [
        Line(_("Who took it back"), f"{withdrawal.name}, {SignerRole(withdrawal.role).label}"),
        Line(_("When they said so"), clock.time(withdrawal.said_at)),
        Line(_("What had been done by then"), withdrawal.done),
        Line(_("In their words"), withdrawal.words or _("No reason was given; none is needed.")),
        Line(_("Recorded by"), f"{withdrawal.by.printed_name}, {clock.moment(withdrawal.created_at)}"),
    ]
    sentence = _("The consent named below was taken back. It no longer permits any treatment.")
    return Note(_("Consent withdrawn"), sentence, tuple(lines))


def note_html(
    note: Note, review: Review, *, number: str, sealed_at: datetime.datetime, head: audit.Head, certificate: str,
    previous: SealedDocument | None, address: str = "",
) -> str:  # fmt: skip
    """A record of one page or two, which points to the record before it by its hash."""
    clinic, clock = review.visit.clinic, Clock(review.visit.clinic.zone)
    at, sealed_at = sealed_at, sealed_at.astimezone(clinic.zone).replace(microsecond=0)
    screening = review.screening
    with override(ORIGINAL):
        return render_to_string("consent/record_note.html", {
            "clinic": clinic, "logo": LOGO if particulars.logo_of(clinic, at) else "", "number": number,
            "sealed": clock.moment(sealed_at), "created": sealed_at.isoformat(),
            "language": ORIGINAL, "title": note.title, "note": note, "previous": before(previous, clock),
            "patient": front.person(screening, case_of(screening.intake, screening.plan, rules_of(screening.policy)), clock),
            "visit": front.coming(review, clock),
            "check": versions.check_at(number, address),
            "versions": versions.versions(screening, None, head, certificate),
        })  # fmt: skip


@dataclass(frozen=True)
class Before:
    """The record that this one follows."""

    number: str
    kind: str
    sealed: str
    sha256: str


def before(previous: SealedDocument | None, clock: Clock) -> Before | None:
    if previous is None:
        return None
    return Before(previous.number, str(previous.get_kind_display()), clock.moment(previous.sealed_at), previous.sha256)
