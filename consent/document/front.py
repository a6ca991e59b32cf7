"""The first page of a record: who, when, what was decided and why."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.languages import status_words
from consent.document.findings import Found, Overridden, needle_words
from consent.document.plan import PrintedPlan
from consent.document.words import Act, Clock, act, listed, overall_words
from screening.assistance import Helper, helpers_of
from screening.models import Decision, Intake, Review, Screening
from screening.precautions.vocabulary import Case
from screening.standing import Standings


@dataclass(frozen=True)
class Person:
    name: str
    born: str
    age: str
    language: str
    answered_in: str
    helpers: tuple[Helper, ...]


@dataclass(frozen=True)
class Coming:
    """The visit."""

    when: str
    reason: str
    clinician: str
    clinician_title: str
    booked_with: str


@dataclass(frozen=True)
class Decided:
    """The decision with its summary."""

    title: str
    summary: str
    by: Act
    until: str
    outcome: str
    valid_until: str
    is_consent: bool


@dataclass(frozen=True)
class Answered:
    """When the answers that were screened were sent or last corrected, and the how-manieth they are."""

    when: str
    version: int


@dataclass(frozen=True)
class Row:
    """One line of the table of findings."""

    found: Found
    met: tuple[str, ...]


def title_of(review: Review) -> str:
    return {
        Decision.PROCEED: _("Consent to dry needling"),
        Decision.DEFER: _("Decision: deferred"),
        Decision.DECLINE: _("Decision: declined"),
    }[Decision(review.decision)]


def person(screening: Screening, case: Case, clock: Clock) -> Person:
    patient = screening.visit.patient
    age = ngettext("%(age)s year old", "%(age)s years old", case.age) % {"age": case.age}
    intake = screening.intake
    return Person(
        patient.name, clock.day(screening.born), age, patient.language,
        answered_in=status_words(intake.language, intake.translation), helpers=tuple(helpers_of(intake.help)),
    )  # fmt: skip


def answered(intake: Intake, clock: Clock) -> Answered:
    return Answered(clock.time(intake.created_at), intake.version)


def coming(review: Review, clock: Clock) -> Coming:
    visit, by = review.visit, review.by
    booked_with = visit.clinician.printed_name if visit.clinician_id != by.pk else ""
    return Coming(clock.time(visit.starts_at), visit.reason, by.printed_name, by.title, booked_with)


def decided(
    review: Review,
    stands: Standings,
    overridden: tuple[Overridden, ...],
    plan: PrintedPlan,
    clock: Clock,
    valid_until: datetime.date | None,
) -> Decided:
    proceeds = review.decision == Decision.PROCEED
    changed = bool(plan.left_out or stands.needles)
    titles = {
        Decision.PROCEED: _("Decision: proceed, with changes") if changed else _("Decision: proceed"),
        Decision.DEFER: _("Not today"),
        Decision.DECLINE: _("No dry needling"),
    }
    return Decided(
        title=titles[Decision(review.decision)],
        summary=" ".join(summary(stands, overridden, plan)) if proceeds else "",
        by=act(review, clock, review.reason),
        until=clock.day(review.until) if review.until else "",
        outcome=overall_words(review.screening.overall),
        valid_until=clock.day(valid_until) if valid_until else "",
        is_consent=proceeds,
    )


def summary(stands: Standings, overridden: tuple[Overridden, ...], plan: PrintedPlan) -> list[str]:
    """What a reader must not miss, in one line."""
    count = len(overridden)
    found = [
        ngettext("One override.", "%(count)s overrides.", count) % {"count": count} if count else _("No override.")
    ]
    if plan.left_out:
        found.append(_("Left out of the plan: %(sites)s.") % {"sites": plan.left_out})
    if stands.needles:
        found.append(_("Needles: %(needles)s.") % {"needles": needle_words(stands.needles)})
    if plan.kept_clear:
        found.append(_("%(places)s: not needled.") % {"places": listed([plan.kept_clear])})
    if not stands.findings:
        found.append(_("The screening found nothing to report."))
    return found


def row(found: Found) -> Row:
    """Each way in which it was met, shortly; long notes stand in full under the precaution."""
    met = tuple(dict.fromkeys(need.brief for need in found.needs if need.brief))
    return Row(found, met or (_("Nothing needed."),))
