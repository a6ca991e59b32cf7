"""The case page: what each role sees and may send, what is refused with everything typed kept, and never an error page."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEvent, Role
from screening import evaluation, review
from screening.evaluation import current_screening
from screening.models import ClinicPolicy, Intake, Override, Resolution, Review, Screening, SecondOpinion
from tests import people
from tests.test_review import NOTE, PACEMAKER, SKIN, VEINS, WHY, Desk, finding, parts

LONG = "Needled before without trouble. " * 620  # close to 20,000 characters


@pytest.fixture
def desk(db) -> Desk:
    return Desk()


class Case:
    """A case opened in the browser of one member of staff."""

    def __init__(self, user: Any, screening: Screening) -> None:
        self.client: Client = people.signed_in(user)
        self.visit = screening.visit

    def get(self, status: int = 200) -> str:
        response = self.client.get(reverse("case", args=[self.visit.pk]))
        assert response.status_code == status
        return plain(response)

    def send(self, to: str, /, screening: Any = "", **data: Any) -> Any:
        data = {code.replace("__", "-"): value for code, value in data.items()}
        data["screening"] = str(screening or self.now.pk)
        return self.client.post(reverse(to, args=[self.visit.pk]), data)

    @property
    def now(self) -> Screening:
        screening = current_screening(self.visit)
        assert screening
        return screening


def plain(response: Any) -> str:
    """The page with its blanks made single."""
    return re.sub(r"\s+", " ", response.content.decode())


def done(response: Any) -> bool:
    return bool(response.status_code == 302)


@pytest.fixture
def opened(desk):
    def open_case(user: Any = None, **replies: Any) -> Case:
        return Case(user or desk.siobhan, desk.ready(**replies))

    return open_case


# What is shown


def test_the_page_says_who_the_patient_is_and_what_was_found_with_its_source(desk, opened):
    page = opened(**VEINS).get()
    assert "<h1><bdi>Ann Keogh</bdi></h1>" in page
    assert "Neck pain" in page
    assert "1 finding, 1 still open" in page
    assert "Source 14" in page
    assert "“Do you have varicose veins?” <bdi>Yes</bdi>" in page
    assert "14 precautions with nothing to report" in page


def test_findings_stand_most_serious_first_and_what_is_only_not_sure_last(opened):
    case = opened(immune_weak="yes", clot_past="yes", infection_lately="unsure", infection_gone="yes", **VEINS)
    found = re.findall(r'<article class="card edge-(\w+)"', case.get())
    assert found == ["contraindicated", "caution", "caution", "unsure"]


def test_what_the_source_does_not_say_is_marked_as_practice_or_policy(opened):
    page = opened(clot_past="yes").get()
    assert "This clinic&#x27;s practice (14)" in page


def test_opening_a_case_is_in_the_audit_trail(desk, opened):
    case = opened()
    case.get()
    event = AuditEvent.objects.filter(action="case.opened").get()
    assert (event.actor, event.subject) == (desk.siobhan, f"Visit:{case.visit.pk}")


def test_before_the_answers_are_in_the_page_says_what_to_do(desk):
    visit = people.make_visit(people.make_patient(desk.clinic), desk.siobhan)
    response = people.signed_in(desk.siobhan).get(reverse("case", args=[visit.pk]))
    assert reverse("visit", args=[visit.pk]) in plain(response)
    assert "has not sent their answers yet" in plain(response)


def test_a_long_note_and_a_name_in_another_script_are_shown_in_full(desk):
    visit = people.make_visit(people.make_patient(desk.clinic, "نور حداد"), desk.siobhan)
    screening = people.submitted(visit, immune_weak="yes").screenings.get()
    case = Case(desk.siobhan, screening)
    assert done(case.send("case-resolve", part="12a", kind="measures", note=LONG))
    page = case.get()
    assert "<bdi>نور حداد</bdi>" in page
    assert LONG.strip() in page


def test_what_people_type_is_never_taken_as_markup(opened):
    case = opened(immune_weak="yes", immune_details="<script>alert(1)</script>")
    case.send("case-resolve", part="12a", kind="measures", note="<img src=x onerror=alert(1)>")
    page = case.get()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


# Roles and clinics


def test_a_case_of_another_clinic_is_not_found(desk, opened):
    stranger = people.make_member(people.make_clinic("Other"))
    case = Case(stranger, desk.ready())
    case.get(404)
    for name in POSTS:
        assert case.send(name).status_code == 404
    assert case.client.get(reverse("case-correct", args=[case.visit.pk, "skin-lesions"])).status_code == 404


POSTS = ("case-settle", "case-plan", "case-resolve", "case-record", "case-override", "case-second")


def test_an_admin_reads_the_case_and_changes_nothing(desk, opened):
    admin = people.make_member(desk.clinic, Role.ADMIN, "Grace Okafor")
    case = opened(admin, **VEINS, **SKIN)
    page = case.get()
    assert "Veins and arteries" in page
    assert re.findall(r'<form[^>]*action="([^"]*)"', page) == [
        reverse("sign-out"),
    ]
    assert "<textarea" not in page
    assert 'name="remove"' not in page
    assert {case.send(name).status_code for name in POSTS} == {403}


def test_the_front_desk_sees_staffs_questions_and_nothing_of_the_answers(desk, opened):
    case = opened(desk.mia, language_help="yes", **VEINS)
    page = case.get()
    assert "does it work?" in page
    for hidden in ("Veins", "Contraindicated", "varicose", "Can the patient decide", "body-map"):
        assert hidden not in page
    assert done(case.send("case-settle", form="questions", language__route__works="yes", language__route="sign"))
    assert "3a" not in parts(case.now)
    whole = {"name": "Samira", "language": "Arabic", "mode": "sign", "is_adult": "on", "teach_back": "on"}
    assert done(case.send("case-record", kind="communication", **whole))


def test_the_front_desk_settles_and_records_nothing_else(desk, opened):
    case = opened(desk.mia, clotting_illness="unsure", able_today="no", **SKIN)
    assert "nothing for you to answer" in case.get()
    before = Resolution.objects.count()
    assert case.send("case-settle", form="settle", question="clotting-illness", reply="no").status_code == 400
    assert (
        case.send("case-settle", form="place", part="6a", where="skin-where", do="clear", note=NOTE).status_code == 400
    )
    assert case.send("case-settle", form="questions", can__decide="yes").status_code == 200
    assert case.send("case-record", kind="representative", name="Jane", authority="x").status_code == 400
    assert {case.send(name).status_code for name in ("case-plan", "case-resolve", "case-override", "case-second")} == {
        403
    }
    assert Resolution.objects.count() == before


# Each form


def test_not_sure_is_settled_with_one_button(opened):
    case = opened(clotting_illness="unsure")
    assert "It is a yes" in case.get()
    assert done(case.send("case-settle", form="settle", question="clotting-illness", reply="no"))
    assert "11a" not in parts(case.now)
    assert "Settled as:" in case.get()


def test_still_unknown_is_decided_as_if_of_concern(opened):
    case = opened(clotting_illness="unsure")
    assert "decide as if it were a yes" in case.get()
    assert done(case.send("case-settle", form="settle", question="clotting-illness", reply="unsure"))
    page = case.get()
    assert 'id="open-clotting-illness"' not in page
    assert "11a" in parts(case.now)


def test_settling_to_yes_asks_what_then_applies(opened):
    case = opened(metal_rash="unsure", metal_which="unsure")
    case.send("case-settle", form="settle", question="metal-rash", reply="yes")
    assert 'id="open-metal-which"' in case.get()
    assert done(case.send("case-settle", form="settle", question="metal-which", reply="nickel"))
    assert case.now.replies["metal-which"] == "nickel"


@pytest.mark.parametrize(
    ("replies", "question", "data", "reply"),
    [
        ({"varicose_veins": "yes", "vessel_where": "unsure"}, "vessel-where", {"reply": ["calf_left"]}, ["calf_left"]),
        ({"varicose_veins": "yes", "vessel_where": "unsure"}, "vessel-where", {"unknown": "1"}, "unsure"),
        (
            {"pregnant": "yes", "pregnancy_counted": "weeks", "pregnancy_weeks": "unsure"},
            "pregnancy-weeks",
            {"reply_0": "13", "reply_1": "6"},
            "13+6",
        ),
        (
            {"pregnant": "unsure", "pregnancy_counted": "unsure"},
            "pregnant",
            {"reply": "not_applicable"},
            "not_applicable",
        ),
    ],
)
def test_every_kind_of_question_can_be_settled(opened, replies, question, data, reply):
    case = opened(**replies)
    assert f'id="open-{question}"' in case.get()
    assert done(case.send("case-settle", form="settle", question=question, **data))
    assert Resolution.objects.get(question=question).reply == reply


def test_several_questions_are_answered_at_once_and_an_empty_form_says_what_to_do(desk):
    case = Case(desk.siobhan, desk.case(born=desk.years(14)))
    assert "Answer at least one question" in plain(case.send("case-settle", form="questions"))
    answers = {
        "can__decide": "yes",
        "child__explains": "yes",
        "guardian__agrees": "yes",
        "guardian__relationship": "aunt, Li",
    }
    assert done(case.send("case-settle", form="questions", **answers))
    assert "4d" not in parts(case.now)
    assert case.now.seq == 2
    assert "Answer at least one question" in plain(case.send("case-settle", form="questions", **answers))


def test_a_route_without_a_working_way_to_talk_is_not_recorded(opened):
    case = opened(language_help="yes")
    assert done(case.send("case-settle", form="questions", language__route__works="no", language__route="sign"))
    assert "language-route" not in case.now.replies


def test_a_located_finding_is_placed_with_a_note_and_cleared_with_a_note(opened):
    case = opened(skin="yes", skin_where="unsure")
    where = {"form": "place", "part": "6a", "where": "skin-where"}
    assert "Say in a few words what you saw" in plain(
        case.send("case-settle", **where, do="place", areas=["knee_left"])
    )
    assert "Mark where it is" in plain(case.send("case-settle", **where, do="place", note=NOTE))
    assert done(case.send("case-settle", **where, do="place", areas=["knee_left"], note=NOTE))
    assert finding(case.now, "6a").places == ["knee_left"]
    assert done(case.send("case-settle", **where, do="clear", note=NOTE))
    assert "6a" not in parts(case.now)
    assert NOTE in case.get()


def test_a_device_and_an_implant_are_placed_apart(opened):
    case = opened(cosmetic_implant="yes", cosmetic_where=["upper_chest_left"], **PACEMAKER)
    page = case.get()
    assert 'id="place-15b-device-where"' in page
    assert 'id="place-15b-cosmetic-where"' in page
    sent = {"form": "place", "part": "15b", "where": "cosmetic-where", "do": "clear", "note": "Taken out in 2019."}
    assert done(case.send("case-settle", **sent))
    assert (case.now.replies["cosmetic-implant"], case.now.replies["device"]) == ("no", "yes")


@pytest.mark.parametrize(
    ("replies", "part", "kind"),
    [
        ({"immune_weak": "yes"}, "12a", "measures"),
        ({"needle_fear": "lot"}, "1a", "education"),
        (SKIN, "6a", "inspection"),
    ],
)
def test_a_requirement_is_met_with_a_note_and_shown_with_who_and_when(opened, replies, part, kind):
    case = opened(**replies)
    assert f'id="resolve-{part}-{kind}"' in case.get()
    assert "Please write a few words" in plain(case.send("case-resolve", part=part, kind=kind, note=""))
    assert done(case.send("case-resolve", part=part, kind=kind, note=NOTE))
    assert NOTE in case.get()
    assert Resolution.objects.get(kind=kind).by.printed_name == "Siobhan Byrne"


def test_needles_are_recorded_in_full_and_what_is_missing_is_said_at_its_field(opened):
    case = opened(metal_rash="yes", metal_which="nickel")
    some = {"part": "10a", "kind": "needle_material", "material": "gold_plated", "brand": "Seirin"}
    page = plain(case.send("case-resolve", **some))
    assert "Enter the lot number." in page
    assert "Confirm that the needles are free" in page
    assert 'value="Seirin"' in page
    assert done(case.send("case-resolve", **some, lot="44-B", free_of_metal="on"))
    assert "Gold plated, Seirin, lot 44-B" in case.get()


def test_an_override_is_refused_with_the_words_kept_and_accepted_with_a_reason(desk, opened):
    case = opened(**VEINS)
    page = plain(case.send("case-override", part="14a", reason="just do it ok"))
    assert "reason that another clinician can follow" in page
    assert "just do it ok</textarea>" in page
    assert done(case.send("case-override", part="14a", reason=WHY))
    assert "Waiting for a second clinician" in case.get()
    assert 'name="agrees"' not in case.get()
    assert Case(desk.tom, case.now).get().count('name="agrees"') == 2


def test_the_second_clinician_agrees_or_says_why_not(desk, opened):
    case = opened(**VEINS)
    case.send("case-override", part="14a", reason=WHY)
    second = Case(desk.tom, case.now)
    assert "must be another person" in plain(case.send("case-second", part="14a", agrees="yes"))
    assert "Say whether you agree" in plain(second.send("case-second", part="14a", reason="Hm."))
    assert second.send("case-second", part="14a", agrees="no").status_code == 200
    assert done(second.send("case-second", part="14a", agrees="no", reason="The veins reach the thigh."))
    assert not SecondOpinion.objects.get().agrees
    assert "The second clinician does not agree" in case.get()


def test_an_override_that_is_void_is_shown_as_no_longer_applying(opened):
    case = opened(**VEINS)
    case.send("case-override", part="14a", reason=WHY)
    case.send("case-plan", do="muscle", muscle="masseter", side="left")
    page = case.get()
    assert "Override that no longer applies" in page
    assert WHY in page
    assert 'id="override-14a"' in page


def test_a_finding_without_override_offers_none(opened):
    case = opened(**SKIN)
    assert 'id="override-6a"' not in case.get()
    assert "cannot be overridden" in plain(case.send("case-override", part="6a", reason=WHY))
    assert not Override.objects.exists()


def test_help_to_talk_is_confirmed_in_full(opened):
    case = opened(language_help="yes")
    page = plain(case.send("case-record", kind="communication", name="Samira", language="Arabic", mode="sign"))
    assert "a child never interprets" in page
    assert 'value="Samira"' in page
    whole = {"name": "Samira", "language": "Arabic", "mode": "sign", "is_adult": "on", "teach_back": "on"}
    assert done(case.send("case-record", kind="communication", **whole))
    assert "Samira" in case.get()


def test_a_representative_is_named_with_their_authority(opened):
    case = opened(able_today="no")
    assert "Write down by what authority" in plain(case.send("case-record", kind="representative", name="Jane"))
    assert done(case.send("case-record", kind="representative", name="Jane", authority="Guardian, order of 4 May"))
    assert "Jane, Guardian, order of 4 May" in case.get()


# The plan


def test_a_muscle_is_planned_on_a_side_and_conflicts_are_shown_at_once(opened):
    case = opened(blood_thinner="yes")
    assert done(case.send("case-plan", do="muscle", muscle="psoas_major", side="right"))
    page = case.get()
    assert "■ Source 11</a> Avoid muscle: " in page
    assert "Here: Psoas major, right." in page
    assert "Take Psoas major, right out of the plan" in page
    assert done(case.send("case-plan", remove="psoas_major_right@"))
    assert "■ Source" not in case.get()


def test_both_sides_an_entry_and_an_area_can_be_planned_and_taken_out(opened):
    case = opened()
    case.send("case-plan", do="muscle", muscle="upper_trapezius", side="both")
    case.send("case-plan", do="muscle", muscle="levator_scapulae", side="left", entry="back_neck")
    case.send("case-plan", do="area", area="calf_left")
    words = {site.words for site in case.now.sites.all()}
    assert "Levator scapulae, left, entered at the back of the neck" in words
    assert {"Upper trapezius, left", "Upper trapezius, right", "left calf"} <= words
    assert "near the lung are planned on both sides" in case.get()
    case.send("case-plan", remove="levator_scapulae_left@back_neck")
    case.send("case-plan", remove="calf_left")
    assert len(case.now.sites.all()) == 3


def test_the_same_site_again_changes_nothing(opened):
    case = opened()
    before = case.now
    case.send("case-plan", do="muscle", muscle="infraspinatus", side="left")
    case.send("case-plan", remove="calf_left")
    assert case.now == before


def test_an_entry_that_the_muscle_does_not_have_is_refused_with_the_places_it_has(opened):
    page = plain(opened().send("case-plan", do="muscle", muscle="masseter", side="left", entry="calf"))
    assert "Masseter is reached through: face and jaw" in page


def test_the_map_says_in_words_what_is_planned_and_what_is_not(opened):
    page = opened(**PACEMAKER).get()
    assert "Planned: left shoulder blade" in page
    assert "Not here: left upper chest" in page


def test_the_page_says_that_muscle_data_are_to_be_confirmed(desk):
    said = "general anatomical knowledge"
    assert said in Case(desk.siobhan, desk.ready("frontalis_left")).get()
    assert said not in Case(desk.siobhan, desk.ready("psoas_major_left")).get()


# Corrections


def correct(case: Case, slug: str, **data: Any) -> Any:
    data = {"screening": str(case.now.pk)} | {code.replace("_", "-"): value for code, value in data.items()}
    return case.client.post(reverse("case-correct", args=[case.visit.pk, slug]), data)


def test_a_correction_starts_from_the_present_answers_and_makes_a_new_version(opened):
    case = opened()
    page = plain(case.client.get(reverse("case-correct", args=[case.visit.pk, "metal-allergy"])))
    assert re.search(r'value="no"[^>]*checked', page)
    assert done(
        correct(case, "metal-allergy", metal_rash="yes", metal_which="nickel", metal_tested="", reason="Slipped")
    )
    assert "10a" in parts(case.now)
    assert Intake.objects.get(version=2).reason == "Slipped"
    assert "corrected once" in case.get()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"metal_rash": "yes", "metal_which": "nickel"}, "Please write a few words"),
        ({"metal_rash": "yes", "reason": "Pressed wrongly"}, "Please choose an answer"),
        ({"metal_rash": "no", "reason": "Pressed wrongly"}, "Nothing was changed"),
        ({"metal_rash": "yes", "metal_which": "gold", "reason": "Pressed wrongly"}, "one of the answers offered"),
        ({"metal_rash": "no", "skin": "yes", "reason": "Pressed wrongly"}, "did not ask for"),
    ],
)
def test_a_correction_that_does_not_fit_keeps_what_was_typed_and_says_why(opened, data, said):
    case = opened()
    response = correct(case, "metal-allergy", **data)
    assert response.status_code in {200, 422}
    assert said in plain(response)
    assert data.get("reason", "") in plain(response)
    assert Intake.objects.count() == 1


def test_a_correction_from_a_stale_page_or_after_the_decision_is_refused(desk, opened):
    case = opened()
    old = case.now
    case.send("case-plan", do="area", area="calf_left")
    sent = {"metal_rash": "yes", "metal_which": "nickel", "reason": "Pressed wrongly"}
    assert correct(case, "metal-allergy", screening=str(old.pk), **sent).status_code == 409
    review.decide(case.now, "defer", desk.siobhan, "Another day")
    response = correct(case, "metal-allergy", **sent)
    assert response.status_code == 409
    assert "Siobhan Byrne decided at" in plain(response)
    assert Intake.objects.count() == 1


# Stale pages, decisions, rotten posts


def test_a_stale_page_is_told_so_and_keeps_what_was_typed(opened):
    case = opened(**VEINS)
    old = case.now.pk
    case.send("case-plan", do="area", area="calf_left")
    response = case.send("case-override", screening=old, part="14a", reason=WHY)
    assert response.status_code == 409
    page = plain(response)
    assert "This case has changed since you opened the page" in page
    assert f"{WHY}</textarea>" in page
    assert f'value="{case.now.pk}"' in page
    assert str(old) not in page
    assert not Override.objects.exists()


def test_what_was_typed_for_a_finding_that_is_gone_is_still_shown(opened):
    case = opened("", **SKIN)
    old = case.now.pk
    case.send("case-settle", form="place", part="6a", where="skin-where", do="clear", note=NOTE)
    response = case.send("case-resolve", screening=old, part="6a", kind="inspection", note="A graze, nearly healed")
    assert response.status_code == 409
    assert "What you typed" in plain(response)
    assert "A graze, nearly healed" in plain(response)


def test_a_decided_case_shows_who_decided_and_only_the_way_on(desk, opened):
    case = opened(**VEINS)
    screening = case.now
    review.decide(screening, "defer", desk.tom, "Ask the vascular clinic first")
    page = case.get()
    assert "<strong>Defer</strong>" in page
    assert "Tom Ellis" in page
    assert reverse("case-reopen", args=[case.visit.pk]) in page
    assert "<textarea" not in page
    response = case.send("case-override", part="14a", reason=WHY)
    assert response.status_code == 409
    assert re.search(r"Tom Ellis decided at \d\d:\d\d: defer", plain(response))
    assert WHY in plain(response)


def test_what_is_open_is_listed_by_name_beside_the_decision_with_its_place(opened):
    page = opened(clot_past="unsure", **VEINS).get()
    open_list = page.split('class="outstanding"')[1].split("</ul>")[0]
    for place in re.findall(r'href="#([^"]+)"', open_list):
        assert re.search(rf'\sid="{re.escape(place)}"', page), place
    assert "Have you had a blood clot in the past" in open_list


def test_a_refused_decision_comes_back_with_its_words(opened):
    case = opened()
    response = case.send("case-decide", decision="defer", reason="Come back after the cold", until="2020-01-01")
    assert done(response)
    page = case.get()
    assert "must be in the future" in page
    assert "Come back after the cold</textarea>" in page
    assert "Come back after the cold" not in case.get()


def test_who_is_deferred_has_a_day_on_which_to_come_back_or_be_called(opened):
    case = opened()
    assert done(case.send("case-decide", decision="defer", reason="Come back after the cold", until=""))
    page = case.get()
    assert "Choose the day to come back, or the day on which to call the patient." in page
    assert "Come back after the cold</textarea>" in page
    assert not Review.objects.exists()


def test_words_for_a_decision_that_a_colleague_took_first_are_kept(desk, opened):
    case = opened(**VEINS)
    screening = case.now
    review.decide(screening, "defer", desk.tom, "Ask the vascular clinic first")
    case.send("case-decide", screening.pk, decision="decline", reason="No reply from her doctor since May")
    page = case.get()
    assert "Tom Ellis" in page
    assert "What you typed" in page
    assert "No reply from her doctor since May" in page


def other_policy(desk: Desk) -> None:
    ClinicPolicy.objects.create(clinic=desk.clinic, values={"consent_valid_days": 30}, by=desk.siobhan)


OUTDATED: dict[str, tuple[Any, str]] = {
    "the policy": (
        lambda desk, patch: other_policy(desk),
        "The clinic&#x27;s policy has changed since this screening.",
    ),
    "the rules": (
        lambda desk, patch: [patch.setattr(module, "RULES_VERSION", "2099.1") for module in (evaluation, review)],
        "The rules have been revised since this screening.",
    ),
}


@pytest.mark.parametrize("what", OUTDATED)
def test_a_case_that_was_screened_by_what_has_changed_since_is_taken_up_again_from_its_page(
    desk, opened, monkeypatch, what
):
    case, (change, words) = opened(), OUTDATED[what]
    change(desk, monkeypatch)
    page = case.get()
    assert f"{words} Take the case up again before you decide." in page
    assert 'value="proceed"' not in page
    case.send("case-decide", decision="proceed")
    assert "Take the case up again first." in case.get()
    case.client.post(reverse("case-reopen", args=[case.visit.pk]))
    assert 'value="proceed"' in case.get()


ROTTEN: list[tuple[str, dict[str, Any]]] = [
    ("case-override", {"part": "\x00", "reason": WHY}),
    ("case-settle", {}),
    ("case-settle", {"form": "settle", "question": "no-such"}),
    ("case-settle", {"form": "settle", "question": "can-decide", "reply": "yes"}),
    ("case-settle", {"form": "settle", "question": "clotting-illness"}),
    ("case-settle", {"form": "settle", "question": "clotting-illness", "reply": "perhaps"}),
    ("case-settle", {"form": "place", "part": "99", "where": "skin-where", "do": "clear"}),
    ("case-settle", {"form": "place", "part": "6a", "where": "device-where", "do": "clear", "note": NOTE}),
    ("case-settle", {"form": "place", "part": "6a", "where": "skin-where", "areas": ["moon"], "note": NOTE}),
    ("case-settle", {"form": "questions", "can-decide": "perhaps"}),
    ("case-plan", {}),
    ("case-plan", {"do": "muscle", "muscle": "heart", "side": "left"}),
    ("case-plan", {"do": "muscle", "muscle": "masseter", "side": "top"}),
    ("case-plan", {"do": "area", "area": "moon"}),
    ("case-resolve", {}),
    ("case-resolve", {"part": "6a", "kind": "override", "note": NOTE}),
    ("case-resolve", {"part": "6a", "kind": "inspection", "note": "a\u202eb hidden mark"}),
    ("case-resolve", {"part": "6a", "kind": "inspection", "note": "x" * 20_001}),
    ("case-record", {}),
    ("case-record", {"kind": "reply"}),
    ("case-record", {"kind": "communication", "mode": "telepathy"}),
    ("case-override", {}),
    ("case-override", {"part": "nowhere", "reason": WHY}),
    ("case-second", {}),
    ("case-second", {"part": "6a", "agrees": "yes"}),
    ("case-second", {"part": "14a", "agrees": "yes"}),
]


@pytest.mark.parametrize(("name", "data"), ROTTEN)
def test_a_rotten_post_gets_a_message_and_records_nothing(opened, name, data):
    case = opened(clotting_illness="unsure", **SKIN, **VEINS)
    before = (case.now.pk, Resolution.objects.count())
    for screening in (case.now.pk, "", "not-a-uuid", "\x00"):
        response = case.client.post(reverse(name, args=[case.visit.pk]), data | {"screening": screening})
        assert response.status_code in {200, 400, 409}
        page = plain(response)
        assert "field-error" in page or "notice-error" in page
    assert (case.now.pk, Resolution.objects.count()) == before
    assert not Override.objects.exists()


@pytest.mark.parametrize("name", POSTS)
def test_a_screening_of_another_visit_is_not_found(desk, opened, name):
    case, other = opened(**VEINS), desk.ready()
    assert (
        case.send(name, screening=other.pk, part="14a", form="questions", kind="communication", do="area").status_code
        == 404
    )
    assert case.send(name, screening=uuid.uuid4(), part="14a").status_code == 404


def test_a_correction_of_no_precaution_or_without_its_screening_is_no_error(opened):
    case = opened()
    assert done(case.client.get(reverse("case-correct", args=[case.visit.pk, "no-such"])))
    sent = {"metal_rash": "yes", "metal_which": "nickel", "reason": "Pressed wrongly", "screening": "rotten"}
    assert correct(case, "metal-allergy", **sent).status_code == 409


# The whole page


def test_every_form_and_every_id_on_the_page_is_unlike_the_others(desk):
    case = Case(desk.siobhan, desk.planned(desk.case(desk.years(11), memory_trouble="unsure", language_help="unsure",
        metal_rash="unsure", metal_which="unsure", touch_hurts="yes", sensitive_where="unsure", joint_surgery="yes",
        joint_where=["knee_left"], blood_thinner="yes", **SKIN, **VEINS, **PACEMAKER), "psoas_major_left"))  # fmt: skip
    page = case.get()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), {name for name in ids if ids.count(name) > 1}
    assert "style=" not in page
    assert set(re.findall(r'href="#([^"]+)"', page)) <= {*ids, "main"}


def test_the_number_of_queries_does_not_grow_with_the_findings(desk, opened, django_assert_max_num_queries):
    few = opened()
    with django_assert_max_num_queries(40) as counted:
        few.get()
    many = Case(desk.siobhan, desk.ready("psoas_major_left", immune_weak="yes", blood_thinner="yes", clot_past="yes",
        metal_rash="yes", metal_which="nickel", swelling="yes", swelling_where=["calf_left"], **SKIN, **VEINS))  # fmt: skip
    review.override(finding(many.now, "14a"), desk.siobhan, WHY)
    with django_assert_max_num_queries(len(counted) + 3):
        many.get()


def test_the_fifteen_precautions_are_listed_with_class_questions_and_number(desk):
    page = plain(people.signed_in(desk.siobhan).get(reverse("precautions")))
    assert [int(number) for number in re.findall(r'id="title-(\d+)"', page)] == list(range(1, 16))
    assert "can be overridden with a reason" in page
    assert "Do you take a medicine that thins your blood?" in page
    assert people.signed_in(desk.mia).get(reverse("precautions")).status_code == 403
