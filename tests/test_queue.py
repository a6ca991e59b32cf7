"""The first page: every visit in its true state, the most serious first, nobody hidden, for each role its own part."""

import datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from clinic import tablet
from clinic.models import AuditEvent, Handover, Membership, Role, Visit
from consent import decision, filing, signing
from consent.management.commands.demo import Demo, years_ago
from consent.models import Ceremony
from consent.queue import queue, todays
from consent.stages import State
from screening import intake, presence, review
from screening.models import Finding
from tests import on_record
from tests.bench import crowd

LONG_REASON = "Superficial veins in the calf; the planned sites are far from them."


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def rows(demo: Demo):
    found = queue(Visit.objects.filter(clinic=demo.clinic), demo.clinic, demo.siobhan)
    return [row for group in found.groups for row in group.rows]


def names(demo: Demo) -> list[str]:
    return [row.visit.patient.name for row in rows(demo)]


def state(demo: Demo, visit: Visit) -> State:
    return next(row.state for row in rows(demo) if row.visit == visit)


def ready(demo: Demo, **changes):
    screening = demo.settle(demo.case("Ruth Lindqvist", 44, "Neck", **changes), can_decide="yes")
    return demo.plan(screening, "infraspinatus_left")


def ceremony(demo: Demo) -> Ceremony:
    return signing.open_ceremony(decision.record(ready(demo), "proceed", demo.siobhan), demo.mia)


def test_a_visit_waits_for_answers_until_they_are_sent_and_then_for_review(demo):
    visit = demo.visit("Liam Park", years_ago(26), "Hamstring strain")
    assert state(demo, visit) == State.ANSWERS
    demo.answer(visit, {})
    assert state(demo, visit) == State.REVIEW


def overridden(demo: Demo):
    screening = ready(demo, varicose_veins="yes", vessel_where=["calf_left"])
    over = review.override(demo.finding(screening, "14a"), demo.siobhan, LONG_REASON)
    return screening, over


def test_an_override_waits_for_a_second_clinician_and_then_for_review_again(demo):
    screening, over = overridden(demo)
    assert state(demo, screening.visit) == State.SECOND
    review.give_second_opinion(over, demo.tom, agrees=True, reason="")
    assert state(demo, screening.visit) == State.REVIEW


def test_a_second_clinician_who_disagrees_is_not_waited_for(demo):
    screening, over = overridden(demo)
    review.give_second_opinion(over, demo.tom, agrees=False, reason="Too many veins")
    assert state(demo, screening.visit) == State.DISAGREED


def test_an_override_that_a_new_plan_voids_is_not_waited_for(demo):
    screening, _over = overridden(demo)
    demo.plan(screening, "upper_trapezius_left")
    assert state(demo, screening.visit) == State.REVIEW


def test_a_consent_waits_for_the_patient_then_the_clinician_and_is_sealed(demo):
    made = decision.record(ready(demo), "proceed", demo.siobhan)
    assert state(demo, made.visit) == State.CONSENT
    opened = signing.open_ceremony(made, demo.mia)
    assert state(demo, made.visit) == State.CONSENT
    signing.sign(opened, "patient", typed="Ruth Lindqvist")
    assert state(demo, made.visit) == State.CLINICIAN_SIGNS
    on_record.put(demo, made, ceremony=opened)
    assert state(demo, made.visit) == State.SEALED


def test_a_patient_who_does_not_agree_comes_back_to_the_clinician(demo):
    opened = ceremony(demo)
    signing.refuse(opened, "patient")
    row = next(row for row in rows(demo) if row.visit == opened.visit)
    assert row.state == State.REFUSED
    assert row.is_due
    review.reopen(opened.visit, demo.siobhan)
    assert state(demo, opened.visit) == State.REVIEW


def test_a_deferral_without_its_sealed_record_is_due(demo):
    made = on_record.decided(demo, "Peter Walsh")
    assert state(demo, made.visit) == State.NOT_SEALED
    on_record.put(demo, made)
    assert state(demo, made.visit) == State.SEALED


def test_a_case_taken_up_again_after_sealing_waits_for_review(demo):
    made = on_record.decided(demo, "Peter Walsh")
    on_record.put(demo, made)
    review.reopen(made.visit, demo.siobhan)
    assert state(demo, made.visit) == State.REVIEW


