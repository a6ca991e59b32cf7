"""The plan: picked and looked at before it is saved, with ways out; its details are consented to and void nothing."""

import datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent
from consent import telling
from consent.document.plan import printed
from screening import review
from screening.body import AREAS
from screening.body_drawing import NEIGHBOURS
from screening.last_visit import last_visit, since
from screening.models import Details, Override, Resolution, Screening
from screening.planning import as_screened, preview, ways_out
from screening.repeating import as_last_time, offer
from screening.standing import standings
from tests import people
from tests.test_case import Case, done, plain
from tests.test_review import PACEMAKER, VEINS, WHY, Desk, finding, parts, plan_of

HOW = Details("titanium", "twisted", 3, "about 20 mm, toward the bone")


@pytest.fixture
def desk(db) -> Desk:
    return Desk()


@pytest.fixture
def opened(desk):
    def open_case(*sites: str, **replies: Any) -> Case:
        return Case(desk.siobhan, desk.ready(*sites, **replies))

    return open_case


def picks(*tokens: str, **more: Any) -> dict[str, Any]:
    return {"picked": "1", "site": list(tokens)} | {name.replace("__", "-"): value for name, value in more.items()}


def post(case: Case, to: str, data: dict[str, Any]) -> Any:
    return case.client.post(reverse(to, args=[case.visit.pk]), {"screening": str(case.now.pk)} | data)


# Looking


def test_a_plan_is_looked_at_by_the_same_rules_and_nothing_is_stored(desk):
    screening = desk.ready(blood_thinner="yes")
    before = Screening.objects.count(), AuditEvent.objects.count()
    looked = preview(screening, plan_of("psoas_major_right", "upper_trapezius_left"))
    psoas, trapezius = looked.sites
    assert [trigger.part for trigger in psoas.forbidden_by] == ["11b"]
    assert trapezius.near_lung
    assert not trapezius.forbidden_by
    assert (Screening.objects.count(), AuditEvent.objects.count()) == before
    assert [trigger.part for trigger in psoas.forbidden_by] == [
        row.part for row in desk.planned(screening, "psoas_major_right").findings.all() if row.conflicts
    ]


@pytest.mark.parametrize(
    ("replies", "site"),
    [
        ({"blood_thinner": "yes"}, "psoas_major_right"),
        ({"blood_thinner": "yes"}, "lateral_pterygoid_left"),
        (PACEMAKER, "pectoralis_major_left"),
        ({"skin": "yes", "skin_where": ["calf_left"]}, "gastrocnemius_left"),
    ],
)
def test_every_way_out_is_near_can_be_pressed_and_runs_into_nothing(desk, replies, site):
    screening = desk.ready(site, **replies)
    case = as_screened(screening, screening.plan)
    (planned,) = screening.plan.muscles
    regions = {AREAS[area].region.code for area in planned.areas}
    found = ways_out(case, planned)
    assert found
    for way in found:
        assert way.muscle.compressible
        assert way.side == planned.side
        assert set(way.muscle.regions) & regions.union(*(NEIGHBOURS[region] for region in regions))
        assert not desk.planned(review.reopen(screening.visit, desk.siobhan), way.code).conflicts


def test_an_override_makes_a_caution_of_its_finding_and_another_plan_says_that_it_will_be_void(desk):
    screening = desk.ready("psoas_major_right", blood_thinner="yes")
    over = review.override(finding(screening, "11b"), desk.siobhan, WHY)
    same = preview(screening, screening.plan, [over])
    assert not same.sites[0].forbidden_by
    assert [trigger.part for trigger in same.sites[0].care_by] == ["11b"]
    assert not same.void
    other = preview(screening, plan_of("psoas_major_right", "masseter_left"), [over])
    assert other.void == (over,)
    assert [trigger.part for trigger in other.sites[0].forbidden_by] == ["11b"]


def test_neighbours_are_mutual_and_no_region_is_alone():
    assert all(region in NEIGHBOURS[other] for region, beside in NEIGHBOURS.items() for other in beside)
    assert all(NEIGHBOURS.values())
    assert {area.region.code for area in AREAS.values()} == set(NEIGHBOURS)


