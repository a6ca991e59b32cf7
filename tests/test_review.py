"""What a clinician does with a case: each step, each refusal by name, and that nothing proceeds with anything open."""

import datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clinic.models import AuditEvent, Membership, Patient, Role, User
from screening import correction, evaluation, intake, review
from screening.body import MUSCLES, MuscleSite
from screening.evaluation import current_screening
from screening.models import ClinicPolicy, Finding, Intake, Resolution, Review, Screening
from screening.precautions.questions import YesNo
from screening.precautions.vocabulary import Plan
from screening.questionnaire import QUESTIONS
from screening.standing import Standing, standings
from tests import people

WHY = "Superficial veins in the calf; the planned sites are far from them."
NOTE = "Looked with the patient; nothing of concern."
NEEDLES = {"material": "gold_plated", "brand": "Seirin", "coating": "gold", "lot": "44-B", "free_of_metal": True}
VEINS = {"varicose_veins": "yes", "vessel_where": ["calf_left"]}
SKIN = {"skin": "yes", "skin_where": ["knee_right"]}
PACEMAKER = {"device": "yes", "device_which": "pacemaker", "device_where": ["upper_chest_left"]}
REFUSED = review.ReviewRefused


class Desk:
    """A clinic with two clinicians and a front desk, and the short ways in which these tests act."""

    def __init__(self) -> None:
        self.clinic = people.make_clinic()
        self.siobhan = people.make_member(self.clinic)
        self.tom = people.make_member(self.clinic, name="Tom Ellis")
        self.mia = people.make_member(self.clinic, Role.FRONT_DESK, "Mia Torres")

    def case(self, born: datetime.date = people.BORN, **changes: Any) -> Screening:
        visit = people.make_visit(people.make_patient(self.clinic, born=born), self.siobhan)
        return people.submitted(visit, **changes).screenings.get()

    def settled(self, screening: Screening, **answers: Any) -> Screening:
        note = str(answers.pop("note", ""))
        answers = {code.replace("_", "-"): reply for code, reply in answers.items()}
        return review.settle(screening, answers, answers.pop("by", self.siobhan), note)

    def planned(self, screening: Screening, *sites: str, areas: tuple[str, ...] = ()) -> Screening:
        return review.plan(screening, plan_of(*sites, areas=areas), self.siobhan)

    def ready(self, *sites: str, **changes: Any) -> Screening:
        """Able to decide, with a plan."""
        return self.planned(self.settled(self.case(**changes), can_decide="yes"), *(sites or ("infraspinatus_left",)))

    def years(self, age: int) -> datetime.date:
        return people.BORN.replace(year=self.clinic.today().year - age, month=1, day=1)


def plan_of(*sites: str, areas: tuple[str, ...] = ()) -> Plan:
    parts = [site.rpartition("_") for site in sites]
    return Plan(tuple(MuscleSite(MUSCLES[muscle], side) for muscle, _, side in parts), frozenset(areas))  # type: ignore[arg-type]


@pytest.fixture
def desk(db) -> Desk:
    return Desk()


def finding(screening: Screening, part: str) -> Finding:
    return screening.findings.get(part=part)


def parts(screening: Screening) -> set[str]:
    return set(screening.findings.values_list("part", flat=True))


def standing(screening: Screening, part: str) -> Standing:
    return next(row for row in standings(screening).findings if row.finding.part == part)


def proceed(screening: Screening, by: User) -> Review:
    return review.decide(screening, "proceed", by)


# Deciding


def test_a_clear_case_with_capacity_and_a_plan_proceeds(desk):
    made = proceed(desk.ready(), desk.siobhan)
    assert (made.decision, made.by, made.reason, made.until) == ("proceed", desk.siobhan, "", None)


def test_capacity_not_yet_confirmed_is_named_as_open(desk):
    with pytest.raises(review.FindingsOutstanding, match="Can the patient decide") as refused:
        proceed(desk.planned(desk.case(), "infraspinatus_left"), desk.siobhan)
    assert {item.question for item in refused.value.items} == {"can-decide", ""}


def test_without_a_plan_nothing_proceeds(desk):
    with pytest.raises(review.PlanConflict, match="Enter the plan first"):
        proceed(desk.settled(desk.case(), can_decide="yes"), desk.siobhan)


