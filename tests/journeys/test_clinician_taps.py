"""What a first visit costs the clinician: taps and fields from the queue to a decision, counted in a real browser."""

from playwright.sync_api import Page, expect

from screening.models import Review
from tests import people
from tests.conftest import FIGURE
from tests.journeys import walking

COUNT = """
addEventListener("pointerdown", () => tapped("tap"), true);
addEventListener("change", ({ target }) => {
  if (!target.matches("[type=radio], [type=checkbox]")) tapped("field");
}, true);
"""


def counted(page: Page) -> list[str]:
    found: list[str] = []
    page.expose_binding("tapped", lambda _source, what: found.append(what))
    page.add_init_script(COUNT)
    return found


def opened(page: Page, name: str, **changes: str) -> list[str]:
    """Somebody has sent their answers; the clinician stands before the queue."""
    clinic = people.make_clinic()
    clinician = people.make_member(clinic, username="siobhan")
    people.submitted(people.make_visit(people.make_patient(clinic, name), clinician), **changes)
    found = counted(page)
    walking.sign_in(page, "siobhan")
    page.goto("/")
    found.clear()
    page.get_by_role("link", name=name).first.click()
    return found


def decided(page: Page) -> None:
    walking.proceed(page)
    expect(page.get_by_role("button", name="Hand to patient for consent")).to_be_visible()
    assert Review.objects.get().decision == "proceed"


def test_a_first_visit_with_nothing_to_report(live, page: Page, record_property):
    taps = opened(page, "Ruth Lindqvist")
    walking.answer_questions(page, can_decide="yes")
    walking.plan(page, "infraspinatus", "left")
    decided(page)
    record_property(FIGURE, f"First visit with nothing to report: {len(taps)} taps and fields from the queue to the decision")
    assert len(taps) <= 10


def test_a_first_visit_with_a_caution(live, page: Page, record_property):
    taps = opened(page, "Ann Keogh", blood_thinner="yes", blood_thinner_details="Apixaban 5 mg")
    walking.answer_questions(page, can_decide="yes")
    walking.plan(page, "infraspinatus", "left")
    walking.note(page, "11a", "measures", "Press for two minutes after each needle.")
    decided(page)
    record_property(FIGURE, f"First visit with a caution: {len(taps)} taps and fields from the queue to the decision")
    assert len(taps) <= 14
