"""A child of 12 with a parent: both agree and sign, the child first, the clinician last."""

import datetime

from playwright.sync_api import expect

from clinic.models import Role
from tests.journeys import walking
from tests.people import make_clinic, make_member


def twelve_today(clinic) -> str:
    today: datetime.date = clinic.today()
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year - 12, day=day).isoformat()


def test_a_child_of_twelve_is_treated_when_child_and_parent_agree(page):
    clinic = make_clinic()
    make_member(clinic, Role.FRONT_DESK, "Mia Torres", "mia")
    make_member(clinic, Role.CLINICIAN, "Siobhan Byrne", "siobhan")
    name = "Nguyễn Thị Minh Châu"
    mother = ("Nguyễn Thị Hoa", "mother")
    visit = walking.take_intake(page, "mia", name, twelve_today(clinic), "Neck stiff after swimming", guardian=mother)

    walking.sign_in(page, "siobhan")
    walking.open_case(page, name)
    expect(page.get_by_text("Not recommended", exact=True)).to_have_count(0)  # exactly 12 is not under 12
    walking.answer_questions(page, can_decide="yes", child_explains="yes")
    walking.note(page, "4b", "measures", "Two needles at most, lying down, mother beside her.")
    walking.plan(page, "infraspinatus", "right")
    walking.proceed(page)
    walking.hand_over_consent(page)
    walking.read_consent(page)
    expect(page.get_by_text("Signing · 1 of 2 · patient")).to_be_visible()
    walking.draw(page)
    walking.sign(page)
    expect(page.get_by_text("Signing · 2 of 2 · parent or guardian")).to_be_visible()
    walking.type_name(page, "Nguyễn Thị Hoa")
    walking.sign(page)
    walking.sign_and_seal(page, "siobhan", name)

    text = walking.sealed_text(visit)
    for words in (name, "12 years old", "Nguyễn Thị Hoa", "mother", "Parent or guardian", "Two needles at most"):
        assert words in text
