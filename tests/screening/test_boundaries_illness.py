"""Precautions 7, 10, 12 and 13 line by line: infection, metals, immunity and pregnancy."""

import datetime

import pytest

from screening.questionnaire import screen
from tests.screening.cases import NO, TODAY, UNSURE, YES, Row, disagreements, plan

STOP = {"7a": "contraindicated"}
INFECTION = [
    *(Row(f"{code} {reply}", {code: reply}, STOP, "contraindicated", plan=plan("upper_trapezius_left"))
      for code in ("ill-today", "infection", "antibiotics") for reply in (YES, UNSURE)),
    Row("a local infection far from the plan", {"infection": YES, "infection-where": ["heel_sole_left"]},
        STOP, "contraindicated",
        plan=plan("upper_trapezius_left")),
    Row("a cold last week, gone", {"infection-lately": YES, "infection-gone": YES}, {}, "clear"),
    Row("a cold last week, not gone", {"infection-lately": YES, "infection-gone": NO}, STOP, "contraindicated"),
    Row("a cold last week, not sure whether gone", {"infection-lately": YES, "infection-gone": UNSURE},
        STOP, "contraindicated"),
    Row("not sure of last week, and it is gone", {"infection-lately": UNSURE, "infection-gone": YES}, {}, "clear"),
    Row("not sure of last week", {"infection-lately": UNSURE}, STOP, "contraindicated"),
    Row("gone, but antibiotics still taken", {"infection-lately": YES, "infection-gone": YES, "antibiotics": YES},
        STOP, "contraindicated"),
    Row("the last one gone, a new one today", {"infection-lately": YES, "infection-gone": YES, "ill-today": YES},
        STOP, "contraindicated"),
]  # fmt: skip

OTHER_NEEDLES = {"10a": "modify_equipment"}
METALS = [
    *(Row(f"rash from {metal}", {"metal-rash": YES, "metal-which": metal}, OTHER_NEEDLES, "needs_equipment_change")
      for metal in ("nickel", "chromium", "nickel_chromium", "other", UNSURE)),
    Row("not sure of a rash", {"metal-rash": UNSURE}, OTHER_NEEDLES, "needs_equipment_change"),
]  # fmt: skip

IMMUNITY = [
    Row(f"{code} {reply}", {code: reply}, {"12a": "caution"}, "caution")
    for code in ("immune-weak", "low-white-cells")
    for reply in (YES, UNSURE)
]


def weeks(text: str) -> dict[str, str]:
    return {"pregnant": YES, "pregnancy-counted": "weeks", "pregnancy-weeks": text, "pregnancy-problem": NO}


def due_in(days: int) -> dict[str, str]:
    due = TODAY + datetime.timedelta(days=days)
    return {
        "pregnant": YES,
        "pregnancy-counted": "due_date",
        "pregnancy-due-date": due.isoformat(),
        "pregnancy-problem": NO,
    }


FIRST, PROBLEM = {"13a": "caution"}, {"13+": "caution"}
PREGNANCY = [
    Row("does not apply", {"pregnant": "not_applicable"}, {}, "clear"),
    Row("4 weeks", weeks("4+0"), FIRST, "caution", origins={"13a": "source"}),
    Row("13 weeks 6 days", weeks("13+6"), FIRST, "caution", origins={"13a": "source"}),
    Row("14 weeks 0 days", weeks("14+0"), {}, "clear"),
    Row("40 weeks", weeks("40+0"), {}, "clear"),
    Row("due date that makes 13 weeks 6 days", due_in(280 - 97), FIRST, "caution"),
    Row("due date that makes 14 weeks 0 days", due_in(280 - 98), {}, "clear"),
    Row("overdue", due_in(-3), {}, "clear"),
    Row("weeks unknown", weeks("14+0") | {"pregnancy-counted": UNSURE, "pregnancy-weeks": None}, FIRST, "caution"),
    Row("weeks not sure", weeks(UNSURE), FIRST, "caution"),
    Row("due date not sure", due_in(0) | {"pregnancy-due-date": UNSURE}, FIRST, "caution"),
    Row("could be pregnant", {"pregnant": UNSURE, "pregnancy-problem": NO}, FIRST, "caution"),
    Row("could be pregnant, late", weeks("20+0") | {"pregnant": UNSURE}, {}, "clear"),
    Row("a problem late", weeks("30+0") | {"pregnancy-problem": YES}, PROBLEM, "caution", origins={"13+": "practice"}),
    Row("not sure of a problem", weeks("30+0") | {"pregnancy-problem": UNSURE}, PROBLEM, "caution"),
    Row("a problem early", weeks("8+0") | {"pregnancy-problem": YES}, FIRST | PROBLEM, "caution"),
]  # fmt: skip


@pytest.mark.parametrize("row", [*INFECTION, *METALS, *IMMUNITY, *PREGNANCY], ids=str)
def test_the_registry_says_what_the_specification_says(row):
    assert not list(disagreements(row))
    assert {item.value for item in screen(row.case).overall} == set(row.overall.split())


@pytest.mark.parametrize("days", range(60, 140))
def test_weeks_and_due_date_count_alike_on_every_day_around_the_limit(days):
    counted = Row("", weeks(f"{days // 7}+{days % 7}")).case
    due = Row("", due_in(280 - days)).case
    expected = ["13a"] if days <= 13 * 7 + 6 else []
    assert [found.part for found in screen(counted).findings] == expected
    assert [found.part for found in screen(due).findings] == expected


@pytest.mark.parametrize("metal", ["nickel", "chromium", "other"])
def test_the_metal_named_is_a_reason_so_that_needles_free_of_it_can_be_chosen(metal):
    finding = screen(Row("", {"metal-rash": YES, "metal-which": metal}).case).findings[0]
    assert ("metal-which", metal) in {(reason.question, reason.reply) for reason in finding.reasons}