OPEN = [  # replies, what is named as open
    ({"metal_rash": "yes", "metal_which": "nickel"}, "choose needles free of the named metal"),
    ({"needle_fear": "lot"}, "explain, and record that the patient is still willing"),
    ({"immune_weak": "yes"}, "record your measures"),
    ({"swelling": "yes", "swelling_where": ["calf_left"]}, "look, and record what you saw"),
    (SKIN, "look, and record what you saw"),
    (VEINS, "override with a reason"),
    (VEINS, "a second clinician agrees"),
    ({"wants_treatment": "no"}, "the patient is willing"),
    ({"language_help": "yes"}, "a working way to communicate"),
    ({"language_help": "yes"}, "record the interpreter or other help"),
    ({"memory_trouble": "yes"}, "understanding and capacity shown, or a representative"),
    ({"able_today": "no"}, "understanding and capacity shown, or a representative"),
    ({"bumps_hurt": "unsure", "sensitive_where": ["calf_left"]}, "Do small bumps hurt"),
    ({"clot_past": "unsure"}, "Have you had a blood clot in the past"),
]


@pytest.mark.parametrize(("replies", "named"), OPEN)
def test_whatever_is_open_is_named_and_stops_the_case(desk, replies, named):
    screening = desk.ready("upper_trapezius_left", **replies)
    with pytest.raises(review.FindingsOutstanding, match=named):
        proceed(screening, desk.siobhan)
    assert not Review.objects.exists()


@pytest.mark.parametrize("decision", ["defer", "decline"])
def test_deferring_and_declining_need_words_but_nothing_closed(desk, decision):
    screening = desk.case(**VEINS)
    with pytest.raises(review.ReasonTooThin):
        review.decide(screening, decision, desk.siobhan, "  no ")
    assert review.decide(screening, decision, desk.siobhan, "Come back when well").decision == decision


def test_the_day_to_come_back_is_in_the_future_and_kept_only_for_a_deferral(desk):
    screening, today = desk.case(), desk.clinic.today()
    with pytest.raises(REFUSED, match="must be in the future"):
        review.decide(screening, "defer", desk.siobhan, "A cold today", today)
    later = today + datetime.timedelta(days=1)
    assert review.decide(screening, "decline", desk.siobhan, "Does not want it", later).until is None


def test_two_clinicians_deciding_make_one_decision_and_the_second_is_told_who_was_first(desk):
    screening = desk.ready()
    proceed(screening, desk.siobhan)
    with pytest.raises(review.AlreadyDecided, match=r"Siobhan Byrne decided at \d\d:\d\d: proceed"):
        review.decide(screening, "decline", desk.tom, "Does not want it")
    assert Review.objects.get().by == desk.siobhan


def test_the_database_keeps_to_one_decision_even_when_both_saw_the_case_undecided(desk, monkeypatch):
    screening = desk.ready()
    proceed(screening, desk.tom)
    monkeypatch.setattr(review, "latest", lambda seen: seen.visit)
    with pytest.raises(review.AlreadyDecided, match=r"Tom Ellis decided at \d\d:\d\d: proceed"):
        review.decide(screening, "decline", desk.siobhan, "Does not want it")
    assert Review.objects.get().by == desk.tom


def test_after_a_decision_nothing_changes_until_the_case_is_reopened(desk):
    screening = desk.ready(**SKIN)
    review.decide(screening, "defer", desk.siobhan, "Wait until it heals")
    steps: list[Any] = [
        lambda: desk.settled(screening, can_decide="no"),
        lambda: desk.planned(screening, "infraspinatus_right"),
        lambda: review.resolve(finding(screening, "6a"), "inspection", desk.siobhan, NOTE),
        lambda: review.record(screening, "representative", desk.siobhan, name="Jane", authority="guardian"),
    ]
    for step in steps:
        with pytest.raises(review.AlreadyDecided):
            step()
    again = review.reopen(screening.visit, desk.siobhan)
    assert not Review.objects.filter(screening=again).exists()
    assert desk.planned(again, "infraspinatus_right").seq == again.seq + 1


def test_answers_of_yesterday_are_asked_again_in_a_new_visit(desk):
    screening = desk.ready()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1), tick=True):
        for later in (screening, review.reopen(screening.visit, desk.siobhan)):
            with pytest.raises(review.ReviewRefused):
                proceed(later, desk.siobhan)
        with pytest.raises(review.StaleScreening, match="open a new visit"):
            proceed(later, desk.siobhan)


def test_a_corrected_birth_date_must_be_screened_anew(desk):
    screening = desk.ready()
    Patient.objects.update(born=desk.years(13))
    with pytest.raises(review.StaleScreening, match="another birth date"):
        proceed(screening, desk.siobhan)
    screening.visit.refresh_from_db()
    assert "4b" in parts(review.reopen(screening.visit, desk.siobhan))


