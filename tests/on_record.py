"""Sealed records put on record in a moment, with a one-page PDF in place of the drawn one."""

from datetime import datetime

from django.utils import timezone

from consent import archive, filing, sealing
from consent.management.commands.demo import Demo
from consent.models import Ceremony, RecordKind, SealedDocument, SealingCertificate
from screening import review as reviewing
from screening.models import Review, Screening
from tests import papers


def certificate(demo: Demo) -> SealingCertificate:
    sealer = papers.sealer()
    row = SealingCertificate.objects.filter(fingerprint=sealer.fingerprint).first()
    return row or SealingCertificate.objects.create(
        clinic=demo.clinic, fingerprint=sealer.fingerprint, pem=sealer.certificate_pem, valid_until=sealer.not_after
    )


def put(demo: Demo, review: Review, at: datetime | None = None, ceremony: Ceremony | None = None) -> SealedDocument:
    """The review's record, sealed and in the archive. `at`: as if it had been sealed then."""
    sealed = sealing.seal(papers.draft(), papers.sealer(), reason="Record", location=demo.clinic.name)
    return SealedDocument.objects.create(
        visit=review.visit, review=review, ceremony=ceremony, number=filing.new_number(),
        kind=RecordKind.CONSENT if ceremony else RecordKind.DECISION, sha256=archive.put(sealed), size=len(sealed),
        unsigned_length=len(papers.draft()), certificate=certificate(demo), sealed_at=at or timezone.now(),
    )  # fmt: skip


def decided(demo: Demo, name: str, decision: str = "defer", screening: Screening | None = None) -> Review:
    """A case of this name, decided by Siobhan."""
    screening = screening or demo.case(name, 40, "Sore neck")
    return reviewing.decide(screening, decision, demo.siobhan, "Come back another day")