def test_the_open_page_is_told_statement_place_and_way_out_and_nothing_is_recorded(desk, opened):
    case = opened(blood_thinner="yes")
    before = case.now
    response = post(case, "case-plan-preview", picks("infraspinatus_left@", muscle="psoas_major", add="both"))
    told = response.json()
    row = next(row for row in told["rows"] if row["token"] == "psoas_major_right@")
    assert row["words"] == "Psoas major, right"
    ((kind, cite, text, part),) = row["lines"]
    assert (kind, cite, part) == ("hit", "Source 11", "11b")
    assert "Here: Psoas major, right." in text
    assert row["ways"]
    assert case.now == before


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (picks(add="left"), 422, "Choose a muscle."),
        (picks(muscle="masseter", add="up"), 422, "Choose the side"),
        (picks("masseter_left@", **{"number__masseter_left@": "many"}), 422, "number of needles"),
        (picks("masseter_left@", **{"number__masseter_left@": "0"}), 422, "number of needles"),
        (picks("masseter_left@", **{"depth__masseter_left@": "x" * 200}), 422, "shorten"),
        (picks("heart_left@", "masseter_up@", "moon", "\x00"), 200, ""),
    ],
)
def test_what_cannot_be_looked_at_says_why(opened, data, status, said):
    response = post(opened(), "case-plan-preview", data)
    assert response.status_code == status
    assert said in response.json().get("problem", "")


def test_looking_from_a_stale_page_or_as_somebody_else_shows_nothing(desk, opened):
    case = opened()
    old = str(case.now.pk)
    desk.planned(case.now, "masseter_left")
    assert post(case, "case-plan-preview", {"screening": old} | picks()).status_code == 409
    assert post(case, "case-plan-preview", {"screening": "rotten"} | picks()).status_code == 400
    assert post(Case(desk.mia, case.now), "case-plan-preview", picks()).status_code == 403
    stranger = people.make_member(people.make_clinic("Other"))
    assert post(Case(stranger, case.now), "case-plan-preview", picks()).status_code == 404


# Picking and saving


def test_without_scripts_picks_are_shown_with_what_they_run_into_and_not_saved(opened):
    case = opened(blood_thinner="yes")
    before = case.now
    page = plain(post(case, "case-plan", picks("infraspinatus_left@", muscle="psoas_major", add="right")))
    assert "Here: Psoas major, right." in page
    assert "These picks are not saved yet" in page
    assert "Instead:" in page
    page = plain(post(case, "case-plan", picks("infraspinatus_left@", "masseter_left@", remove="infraspinatus_left@")))
    assert 'value="masseter_left@"' in page
    assert 'data-token="infraspinatus_left@"' not in page
    assert case.now == before


def test_the_whole_plan_is_screened_once_when_it_is_saved(opened):
    case = opened()
    seq = case.now.seq
    data = picks("masseter_left@", "levator_scapulae_right@back_neck", "calf_left", do="save", needles="titanium",
        technique="twisted", **{"number__masseter_left@": "3", "depth__masseter_left@": HOW.depth})  # fmt: skip
    assert done(post(case, "case-plan", data))
    assert case.now.seq == seq + 1
    assert case.now.details["masseter_left@"] == HOW
    assert {site.token for site in case.now.sites.all()} == set(data["site"])
    assert done(post(case, "case-plan", data))
    assert case.now.seq == seq + 1, "the same plan again changes nothing"


def test_a_refused_plan_comes_back_as_it_was_picked(opened):
    case = opened()
    data = picks("masseter_left@", do="save", **{"number__masseter_left@": "many", "depth__masseter_left@": "shallow"})
    page = plain(post(case, "case-plan", data))
    assert "Enter the number of needles as a whole number" in page
    assert 'value="many"' in page
    assert 'value="shallow"' in page
    old = case.now
    post(case, "case-plan", picks("masseter_left@", do="save"))
    stale = post(case, "case-plan", {"screening": str(old.pk)} | picks("soleus_left@", do="save"))
    assert stale.status_code == 409
    assert 'value="soleus_left@"' in plain(stale)