def test_the_most_serious_come_first_then_the_longest_waiting_and_the_clear_last(demo):
    now = timezone.now()
    with time_machine.travel(now - datetime.timedelta(minutes=50), tick=True):
        demo.case("Clear and longest", 40, "Neck")
    with time_machine.travel(now - datetime.timedelta(minutes=20), tick=True):
        demo.case("Caution, later", 40, "Neck", blood_thinner="yes")
    with time_machine.travel(now - datetime.timedelta(minutes=40), tick=True):
        demo.case("Caution, earlier", 40, "Neck", blood_thinner="yes")
    demo.case("Veins", 40, "Neck", varicose_veins="yes", vessel_where=["calf_left"])
    assert names(demo) == ["Veins", "Caution, earlier", "Caution, later", "Clear and longest"]


def test_waiting_counts_from_when_the_answers_were_sent(demo):
    now = timezone.now()
    with time_machine.travel(now - datetime.timedelta(minutes=50), tick=True):
        first_to_come = demo.visit("First to come", years_ago(30), "Neck")
    with time_machine.travel(now - datetime.timedelta(minutes=40), tick=True):
        demo.case("First to answer", 40, "Neck")
    demo.answer(first_to_come, {})
    assert names(demo) == ["First to answer", "First to come"]


def test_only_staffs_own_questions_open_counts_as_nothing_reported(demo):
    demo.case("Joan Mitchell", 52, "Stiff neck")
    (row,) = rows(demo)
    assert Finding.objects.filter(screening__visit=row.visit, awaits_staff_only=True).exists()
    assert [badge.words for badge in row.badges] == ["Nothing reported"]


def test_each_class_is_shown_once_the_most_serious_first(demo):
    demo.case(
        "Ann Keogh",
        58,
        "Back",
        blood_thinner="yes",
        immune_weak="yes",
        varicose_veins="yes",
        vessel_where=["calf_left"],
    )
    (row,) = rows(demo)
    weights = [outcome.weight for outcome in row.outcomes]
    assert weights == sorted(set(weights), reverse=True)
    assert row.badges[0].words == "Contraindicated"


def test_unfinished_visits_of_earlier_days_stay_and_finished_ones_leave(demo):
    with time_machine.travel(timezone.now() - datetime.timedelta(days=3), tick=True):
        demo.case("Unfinished", 40, "Neck")
        finished = on_record.decided(demo, "Finished")
    on_record.put(demo, finished)
    assert names(demo) == ["Unfinished"]


def test_visits_of_other_clinics_and_of_later_days_are_not_in_the_queue(demo):
    later = demo.visit("Tomorrow", years_ago(30), "Neck")
    Visit.objects.filter(pk=later.pk).update(starts_at=timezone.now() + datetime.timedelta(days=2))
    other = demo.visit("Elsewhere", years_ago(30), "Neck")
    elsewhere = type(demo.clinic).objects.create(name="Other", time_zone="UTC")
    Visit.objects.filter(pk=other.pk).update(clinic=elsewhere)
    assert rows(demo) == []


def test_today_is_the_clinics_day(demo):
    with time_machine.travel(datetime.datetime(2026, 5, 4, 15, 0, tzinfo=datetime.UTC), tick=True):  # the 5th in Sydney
        demo.visit("Early bird", years_ago(30), "Neck")
    with time_machine.travel(datetime.datetime(2026, 5, 5, 13, 0, tzinfo=datetime.UTC)):
        assert [row.visit.patient.name for row in todays(Visit.objects.all(), demo.clinic).rows] == ["Early bird"]
    with time_machine.travel(datetime.datetime(2026, 5, 5, 15, 0, tzinfo=datetime.UTC)):
        assert todays(Visit.objects.all(), demo.clinic).rows == []


def test_waiting_is_said_in_words(demo):
    with time_machine.travel(timezone.now() - datetime.timedelta(minutes=12, seconds=5), tick=True):
        demo.case("Joan Mitchell", 52, "Stiff neck")
    demo.visit("Just here", years_ago(30), "Neck")
    waits = {row.visit.patient.name: row.waits.replace("\xa0", " ") for row in rows(demo)}
    assert waits == {"Joan Mitchell": "waiting 12 minutes", "Just here": "just now"}


def add_cases(demo: Demo, count: int) -> None:
    """Every third with an override and a consent under way."""
    for turn in range(count):
        if turn % 3 == 0:
            opened = ceremony(demo)
            signing.sign(opened, "patient", typed="Ruth Lindqvist")
        elif turn % 3 == 1:
            overridden(demo)
        else:
            demo.visit("Liam Park", years_ago(26), "Strain")


