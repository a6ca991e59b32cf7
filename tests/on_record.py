"""Sealed records put on record in a moment, with a one-page PDF in place of the drawn one."""

from datetime import datetime

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from consent import archive, durable, filing, keys, sealing
from consent.management.commands.demo import Demo
from consent.models import Ceremony, SealedDocument, SealingCertificate
from screening import review as reviewing
from screening.models import Review, Screening
from tests import papers


def keep_key(demo: Demo) -> None:
    """The key of these records as the clinic's own, for what else is signed with it."""
    path = keys.identity_path(settings.VAR / "keys", demo.clinic.pk)
    if not path.exists():
        durable.write(path, papers.identity(settings.KEY_PASSPHRASE), replace=True)


def certificate(demo: Demo) -> SealingCertificate:
    sealer = papers.sealer()
    keep_key(demo)
    row = SealingCertificate.objects.filter(fingerprint=sealer.fingerprint).first()
    return row or SealingCertificate.objects.create(
        clinic=demo.clinic, fingerprint=sealer.fingerprint, pem=sealer.certificate_pem, valid_until=sealer.not_after
    )


def put(demo: Demo, review: Review, at: datetime | None = None, ceremony: Ceremony | None = None) -> SealedDocument:
    """The review's record, sealed and in the archive. `at`: as if it had been sealed then."""
    sealed, draft = sealing.seal(papers.draft(), papers.sealer(), reason="Record", location=demo.clinic.name).data, papers.draft()
    filed = filing.Filed(
        filing.new_number(), archive.put(sealed), len(sealed), len(draft), certificate(demo), at or timezone.now(), None
    )
    with transaction.atomic():
        return filing.put_on_record(filed, review, ceremony, review.by)


def decided(demo: Demo, name: str, decision: str = "defer", screening: Screening | None = None) -> Review:
    """A case of this name, decided by Siobhan."""
    screening = screening or demo.case(name, 40, "Sore neck")
    return reviewing.decide(screening, decision, demo.siobhan, "Come back another day")


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes of the files that are read from the archive from here on, as they are read."""
    found: list[str] = []
    get = archive.get

    def noted(sha256: str) -> bytes:
        found.append(sha256)
        return get(sha256)

    monkeypatch.setattr(archive, "get", noted)
    return found
