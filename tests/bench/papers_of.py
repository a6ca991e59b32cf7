"""Records of several lengths, as pages ready to be drawn."""

import json
import math

from consent.document import record_html
from consent.management.commands.demo import STORIES, Demo
from consent.models import SealedDocument, Signature
from tests.written import HEAD, SEALED_AT, TOKEN, WORDS, child_with_everything, consented

# Three strokes in a little over two seconds: a name written by hand has about as many points as this.
HANDWRITING = [
    [[60 + 250 * stroke + 6 * at, round(180 + 90 * math.sin(at / 2.5 + stroke) * math.cos(at / 11))] for at in range(42)]
    for stroke in range(3)
]


def by_hand(signatures: list[Signature]) -> list[Signature]:
    """As if everybody had drawn theirs."""
    for signature in signatures:
        signature.strokes, signature.typed = HANDWRITING, ""
    return signatures


def page_of(document: SealedDocument) -> str:
    ceremony, review = document.ceremony, document.review
    if review is None:
        raise ValueError("a record of a decision is wanted")
    return record_html(
        review, number=document.number, sealed_at=SEALED_AT, head=HEAD, certificate="ab" * 32, ceremony=ceremony,
        signatures=by_hand(list(ceremony.signatures.all())) if ceremony else [], valid_until=document.valid_until,
    )  # fmt: skip


def pages() -> dict[str, str]:
    """A deferral, a clear consent, one with overrides, and the longest."""
    demo, found = Demo(), {}
    for name, number in (("deferral", 5), ("clear consent", 0), ("consent with an override", 1)):
        STORIES[number](demo)
        found[name] = page_of(SealedDocument.objects.latest("sealed_at"))
    answer = " ".join(f"answer{i}" for i in range(370))
    screening = child_with_everything(demo, reason=WORDS, note=f"{TOKEN} held still", answer=answer)
    found["the longest"] = consented(demo, screening, ink=json.dumps(HANDWRITING))
    return found