# Who and when


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.ADMIN])
def test_only_a_clinician_of_the_clinic_reviews(desk, role):
    screening = desk.ready(**VEINS, **SKIN)
    someone = people.make_member(desk.clinic, role, "Grace Okafor")
    elsewhere = people.make_member(people.make_clinic("Other"), Role.CLINICIAN, "Eve Else")
    over = review.override(finding(screening, "14a"), desk.siobhan, WHY)
    for by in (someone, elsewhere):
        steps: list[Any] = [
            lambda by=by: review.settle(screening, {"can-decide": "no"}, by),
            lambda by=by: review.plan(screening, plan_of("masseter_left"), by),
            lambda by=by: review.resolve(finding(screening, "6a"), "inspection", by, NOTE),
            lambda by=by: review.record(screening, "representative", by, name="Jane", authority="guardian"),
            lambda by=by: review.override(finding(screening, "14a"), by, WHY),
            lambda by=by: review.give_second_opinion(over, by, True, ""),
            lambda by=by: review.decide(screening, "defer", by, "Another day"),
            lambda by=by: review.reopen(screening.visit, by),
        ]
        for step in steps:
            with pytest.raises(review.NotAClinician):
                step()


def test_a_clinician_who_left_can_do_nothing(desk):
    screening = desk.ready()
    Membership.objects.filter(user=desk.siobhan).update(active=False)
    with pytest.raises(review.NotAClinician):
        proceed(screening, desk.siobhan)


def test_an_older_screening_is_stale_for_every_step(desk):
    old = desk.ready(**SKIN, **VEINS)
    desk.planned(old, "infraspinatus_right")
    steps: list[Any] = [
        lambda: desk.settled(old, can_decide="no"),
        lambda: desk.planned(old, "masseter_left"),
        lambda: review.resolve(finding(old, "6a"), "inspection", desk.siobhan, NOTE),
        lambda: review.override(finding(old, "14a"), desk.siobhan, WHY),
        lambda: review.record(old, "representative", desk.siobhan, name="Jane", authority="guardian"),
        lambda: proceed(old, desk.siobhan),
    ]
    for step in steps:
        with pytest.raises(review.StaleScreening):
            step()


# Settling replies


def test_settling_not_sure_to_no_takes_the_finding_away_and_to_yes_keeps_it(desk):
    screening = desk.case(metal_rash="unsure", metal_which="nickel")
    assert parts(desk.settled(screening, metal_rash="no")) == {"5a"}
    again = desk.case(metal_rash="unsure", metal_which="nickel")
    settled = desk.settled(again, metal_rash="yes")
    assert "10a" in parts(settled)
    assert "metal-rash" not in settled.open


def test_deciding_as_if_of_concern_closes_the_question_and_keeps_the_finding(desk):
    screening = desk.settled(desk.ready(clotting_illness="unsure"), clotting_illness="unsure")
    assert "11a" in parts(screening)
    assert [item.question for item in standings(screening).outstanding if item.question] == []
    assert standings(screening).settled["clotting-illness"].by == desk.siobhan


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"no-such-question": "yes"}, "no question"),
        ({"can-decide": "perhaps"}, "must be one of"),
        ({"can-decide": ["yes"]}, "must be one of"),
        ({"blood-thinner": "no"}, "Correct the answer"),
        ({"skin-where": ["moon"]}, "unknown area"),
    ],
)
def test_a_reply_that_cannot_be_settled_so_is_refused_and_nothing_is_recorded(desk, answers, refusal):
    screening = desk.case(blood_thinner="yes", skin="yes", skin_where=["knee_left"])
    with pytest.raises(REFUSED, match=refusal):
        review.settle(screening, {"can-decide": "yes"} | answers, desk.siobhan, NOTE)
    assert not Resolution.objects.exists()
    assert current_screening(screening.visit) == screening


def test_a_settled_reply_can_be_settled_again(desk):
    screening = desk.settled(desk.case(clotting_illness="unsure"), clotting_illness="no")
    assert "11a" in parts(desk.settled(screening, clotting_illness="yes"))


def test_the_front_desk_answers_staffs_questions_and_no_others(desk):
    screening = desk.case(language_help="yes")
    answers = {"language-route-works": "yes", "language-route": "sign"}
    assert "3a" not in parts(review.settle(screening, answers, desk.mia))
    with pytest.raises(review.NotAClinician):
        review.settle(screening.visit.screenings.latest("seq"), {"can-decide": "yes"}, desk.mia)


# Placing and clearing


