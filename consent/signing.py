"""Signing a consent: each signature stored as it is given, the clinician's last, and with it the sealed record."""

import itertools
import json
import math
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.languages import ORIGINAL
from clinic.models import User, Visit
from clinic.text import check_name, tidy
from consent import comprehension, filing, requirements, telling, wording
from consent.models import Ceremony, Comprehension, Refusal, SealedDocument, Signature, SignerRole
from screening.evaluation import current_screening, lock
from screening.models import Decision, Review
from screening.review import check_may_proceed
from screening.standing import standings

PAD = (1000, 350)
MOST_POINTS = 2000
LEAST_LENGTH = 120.0
LONGEST_NAME = 120


class SigningRefused(Exception):
    """A signature that cannot be taken; the text says why and what to do."""


class CeremonyVoid(SigningRefused):
    """The case changed after the consent was shown, or somebody did not agree: it must be shown anew."""


class SignatureUnclear(SigningRefused):
    """Nothing, or next to nothing, was drawn or typed."""


class NotYet(SigningRefused):
    """Somebody else has to sign first."""


class WrongPassword(SigningRefused):
    """The clinician's password did not match."""


def current_ceremony(visit: Visit) -> Ceremony | None:
    return (
        visit.ceremonies.select_related("review__screening", "review__by", "visit__clinic")
        .order_by("-created_at")
        .first()
    )


def open_ceremony(review: Review, by: User) -> Ceremony:
    """Freeze the words and the signers of a consent; an open one that still fits is taken up again."""
    with transaction.atomic():
        visit = lock(review.visit)
        check_current(visit, review)
        if SealedDocument.objects.filter(review=review).exists():
            raise CeremonyVoid(_("This consent is signed and sealed already."))
        check_may_proceed(review.screening)
        signers = requirements.signers(review.screening, standings(review.screening))
        shown = telling.shown_for(review, signers)
        digest = wording.digest_of([shown, [signer.as_json() for signer in signers]])
        last = current_ceremony(visit)
        if last and last.review_id == review.pk and last.shown_digest == digest and not hasattr(last, "refusal"):
            return last
        ceremony = Ceremony.objects.create(
            visit=visit, review=review, opened_by=by, wording_version=wording.WORDING_VERSION, shown=shown,
            shown_digest=digest, roles=[signer.as_json() for signer in signers],
        )  # fmt: skip
        audit.log(visit.clinic, by, "consent.opened", ceremony, visit=str(visit.pk), digest=digest)
        return ceremony


def check_current(visit: Visit, review: Review) -> None:
    """The review is a decision to proceed on the visit's newest screening."""
    newest = current_screening(visit)
    if newest is None or review.screening_id != newest.pk:
        raise CeremonyVoid(
            _(
                "The plan or the answers have changed since. The consent must be shown again. Please give the tablet back to us."
            )
        )
    if review.decision != Decision.PROCEED:
        raise CeremonyVoid(_("The decision was not to proceed, so there is nothing to sign."))


def check_open(ceremony: Ceremony) -> None:
    check_current(ceremony.visit, ceremony.review)
    if Refusal.objects.filter(ceremony=ceremony).exists():  # asked anew each time: it may have come a moment ago
        raise CeremonyVoid(
            _("Somebody did not agree, so this consent cannot be signed. The clinician will talk with you.")
        )
    newest = current_ceremony(ceremony.visit)
    if newest and newest.pk != ceremony.pk:
        raise CeremonyVoid(
            _("The consent was shown again since you opened this page. Please go on from the newest one.")
        )


def signers_of(ceremony: Ceremony) -> list[requirements.Signer]:
    return [requirements.Signer(**row) for row in ceremony.roles]


def unsigned(ceremony: Ceremony) -> list[requirements.Signer]:
    """Who still has to sign, in order."""
    done = set(ceremony.signatures.values_list("role", flat=True))
    return [signer for signer in signers_of(ceremony) if signer.role not in done]


def next_on_tablet(ceremony: Ceremony) -> requirements.Signer | None:
    """Whose turn it is on the tablet; None when only the clinician is left."""
    return next((signer for signer in unsigned(ceremony) if signer.role != SignerRole.CLINICIAN), None)


def read_strokes(text: str) -> list[list[list[int]]]:
    """Strokes from the pad's JSON: lists of [x, y] within the pad; `SignatureUnclear` for nothing or a dot."""
    try:
        strokes = json.loads(text) if text else []
    except (ValueError, RecursionError):
        strokes = None
    if not isinstance(strokes, list) or not all(is_stroke(stroke) for stroke in strokes):
        raise SignatureUnclear(
            _("We could not read the drawing. Please press “Clear” and sign again, or type your name.")
        )
    if sum(len(stroke) for stroke in strokes) > MOST_POINTS:
        raise SignatureUnclear(_("The drawing is too long. Please press “Clear” and sign again, or type your name."))
    if not strokes:
        raise SignatureUnclear(_("There is nothing to see yet. Please draw your name in the box, or type it."))
    if sum(math.dist(a, b) for stroke in strokes for a, b in itertools.pairwise(stroke)) < LEAST_LENGTH:
        raise SignatureUnclear(_("This is a little too short for us. Please draw your whole name, or type it."))
    return strokes


def is_stroke(stroke: Any) -> bool:
    return (
        isinstance(stroke, list)
        and bool(stroke)
        and all(
            isinstance(point, list)
            and len(point) == 2
            and all(type(value) is int and 0 <= value <= most for value, most in zip(point, PAD, strict=True))
            for point in stroke
        )
    )