def test_a_muscle_is_exchanged_from_its_finding_in_one_step(opened):
    case = opened("psoas_major_right", blood_thinner="yes")
    page = case.get()
    assert "Choose Iliocostalis/longissimus lumborum, right instead" in page or "instead</button>" in page
    assert done(post(case, "case-plan", {"replace": "psoas_major_right@ rectus_femoris_right@"}))
    assert [site.code for site in case.now.sites.all()] == ["rectus_femoris_right"]
    assert "11b" not in parts(case.now)


# Details


def test_details_are_kept_by_a_new_screening_and_void_no_override(desk):
    screening = desk.ready("psoas_major_right", blood_thinner="yes")
    review.override(finding(screening, "11b"), desk.siobhan, WHY)
    planned = review.plan(screening, screening.plan, desk.siobhan, {"psoas_major_right@": HOW})
    assert planned.seq == screening.seq + 1
    assert not standings(planned).void
    again = desk.settled(planned, can_decide="yes")
    assert again.details == {"psoas_major_right@": HOW}
    more = desk.planned(again, "psoas_major_right", "masseter_left")
    assert more.details == {"psoas_major_right@": HOW}
    assert standings(more).void, "another plan is another weighing"


def test_details_are_consented_to_and_printed(desk):
    screening = desk.ready("masseter_left")
    screening = review.plan(screening, screening.plan, desk.siobhan, {"masseter_left@": HOW})
    made = review.decide(screening, "proceed", desk.siobhan)
    plan = next(section.told(str) for section in telling.sections(made) if section.code == "plan")
    assert plan["items"] == [
        "Masseter, left side (face and jaw). Number of needles: 3. Depth: about 20 mm, toward the bone"
    ]
    assert "titanium" in plan["paragraphs"][0]
    assert "turned gently" in plan["paragraphs"][1]
    (site,) = printed(screening, list(screening.findings.all())).sites
    assert site.said == "needles: 3, Titanium, Twisted in place, depth: about 20 mm, toward the bone"


def test_the_plans_needles_are_those_recorded_as_free_of_the_metal(desk):
    screening = desk.ready("masseter_left", metal_rash="yes", metal_which="nickel")
    steel = Details("stainless_steel")
    screening = review.plan(screening, screening.plan, desk.siobhan, {"masseter_left@": steel})
    gold = {"material": "gold_plated", "brand": "Seirin", "lot": "4", "free_of_metal": True}
    review.resolve(finding(screening, "10a"), "needle_material", desk.siobhan, "", **gold)
    with pytest.raises(review.PlanConflict, match="other needles"):
        review.decide(screening, "proceed", desk.siobhan)
    right = review.plan(screening, screening.plan, desk.siobhan, {"masseter_left@": Details("gold_plated")})
    assert review.decide(right, "proceed", desk.siobhan)


# The last visit


@pytest.fixture
def returned(desk):
    """A patient treated three weeks ago who has answered again today."""

    def come_back(then: dict[str, Any], now: dict[str, Any], decision: str = "proceed", site: str = "masseter_left") -> Screening:
        with time_machine.travel(timezone.now() - datetime.timedelta(days=21), tick=True):
            first = desk.ready(site, **then)
            first = review.plan(first, first.plan, desk.siobhan, {f"{site}@": HOW})
            if "1a" in parts(first):
                review.resolve(finding(first, "1a"), "education", desk.siobhan, "Explained; lying down.")
            if "12a" in parts(first):
                review.resolve(finding(first, "12a"), "measures", desk.siobhan, "Skin prepared.")
            if "14a" in parts(first):
                over = review.override(finding(first, "14a"), desk.siobhan, WHY)
                review.give_second_opinion(over, desk.tom, True, "")
            review.decide(first, decision, desk.siobhan, "Another day" if decision == "defer" else "")
        visit = people.make_visit(first.visit.patient, desk.siobhan)
        return people.submitted(visit, **now).screenings.get()

    return come_back


def offered(screening: Screening) -> Any:
    return offer(screening, last_visit(screening.visit), standings(screening))


