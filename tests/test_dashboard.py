"""The overview: every figure of rows that are known, its days the clinic's, small counts suppressed in the file."""

import csv
import datetime
import hashlib
import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent, Handover, Patient, Visit
from clinic.tablet import LASTS
from consent import dashboard, filing, signing
from consent.dashboard.overriding import Share
from consent.dashboard.panels import panels
from consent.management.commands.demo import Demo
from consent.models import SealedDocument, Withdrawal
from screening import review
from screening.models import Intake, Review, Screening
from tests import on_record, people

SYDNEY = ZoneInfo("Australia/Sydney")
VEINS: dict[str, Any] = {"varicose_veins": "yes", "vessel_where": ["calf_left"]}
DECISIONS = ("Proceed", "Deferred", "Declined")
REASON = "Superficial veins in the calf; the planned sites are far from them."


def at(day: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, 3, day, hour, minute, tzinfo=SYDNEY)


def sent(
    demo: Demo, name: str, when: datetime.datetime, handed: datetime.datetime | None = None, **changes
) -> Screening:
    """Answers sent at a moment, the tablet handed over before."""
    with time_machine.travel(when, tick=False):
        screening = demo.case(name, 40, "Sore neck", **changes)
    if handed:
        Handover.objects.create(
            visit=screening.visit, purpose="intake", issued_by=demo.mia, created_at=handed, ended_at=when,
            expires_at=handed + LASTS,
        )  # fmt: skip
    return screening


def decided(demo: Demo, screening: Screening, decision: str, when: datetime.datetime, by=None) -> Review:
    with time_machine.travel(when, tick=False):
        if decision == "proceed":
            screening = demo.plan(demo.settle(screening, can_decide="yes"), "infraspinatus_left")
            if screening.findings.filter(part="14a").exists():
                over = review.override(demo.finding(screening, "14a"), demo.siobhan, REASON)
                review.give_second_opinion(over, demo.tom, agrees=True, reason="Agree: far from the veins.")
        return review.decide(screening, decision, by or demo.siobhan, "Come back when you are well.")


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


@pytest.fixture
def story(demo) -> Demo:
    """Monday 9 March: three decided, one waiting; the day before and the day after one more each."""
    clear = decided(demo, sent(demo, "Ann", at(9, 10), at(9, 9, 50)), "proceed", at(9, 10, 20))
    on_record.put(demo, clear, at=at(9, 10, 50))
    decided(demo, sent(demo, "Bea", at(9, 11), at(9, 10, 30), **VEINS), "proceed", at(9, 11, 20))
    late = decided(demo, sent(demo, "Cid", at(9, 12), at(9, 11, 50), **VEINS), "defer", at(9, 12, 10), demo.tom)
    on_record.put(demo, late, at=at(9, 12, 30))
    sent(demo, "Dora", at(9, 13), language="spanish", blood_thinner="yes", blood_thinner_details="Warfarin")
    sent(demo, "Evan", at(8, 23, 30), ill_today="yes", infection_details="A cold")
    decided(demo, sent(demo, "Flo", at(10, 0, 30), at(10, 0, 10)), "decline", at(10, 0, 40))
    return demo


def figures(demo: Demo, since: int = 9, until: int = 9) -> dashboard.Figures:
    period = dashboard.Period(demo.clinic, datetime.date(2026, 3, since), datetime.date(2026, 3, until))
    return dashboard.figures(demo.clinic, period)


def minutes(count: float) -> datetime.timedelta:
    return datetime.timedelta(minutes=count)


def test_intakes_count_on_the_clinics_day_by_week_and_language(story):
    found = figures(story)
    assert found.intakes == 4
    assert found.languages == {"en": 3, "es": 1}
    assert found.by_week == {datetime.date(2026, 3, 9): 4}
    assert figures(story, 8, 10).by_week == {datetime.date(2026, 3, 2): 1, datetime.date(2026, 3, 9): 5}