@pytest.mark.parametrize(
    ("replies", "part", "where", "lead"),
    [
        ({"skin": "yes", "skin_where": "unsure"}, "6a", "skin-where", "skin"),
        ({"lymphedema": "yes", "lymphedema_where": "unsure"}, "8a", "lymphedema-where", "lymphedema"),
        ({"swelling": "yes", "swelling_where": "unsure"}, "8+", "swelling-where", "swelling"),
        ({"touch_hurts": "yes", "sensitive_where": "unsure"}, "9a", "sensitive-where", "touch-hurts"),
        ({"joint_surgery": "yes", "joint_where": "unsure"}, "15a", "joint-where", "joint-surgery"),
        ({"cosmetic_implant": "yes", "cosmetic_where": "unsure"}, "15b", "cosmetic-where", "cosmetic-implant"),
    ],
)
def test_what_has_no_place_counts_everywhere_until_it_is_placed_or_cleared(desk, replies, part, where, lead):
    screening = desk.case(**replies)
    assert len(finding(screening, part).places) == 52
    placed = review.settle(screening, {where: ["calf_left", "knee_left"]}, desk.siobhan, NOTE)
    assert finding(placed, part).places == ["calf_left", "knee_left"]
    narrowed = review.settle(placed, {where: ["calf_left"]}, desk.siobhan, NOTE)
    assert finding(narrowed, part).places == ["calf_left"]
    cleared = review.settle(narrowed, {lead: "no"}, desk.siobhan, NOTE)
    assert part not in parts(cleared)


def test_placing_and_clearing_need_a_note_of_what_was_seen(desk):
    screening = desk.case(**SKIN)
    for answers in ({"skin-where": ["calf_left"]}, {"skin": "no"}):
        with pytest.raises(review.ReasonTooThin):
            review.settle(screening, answers, desk.siobhan, "")


def test_what_has_no_place_is_never_cleared_by_looking(desk):
    screening = desk.case(**VEINS)
    with pytest.raises(REFUSED, match="Correct the answer"):
        review.settle(screening, {"varicose-veins": "no"}, desk.siobhan, NOTE)


# Requirements


def test_each_requirement_is_met_by_its_own_kind_and_the_case_proceeds(desk):
    screening = desk.ready(needle_fear="lot", immune_weak="yes", metal_rash="yes", metal_which="nickel", **SKIN)
    for part, kind in [("1a", "education"), ("12a", "measures"), ("6a", "inspection")]:
        review.resolve(finding(screening, part), kind, desk.siobhan, NOTE)
    review.resolve(finding(screening, "10a"), "needle_material", desk.siobhan, "", **NEEDLES)
    assert standings(screening).outstanding == ()
    assert proceed(screening, desk.siobhan)


def test_a_finding_takes_only_what_it_asks_for_and_no_empty_words(desk):
    screening = desk.ready(immune_weak="yes")
    with pytest.raises(REFUSED, match="does not ask"):
        review.resolve(finding(screening, "12a"), "inspection", desk.siobhan, NOTE)
    with pytest.raises(review.ReasonTooThin):
        review.resolve(finding(screening, "12a"), "measures", desk.siobhan, "aaaaaaa")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"material": "stainless_steel"}, "nickel and chromium"),
        ({"material": "wood"}, "nickel and chromium"),
        ({"free_of_metal": False}, "free of the metal"),
        ({"brand": " "}, "brand and the lot"),
        ({"lot": ""}, "brand and the lot"),
    ],
)
def test_needles_are_named_in_full_and_free_of_the_metal(desk, change, refusal):
    screening = desk.ready(metal_rash="yes", metal_which="nickel")
    with pytest.raises(REFUSED, match=refusal):
        review.resolve(finding(screening, "10a"), "needle_material", desk.siobhan, "", **(NEEDLES | change))


def test_measures_are_void_when_the_answer_they_rest_on_is_corrected(desk):
    screening = desk.ready(immune_weak="yes", immune_details="Steroids")
    review.resolve(finding(screening, "12a"), "measures", desk.siobhan, NOTE)
    assert standing(screening, "12a").is_met
    changed = correction.correct(screening, {"immune-details": "Chemotherapy"}, desk.siobhan, "Misread the box")
    assert standing(changed, "12a").open == ("measures",)


def test_measures_stay_when_the_plan_or_another_answer_changes(desk):
    screening = desk.ready(immune_weak="yes")
    review.resolve(finding(screening, "12a"), "measures", desk.siobhan, NOTE)
    moved = desk.planned(screening, "masseter_left")
    assert standing(moved, "12a").is_met
    corrected = correction.correct(moved, {"antiplatelet": "yes"}, desk.siobhan, "Slip of the finger")
    assert standing(corrected, "12a").is_met


