"""A clinic that has been at work for years, written straight into its tables: sealed records, and cases that are open."""

import datetime
import hashlib
import itertools
import random
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from clinic.models import Clinic, Handover, Patient, Purpose, User, Visit
from clinic.text import folded
from consent.models import Ceremony, RecordKind, RecordWord, SealedDocument, SealingCertificate
from consent.name_words import key_of, words_of
from screening.models import Decision, Finding, Intake, Review, Screening
from screening.precautions.vocabulary import Outcome
from tests import papers

BATCH = 2000
BEGIN = "Ke Li Ha No Ro Ra Kai Bro Qui Pa Or Fi Sto Mar Des Tru Wen Abe Vil Gro Sor Ul Yam Zie Cha Dun Ede Fro Gal Hem Ivo Jan"
END = "ogh ndqvist ddad wak ssi rao ser wn nn rk tiz nch neby tin mond long sley lard la ve ell rich ada gler man bar na st lo ry"
FAMILY = [begin + end for end in END.split() for begin in BEGIN.split()]
GIVEN = ["Ann", "Ruth", "Layla", "Ewa", "Lucía", *(f"{name}{end}" for end in ("a", "o", "en") for name in BEGIN.split())]
# As common as in a town: the first family name has one person in fifty, the first given name one in fourteen.
SHARES = [
    list(itertools.accumulate(1 / (rank + start) for rank in range(len(names)))) for names, start in ((FAMILY, 10), (GIVEN, 4))
]
NUMBERS = itertools.count()
CHANCE = random.Random(11)


def certificate(clinic: Clinic) -> SealingCertificate:
    row = SealingCertificate.objects.filter(clinic=clinic).first()
    return row or SealingCertificate.objects.create(
        clinic=clinic, fingerprint=hashlib.sha256(clinic.pk.bytes).hexdigest(), valid_until=timezone.now(),
        pem=papers.sealer().certificate_pem,
    )  # fmt: skip


def patient(clinic: Clinic, number: int) -> Patient:
    family, given = (CHANCE.choices(names, cum_weights=shares)[0] for names, shares in zip((FAMILY, GIVEN), SHARES, strict=True))
    born = datetime.date(1940 + number % 70, 1 + number % 12, 1 + number % 28)
    name = f"{given} {family} {number}"
    return Patient(clinic=clinic, name=name, name_key=folded(name), born=born)


def visit(of: Patient, clinician: User, starts_at: datetime.datetime) -> Visit:
    return Visit(
        clinic=of.clinic, patient=of, clinician=clinician, reason="Neck pain", starts_at=starts_at, opened_by=clinician
    )


def handed_over(of: Visit, by: User) -> Handover:
    at = of.starts_at
    return Handover(
        visit=of, purpose=Purpose.INTAKE, issued_by=by, created_at=at, seen_at=at, expires_at=at, ended_at=at,
        ended_because="sent",
    )  # fmt: skip


def intake(of: Visit, sent_at: datetime.datetime) -> Intake:
    return Intake(
        visit=of, questionnaire_version="1", questionnaire_digest="-", replies={}, asked=[], created_at=sent_at
    )


def screening(of: Intake, seq: int = 1, weight: int = -1) -> Screening:
    return Screening(
        visit=of.visit, intake=of, seq=seq, rules_version="1", born=of.visit.patient.born, today=datetime.date(2026, 1, 1),
        replies={}, overall=[], conflicts=[], open=[], cause="submitted", weight=weight, created_at=of.created_at,
    )  # fmt: skip


def finding(of: Screening, part: str, outcome: str, **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "number": 11, "scope": "person", "origin": "source", "places": [], "reasons": [], "requires": [],
        "overridable": False, "declines": False, "awaits_staff_only": False, "fingerprint": part,
    }  # fmt: skip
    return Finding(screening=of, part=part, outcome=outcome, **(values | changes))


def review(of: Screening, by: User, decision: str = Decision.PROCEED, **changes: Any) -> Review:
    reason = "" if decision == Decision.PROCEED else "Come back another day"
    return Review(visit=of.visit, screening=of, decision=decision, by=by, **({"reason": reason} | changes))