def test_findings_count_once_for_each_visit_and_precaution(story):
    found = figures(story)
    assert found.precautions == {14: 2, 11: 1}
    assert found.nothing_found == 1
    assert figures(story, 8, 8).precautions == {7: 1}


def test_decisions_are_counted_and_the_reasons_of_those_not_treated_told(story):
    assert figures(story).decisions == {"proceed": 2, "defer": 1, "decline": 0}
    [deferred] = figures(story).not_treated
    assert (deferred.decision, deferred.by, deferred.reason) == ("defer", "Tom Ellis", "Come back when you are well.")
    assert figures(story, 10, 10).decisions == {"proceed": 0, "defer": 0, "decline": 1}


def test_medians_run_from_the_first_hand_over_and_say_of_how_many(story):
    found = figures(story)
    assert (found.to_decision.value, found.to_decision.n) == (minutes(30), 3)  # 30, 50 and 20 minutes
    assert (found.to_seal.value, found.to_seal.n) == (minutes(50), 2)  # 60 and 40
    nothing = figures(story, 1, 1)
    assert (nothing.to_decision.value, nothing.to_decision.n) == (None, 0)


def test_a_second_hand_over_and_a_second_decision_change_no_time(story):
    ann, cid = (Visit.objects.get(patient__name=name) for name in ("Ann", "Cid"))
    Handover.objects.create(
        visit=ann, purpose="intake", issued_by=story.mia, created_at=at(9, 10, 5), ended_at=at(9, 10, 6),
        expires_at=at(9, 10, 30),
    )  # fmt: skip
    with time_machine.travel(at(9, 17), tick=False):
        review.decide(review.reopen(cid, story.tom), "decline", story.tom, "They do not want to wait any longer.")
    assert figures(story).to_decision.value == minutes(30)
    assert figures(story).decisions == {"proceed": 2, "defer": 1, "decline": 1}


def test_overrides_are_shares_of_what_could_be_overridden_in_cases_decided(story):
    found = figures(story).overriding
    assert found.by_precaution == {14: Share(2, 1)}
    assert found.by_name == {"Siobhan Byrne": Share(1, 1), "Tom Ellis": Share(1, 0)}
    assert found.total.percent == 50
    [given] = found.reasons
    assert (given.number, given.part, given.by, given.reason) == (14, "14a", "Siobhan Byrne", REASON)
    assert given.agreed_by == "Tom Ellis"


def test_an_override_counts_for_whoever_gave_it_and_not_for_whoever_decided(demo):
    screening = sent(demo, "Gus", at(9, 10), **VEINS)
    decided(demo, screening, "proceed", at(9, 11), by=demo.tom)
    decided(demo, sent(demo, "Hal", at(9, 12), **VEINS), "defer", at(9, 13), by=demo.tom)
    found = figures(demo).overriding
    assert found.by_name == {"Siobhan Byrne": Share(1, 1), "Tom Ellis": Share(1, 0)}
    assert sum(share.found for share in found.by_clinician.values()) == found.total.found
    assert "counts for whoever overrode it" in panels(figures(demo))["by_clinician"].note


def test_an_override_that_no_longer_stood_at_the_decision_does_not_count(demo):
    screening = sent(demo, "Gus", at(9, 10), **VEINS)
    with time_machine.travel(at(9, 11), tick=False):
        screening = demo.plan(demo.settle(screening, can_decide="yes"), "infraspinatus_left")
        review.override(demo.finding(screening, "14a"), demo.siobhan, REASON)
        screening = demo.plan(screening, "upper_trapezius_left")
        review.decide(screening, "defer", demo.siobhan, "Come back when the veins were looked at.")
    assert figures(demo).overriding.by_precaution == {14: Share(1, 0)}
    assert not figures(demo).overriding.reasons


