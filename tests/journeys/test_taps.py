"""How many taps an intake costs: counted in a real browser, finger by finger, and printed."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clinic.models import Role, Visit
from screening.evaluation import current_intake
from screening.questionnaire import PAGES
from tests.conftest import FIGURE
from tests.journeys import walking
from tests.people import clear_replies, make_clinic, make_member, make_patient, make_visit

# Something to report on five pages, each with what is asked next.
FIVE = {
    "needle_fear": "lot", "skin": "yes", "skin_where": ["calf_left"], "skin_open": "no", "metal_rash": "yes",
    "metal_which": "nickel", "blood_thinner": "yes", "blood_thinner_details": "Warfarin 3 mg", "varicose_veins": "yes",
    "vessel_where": ["calf_left"],
}  # fmt: skip

WRITTEN_IN = "input:not([type=radio], [type=checkbox], [type=hidden]), textarea"
COUNT = f"""
addEventListener("pointerdown", (event) => event.target.matches({WRITTEN_IN!r}) || tapped("tap"), true);
addEventListener("focusin", (event) => event.target.matches({WRITTEN_IN!r}) && tapped("to write"), true);
"""


@pytest.fixture
def visit(fresh: None) -> Visit:
    clinic = make_clinic()
    make_member(clinic, Role.FRONT_DESK, "Mia Torres", "mia")
    return make_visit(make_patient(clinic), make_member(clinic))


def taps(page: Page, visit: Visit, **changes: Any) -> int:
    """From the first page in the patient's hands to the thank-you; a field that is written in costs a tap too."""
    counted: list[str] = []
    page.expose_binding("tapped", lambda _source, what: counted.append(what))
    page.add_init_script(COUNT)
    walking.sign_in(page, "mia")
    page.goto(f"/visits/{visit.pk}/")
    page.get_by_role("button", name="Hand to patient").click()
    expect(page.get_by_role("button", name="Yes, this is me")).to_be_visible()
    counted.clear()
    page.get_by_role("button", name="Yes, this is me").click()
    walking.read_what_it_is(page)
    walking.answer(page, visit, **changes)
    walking.send_answers(page)
    return len(counted)


def test_a_patient_with_nothing_to_report_taps_once_a_question_once_a_page_and_eight_times_more(page, visit, record_property):
    questions = len(clear_replies(visit))
    counted = taps(page, visit)
    record_property(FIGURE, f"Nothing to report: {counted} taps for {questions} questions on {len(PAGES)} pages")
    assert len(current_intake(visit).replies) == questions
    assert counted <= questions + len(PAGES) + 8


def test_five_findings_cost_at_most_thirty_taps_more(page, visit, record_property):
    clear = len(clear_replies(visit)) + len(PAGES)
    counted = taps(page, visit, **FIVE)
    found = {finding.number for finding in visit.screenings.get().findings.all()}
    record_property(FIGURE, f"Five findings: {counted} taps, at most {clear + 8 + 30} allowed")
    assert {1, 6, 10, 11, 14} <= found
    assert counted <= clear + 8 + 30
