"""A patient comes back unchanged: the clinician takes three taps from the queue to a decision."""

import datetime

import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect

from screening import review
from screening.models import Details, Resolution, Review
from tests import people
from tests.conftest import FIGURE
from tests.journeys import walking

SAME = {"needle_fear": "little", "immune_weak": "yes"}
COUNT = """addEventListener("pointerdown", () => tapped("tap"), true)"""


def treated_before(visit):
    screening = people.submitted(visit, **SAME).screenings.get()
    by = visit.clinician
    screening = review.settle(screening, {"can-decide": "yes"}, by)
    from tests.test_review import plan_of

    screening = review.plan(screening, plan_of("masseter_left"), by, {"masseter_left@": Details(number=2)})
    review.resolve(screening.findings.get(part="1a"), "education", by, "Explained; still wants it.")
    review.resolve(screening.findings.get(part="12a"), "measures", by, "Skin prepared, told the signs.")
    review.decide(screening, "proceed", by)


def test_a_return_visit_of_an_unchanged_patient_takes_three_taps(live, page: Page, record_property):
    clinic = people.make_clinic()
    clinician = people.make_member(clinic, username="siobhan")
    patient = people.make_patient(clinic, "Rita Brown")
    with time_machine.travel(timezone.now() - datetime.timedelta(days=14), tick=True):
        treated_before(people.make_visit(patient, clinician))
    visit = people.make_visit(patient, clinician, "Jaw pain again")
    people.submitted(visit, **SAME)
    counted: list[str] = []
    page.expose_binding("tapped", lambda _source, what: counted.append(what))
    page.add_init_script(COUNT)
    walking.sign_in(page, "siobhan")
    page.goto("/")
    counted.clear()
    page.get_by_role("link", name="Rita Brown").first.click()
    expect(page.get_by_text("Seen today:")).to_be_visible()
    page.get_by_role("button", name="Yes, all of this is so today").click()
    expect(page.get_by_text("Nothing is open.")).to_be_visible()
    walking.proceed(page)
    expect(page.get_by_role("button", name="Hand to patient for consent")).to_be_visible()
    record_property(FIGURE, f"Return visit of an unchanged patient: {len(counted)} taps from the queue to the decision")
    assert len(counted) == 3
    made = Review.objects.get(visit=visit)
    assert made.decision == "proceed"
    assert made.screening.details == {"masseter_left@": Details(number=2)}
    assert Resolution.objects.filter(visit=visit, by=clinician).count() == 3