def test_help_is_counted_by_who_and_how_and_calls_by_how_many(demo):
    first = sent(demo, "Hal", at(9, 10)).intake
    stored = [
        {"who": "staff", "name": "Mia", "ways": ["read_aloud", "entered"]},
        {"who": "family", "name": "Jo", "ways": ["read_aloud"]},
    ]
    visit = people.make_visit(people.make_patient(demo.clinic, "Ida"), demo.siobhan)
    Intake.objects.create(
        visit=visit, questionnaire_version=first.questionnaire_version, questionnaire_digest=first.questionnaire_digest,
        replies={}, asked=[], help=stored, created_at=at(9, 11),
    )  # fmt: skip
    found = figures(demo)
    assert (found.intakes, found.helped) == (2, 1)
    assert found.helpers == {"family": 1, "staff": 1}
    assert found.ways == {"read_aloud": 1, "entered": 1}
    assert found.calls == 0
    assert figures(demo, 8, 8).helped == 0


def test_nobody_entered_in_error_and_no_other_clinic_counts(story):
    other = dashboard.Period(people.make_clinic("Other"), datetime.date(2026, 3, 1), datetime.date(2026, 3, 31))
    assert dashboard.figures(other.clinic, other).is_empty
    Patient.objects.filter(name="Bea").update(entered_in_error="Another person answered")
    found = figures(story)
    assert (found.intakes, found.decisions["proceed"], found.precautions[14]) == (3, 1, 1)
    assert found.overriding.by_precaution == {14: Share(1, 0)}


def test_the_figures_take_the_same_queries_for_many_rows(story, django_assert_max_num_queries):
    with django_assert_max_num_queries(16) as few:
        figures(story)
    for turn in range(6):
        made = decided(story, sent(story, f"Nr {'abcdef'[turn]}", at(9, 14), at(9, 13), **VEINS), "proceed", at(9, 15))
        on_record.put(story, made, at=at(9, 16))
    with django_assert_max_num_queries(len(few)):
        assert figures(story).decided == 9


# Consents about to end


def consented(demo: Demo, name: str, ends_in: int, screening: Screening | None = None) -> SealedDocument:
    screening = screening or demo.settle(demo.case(name, 40, "Neck"), can_decide="yes")
    made = review.decide(demo.plan(screening, "infraspinatus_left"), "proceed", demo.siobhan)
    ceremony = signing.open_ceremony(made, demo.mia)
    until = demo.clinic.today() + datetime.timedelta(days=ends_in)
    filed = filing.Filed(
        filing.new_number(), hashlib.sha256(name.encode()).hexdigest(), 1, 1, on_record.certificate(demo), timezone.now(),
        until,
    )  # fmt: skip
    with transaction.atomic():
        return filing.put_on_record(filed, made, ceremony, demo.siobhan)


def names(demo: Demo) -> list[str]:
    return [row.visit.patient.name for row in dashboard.expiring(demo.clinic).rows]


def test_consents_that_end_within_thirty_days_are_told_the_soonest_first(demo):
    for name, days in (("Month", 30), ("Later", 31), ("Today", 0), ("Over", -1), ("Week", 7)):
        consented(demo, name, days)
    assert names(demo) == ["Today", "Week", "Month"]


def test_a_consent_that_was_withdrawn_or_replaced_is_not_told(demo):
    withdrawn, taken_up = consented(demo, "Withdrawn", 5), consented(demo, "Taken up", 6)
    assert names(demo) == ["Withdrawn", "Taken up"]
    Withdrawal.objects.create(
        consent=withdrawn, role="patient", name="Withdrawn", said_at=timezone.now(), done="Nothing.", by=demo.siobhan
    )
    again = review.reopen(taken_up.visit, demo.siobhan)
    on_record.put(demo, review.decide(again, "decline", demo.siobhan, "They do not want it any longer."))
    assert names(demo) == []


def test_the_patients_newer_consent_is_the_one_that_counts(demo):
    old = consented(demo, "Ann", 5)
    visit = people.make_visit(old.visit.patient, demo.siobhan)
    consented(demo, "Ann, again", 300, demo.settle(demo.answer(visit, {}), can_decide="yes"))
    assert names(demo) == []


# The page and the file


@pytest.fixture
def admin(demo, client):
    client.force_login(demo.people["grace"])
    return client


