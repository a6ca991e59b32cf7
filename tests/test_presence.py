"""Who has a case open: said while they look, gone when they leave, and never oneself."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent, Role
from screening.models import Presence
from tests.people import make_clinic, make_member, make_patient, make_visit, signed_in


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def siobhan(clinic):
    return make_member(clinic)


@pytest.fixture
def tom(clinic):
    return make_member(clinic, name="Tom Ellis")


@pytest.fixture
def visit(clinic, siobhan):
    return make_visit(make_patient(clinic), siobhan)


def say(person, visit, **data) -> str:
    return signed_in(person).post(reverse("case-present", args=[visit.pk]), data).json()["words"]


def test_each_is_told_of_the_other_and_not_of_themselves(visit, siobhan, tom):
    assert say(siobhan, visit) == ""
    assert say(tom, visit) == "Siobhan Byrne has this case open now."
    assert say(siobhan, visit) == "Tom Ellis has this case open now."


def test_several_are_named_together(clinic, visit, siobhan, tom):
    say(tom, visit)
    say(make_member(clinic, name="Ana Lima"), visit)
    assert say(siobhan, visit) == "Ana Lima, Tom Ellis have this case open now."


def test_who_leaves_is_gone_at_once_and_who_falls_silent_after_forty_seconds(visit, siobhan, tom):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        say(tom, visit)
        clock.shift(datetime.timedelta(seconds=39))
        assert say(siobhan, visit)
        clock.shift(datetime.timedelta(seconds=1))
        assert say(siobhan, visit) == ""
        say(tom, visit)
        say(tom, visit, left="1")
        assert say(siobhan, visit) == ""


def test_one_row_a_person_and_case_and_none_from_yesterday(clinic, visit, siobhan):
    with time_machine.travel(timezone.now() - datetime.timedelta(days=2)):
        say(siobhan, visit)
        say(siobhan, visit)
    assert Presence.objects.count() == 1
    other = make_visit(make_patient(clinic, "Other"), siobhan)
    say(siobhan, other)
    assert [row.visit_id for row in Presence.objects.all()] == [other.pk]


def test_it_is_no_event_on_the_trail_and_only_for_clinicians_of_this_clinic(clinic, visit, siobhan):
    say(siobhan, visit)
    assert not AuditEvent.objects.exists()
    address = reverse("case-present", args=[visit.pk])
    assert signed_in(make_member(clinic, Role.FRONT_DESK, "Mia Torres")).post(address).status_code == 403
    assert signed_in(make_member(make_clinic("Other"), name="Elsa Else")).post(address).status_code == 404