def test_help_to_talk_is_recorded_in_full_before_the_case_proceeds(desk):
    screening = desk.settled(desk.ready(language_help="yes"), language_route_works="yes", language_route="sign")
    whole: dict[str, Any] = {
        "name": "Samira Aziz",
        "language": "Arabic",
        "mode": "sign",
        "is_adult": True,
        "teach_back": True,
    }
    for missing in whole:
        with pytest.raises(REFUSED, match=missing.replace("_", " ")):
            review.record(screening, "communication", desk.mia, **(whole | {missing: ""}))
    review.record(screening, "communication", desk.mia, **whole)
    assert proceed(screening, desk.siobhan)


def test_a_representative_with_authority_releases_but_clears_nothing(desk):
    screening = desk.planned(desk.settled(desk.case(able_today="no"), can_decide="no"), "masseter_left")
    with pytest.raises(REFUSED, match="authority"):
        review.record(screening, "representative", desk.siobhan, name="Jane")
    review.record(screening, "representative", desk.siobhan, name="Jane", authority="Enduring guardian")
    assert "5a" in parts(screening)
    assert proceed(screening, desk.siobhan)


def test_a_child_is_treated_only_with_child_and_guardian_agreed_and_measures(desk):
    screening = desk.planned(desk.settled(desk.case(born=desk.years(14)), can_decide="yes"), "masseter_left")
    assert {"4b", "4d"} <= parts(screening)
    refused = desk.settled(
        screening, child_explains="yes", guardian_agrees="no", guardian_name="Ann", guardian_relationship="mother"
    )
    with pytest.raises(review.FindingsOutstanding, match="guardian agrees"):
        proceed(refused, desk.siobhan)
    agreed = desk.settled(refused, guardian_agrees="yes")
    assert "4d" not in parts(agreed)
    review.resolve(finding(agreed, "4b"), "measures", desk.siobhan, NOTE)
    assert proceed(agreed, desk.siobhan)


def test_under_twelve_needs_an_override_beside_both_consents(desk):
    yes = {
        "can_decide": "yes",
        "child_explains": "yes",
        "guardian_agrees": "yes",
        "guardian_name": "B",
        "guardian_relationship": "father",
    }
    screening = desk.planned(desk.settled(desk.case(born=desk.years(11)), **yes), "masseter_left")
    with pytest.raises(review.FindingsOutstanding, match="override"):
        proceed(screening, desk.siobhan)
    review.override(finding(screening, "4c"), desk.siobhan, "One needle, mother present, worked well before.")
    assert proceed(screening, desk.siobhan)


# The plan


def test_the_same_plan_again_makes_no_new_screening(desk):
    screening = desk.ready()
    assert desk.planned(screening, "infraspinatus_left") == screening


def test_a_plan_in_a_forbidden_place_is_a_conflict_by_name_until_it_is_moved(desk):
    screening = desk.ready("pectoralis_major_left", **PACEMAKER)
    assert screening.conflicts == ["15b"]
    with pytest.raises(review.PlanConflict, match=r"Surgery and implants, source 15.*left upper chest"):
        proceed(screening, desk.siobhan)
    assert proceed(desk.planned(screening, "pectoralis_major_right"), desk.siobhan)


def test_an_area_planned_without_a_muscle_runs_into_findings_too(desk):
    screening = desk.planned(desk.ready(**SKIN), areas=("knee_right",))
    review.resolve(finding(screening, "6a"), "inspection", desk.siobhan, NOTE)
    with pytest.raises(review.PlanConflict, match="Skin"):
        proceed(screening, desk.siobhan)


def test_warfarin_with_psoas_is_overridden_or_the_muscle_is_moved(desk):
    screening = desk.ready("psoas_major_right", blood_thinner="yes")
    assert screening.conflicts == ["11b"]
    with pytest.raises(review.PlanConflict):
        proceed(screening, desk.siobhan)
    moved = desk.planned(screening, "upper_trapezius_right")
    assert "11b" not in parts(moved)
    review.resolve(finding(moved, "11a"), "measures", desk.siobhan, NOTE)
    assert proceed(moved, desk.siobhan)


@pytest.mark.parametrize(
    ("sites", "said"),
    [
        (("masseter_left",), ""),
        (("upper_trapezius_left",), "The risk to the lung comes first"),
        (("upper_trapezius_left", "upper_trapezius_right"), "both sides"),
    ],
)
def test_muscles_near_the_lung_bring_a_notice(sites, said):
    notice = review.near_lung_notice(plan_of(*sites))
    assert (said in notice) if said else notice == ""