def test_the_overview_is_for_admins(demo, client):
    for person, status in {"mia": 403, "siobhan": 403, "grace": 200}.items():
        client.force_login(demo.people[person])
        assert client.get(reverse("dashboard")).status_code == status
        assert client.post(reverse("dashboard-export")).status_code == status


def test_a_page_without_anything_says_what_will_appear(admin):
    page = admin.get(reverse("dashboard")).content.decode()
    assert "what was overridden and why" in page
    assert "No consent ends within 30 days" in page
    assert "<svg" not in page


def test_the_page_shows_figures_reasons_and_charts_with_words_for_those_who_do_not_see_them(story, admin):
    page = admin.get(reverse("dashboard"), {"since": "2026-03-09", "until": "2026-03-09"}).content.decode()
    for told in (
        "14 Veins and arteries",
        "1 of 2",
        "30 min",
        "n = 3",
        REASON,
        "Come back when you are well.",
        "Spanish",
    ):
        assert told in page
    assert page.count("<svg") == page.count("<title id=") == page.count("<desc id=") == 6
    assert "Bea" not in page
    assert "style=" not in page


def test_opening_the_overview_is_on_the_trail_with_its_days(demo, admin):
    admin.get(reverse("dashboard"), {"days": "7"})
    event = AuditEvent.objects.get(action="overview.opened")
    assert event.data["until"] == demo.clinic.today().isoformat()
    assert (event.actor, event.subject) == (demo.people["grace"], f"Clinic:{demo.clinic.pk}")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"since": "2026-03-09"}, "Give both days"),
        ({"since": "2026-03-09", "until": "2026-03-08"}, "The last day comes before the first"),
        ({"since": "2020-03-09", "until": "2026-03-09"}, "more than two years"),
        ({"since": "0001-01-01", "until": "0001-01-02"}, "in this century"),
        ({"since": "9999-01-01", "until": "9999-12-31"}, "in this century"),
        ({"since": "2098-01-01", "until": "2098-12-31"}, "has come already"),
        ({"since": "2026-02-30", "until": "2026-03-09"}, "must be a date"),
        ({"days": "8"}, "Choose one of the periods"),
    ],
)
def test_days_that_cannot_be_are_told_and_kept(admin, sent, says):
    response = admin.get(reverse("dashboard"), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert all(value in page for name, value in sent.items() if name != "days")


def file_of(admin, **days) -> list[list[str]]:
    response = admin.post(reverse("dashboard-export"), days)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_file_has_no_small_count_no_reason_and_nobodys_name(story, admin):
    rows = file_of(admin, since="2026-03-09", until="2026-03-09")
    assert ["Intakes", "", "sent", "<5"] in rows
    assert ["Findings by precaution", "14 Veins and arteries", "visits", "<5"] in rows
    assert ["Overrides by clinician", "Siobhan Byrne", "overridden", "<5"] in rows
    assert ["Hand-over to first decision", "", "median, minutes", "not shown"] in rows
    counts = {row[3] for row in rows[1:] if row[0] != "Period"}
    assert counts == {"<5", "not shown"}
    assert REASON not in str(rows)
    event = AuditEvent.objects.get(action="overview.exported")
    assert event.data == {"since": "2026-03-09", "until": "2026-03-09"}


def test_large_counts_are_in_the_file_and_what_would_give_away_a_small_one_is_not(demo, admin):
    for turn in range(6):
        on_record.put(
            demo, decided(demo, sent(demo, f"Nr {turn}", at(9, 10), at(9, 9)), "proceed", at(9, 11)), at=at(9, 12)
        )
    decided(demo, sent(demo, "Zoe", at(9, 10)), "defer", at(9, 11))
    rows = file_of(admin, since="2026-03-09", until="2026-03-09")
    assert ["Intakes", "", "sent", "7"] in rows
    assert {row[1]: row[3] for row in rows if row[0] == "Decisions"} == dict.fromkeys(DECISIONS, "not shown")
    assert ["Hand-over to first decision", "", "median, minutes", "120"] in rows
    assert ["Hand-over to sealed record", "", "visits", "6"] in rows