def test_what_changed_since_the_last_visit_is_said_reply_by_reply_and_finding_by_finding(desk, returned):
    screening = returned({"needle_fear": "little"}, {"immune_weak": "yes"})
    found = last_visit(screening.visit)
    assert found
    changed = since(found, screening)
    assert [row.part for row in changed.new] == ["12a"]
    assert [row.part for row in changed.gone] == ["1a"]
    assert ("Are you afraid of needles?", "A little") in [(row.text, row.was) for row in changed.replies]
    page = Case(desk.siobhan, screening).get()
    assert "Since the last visit" in page
    assert "<strong>New:</strong>" in page
    assert reverse("patient-records", args=[screening.visit.patient_id]) in page
    assert "As last time" not in page


def test_an_unchanged_patient_is_planned_as_last_time_with_what_is_seen_today(desk, returned):
    same = {"needle_fear": "little", "immune_weak": "yes"}
    screening = returned(same, same)
    page = Case(desk.siobhan, screening).get()
    assert "Nothing changed: the same answers, the same findings." in page
    assert "Seen today:" in page
    case = Case(desk.siobhan, screening)
    assert done(post(case, "case-as-last-time", {"last": offered(screening).key}))
    assert case.now.details == {"masseter_left@": HOW}
    today = Resolution.objects.filter(visit=screening.visit)
    assert {(row.kind, row.note) for row in today if row.note} == {
        ("education", "Explained; lying down."), ("measures", "Skin prepared."),
    }  # fmt: skip
    assert not standings(case.now).outstanding
    assert review.decide(case.now, "proceed", desk.siobhan)


@pytest.mark.parametrize(
    ("then", "now", "decision"),
    [
        ({}, {"immune_weak": "yes"}, "proceed"),
        ({}, {"clotting_illness": "unsure"}, "proceed"),
        ({}, {"skin": "yes", "skin_where": ["face_jaw"]}, "proceed"),
        ({}, {}, "defer"),
    ],
)
def test_nothing_is_taken_over_when_something_of_concern_is_new_or_nothing_was_done(returned, then, now, decision):
    assert offered(returned(then, now, decision)) is None


def test_an_override_is_never_taken_over(desk, returned):
    screening = returned(VEINS, VEINS)
    assert offered(screening) is not None
    planned = as_last_time(screening, offered(screening).key, desk.siobhan)
    assert not Override.objects.filter(finding__screening__visit=screening.visit).exists()
    with pytest.raises(review.FindingsOutstanding, match="override with a reason"):
        review.decide(planned, "proceed", desk.siobhan)


def test_another_offer_than_was_shown_is_refused_and_a_first_visit_has_none(desk, returned):
    screening = returned({}, {})
    case = Case(desk.siobhan, screening)
    assert "can no longer be taken over" in plain(post(case, "case-as-last-time", {"last": "rotten"}))
    assert case.now == screening
    assert post(Case(desk.mia, screening), "case-as-last-time", {}).status_code == 403
    assert last_visit(desk.case().visit) is None


def test_the_earlier_records_of_a_patient_are_listed_to_clinicians_of_the_clinic_only(desk, returned):
    screening = returned({}, {})
    address = reverse("patient-records", args=[screening.visit.patient_id])
    assert "no sealed record" in plain(people.signed_in(desk.siobhan).get(address))
    assert people.signed_in(desk.mia).get(address).status_code == 403
    stranger = people.make_member(people.make_clinic("Other"))
    assert people.signed_in(stranger).get(address).status_code == 404


# Measures to choose from


def test_measures_are_chosen_from_a_list_and_told_in_the_record_with_ones_own_words(opened):
    case = opened(immune_weak="yes")
    measures = finding(case.now, "12a").precaution.measures
    assert measures[0] in case.get()
    sent = {"part": "12a", "kind": "measures", "chosen": list(measures[:2]), "note": "Two needles only."}
    assert done(post(case, "case-resolve", sent))
    assert Resolution.objects.get(kind="measures").note == "\n".join([*measures[:2], "Two needles only."])
    again = plain(post(case, "case-resolve", sent | {"chosen": ["Magic"]}))
    assert "Choose from the list." in again
    assert "Two needles only.</textarea>" in again


def test_every_finding_that_asks_for_measures_has_some_to_choose_from():
    from screening.precautions import PRECAUTIONS

    asking = [item for item in PRECAUTIONS if any("measures" in one.requires for one in item.statements)]
    assert asking
    assert [item.code for item in asking if not item.measures] == []