def read_typed(text: str) -> str:
    typed = tidy(text)
    try:
        check_name(typed)
    except ValidationError as wrong:
        raise SignatureUnclear(" ".join(wrong.messages)) from wrong
    if len(typed) < 2:
        raise SignatureUnclear(_("Please type your full name."))
    if len(typed) > LONGEST_NAME:
        raise SignatureUnclear(_("Please shorten the name to %(most)s letters.") % {"most": LONGEST_NAME})
    return typed


def make_signature(
    ceremony: Ceremony, signer: requirements.Signer, strokes: str, typed: str, user: User | None = None,
    language: str = ORIGINAL,
) -> Signature:  # fmt: skip
    """A signature that is not stored yet, drawn or typed, with its meaning as shown in that language."""
    words = wording.words_in(ceremony.shown, language)
    return Signature(
        ceremony=ceremony, role=signer.role, name=signer.name, standing=signer.standing,
        meaning=words["meanings"][signer.role], language=words["code"],
        strokes=None if typed.strip() else read_strokes(strokes), typed=read_typed(typed) if typed.strip() else "",
        user=user, created_at=timezone.now(),
    )  # fmt: skip


def check_turn(ceremony: Ceremony, role: str) -> requirements.Signer:
    """The person whose turn it is on the tablet; `NotYet` when the role is another's."""
    signer = next_on_tablet(ceremony)
    if signer is None or signer.role != role:
        raise NotYet(_("It is not this person's turn to sign. Please open the page again."))
    return signer


def answer(ceremony: Ceremony, code: str, attempt: int, said: str, language: str = ORIGINAL) -> Comprehension | None:
    """Take a reply, by its code, to the question of the moment; None for a page of before, so sent twice it is taken once."""
    with transaction.atomic():
        visit = lock(ceremony.visit)
        check_open(ceremony)
        turn = comprehension.next_turn(ceremony, language)
        if turn is None or (turn.code, turn.attempt) != (code, attempt):
            return None
        row = Comprehension.objects.create(
            ceremony=ceremony, code=code, attempt=attempt, language=turn.language, asked=turn.text,
            said=turn.words_of(said), right=said == turn.right,
        )  # fmt: skip
        audit.log(visit.clinic, None, "consent.question_answered", row, visit=str(visit.pk), attempt=attempt)
        return row


def sign(ceremony: Ceremony, role: str, strokes: str = "", typed: str = "", language: str = ORIGINAL) -> Signature:
    """Take the signature of the person whose turn it is on the tablet. Sent twice, it is taken once."""
    with transaction.atomic():
        visit = lock(ceremony.visit)
        if existing := ceremony.signatures.filter(role=role).first():
            return existing
        check_open(ceremony)
        signer = check_turn(ceremony, role)
        signature = make_signature(ceremony, signer, strokes, typed, language=language)
        signature.save()
        audit.log(visit.clinic, None, "consent.signed", signature, visit=str(visit.pk), role=role)
        return signature


def refuse(ceremony: Ceremony, role: str, words: str = "") -> Refusal:
    """Somebody who was asked does not agree; the consent ends here and the clinician sees it."""
    with transaction.atomic():
        visit = lock(ceremony.visit)
        if existing := Refusal.objects.filter(ceremony=ceremony).first():
            return existing
        check_open(ceremony)
        check_turn(ceremony, role)
        refusal = Refusal.objects.create(ceremony=ceremony, role=role, words=words)
        audit.log(visit.clinic, None, "consent.refused", refusal, visit=str(visit.pk), role=role)
        return refusal


def finish(ceremony: Ceremony, by: User, password: str, strokes: str = "", typed: str = "") -> SealedDocument:
    """The clinician's signature, by password, and with it the sealed record. Sent twice, it gives the same record."""
    if existing := SealedDocument.objects.filter(ceremony=ceremony).first():
        return existing
    check_open(ceremony)
    waiting = unsigned(ceremony)
    if [signer.role for signer in waiting] != [SignerRole.CLINICIAN]:
        names = ", ".join(
            f"{signer.label} ({signer.name})" for signer in waiting if signer.role != SignerRole.CLINICIAN
        )
        raise NotYet(_("The clinician signs last. Still to sign: %(names)s.") % {"names": names})
    if by.pk != ceremony.review.by_id:
        raise SigningRefused(
            _("The clinician who decided signs: %(name)s. Reopen the case to decide yourself.")
            % {"name": ceremony.review.by.printed_name}
        )
    if not by.check_password(password):
        note_wrong_password(ceremony, by)
        raise WrongPassword(_("The password is not right. Please try again; nothing was signed."))
    check_may_proceed(ceremony.review.screening)
    last = make_signature(ceremony, waiting[0], strokes, typed, by)
    filed = filing.seal_consent(ceremony, [*ceremony.signatures.all(), last])
    try:
        with transaction.atomic():
            visit = lock(ceremony.visit)
            check_open(ceremony)
            ceremony.review.screening.visit = visit  # as it is now: the record took a while to draw
            check_may_proceed(ceremony.review.screening)
            last.save()
            audit.log(visit.clinic, by, "consent.signed", last, visit=str(visit.pk), role=SignerRole.CLINICIAN)
            return filing.put_on_record(filed, ceremony.review, ceremony, by)
    except IntegrityError:
        # Another request completed the same consent while this one was drawing it: there is one record.
        if existing := SealedDocument.objects.filter(ceremony=ceremony).first():
            return existing
        raise


def note_wrong_password(ceremony: Ceremony, by: User) -> None:
    with transaction.atomic():
        audit.log(ceremony.visit.clinic, by, "consent.password_refused", ceremony, visit=str(ceremony.visit_id))
