"""Records of several lengths, as pages ready to be drawn."""

from consent.document import record_html
from consent.management.commands.demo import STORIES, Demo
from consent.models import SealedDocument
from tests.written import HEAD, SEALED_AT, TOKEN, WORDS, child_with_everything, consented


def page_of(document: SealedDocument) -> str:
    ceremony, review = document.ceremony, document.review
    if review is None:
        raise ValueError("a record of a decision is wanted")
    return record_html(
        review, number=document.number, sealed_at=SEALED_AT, head=HEAD, certificate="ab" * 32, ceremony=ceremony,
        signatures=list(ceremony.signatures.all()) if ceremony else [], valid_until=document.valid_until,
    )  # fmt: skip


def pages() -> dict[str, str]:
    """A deferral, a clear consent, one with overrides, and the longest."""
    demo, found = Demo(), {}
    for name, number in (("deferral", 5), ("clear consent", 0), ("consent with an override", 1)):
        STORIES[number](demo)
        found[name] = page_of(SealedDocument.objects.latest("sealed_at"))
    answer = " ".join(f"answer{i}" for i in range(370))
    screening = child_with_everything(demo, reason=WORDS, note=f"{TOKEN} held still", answer=answer)
    found["the longest"] = consented(demo, screening)
    return found
