"""Precautions 1 to 5 line by line: needles, understanding, talking, age and willingness, being able to decide."""

import datetime
from collections.abc import Iterable

import pytest

from screening.questionnaire import screen
from tests.screening.cases import CHILD, NO, UNSURE, YES, YOUNG, Row, disagreements

EXPLAIN = {"1a": "educate"}
CONSENT = "needs_consent_step"

NEEDLES = [
    Row("nothing to report", {}, {}, "clear"),
    Row("a little afraid", {"needle-fear": "little", "needle-try": YES}, EXPLAIN, "clear_with_information"),
    Row("very afraid: fear alone never stops", {"needle-fear": "lot", "needle-try": NO}, EXPLAIN, "clear_with_information"),
    Row("not sure whether afraid", {"needle-fear": UNSURE, "needle-try": YES}, EXPLAIN, "clear_with_information"),
    Row("fainted once", {"needle-faint": YES, "needle-try": YES}, EXPLAIN, "clear_with_information"),
    Row("not sure whether fainted", {"needle-faint": UNSURE, "needle-try": YES}, EXPLAIN, "clear_with_information"),
    Row("wants an explanation first", {"needle-explain": YES, "needle-try": YES}, EXPLAIN, "clear_with_information"),
    Row("afraid and unwilling", {"needle-fear": "lot", "needle-try": NO, "wants-treatment": NO},
        EXPLAIN | {"4a": "consent_step"}, f"declined {CONSENT}"),
]  # fmt: skip

UNDERSTOOD = dict.fromkeys(
    (
        "cognition-teach-back",
        "cognition-understands",
        "cognition-retains",
        "cognition-weighs",
        "cognition-communicates",
    ),
    YES,
)
NOT_UNDERSTOOD = {"2a": "consent_step"}
COGNITION = [
    Row("trouble, not yet checked", {"memory-trouble": YES}, NOT_UNDERSTOOD, CONSENT),
    Row("trouble, all five shown", {"memory-trouble": YES} | UNDERSTOOD, {}, "clear"),
    Row("not sure of trouble, all five shown", {"memory-trouble": UNSURE} | UNDERSTOOD, {}, "clear"),
    Row("not sure of trouble, not yet checked", {"memory-trouble": UNSURE}, NOT_UNDERSTOOD, CONSENT),
    *(
        Row(f"trouble, {code} {reply}", {"memory-trouble": YES} | UNDERSTOOD | {code: reply}, NOT_UNDERSTOOD, CONSENT)
        for code in UNDERSTOOD
        for reply in (NO, UNSURE)
    ),
]

NO_ROUTE = {"3a": "consent_step"}
COMMUNICATION = [
    Row("another language, no help needed", {"language": "vietnamese"}, {}, "clear"),
    Row("help needed, not yet arranged", {"language-help": YES}, NO_ROUTE, CONSENT),
    *(
        Row(f"{route} works", {"language-help": YES, "language-route-works": YES, "language-route": route}, {}, "clear")
        for route in ("interpreter_present", "interpreter_remote", "sign", "writing", "speech_tablet")
    ),
    Row("no route works", {"language-help": YES, "language-route-works": NO}, NO_ROUTE, CONSENT),
    Row("not sure that it works", {"language-help": YES, "language-route-works": UNSURE}, NO_ROUTE, CONSENT),
    Row("not sure whether help is needed", {"language-help": UNSURE}, NO_ROUTE, CONSENT),
    Row("not sure whether needed, and one works", {"language-help": UNSURE, "language-route-works": YES}, {}, "clear"),
]  # fmt: skip

CAUTION, UNDER, BOTH = {"4b": "caution"}, {"4c": "not_recommended"}, {"4d": "consent_step"}
REFUSED = {"4a": "consent_step"}


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


