"""What the database says of a visit, beside the same rules in plain Python: equal over many made-up visits."""

import datetime
import random

import pytest
from django.utils import timezone

from clinic.models import Clinic, User, Visit
from consent.models import Ceremony, Refusal, SealedDocument, Signature
from consent.queue import open_visits, queue, sealed_today
from consent.stages import State, with_order, with_state
from screening.models import Decision, Finding, Intake, Override, Review, Screening, SecondOpinion
from screening.precautions.vocabulary import Outcome, Requirement
from tests.bench import crowd
from tests.people import make_clinic, make_member, make_patient

MADE = 200
ROLES = (("patient", "clinician"), ("patient", "guardian", "clinician"), ("representative", "interpreter", "clinician"))
SECOND = [Requirement.OVERRIDE, Requirement.SECOND_CLINICIAN]


class Maker:
    """Visits with any mixture of rows that the tables allow, whether or not the verbs would write them."""

    def __init__(self, clinic: Clinic, by: User, other: User, seed: int) -> None:
        self.clinic, self.by, self.other, self.chance = clinic, by, other, random.Random(seed)
        self.now = timezone.now()

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def visit(self) -> Visit:
        start = self.now - datetime.timedelta(minutes=self.chance.choice((5, 30, 60)))
        if self.often(0.2):
            start -= datetime.timedelta(days=self.chance.choice((1, 3, -2)))
        found = crowd.visit(make_patient(self.clinic), self.by, start)
        found.save()
        if self.often(0.85):
            intake = crowd.intake(found, start + datetime.timedelta(minutes=self.chance.choice((0, 2, 4))))
            intake.save()
            self.screenings(intake)
        Visit.objects.filter(pk=found.pk).update(closed_at=self.now if is_sealed(found) else None)
        return found

    def screenings(self, intake: Intake) -> None:
        for seq in range(1, self.chance.choice((1, 1, 2, 3)) + 1):
            outcomes = self.chance.sample(list(Outcome), self.chance.choice((0, 1, 2)))
            row = crowd.screening(intake, seq, max((outcome.weight for outcome in outcomes), default=-1))
            row.save()
            for at, outcome in enumerate(outcomes):
                self.finding(row, f"{at + 1}a", outcome)
            if self.often(0.4):
                self.review(row)

    def finding(self, of: Screening, part: str, outcome: Outcome) -> None:
        requires = self.chance.choice(([], SECOND, SECOND))
        row = crowd.finding(of, part, outcome, requires=requires, fingerprint=self.chance.choice("ab"))
        row.save()
        if self.often(0.6):
            over = Override.objects.create(finding=row, by=self.by, reason="Reason enough to go on")
            if self.often(0.6):
                agrees = self.often(0.5)
                SecondOpinion.objects.create(override=over, first=self.by, by=self.other, agrees=agrees)

    def review(self, of: Screening) -> None:
        decision = self.chance.choice((Decision.PROCEED, Decision.PROCEED, Decision.DEFER))
        row = crowd.review(of, self.by, decision)
        row.save()
        consent = None
        for _ in range(self.chance.choice((0, 1, 2)) if decision == Decision.PROCEED else 0):
            consent = self.ceremony(row)
        if self.often(0.3) and (consent or decision != Decision.PROCEED):
            crowd.document(row, crowd.certificate(self.clinic), self.now, consent).save()

    def ceremony(self, of: Review) -> Ceremony:
        row = crowd.ceremony(of, self.chance.choice(ROLES))
        row.save()
        for signer in row.roles:
            if self.often(0.7):
                user = self.by if signer["role"] == "clinician" else None
                Signature.objects.create(
                    ceremony=row, role=signer["role"], name="N", meaning="M", typed="Name", user=user
                )
        if self.often(0.2):
            Refusal.objects.create(ceremony=row, role="patient")
        return row


def newest(visit: Visit) -> Screening | None:
    return visit.screenings.order_by("-seq").first()


def is_sealed(visit: Visit) -> bool:
    return SealedDocument.objects.filter(review__screening=newest(visit)).exists() if newest(visit) else False


def state_of(visit: Visit) -> State:
    """The rules, one case after the other."""
    screening = newest(visit)
    if screening is None:
        return State.ANSWERS
    review = Review.objects.filter(screening=screening).first()
    if review is None:
        return opinion_of(visit, screening)
    if SealedDocument.objects.filter(review=review).exists():
        return State.SEALED
    if review.decision != Decision.PROCEED:
        return State.NOT_SEALED
    return consent_of(review)


def opinion_of(visit: Visit, screening: Screening) -> State:
    rows = Override.objects.filter(finding__screening__visit=visit).order_by("created_at")
    standing = {row.finding.fingerprint: row for row in rows}  # the last word on the same finding
    due = [
        standing[finding.fingerprint]
        for finding in Finding.objects.filter(screening=screening)
        if Requirement.SECOND_CLINICIAN in finding.requires and finding.fingerprint in standing
    ]
    opinions = [SecondOpinion.objects.filter(override=row).first() for row in due]
    if any(opinion and not opinion.agrees for opinion in opinions):
        return State.DISAGREED
    return State.SECOND if None in opinions else State.REVIEW


def consent_of(review: Review) -> State:
    ceremony = Ceremony.objects.filter(review=review).order_by("-created_at").first()
    if ceremony is None:
        return State.CONSENT
    if Refusal.objects.filter(ceremony=ceremony).exists():
        return State.REFUSED
    signed = set(Signature.objects.filter(ceremony=ceremony).values_list("role", flat=True))
    waiting = {signer["role"] for signer in ceremony.roles} - signed
    return State.CLINICIAN_SIGNS if waiting <= {"clinician"} else State.CONSENT


def place_of(visit: Visit) -> tuple[int, datetime.datetime]:
    screening, intake = newest(visit), visit.intakes.filter(version=1).first()
    return -(screening.weight if screening else -1), intake.created_at if intake else visit.starts_at


@pytest.mark.parametrize("seed", [1, 2])
def test_states_and_order_in_the_database_are_those_of_the_rules(db, seed):
    clinic = make_clinic()
    by, other = make_member(clinic), make_member(clinic, name="Tom Ellis")
    maker = Maker(clinic, by, other, seed)
    visits = {visit.pk: visit for visit in (maker.visit() for _ in range(MADE))}
    wanted = {pk: state_of(visit) for pk, visit in visits.items()}
    assert set(wanted.values()) == set(State), "the made-up visits must reach every state"
    assert dict(with_state(Visit.objects.all()).values_list("pk", "state")) == wanted

    shown = list(with_order(open_visits(Visit.objects.all(), clinic)))
    assert [place_of(visit) for visit in shown] == sorted(place_of(visit) for visit in shown)

    start = datetime.datetime.combine(clinic.today(), datetime.time.min, clinic.zone)
    end = start + datetime.timedelta(days=1)
    today = {pk for pk, visit in visits.items() if start <= visit.starts_at < end}
    undone = {
        pk for pk, visit in visits.items() if visit.starts_at < end and visit.intakes.exists() and not is_sealed(visit)
    }
    assert {visit.pk for visit in shown} == {pk for pk in today | undone if wanted[pk] != State.SEALED}
    sealed = {pk for pk in today if wanted[pk] == State.SEALED}
    assert {visit.pk for visit in sealed_today(Visit.objects.all(), clinic)} == sealed

    found = queue(Visit.objects.all(), clinic, by)
    assert found.counts.total() == len(today | undone)
    assert all(row.state == wanted[row.visit.pk] for group in found.groups for row in group.rows)
