"""The command-line door: what `questions` and `screen` print."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given

from screening.body import AREAS
from screening.precautions.vocabulary import Case
from screening.questionnaire import QUESTIONS, shown
from tests.screening.door import ADULT, CHILD, faults_of, printed_questions, screened, with_replies
from tests.screening.strategies import cases


def test_a_case_with_nothing_to_report_is_clear(tmp_path):
    assert screened(tmp_path, ADULT) == {"overall": ["clear"], "findings": [], "conflicts": [], "open": []}
    assert screened(tmp_path, ADULT | {"plan": {}, "policy": {}})["overall"] == ["clear"]


def test_a_case_prints_its_findings_with_class_scope_places_reasons_and_release(tmp_path):
    case = with_replies(blood_thinner="yes", blood_thinner_details="warfarin", blood_thinner_test="", bleeds_easily="unsure")
    printed = screened(tmp_path, case | {"plan": {"muscles": [{"id": "psoas_major", "side": "left"}], "areas": []}})
    assert list(printed) == ["overall", "findings", "conflicts", "open"]
    assert set(printed["overall"]) == {"caution", "avoid_some_regions"}
    assert printed["conflicts"] == ["11b"]
    assert printed["open"] == ["bleeds-easily"]
    first, second = printed["findings"]
    reasons = second.pop("reasons")
    assert second == {
        "part": "11b", "number": 11, "class": "avoid_region", "scope": "muscles", "places": ["psoas_major_left"],
        "requires": ["override"], "overridable": True, "from": "source",
    }  # fmt: skip
    assert reasons
    assert all(isinstance(reason, str) and reason for reason in reasons)
    assert (first["part"], first["scope"], first["places"]) == ("11a", "person", [])


def test_places_and_areas_go_in_and_come_out_as_lists_of_area_codes(tmp_path):
    case = with_replies(skin="yes", skin_where=["knee_left", "calf_left"], skin_open="no")
    printed = screened(tmp_path, case | {"plan": {"areas": ["calf_left"]}})
    assert printed["findings"][0]["places"] == ["knee_left", "calf_left"]
    assert printed["conflicts"] == ["6a"]


@pytest.mark.parametrize("nowhere", [[], "unsure"])
def test_a_place_that_is_not_known_is_the_whole_body_and_open(tmp_path, nowhere):
    printed = screened(tmp_path, with_replies(skin="yes", skin_where=nowhere, skin_open="no"))
    assert printed["findings"][0]["places"] == list(AREAS)
    assert printed["open"] == ["skin-where"]


def test_an_entry_site_in_the_plan_is_heard(tmp_path):
    case = with_replies(skin="yes", skin_where=["abdomen"], skin_open="no")
    muscle = {"id": "psoas_major", "side": "left"}
    assert screened(tmp_path, case | {"plan": {"muscles": [muscle]}})["conflicts"] == ["6a"]
    entered = {"muscles": [muscle | {"entry": "lower_back"}]}
    assert screened(tmp_path, case | {"plan": entered})["conflicts"] == []


def test_a_policy_is_heard_and_marked(tmp_path):
    case = with_replies(lymphedema="yes", lymphedema_where=["calf_left"])
    printed = screened(tmp_path, case | {"policy": {"avoid_lymphedema_region": True}})
    assert [(f["class"], f["from"]) for f in printed["findings"]] == [("avoid_region", "policy")]


def test_the_clinics_practice_is_told_from_the_source(tmp_path):
    assert screened(tmp_path, with_replies(antiplatelet="yes"))["findings"][0]["from"] == "practice"


def test_complete_takes_what_is_missing_as_not_sure(tmp_path):
    empty = CHILD | {"replies": {}}
    printed = screened(tmp_path, empty, "--complete")
    asked = printed["open"]
    assert {"skin", "skin-where", "can-decide", "guardian-agrees", "pregnancy-counted"} <= set(asked)
    spelled_out = empty | {"replies": dict.fromkeys(asked, "unsure")}
    again = screened(tmp_path, spelled_out)
    assert again == printed


def test_complete_changes_nothing_about_a_case_that_is_complete(tmp_path):
    assert screened(tmp_path, CHILD, "--complete") == screened(tmp_path, CHILD)


def test_every_question_is_printed_with_what_a_reader_needs():
    printed = printed_questions()
    assert [question["code"] for question in printed] == [code for code, one in QUESTIONS.items() if not one.group]
    for question in printed:
        assert {"code", "kind", "text", "options", "follows", "precaution"} <= set(question)
        assert 1 <= question["precaution"] <= 15
        assert question["text"]
        if question["kind"] in {"yes_no", "choice", "places"}:
            assert all(option["code"] and option["text"] for option in question["options"])
    by_kind = {question["kind"]: question for question in printed}
    assert [option["code"] for option in by_kind["yes_no"]["options"]] == ["yes", "no", "unsure"]
    assert [option["code"] for option in by_kind["places"]["options"]] == list(AREAS)


def shown_by_reading(printed: list[dict[str, Any]], case: Case) -> list[str]:
    """Which questions are shown, worked out from the printed questions alone."""
    asked: set[str] = set()
    groups = ("", *case.policy.additional)
    for question in printed:
        leads = question["follows"]
        led = not leads or any(
            lead["code"] in asked and case.replies.get(lead["code"], "unsure") in lead["replies"] for lead in leads
        )
        grown = case.age >= case.policy.age_of_majority
        if led and question["group"] in groups and not (question["only_below_majority"] and grown):
            asked.add(question["code"])
    return [question["code"] for question in printed if question["code"] in asked]


def test_a_reader_of_the_printed_questions_can_decide_what_is_shown():
    printed = printed_questions("--additional")

    @given(cases)
    def agrees(case: Case) -> None:
        assert shown_by_reading(printed, case) == [question.code for question in shown(case)]

    agrees()


def test_replies_made_up_from_the_printed_questions_alone_are_accepted(tmp_path):
    printed = {question["code"]: question for question in printed_questions()}
    case = CHILD | {"replies": {}}
    for choose in (0, -1):
        replies: dict[str, Any] = {}
        while missing := [f.partition(":")[0] for f in faults_of(tmp_path, case | {"replies": replies})]:
            code = missing[0]
            assert code not in replies, missing
            options = [option["code"] for option in printed[code]["options"]] or [printed[code]["unsure"]]
            replies[code] = [options[choose]] if printed[code]["kind"] == "places" else options[choose]
        assert screened(tmp_path, case | {"replies": replies})["findings"]


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        input=stdin, cwd=settings.BASE_DIR, env=os.environ | {"NEEDLEPOINT_VAR": str(settings.VAR)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_as_a_program_it_reads_standard_input_and_tells_by_its_exit_status():
    good = run("screen", "-", stdin=json.dumps(ADULT))
    assert (good.returncode, json.loads(good.stdout)["overall"]) == (0, ["clear"])
    bad = run("screen", "-", stdin=json.dumps(ADULT | {"born": "2030-01-01"}))
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "born: the date of birth is in the future" in bad.stderr
    assert "Traceback" not in bad.stderr
