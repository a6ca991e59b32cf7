"""What came before in a visit: corrected answers, earlier screenings and decisions, and what no longer binds."""

import itertools
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.document.findings import note_of
from consent.document.words import CAUSES, Act, Clock, act, badge_of, overall_words, reply_words
from screening.models import Finding, Intake, Override, Resolution, Review, Screening, in_english
from screening.questionnaire import PRECAUTION_OF_PART, QUESTIONS
from screening.standing import Standings


@dataclass(frozen=True)
class Change:
    """An answer before and after."""

    question: str
    before: str
    after: str


@dataclass(frozen=True)
class Correction:
    by: Act
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Earlier:
    """An earlier screening of the visit."""

    seq: int
    when: str
    cause: str
    who: str
    outcome: str
    plan: str


@dataclass(frozen=True)
class Void:
    """Something recorded that no longer binds, because what it rested on has changed."""

    what: str
    by: Act
    second: Act | None = None
    agrees: bool = False


@dataclass(frozen=True)
class History:
    corrections: tuple[Correction, ...]
    screenings: tuple[Earlier, ...]
    decisions: tuple[Void, ...]
    void: tuple[Void, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.corrections or self.screenings or self.decisions or self.void)


def history(review: Review, stands: Standings, resolutions: list[Resolution], clock: Clock) -> History:
    screening = review.screening
    before = [row for row in screenings_of(screening) if row.pk != screening.pk]
    return History(
        corrections=corrections(screening, clock),
        screenings=tuple(earlier(row, clock) for row in before),
        decisions=decisions(review, clock),
        void=(
            *(void_override(row, clock) for row in stands.void),
            *void_resolutions(screening, stands, resolutions, clock),
        ),
    )


def screenings_of(screening: Screening) -> list[Screening]:
    rows = screening.visit.screenings.select_related("by").prefetch_related("sites").order_by("seq")
    return list(rows)


def earlier(row: Screening, clock: Clock) -> Earlier:
    return Earlier(
        seq=row.seq, when=clock.time(row.created_at), cause=str(CAUSES.get(row.cause, row.cause)),
        who=row.by.printed_name if row.by else _("patient"), outcome=overall_words(row.overall),
        plan="; ".join(site.words for site in row.sites.all()) or _("no plan yet"),
    )  # fmt: skip


def corrections(screening: Screening, clock: Clock) -> tuple[Correction, ...]:
    versions = list(screening.visit.intakes.select_related("corrected_by").order_by("version"))
    return tuple(correction(old, new, clock) for old, new in itertools.pairwise(versions))


def correction(old: Intake, new: Intake, clock: Clock) -> Correction:
    who = new.corrected_by.printed_name if new.corrected_by else ""
    before = {row["code"]: row for row in old.asked}
    after = {row["code"]: row for row in new.asked}
    none = _("not asked")
    changes = [
        Change(in_english(after.get(code) or before[code])["text"], said(before, code, none), said(after, code, none))
        for code in dict.fromkeys([*before, *after])
        if before.get(code, {}).get("reply") != after.get(code, {}).get("reply")
    ]
    return Correction(Act(who, clock.time(new.created_at), new.reason), tuple(changes))


def said(asked: dict[str, dict[str, str]], code: str, otherwise: str) -> str:
    return str(in_english(asked[code])["said"]) if code in asked else otherwise


def decisions(review: Review, clock: Clock) -> tuple[Void, ...]:
    rows = review.visit.reviews.select_related("by").exclude(pk=review.pk).order_by("created_at")
    return tuple(Void(str(row.get_decision_display()), act(row, clock, row.reason)) for row in rows)


def title_of(finding: Finding) -> str:
    badge = badge_of(finding.outcome, finding.scope)
    return f"{finding.precaution.mark}. {_(finding.precaution.title)} ({badge.words})"


def void_override(row: Override, clock: Clock) -> Void:
    second = getattr(row, "second_opinion", None)
    return Void(
        _("Override of %(finding)s") % {"finding": title_of(row.finding)}, act(row, clock, row.reason),
        act(second, clock, second.reason) if second else None, bool(second and second.agrees),
    )  # fmt: skip


def void_resolutions(
    screening: Screening, stands: Standings, resolutions: list[Resolution], clock: Clock
) -> list[Void]:
    """Settled answers whose question was answered anew, and records for findings that are there no longer."""
    prints = {standing.finding.fingerprint for standing in stands.findings}
    found = []
    for row in resolutions:
        if row.question and screening.intake.replies.get(row.question) != row.was:
            found.append(Void(settled_words(row), act(row, clock, row.note)))
        elif row.fingerprint and row.fingerprint not in prints:
            title = _(PRECAUTION_OF_PART[row.part].title)
            found.append(Void(f"{row.get_kind_display()}: {title}", act(row, clock, note_of(row))))
    return found


def settled_words(row: Resolution) -> str:
    question = QUESTIONS[row.question].text if row.question in QUESTIONS else row.question
    return f"{row.get_kind_display()}: {_(question)} {reply_words(row.question, row.reply)}"