AGES = [
    Row("exactly 12 today", {}, CAUTION, "caution", born=day("2014-11-30")),
    Row("11 years and 364 days", {}, UNDER, "not_recommended", born=day("2014-12-01")),
    Row("exactly 18 today", {}, {}, "clear", born=day("2008-11-30")),
    Row("17 years and 364 days", {}, CAUTION, "caution", born=day("2008-12-01")),
    Row("born on 29 February, the day before 12", {}, UNDER, "not_recommended", day("2012-02-29"), day("2024-02-28")),
    Row("born on 29 February, 12 that day", {}, CAUTION, "caution", day("2012-02-29"), day("2024-02-29")),
    Row("born on 29 February, 28 February of a common year", {}, CAUTION, "caution", day("2008-02-29"), day("2026-02-28")),
    Row("born on 29 February, 1 March of a common year", {}, {}, "clear", day("2008-02-29"), day("2026-03-01")),
    Row("born today", {}, UNDER, "not_recommended", born=day("2026-11-30")),
    Row("129 years old", {}, {}, "clear", born=day("1897-11-30")),
]  # fmt: skip

WILLINGNESS = [
    Row("an adult refuses", {"wants-treatment": NO}, REFUSED, f"declined {CONSENT}"),
    Row("an adult is not sure", {"wants-treatment": UNSURE}, REFUSED, CONSENT),
    Row("child and guardian agree", {}, CAUTION, "caution", born=CHILD),
    Row("two consents do not lift the age line", {}, UNDER, "not_recommended", born=YOUNG),
    Row("the child refuses", {"wants-treatment": NO}, REFUSED | CAUTION | BOTH, f"declined {CONSENT} caution",
        born=CHILD),
    Row("the child is not sure", {"wants-treatment": UNSURE}, REFUSED | CAUTION | BOTH, f"{CONSENT} caution",
        born=CHILD),
    Row("a small child refuses", {"wants-treatment": NO},
        REFUSED | UNDER | BOTH, f"declined {CONSENT} not_recommended", born=YOUNG),
    Row("the guardian refuses: never declined", {"guardian-agrees": NO}, CAUTION | BOTH, f"{CONSENT} caution",
        born=CHILD),
    Row("no guardian is here", {"guardian-agrees": UNSURE}, CAUTION | BOTH, f"{CONSENT} caution", born=CHILD),
    Row("the child cannot say it back", {"child-explains": NO}, CAUTION | BOTH, f"{CONSENT} caution", born=CHILD),
    Row("not yet known whether the child can", {"child-explains": UNSURE}, CAUTION | BOTH, f"{CONSENT} caution",
        born=CHILD),
    Row("one parent's consent does not replace the child's", {"wants-treatment": NO, "guardian-agrees": YES},
        REFUSED | CAUTION | BOTH, f"declined {CONSENT} caution", born=CHILD),
    Row("a small child's guardian refuses", {"guardian-agrees": NO}, UNDER | BOTH, f"{CONSENT} not_recommended",
        born=YOUNG),
]  # fmt: skip

CAPACITY = [
    Row(f"able {able}, can decide {can}", {"able-today": able, "can-decide": can}, findings, overall)
    for able in (YES, NO, UNSURE)
    for can in (YES, NO, UNSURE)
    for findings, overall in [({}, "clear") if (able, can) == (YES, YES) else ({"5a": "consent_step"}, CONSENT)]
]

ROWS: Iterable[Row] = (*NEEDLES, *COGNITION, *COMMUNICATION, *AGES, *WILLINGNESS, *CAPACITY)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_registry_says_what_the_specification_says(row):
    assert not list(disagreements(row))
    assert {item.value for item in screen(row.case).overall} == set(row.overall.split())


def test_an_unwilling_patient_is_an_open_question_only_when_not_sure():
    unsure = Row("", {"wants-treatment": UNSURE}).case
    refused = Row("", {"wants-treatment": NO}).case
    assert "wants-treatment" in screen(unsure).open
    assert "wants-treatment" not in screen(refused).open


@pytest.mark.parametrize("code", ["can-decide", "child-explains", "guardian-agrees"])
def test_a_question_to_staff_or_guardian_counts_as_not_sure_until_it_is_answered(code):
    full = Row("", born=CHILD).case
    waiting = {key: reply for key, reply in full.replies.items() if key != code}
    case = type(full)(full.born, full.today, waiting)
    assert code in screen(case).open
    assert any(
        reason.question == code and reason.awaited for found in screen(case).findings for reason in found.reasons
    )
