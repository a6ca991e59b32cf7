"""How far a consent on the tablet has come, for the clinician who follows it: read, answered, signed."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.languages import status_words
from clinic.models import Handover, Purpose, Visit
from consent import comprehension, reading, signing
from consent.models import Ceremony, Refusal, SealedDocument, Signature, SignerRole
from consent.requirements import Signer
from consent.wording import PAGES, words_in
from screening.models import Decision, Review

DONE, NOW, TODO = "done", "now", "todo"


@dataclass(frozen=True)
class Step:
    """One part of the consent: `state` is done, now or todo; `name` is whose part it is."""

    state: str
    words: str
    name: str = ""
    note: str = ""


def steps(visit: Visit, ceremony: Ceremony | None, waiting: list[Signer]) -> list[Step]:
    """From the hand-over to the clinician's signature; the first that is not done is under way while the tablet is out.

    `waiting` names who will sign where no consent has been opened yet.
    """
    handover = last_handover(visit, ceremony)
    found = [handed_over(handover)]
    if ceremony:
        signed = {row.role: row for row in ceremony.signatures.all()}
        found += [read(ceremony, signed), *answered(ceremony)]
        found += [signature(signer, signed.get(signer.role)) for signer in signing.signers_of(ceremony)]
    else:
        found += [signature(signer, None) for signer in waiting]
    return under_way(found) if handover and handover.is_open else found


def under_way(found: list[Step]) -> list[Step]:
    at = next((at for at, step in enumerate(found) if step.state == TODO), len(found))
    return [Step(NOW, step.words, step.name, step.note) if turn == at else step for turn, step in enumerate(found)]


def last_handover(visit: Visit, ceremony: Ceremony | None) -> Handover | None:
    """The newest in which this consent was in the patient's hands."""
    found = visit.handovers.filter(purpose=Purpose.CONSENT).order_by("-created_at").first()
    over = found and ceremony and found.ended_at and found.ended_at < ceremony.created_at
    return None if ceremony is None or over else found


def handed_over(handover: Handover | None) -> Step:
    words = _("Handed to the patient")
    if handover is None:
        return Step(TODO, words, note=_("not yet"))
    if handover.is_open:
        return Step(DONE, words, note=_("%(at)s, in their hands now") % {"at": clock(handover.created_at)})
    back = handover.ended_at or min(handover.expires_at, handover.seen_at)
    at = {"at": clock(handover.created_at), "back": clock(back)}
    return Step(DONE, words, note=_("%(at)s, no longer in their hands since %(back)s") % at)


def clock(moment: datetime.datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")


def read(ceremony: Ceremony, signed: dict[str, Signature]) -> Step:
    pages = reading.pages_of(ceremony)
    shown = reading.read_pages(ceremony, pages)
    words = _("Read the consent")
    if len(shown) == len(pages):
        return Step(DONE, words, note=_("all %(total)s pages") % {"total": len(pages)})
    if signed:  # on a tablet of before pages were noted
        return Step(DONE, words)
    if not shown:
        return Step(TODO, words, note=_("%(total)s pages") % {"total": len(pages)})
    at = {"at": len(shown), "total": len(pages), "page": _(PAGES[shown[-1]])}
    return Step(TODO, words, note=_("page %(at)s of %(total)s: %(page)s") % at)


def answered(ceremony: Ceremony) -> list[Step]:
    total = len(ceremony.shown.get("questions", []))
    if not total:
        return []
    settled = sum(comprehension.is_settled(rows) for rows in comprehension.answers_of(ceremony).values())
    missed = sum(item.missed for item in comprehension.heard(ceremony))
    notes = [_("%(done)s of %(total)s") % {"done": settled, "total": total}]
    if missed:
        notes.append(_("missed at first: %(count)s") % {"count": missed})
    return [Step(DONE if settled == total else TODO, _("Questions answered"), note=" · ".join(notes))]


def signature(signer: Signer, row: Signature | None) -> Step:
    if row is None:
        return Step(TODO, f"{signer.label}:", signer.name, _("still to sign"))
    language = status_words(row.language, words_in(row.ceremony.shown, row.language)["checked"])
    return Step(
        DONE, f"{signer.label}:", row.name, " · ".join(part for part in (clock(row.created_at), language) if part)
    )


def followed(
    visit: Visit, made: Review | None, ceremony: Ceremony | None, waiting: list[Signer], in_full: bool
) -> dict[str, Any]:
    """As plain values. `in_full`: with what was answered, which is for those who treat and not for the front desk."""
    decided = made is not None and made.decision == Decision.PROCEED
    found = {
        "steps": [asdict(step) for step in steps(visit, ceremony, waiting)],
        "stage": stage(ceremony) if decided else "undecided",
    }
    return found | ({"heard": heard_json(ceremony)} if in_full else {})


def stage(ceremony: Ceremony | None) -> str:
    """What the clinician can do now; when it changes, their page is out of date."""
    if ceremony is None:
        return "unopened"
    if SealedDocument.objects.filter(ceremony=ceremony).exists():
        return "sealed"
    if Refusal.objects.filter(ceremony=ceremony).exists():
        return "refused"
    signed = {row.role for row in ceremony.signatures.all()}
    others = {signer.role for signer in signing.signers_of(ceremony)} - {SignerRole.CLINICIAN.value}
    return "ready" if others <= signed else "open"


def heard_json(ceremony: Ceremony | None) -> list[dict[str, Any]]:
    """What was answered to the questions, missed ones with every answer."""
    return [
        {
            "question": item.question, "asked": item.asked, "language": item.language, "missed": item.missed,
            "understood": item.understood,
            "tries": [
                {
                    "right": one.right, "language": one.language,
                    "said": one.original or one.said, "own": one.said if one.original else "",
                }
                for one in item.tries
            ],
        }
        for item in (comprehension.heard(ceremony) if ceremony else [])
    ]  # fmt: skip