def due(client) -> int:
    first = client.get("/").context["groups"][0]
    assert len(first["rows"]) == first["count"]
    return first["count"]


def test_the_number_of_queries_does_not_grow_with_the_rows(demo, client, django_assert_max_num_queries):
    client.force_login(demo.siobhan)
    Membership.objects.create(clinic=demo.clinic, user=demo.siobhan, role=Role.FRONT_DESK)
    add_cases(demo, 3)
    with django_assert_max_num_queries(16) as few:
        assert due(client) == 2
    add_cases(demo, 27)
    with django_assert_max_num_queries(len(few)):
        assert due(client) == 20


def test_the_clinician_sees_the_queue_with_its_links(demo, client):
    client.force_login(demo.siobhan)
    screening = demo.case("نور حداد", 40, "Neck", blood_thinner="yes")
    opened = ceremony(demo)
    page = client.get("/").content.decode()
    assert f"/cases/{screening.visit_id}/" in page
    assert f"/cases/{opened.visit_id}/consent/" in page
    assert ">نور حداد</bdi>" in page
    assert "Caution" in page
    assert "Visits today" not in page


def test_the_front_desk_sees_todays_visits_and_what_to_do_but_nothing_of_the_answers(demo, client):
    visit = demo.visit("Liam Park", years_ago(26), "Strain")
    demo.case("Ann Keogh", 58, "Back", blood_thinner="yes")
    client.force_login(demo.mia)
    page = client.get("/").content.decode()
    assert "Hand to patient" in page
    assert "Wait for the clinician" in page
    assert "Add or find a patient" in page
    assert "Caution" not in page
    assert "badge" not in page
    intake.draft_of(visit)
    Handover.objects.create(visit=visit, purpose="intake", issued_by=demo.mia, expires_at=timezone.now() + tablet.LASTS)
    page = client.get("/").content.decode()
    assert "Resume the answers" in page
    assert "tablet with the patient" in page


def test_the_admin_sees_the_latest_records(demo, client):
    document = on_record.put(demo, on_record.decided(demo, "Peter Walsh"))
    client.force_login(demo.people["grace"])
    page = client.get("/").content.decode()
    assert document.number in page
    assert "Waiting for a clinician" not in page


def test_someone_with_several_roles_sees_the_parts_of_each(demo, client):
    for role in (Role.FRONT_DESK, Role.ADMIN):
        Membership.objects.create(clinic=demo.clinic, user=demo.siobhan, role=role)
    client.force_login(demo.siobhan)
    page = client.get("/").content.decode()
    assert all(part in page for part in ("Nobody is waiting", "No visits today yet", "No record has been sealed yet"))


def test_home_asks_for_sign_in_first(client, db):
    assert client.get("/").status_code == 302


def case_rows(client, query: str = "") -> list[dict[str, Any]]:
    return [row for group in client.get(f"/{query}").context["groups"] for row in group["rows"]]


def named(client, query: str = "") -> list[str]:
    return [row["name"] for row in case_rows(client, query)]


def test_the_queue_is_narrowed_to_ones_own_to_a_class_and_to_where_a_case_stands(demo, client):
    client.force_login(demo.siobhan)
    screening, _over = overridden(demo)
    demo.case("Caution", 40, "Neck", blood_thinner="yes")
    clear = demo.case("Nothing", 40, "Neck")
    demo.visit("Not yet", years_ago(30), "Neck")
    Visit.objects.filter(pk=clear.visit_id).update(clinician=demo.tom)
    assert named(client, "?who=me") == ["Ruth Lindqvist", "Caution", "Not yet"]
    assert named(client, "?class=caution") == ["Caution"]
    assert named(client, "?class=clear") == ["Nothing"]
    assert named(client, "?stage=second") == ["Ruth Lindqvist"]
    assert named(client, "?stage=patient") == ["Not yet"]
    assert named(client, "?who=me&class=clear") == []
    assert "Show everything" in client.get("/?who=me&class=clear").content.decode()
    assert screening.visit.patient.name == "Ruth Lindqvist"


@pytest.mark.parametrize(
    "query", ["?stage=no&class=no&who=no&from=-1", "?from=9999999999&stage=due", "?from=²&stage=due"]
)
def test_an_address_that_nobody_made_shows_a_page_all_the_same(demo, client, query):
    client.force_login(demo.siobhan)
    demo.case("Ann Keogh", 40, "Neck")
    assert client.get(f"/{query}").status_code == 200