def ceremony(of: Review, roles: tuple[str, ...] = ("patient", "clinician"), **changes: Any) -> Ceremony:
    signers = [{"role": role, "name": role, "label": role, "standing": ""} for role in roles]
    return Ceremony(
        visit=of.visit, review=of, opened_by=of.by, wording_version="1", shown={}, shown_digest="-", roles=signers, **changes
    )


def document(
    of: Review, seal: SealingCertificate, at: datetime.datetime, consent: Ceremony | None = None
) -> SealedDocument:
    number = next(NUMBERS)
    return SealedDocument(
        clinic=of.visit.clinic, visit=of.visit, review=of, ceremony=consent, certificate=seal, sealed_at=at, size=1,
        kind=RecordKind.CONSENT if consent else RecordKind.DECISION, number=f"{number:012d}", unsigned_length=1,
        sha256=hashlib.sha256(str(number).encode()).hexdigest(), patient_name=of.visit.patient.name,
        decision=of.decision, decided_by=of.by,
        patient_key=key_of(of.visit.patient.name), clinician_name=of.by.printed_name,
        valid_until=at.date() + datetime.timedelta(days=180),
    )  # fmt: skip


def save(*rows: list[Any]) -> None:
    """Each list in one go, in the order given; append-only rows are new, so nothing is changed."""
    for these in rows:
        if these:
            type(these[0])._base_manager.bulk_create(these, batch_size=BATCH)


def sealed(clinic: Clinic, by: User, count: int) -> None:
    """Visits of the last three years, their decisions sealed: every tenth deferred, the others consents."""
    seal, now = certificate(clinic), timezone.now()
    for numbers in batches(count):
        times = [now - datetime.timedelta(days=2 + number % 1000, minutes=number % 600) for number in numbers]
        patients = [patient(clinic, number) for number in numbers]
        visits = [visit(of, by, at) for of, at in zip(patients, times, strict=True)]
        for row, at in zip(visits, times, strict=True):
            row.closed_at = at
        intakes = [intake(of, at) for of, at in zip(visits, times, strict=True)]
        screenings = [screening(of) for of in intakes]
        reviews = [decided(of, by, number) for of, number in zip(screenings, numbers, strict=True)]
        consents = {of: ceremony(of) for of in reviews if of.decision == Decision.PROCEED}
        papers = [document(of, seal, at, consents.get(of)) for of, at in zip(reviews, times, strict=True)]
        handed = [handed_over(of, by) for of in visits]
        save(patients, visits, handed, intakes, screenings, reviews, list(consents.values()), papers)
        save([word for paper in papers for word in words(paper)])


def words(of: SealedDocument) -> list[RecordWord]:
    """By which the record is found."""
    return [RecordWord(clinic=of.clinic, document=of, word=word) for word in words_of(of.patient_name, of.number)]


def decided(of: Screening, by: User, number: int) -> Review:
    if number % 10:
        return review(of, by)
    return review(of, by, Decision.DEFER, until=of.created_at.date() + datetime.timedelta(days=14))


def open_cases(clinic: Clinic, by: User, count: int) -> None:
    """Cases of today of every class; every tenth waits for its answers, every seventh for the consent."""
    chance, now = random.Random(7), timezone.now()
    for numbers in batches(count):
        patients = [patient(clinic, number) for number in numbers]
        visits = [visit(of, by, now - datetime.timedelta(minutes=chance.randrange(300))) for of in patients]
        intakes = [intake(of, of.starts_at) for of, number in zip(visits, numbers, strict=True) if number % 10]
        screenings, findings = [], []
        for of in intakes:
            outcomes = chance.sample(list(Outcome), 3)
            screenings.append(screening(of, weight=max(outcome.weight for outcome in outcomes)))
            findings += [finding(screenings[-1], f"{at}a", outcome) for at, outcome in enumerate(outcomes)]
        reviews = [review(of, by) for of in screenings[::7]]
        save(patients, visits, intakes, screenings, findings, reviews)


def batches(count: int) -> Iterator[list[int]]:
    for start in range(0, count, BATCH):
        yield list(range(start, min(start + BATCH, count)))


def settle() -> None:
    """What a database in use has done by itself: it knows how its rows are spread."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
