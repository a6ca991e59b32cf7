"""What `screen` refuses: exit status 2, nothing printed, and every fault named."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.screening.cases import HARMLESS, HARMLESS_CHILD
from tests.screening.door import ADULT, CHILD, refused, refused_case, screened, with_replies


def test_a_shown_question_without_a_reply_is_named(tmp_path):
    missing = {code: reply for code, reply in HARMLESS.items() if code not in {"skin", "pregnant"}}
    faults = refused_case(tmp_path, ADULT | {"replies": missing})
    for code in ("skin", "skin-where", "pregnant", "pregnancy-counted"):
        assert any(fault.startswith(f"{code}: ") for fault in faults), faults


def test_a_question_to_staff_clinician_or_guardian_is_a_question_too(tmp_path):
    missing = {code: reply for code, reply in HARMLESS.items() if code != "can-decide"}
    assert [fault.partition(":")[0] for fault in refused_case(tmp_path, ADULT | {"replies": missing})] == ["can-decide"]


@pytest.mark.parametrize("option", [(), ("--complete",)])
def test_a_reply_to_a_question_that_is_not_shown_is_named(tmp_path, option):
    for case in (with_replies(skin_where=["calf_left"]), with_replies(guardian_agrees="yes")):
        faults = refused_case(tmp_path, case, *option)
        assert len(faults) == 1
        assert "not shown" in faults[0]


def test_every_fault_is_named_at_once(tmp_path):
    replies = {code: reply for code, reply in HARMLESS.items() if code != "antibiotics"}
    case = {
        "born": "1980-02-30", "today": "2026-11-30", "extra": 1,
        "replies": replies | {"skin": "maybe", "hat-size": "7", "joint-where": ["elbow_middle"]},
        "plan": {"muscles": [{"id": "psoas", "side": "left"}, {"id": "soleus", "side": "both"}], "areas": ["calf"]},
        "policy": {"minimum_age": 10, "colour": "blue"},
    }  # fmt: skip
    faults = "\n".join(refused_case(tmp_path, case))
    for named in (
        "extra",
        "born",
        "skin",
        "hat-size",
        "elbow_middle",
        "psoas",
        "both",
        '"calf"',
        "minimum_age",
        "colour",
    ):
        assert named in faults


WRONG_REPLIES: dict[str, list[Any]] = {
    "skin": ["maybe", "", None, True, 1, ["yes"], {"yes": True}, "Yes"],
    "needle-fear": ["yes", "unknown", None],
    "pregnant": ["perhaps"],
    "language": ["klingon"],
}


@pytest.mark.parametrize(("code", "value"), [(code, value) for code in WRONG_REPLIES for value in WRONG_REPLIES[code]])
def test_an_unknown_value_is_named_with_its_question(tmp_path, code, value):
    faults = refused_case(tmp_path, ADULT | {"replies": HARMLESS | {code: value}})
    assert any(fault.startswith(f"{code}: must be") for fault in faults)


@pytest.mark.parametrize("value", ["calf_left", ["calf"], [["calf_left"]], [1], {"calf_left": True}, None])
def test_places_that_are_no_list_of_areas_are_named(tmp_path, value):
    assert any(f.startswith("skin-where: ") for f in refused_case(tmp_path, with_replies(skin="yes", skin_where=value)))


@pytest.mark.parametrize("value", ["13", "13+7", "13 + 6", "46+0", "-1+0", 13, None, ""])
def test_weeks_that_cannot_be_are_named(tmp_path, value):
    case = with_replies(
        pregnant="yes", pregnancy_counted="weeks", pregnancy_weeks=value, pregnancy_problem="no"
    )  # fmt: skip
    assert any(fault.startswith("pregnancy-weeks: ") for fault in refused_case(tmp_path, case))


@pytest.mark.parametrize("value", ["2027-09-07", "2026-10-01", "2027-02-30", "soon", 20270501, None])
def test_a_due_date_that_cannot_be_is_named(tmp_path, value):
    case = with_replies(
        pregnant="yes", pregnancy_counted="due_date", pregnancy_due_date=value, pregnancy_problem="no"
    )  # fmt: skip
    assert any(fault.startswith("pregnancy-due-date: ") for fault in refused_case(tmp_path, case))


@pytest.mark.parametrize("born", ["2026-12-01", "1896-11-30", "1850-01-01", "17/05/1980", "", None, 1980])
def test_a_date_of_birth_in_the_future_or_130_years_ago_or_none_at_all_is_named(tmp_path, born):
    assert any(fault.startswith("born: ") for fault in refused_case(tmp_path, CHILD | {"born": born}, "--complete"))


@pytest.mark.parametrize("born", ["2026-11-30", "1896-12-01"])
def test_the_youngest_and_the_oldest_are_screened(tmp_path, born):
    replies = HARMLESS_CHILD if born > "2000" else HARMLESS
    assert screened(tmp_path, ADULT | {"born": born, "replies": replies})["overall"]


@pytest.mark.parametrize("key", ["born", "today", "replies"])
def test_what_a_case_cannot_be_without_is_named(tmp_path, key):
    faults = refused_case(tmp_path, {name: value for name, value in ADULT.items() if name != key})
    assert any(fault.startswith(f"{key}: ") for fault in faults)


MUSCLE = {"id": "soleus", "side": "left"}
BAD_PLANS: list[Any] = [
    [],
    None,
    "calf_left",
    {"muscle": []},
    {"muscles": {}},
    {"areas": "calf_left"},
    {"areas": ["calf"]},
    {"areas": [1]},
    {"muscles": ["soleus_left"]},
    {"muscles": [{"id": "soleus"}]},
    {"muscles": [{"side": "left"}]},
    {"muscles": [MUSCLE | {"side": ""}]},
    {"muscles": [MUSCLE | {"entry": "abdomen"}]},
    {"muscles": [MUSCLE | {"depth": 3}]},
    {"muscles": [MUSCLE | {"id": ["soleus"]}]},
]


@pytest.mark.parametrize("plan", BAD_PLANS, ids=str)
def test_a_plan_that_is_not_right_is_named(tmp_path, plan):
    faults = refused_case(tmp_path, ADULT | {"plan": plan})
    assert faults
    assert all(fault.startswith("plan: ") for fault in faults)


@pytest.mark.parametrize("policy", [[], None, {"minimum_age": 11}, {"age_of_majority": 17}, {"strict": True}], ids=str)
def test_a_policy_that_is_not_right_is_named(tmp_path, policy):
    assert any(fault.startswith("policy: ") for fault in refused_case(tmp_path, ADULT | {"policy": policy}))


@pytest.mark.parametrize(
    "text", [b"", b"{", b"born: 1980", b"\xff\xfe{}", b'{"born": }', b"[" * 200_000], ids=lambda text: text[:9]
)
def test_what_is_not_json_is_refused(tmp_path, text):
    assert "cannot be read as JSON" in refused(tmp_path, text)[0]


@pytest.mark.parametrize("text", ["[]", "null", "7", '"case"', "true"])
def test_json_that_is_no_object_is_refused(tmp_path, text):
    assert refused(tmp_path, text) == ["the case must be a JSON object"]


def test_a_file_that_is_not_there_is_refused(tmp_path):
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("screen", str(tmp_path / "none.json"), stderr=err)
    assert ended.value.code == 2
    assert "none.json" in err.getvalue()


def test_a_key_that_is_given_twice_is_refused_and_never_decided_by_the_last(tmp_path):
    text = json.dumps(ADULT).replace('"skin": "no"', '"skin": "yes", "skin": "no"')
    assert any("skin" in fault and "twice" in fault for fault in refused(tmp_path, text))
