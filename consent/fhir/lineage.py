"""The decision and the consent to which a record goes back, and many records read with theirs at once."""

from django.db.models import Prefetch, QuerySet

from consent.fhir.agreement import Agreement
from consent.models import Ceremony, Refusal, SealedDocument, Signature, Withdrawal
from screening.models import Review


def lineage(document: SealedDocument) -> tuple[Review, Agreement | None]:
    """The decision, and what was agreed on it or not; None where nobody was asked."""
    if document.refusal:
        given = refused(document.refusal)
    elif document.withdrawal:
        given = withdrawn(document.withdrawal)
    elif document.review:
        return document.review, agreed(document.review, document.ceremony)
    else:
        raise ValueError("a record goes back to a decision")
    return given.review, given


def agreed(review: Review, ceremony: Ceremony | None) -> Agreement | None:
    return Agreement(review, ceremony, list(ceremony.signatures.all())) if ceremony else None


def refused(row: Refusal) -> Agreement:
    """With whatever had been signed by then."""
    return Agreement(row.ceremony.review, row.ceremony, list(row.ceremony.signatures.all()), refusal=row)


def withdrawn(row: Withdrawal) -> Agreement:
    """With the signatures of the consent that was taken back."""
    review, ceremony = row.consent.review, row.consent.ceremony
    if review is None or ceremony is None:
        raise ValueError("only a consent is taken back")
    return Agreement(review, ceremony, list(ceremony.signatures.all()), withdrawal=row)


def with_lineage(documents: QuerySet[SealedDocument]) -> QuerySet[SealedDocument]:
    """The records with all that their bundles are made of, in the same number of queries however many they are."""
    reviews = Review.objects.select_related(
        "by", "screening__intake__corrected_by", "screening__policy"
    ).prefetch_related("screening__findings", "screening__sites")
    ceremonies = Ceremony.objects.prefetch_related(
        Prefetch("review", reviews), Prefetch("signatures", Signature.objects.select_related("user"))
    )
    consents = SealedDocument.objects.prefetch_related(Prefetch("review", reviews), Prefetch("ceremony", ceremonies))
    refusals = Refusal.objects.prefetch_related(Prefetch("ceremony", ceremonies))
    withdrawals = Withdrawal.objects.select_related("by").prefetch_related(Prefetch("consent", consents))
    return documents.select_related("clinic", "visit__patient", "visit__clinic", "previous").prefetch_related(
        Prefetch("review", reviews), Prefetch("ceremony", ceremonies),
        Prefetch("refusal", refusals), Prefetch("withdrawal", withdrawals),
    )  # fmt: skip