# Overrides and the second clinician


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        (SKIN, "6a"),
        (PACEMAKER, "15b"),
        ({"wants_treatment": "no"}, "4a"),
        ({"able_today": "no"}, "5a"),
        ({"memory_trouble": "yes"}, "2a"),
        ({"language_help": "yes"}, "3a"),
        ({"immune_weak": "yes"}, "12a"),
        ({"metal_rash": "yes", "metal_which": "nickel"}, "10a"),
    ],
)
def test_what_the_table_does_not_let_be_overridden_is_not(desk, changes, part):
    screening = desk.ready("pectoralis_major_left", **changes)
    with pytest.raises(review.NotOverridable):
        review.override(finding(screening, part), desk.siobhan, WHY)


@pytest.mark.parametrize("reason", ["", "   ", "ok", "needed", "aaaaaaaaaaaaaaaaaaaaaaaa", " because I say   "])
def test_a_reason_too_thin_for_a_record_is_refused(desk, reason):
    screening = desk.ready(**VEINS)
    with pytest.raises(review.ReasonTooThin):
        review.override(finding(screening, "14a"), desk.siobhan, reason)


def test_a_finding_is_overridden_once(desk):
    screening = desk.ready(**VEINS)
    review.override(finding(screening, "14a"), desk.siobhan, WHY)
    with pytest.raises(REFUSED, match="already"):
        review.override(finding(screening, "14a"), desk.tom, WHY)


def test_an_overridden_contraindication_proceeds_with_a_second_clinician_only(desk):
    screening = desk.ready(**VEINS)
    over = review.override(finding(screening, "14a"), desk.siobhan, WHY)
    with pytest.raises(review.FindingsOutstanding, match="second clinician"):
        proceed(screening, desk.siobhan)
    with pytest.raises(review.SamePerson):
        review.give_second_opinion(over, desk.siobhan, agrees=True, reason="")
    review.give_second_opinion(over, desk.tom, agrees=True, reason="")
    with pytest.raises(review.AlreadyDecided):
        review.give_second_opinion(over, people.make_member(desk.clinic, name="Third Person"), True, "")
    assert proceed(screening, desk.siobhan)


def test_a_second_clinician_who_disagrees_says_why_and_blocks_the_case(desk):
    screening = desk.ready(**VEINS)
    over = review.override(finding(screening, "14a"), desk.siobhan, WHY)
    with pytest.raises(review.ReasonTooThin):
        review.give_second_opinion(over, desk.tom, agrees=False, reason="")
    review.give_second_opinion(over, desk.tom, agrees=False, reason="The veins reach the thigh.")
    with pytest.raises(review.FindingsOutstanding, match="second clinician"):
        proceed(screening, desk.siobhan)


def test_without_the_policy_no_second_clinician_is_needed(desk):
    ClinicPolicy.objects.create(clinic=desk.clinic, values={"second_clinician": False}, by=desk.siobhan)
    screening = desk.ready(**VEINS)
    review.override(finding(screening, "14a"), desk.siobhan, WHY)
    assert proceed(screening, desk.siobhan)


def overridden(desk: Desk) -> Screening:
    screening = desk.ready(**VEINS)
    over = review.override(finding(screening, "14a"), desk.siobhan, WHY)
    review.give_second_opinion(over, desk.tom, agrees=True, reason="")
    return screening


def stricter_policy(desk: Desk, screening: Screening) -> Screening:
    ClinicPolicy.objects.create(clinic=desk.clinic, values={"consent_valid_days": 30}, by=desk.siobhan)
    return review.reopen(screening.visit, desk.siobhan)


VOIDING: dict[str, Any] = {
    "the plan": lambda desk, screening: desk.planned(screening, "soleus_left"),
    "the place": lambda desk, screening: correction.correct(
        screening, {"vessel-where": ["calf_left", "back_thigh_left"]}, desk.siobhan, "Marked one leg only"
    ),
    "another answer of the precaution": lambda desk, screening: correction.correct(
        screening, {"clot-past": "yes", "clot-details": ""}, desk.siobhan, "Remembered it later"
    ),
    "the policy": stricter_policy,
}
KEEPING: dict[str, Any] = {
    "an answer of another precaution": lambda desk, screening: correction.correct(
        screening, {"antiplatelet": "yes"}, desk.siobhan, "Forgot the aspirin"
    ),
    "taking the case up again": lambda desk, screening: review.reopen(screening.visit, desk.siobhan),
    "a question answered": lambda desk, screening: desk.settled(screening, can_decide="yes"),
}


@pytest.mark.parametrize("change", VOIDING)
def test_an_override_is_void_when_what_it_weighed_changes(desk, change):
    changed = VOIDING[change](desk, overridden(desk))
    assert standing(changed, "14a").override is None
    assert [over.reason for over in standings(changed).void] == [WHY]
    with pytest.raises(review.FindingsOutstanding, match="override"):
        proceed(changed, desk.siobhan)
    assert review.override(finding(changed, "14a"), desk.siobhan, WHY)


