"""The consent followed from the desk: each part as it is done, what was missed before anybody signs, without a reload."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from clinic.models import AuditEvent, Purpose, Visit
from consent import checks, comprehension, decision, reading, signing
from consent.management.commands.demo import Demo
from consent.models import Ceremony, PageRead
from screening import review
from tests import looking
from tests.browsing import as_client
from tests.people import signed_in, tablet_for


@pytest.fixture
def demo(request) -> Demo:
    request.getfixturevalue("live" if "page" in request.fixturenames else "db")
    return Demo()


@pytest.fixture
def made(demo):
    screening = demo.settle(demo.case("Ruth Lindqvist", 44, "Neck"), can_decide="yes")
    return decision.record(demo.plan(screening, "infraspinatus_left"), "proceed", demo.siobhan)


def handed_over(demo: Demo, made) -> tuple[Ceremony, Client]:
    return signing.open_ceremony(made, demo.mia), tablet_for(made.visit, Purpose.CONSENT)


def followed(person, visit: Visit) -> dict[str, Any]:
    return signed_in(person).get(reverse("consent-progress", args=[visit.pk])).json()


def lines(found: dict[str, Any]) -> list[str]:
    times = re.compile(r"\d\d:\d\d")
    return [
        times.sub("TIME", f"{step['state']}: {step['words']} {step['name']} {step['note']}") for step in found["steps"]
    ]


def test_before_anything_is_handed_over_it_says_who_will_sign(demo, made):
    found = followed(demo.siobhan, made.visit)
    assert found["stage"] == "unopened"
    assert lines(found) == [
        "todo: Handed to the patient  not yet",
        "todo: Patient: Ruth Lindqvist still to sign",
        "todo: Clinician: Siobhan Byrne still to sign",
    ]


def test_each_part_is_seen_as_it_is_done(demo, made):
    ceremony, tablet = handed_over(demo, made)
    pages, questions = reading.pages_of(ceremony), len(ceremony.shown["questions"])
    tablet.get(reverse("ceremony-read", args=[pages[0]]))
    found = followed(demo.siobhan, made.visit)
    assert lines(found)[:3] == [
        "done: Handed to the patient  TIME, in their hands now",
        f"now: Read the consent  page 1 of {len(pages)}: About dry needling",
        f"todo: Questions answered  0 of {questions}",
    ]
    for page in pages:
        tablet.get(reverse("ceremony-read", args=[page]))
    demo.understand(ceremony)
    found = followed(demo.siobhan, made.visit)
    assert lines(found)[1:4] == [
        f"done: Read the consent  all {len(pages)} pages",
        f"done: Questions answered  {questions} of {questions}",
        "now: Patient: Ruth Lindqvist still to sign",
    ]
    assert found["stage"] == "open"
    signing.sign(ceremony, "patient", typed="Ruth Lindqvist")
    found = followed(demo.siobhan, made.visit)
    assert "done: Patient: Ruth Lindqvist TIME" in lines(found)
    assert found["stage"] == "ready"


def test_what_was_missed_is_shown_before_the_clinician_signs_and_not_to_the_front_desk(demo, made):
    ceremony, _tablet = handed_over(demo, made)
    first = comprehension.next_turn(ceremony, "en")
    assert first
    demo.understand(ceremony, missed=first.code)
    found = followed(demo.siobhan, made.visit)
    missed = [item for item in found["heard"] if item["missed"]]
    assert [(item["understood"], [one["right"] for one in item["tries"]]) for item in missed] == [(True, [False, True])]
    assert missed[0]["question"] == first.text
    assert any("missed at first: 1" in line for line in lines(found))
    signing.sign(ceremony, "patient", typed="Ruth Lindqvist")
    page = signed_in(demo.siobhan).get(reverse("consent-desk", args=[made.visit_id])).content.decode()
    assert page.index("Right only when it was explained again") < page.index("Your signature completes the consent")
    assert missed[0]["tries"][0]["said"] in page
    told = json.dumps(followed(demo.mia, made.visit))
    assert "heard" not in told
    assert missed[0]["tries"][0]["said"] not in told


def test_a_page_that_is_shown_twice_is_noted_once_for_each_language(demo, made):
    ceremony, tablet = handed_over(demo, made)
    page = reading.pages_of(ceremony)[0]
    events = AuditEvent.objects.count()
    for _ in range(2):
        tablet.get(reverse("ceremony-read", args=[page]))
    reading.shown(ceremony, page, "en")
    assert [(row.page, row.language) for row in PageRead.objects.all()] == [(page, "en")]
    made.visit.handovers.update(language="es")
    tablet.get(reverse("ceremony-read", args=[page]))
    assert sorted(row.language for row in PageRead.objects.all()) == ["en", "es"]
    assert AuditEvent.objects.count() == events


def test_a_tablet_that_came_back_is_said_and_a_refusal_or_a_case_taken_up_again_ends_it(demo, made):
    ceremony, tablet = handed_over(demo, made)
    tablet.post(reverse("tablet-return"))
    assert "no longer in their hands" in followed(demo.siobhan, made.visit)["steps"][0]["note"]
    signing.refuse(ceremony, "patient")
    assert followed(demo.siobhan, made.visit)["stage"] == "refused"
    review.reopen(made.visit, demo.siobhan)
    assert followed(demo.siobhan, made.visit)["stage"] == "undecided"


def test_following_is_no_event_and_only_for_this_clinic(demo, made):
    events = AuditEvent.objects.count()
    followed(demo.siobhan, made.visit)
    assert AuditEvent.objects.count() == events
    address = reverse("consent-progress", args=[made.visit_id])
    assert signed_in(demo.people["grace"]).get(address).status_code == 403


def test_both_ways_to_hand_over_are_said(demo, made):
    page = signed_in(demo.siobhan).get(reverse("consent-desk", args=[made.visit_id])).content.decode()
    assert "On this tablet" in page
    assert "On another tablet" in page


def test_the_clinician_sees_it_move_and_is_led_to_the_signature(demo, made, page, live):
    as_client(page.context, signed_in(demo.siobhan), live.url)
    page.clock.install()
    page.goto(reverse("consent-desk", args=[made.visit_id]))

    def later() -> None:
        with page.expect_response("**/consent/progress/"):
            page.clock.fast_forward(3_000)

    later()
    ceremony, tablet = handed_over(demo, made)
    tablet.get(reverse("ceremony-read", args=[reading.pages_of(ceremony)[0]]))
    later()
    now = page.locator("[data-steps] [aria-current=step]")
    expect(now).to_contain_text("page 1 of")
    first = comprehension.next_turn(ceremony, "en")
    assert first
    signing.answer(ceremony, first.code, 1, checks.UNSURE)
    later()
    expect(page.get_by_role("heading", name="Not understood: talk about this before you sign")).to_be_visible()
    expect(page.locator("[data-heard]")).to_contain_text(first.text)
    demo.understand(ceremony)
    later()
    expect(page.get_by_role("heading", name="Right only when it was explained again")).to_be_visible()
    signing.sign(ceremony, "patient", typed="Ruth Lindqvist")
    later()
    assert not looking.axe(page)
    page.get_by_role("link", name="Everybody else has signed.").click()
    expect(page.get_by_role("button", name="Sign and seal")).to_be_visible()