def test_thirty_cases_are_shown_with_the_way_to_the_next(demo, client):
    crowd.open_cases(demo.clinic, demo.siobhan, 120)
    client.force_login(demo.siobhan)
    pages, query, count = [], "?stage=due", 0
    while query:
        (group,) = client.get(f"/{query}").context["groups"]
        pages.append([row["key"] for row in group["rows"]])
        query, count = group["more"], group["count"]
    assert [len(page) for page in pages[:-1]] == [30] * (len(pages) - 1)
    everything = [key for page in pages for key in page]
    assert len(everything) == len(set(everything)) == count
    first = client.get("/").context["groups"][0]
    assert [row["key"] for row in first["rows"]] == pages[0]
    assert first["more"] == "?stage=due&from=30"


def test_a_hundred_cases_cost_as_many_queries_as_three(demo, client, django_assert_num_queries):
    client.force_login(demo.siobhan)
    crowd.open_cases(demo.clinic, demo.siobhan, 3)
    on_record.put(demo, on_record.decided(demo, "Peter Walsh"))
    presence.seen(Visit.objects.all()[0], demo.tom)
    client.get("/today/rows/")
    with django_assert_num_queries(9):
        client.get("/today/rows/")
    crowd.open_cases(demo.clinic, demo.siobhan, 100)
    crowd.sealed(demo.clinic, demo.siobhan, 20)
    presence.seen(Visit.objects.order_by("-starts_at")[0], demo.tom)
    with django_assert_num_queries(9):
        client.get("/today/rows/")


def test_who_looks_at_a_case_is_said_of_others_only(demo, client):
    screening = demo.case("Ann Keogh", 40, "Neck")
    presence.seen(screening.visit, demo.tom)
    client.force_login(demo.siobhan)
    assert case_rows(client)[0]["looked"] == "Open now: Tom Ellis"
    client.force_login(demo.tom)
    assert case_rows(client)[0]["looked"] == ""


def test_a_consent_is_handed_over_on_whatever_device_somebody_is_signed_in(demo, client):
    made = decision.record(ready(demo), "proceed", demo.siobhan)
    desk, tablet_at_hand = client, type(client)()
    desk.force_login(demo.siobhan)
    tablet_at_hand.force_login(demo.mia)
    (row,) = tablet_at_hand.get("/").context["day"]["rows"]
    answer = tablet_at_hand.post(row["hand"])
    assert answer["Location"] == "/tablet/"
    assert tablet_at_hand.get("/", follow=True).redirect_chain[-1][0] == "/tablet/"
    assert desk.get("/").status_code == 200
    (row,) = case_rows(desk)
    assert row["hand"] == ""
    assert row["aside"] == "tablet with the patient"
    assert Handover.objects.get(visit=made.visit).issued_by == demo.mia


def test_asking_anew_gives_the_rows_of_the_page_and_leaves_no_trace(demo, client):
    demo.case("Ann Keogh", 40, "Neck", blood_thinner="yes")
    Membership.objects.create(clinic=demo.clinic, user=demo.siobhan, role=Role.FRONT_DESK)
    client.force_login(demo.siobhan)
    events = AuditEvent.objects.count()
    page = client.get("/?class=caution").context
    answer = client.get("/today/rows/?class=caution")
    assert answer.json() == {"groups": page["groups"], "day": page["day"]}
    assert "sessionid" not in answer.cookies
    assert not answer.cookies
    assert AuditEvent.objects.count() == events


def test_the_front_desk_is_told_nothing_of_the_answers_when_it_asks_anew(demo, client):
    demo.case("Ann Keogh", 58, "Back", blood_thinner="yes")
    client.force_login(demo.mia)
    answer = client.get("/today/rows/").json()
    assert set(answer) == {"day"}
    assert "badges" not in answer["day"]["rows"][0]


def test_a_case_taken_up_again_while_its_deferral_is_drawn_stays_in_the_queue(demo, monkeypatch):
    screening = ready(demo)
    draw = filing.seal_page

    def reopened_meanwhile(*about: Any) -> filing.Filed:
        review.reopen(screening.visit, demo.siobhan)
        return draw(*about)

    monkeypatch.setattr(filing, "seal_page", reopened_meanwhile)
    decision.record(screening, "defer", demo.siobhan, "A cold today, come back when well.")
    assert screening.visit.documents.count() == 1, "the deferral is on record all the same"
    assert state(demo, screening.visit) == State.REVIEW