def test_an_override_is_void_when_the_rules_were_revised(desk, monkeypatch):
    screening = overridden(desk)
    for module in (evaluation, review):
        monkeypatch.setattr(module, "RULES_VERSION", "2099.1")
    with pytest.raises(review.StaleScreening, match="rules have been revised"):
        proceed(screening, desk.siobhan)
    again = review.reopen(screening.visit, desk.siobhan)
    assert standing(again, "14a").override is None
    assert [over.reason for over in standings(again).void] == [WHY]


@pytest.mark.parametrize("change", KEEPING)
def test_an_override_and_its_second_opinion_carry_over_when_nothing_it_weighed_changes(desk, change):
    changed = KEEPING[change](desk, overridden(desk))
    assert standing(changed, "14a").is_met
    assert standings(changed).void == ()


def test_an_override_that_is_void_takes_no_second_opinion(desk):
    screening = desk.ready(**VEINS)
    over = review.override(finding(screening, "14a"), desk.siobhan, WHY)
    desk.planned(screening, "soleus_left")
    with pytest.raises(review.StaleScreening, match="no longer applies"):
        review.give_second_opinion(over, desk.tom, agrees=True, reason="")


def test_after_the_decision_no_second_opinion_is_given(desk):
    screening = desk.ready(**VEINS)
    over = review.override(finding(screening, "14a"), desk.siobhan, WHY)
    review.decide(screening, "defer", desk.siobhan, "Ask the vascular clinic first")
    with pytest.raises(review.AlreadyDecided):
        review.give_second_opinion(over, desk.tom, agrees=False, reason="The veins reach the thigh.")


# Corrections


def test_a_correction_is_a_new_version_with_who_and_why_and_screens_anew(desk):
    screening = desk.case(metal_rash="no")
    changes = {"metal-rash": "yes", "metal-which": "nickel", "metal-tested": ""}
    changed = correction.correct(screening, changes, desk.siobhan, "Pressed the wrong button")
    first, second = Intake.objects.order_by("version")
    assert (first.replies["metal-rash"], second.replies["metal-rash"]) == ("no", "yes")
    assert (second.version, second.corrected_by, second.reason) == (2, desk.siobhan, "Pressed the wrong button")
    assert "10a" in parts(changed)
    assert current_screening(screening.visit) == changed


def test_a_correction_drops_follow_ups_that_no_longer_apply(desk):
    screening = desk.case(metal_rash="yes", metal_which="nickel")
    correction.correct(screening, {"metal-rash": "no"}, desk.siobhan, "Meant no")
    assert "metal-which" not in Intake.objects.get(version=2).replies


@pytest.mark.parametrize(
    ("changes", "reason", "refusal"),
    [
        ({"metal-rash": "no"}, "Meant no", correction.CorrectionRefused),
        ({"skin": "no"}, "no", correction.CorrectionRefused),
        ({"skin": "perhaps"}, "Meant perhaps", correction.CorrectionRefused),
        ({"no-such-question": "yes"}, "Meant yes", correction.CorrectionRefused),
        ({"metal-rash": "yes"}, "Meant yes", intake.IntakeIncomplete),
    ],
)
def test_a_correction_that_does_not_fit_is_refused_and_changes_nothing(desk, changes, reason, refusal):
    screening = desk.case(**SKIN)
    with pytest.raises(refusal), transaction.atomic():
        correction.correct(screening, changes, desk.siobhan, reason)
    assert Intake.objects.count() == 1


def test_a_corrected_answer_voids_how_it_was_settled(desk):
    screening = desk.settled(desk.case(clotting_illness="unsure"), clotting_illness="no")
    changed = correction.correct(screening, {"clotting-illness": "yes"}, desk.siobhan, "Found the letter")
    assert changed.replies["clotting-illness"] == "yes"
    assert "11a" in parts(changed)


def test_every_step_is_in_the_audit_trail_by_who_did_it(desk):
    screening = overridden(desk)
    proceed(screening, desk.siobhan)
    events = AuditEvent.objects.filter(clinic=desk.clinic)
    by = {event.action: event.actor for event in events}
    assert {"reply.settled", "screening.made", "finding.overridden", "case.decided"} <= by.keys()
    assert by["override.second_opinion"] == desk.tom
    assert WHY not in str([event.data for event in events])


# Over many cases

YES_NO = [question for question in QUESTIONS.values() if isinstance(question, YesNo)]
LEADS = sorted(question.code for question in YES_NO if not question.follows and not question.group)
PLANS = (
    (), ("masseter_left",), ("psoas_major_right",), ("pectoralis_major_left", "soleus_right"), ("rectus_femoris_left",)
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    replies=st.dictionaries(st.sampled_from(LEADS), st.sampled_from(["yes", "no", "unsure"]), max_size=3),
    steps=st.lists(st.sampled_from(["measures", "education", "inspection", "override", "second"]), max_size=5),
    can_decide=st.sampled_from(["yes", "no", "unsure"]),
    sites=st.sampled_from(PLANS),
)
@example({}, [], "yes", PLANS[1])
@example({"immune-weak": "yes"}, ["measures"], "yes", PLANS[1])
@example({"device": "yes"}, [], "yes", PLANS[4])
def test_a_case_proceeds_only_when_nothing_is_open_and_nothing_forbidden_is_planned(
    desk, replies, steps, can_decide, sites
):
    staffs = {code for code, question in QUESTIONS.items() if question.asked != "patient"}
    patients = {code.replace("-", "_"): reply for code, reply in replies.items() if code not in staffs}
    screening = desk.planned(desk.settled(desk.case(**patients), can_decide=can_decide), *sites)
    for row in standings(screening).findings:
        do_steps(desk, row.finding, steps)
    stands = standings(screening)
    forbidden = [row for row in stands.findings if row.finding.conflicts and not row.override]
    allowed = bool(sites) and not stands.outstanding and not forbidden
    try:
        proceed(screening, desk.siobhan)
    except (review.FindingsOutstanding, review.PlanConflict):
        assert not allowed
    else:
        assert allowed
        assert not any(row.open for row in stands.findings)


def do_steps(desk: Desk, found: Finding, steps: list[str]) -> None:
    for kind in ("measures", "education", "inspection"):
        if kind in steps and kind in found.requires:
            review.resolve(found, kind, desk.siobhan, NOTE)
    if "override" in steps and found.overridable:
        over = review.override(found, desk.siobhan, WHY)
        if "second" in steps:
            review.give_second_opinion(over, desk.tom, agrees=True, reason="")


def test_a_settlement_of_not_sure_does_not_settle_the_yes_that_corrected_it(desk):
    screening = desk.settled(desk.case(ill_today="unsure"), ill_today="no")
    assert "7a" not in parts(screening)
    changed = correction.correct(screening, {"ill-today": "yes", "infection-details": ""}, desk.siobhan, "It is a cold")
    assert "7a" in parts(changed)
    with pytest.raises(review.ReviewRefused, match="Correct the answer"):
        review.settle(changed, {"ill-today": "no"}, desk.siobhan)


@pytest.mark.parametrize("missing", ["guardian_name", "guardian_relationship"])
def test_a_guardian_is_on_record_by_name_and_relationship_before_the_case_proceeds(desk, missing):
    screening = desk.planned(desk.case(born=desk.years(14)), "masseter_left")
    answers = {"can_decide": "yes", "child_explains": "yes", "guardian_agrees": "yes"}
    named = {"guardian_name": "Hoa Nguyễn", "guardian_relationship": "mother"}
    screening = desk.settled(screening, **answers, **{key: value for key, value in named.items() if key != missing})
    review.resolve(screening.findings.get(part="4b"), "measures", desk.siobhan, "Two needles at most")
    with pytest.raises(review.FindingsOutstanding, match=r"full name|relationship"):
        proceed(screening, desk.siobhan)
    assert proceed(desk.settled(screening, **{missing: named[missing]}), desk.siobhan)


def test_the_way_of_talking_is_told_the_same_in_both_places(desk):
    screening = desk.settled(
        desk.ready(language_help="yes"), language_route_works="yes", language_route="interpreter_present"
    )
    helper: dict[str, Any] = {"name": "Samira Aziz", "language": "Arabic", "is_adult": True, "teach_back": True}
    with pytest.raises(review.ReviewRefused, match="Interpreter in the room"):
        review.record(screening, "communication", desk.mia, mode="writing", **helper)
    assert review.record(screening, "communication", desk.mia, mode="interpreter_present", **helper)


def test_a_newer_policy_asks_for_a_new_screening_before_the_decision(desk):
    screening = desk.ready()
    ClinicPolicy.objects.create(clinic=screening.visit.clinic, values={"caution_all_pregnancy": True}, by=desk.siobhan)
    with pytest.raises(review.StaleScreening, match="policy"):
        proceed(screening, desk.siobhan)
    assert proceed(review.reopen(screening.visit, desk.siobhan), desk.siobhan)
