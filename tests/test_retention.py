"""Whose records have been kept long enough: a preview by the clinic's limits and legal holds, and it erases nothing."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from clinic import holds, merging
from clinic.models import AuditEvent, Patient, Role, Visit
from consent import certificates
from consent.management.commands.demo import Demo
from consent.retention import PAGE, on_hold, preview
from tests import on_record
from tests.people import make_clinic, make_member, make_patient, make_visit, signed_in

NOW = datetime.datetime(2040, 6, 15, 3, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def grace(clinic):
    return make_member(clinic, Role.ADMIN, "Grace Okafor")


@pytest.fixture
def tom(clinic):
    return make_member(clinic, Role.CLINICIAN, "Tom Ellis")


def seen(clinic, tom, name, born, last):
    """A patient whose last visit was on this day at noon."""
    at = datetime.datetime.combine(last, datetime.time(2), datetime.UTC)
    patient = make_patient(clinic, name, born, created_at=at - DAY)
    make_visit(patient, tom, starts_at=at)
    return patient


def names(clinic, now=NOW):
    with time_machine.travel(now, tick=False):
        return [row.name for row in preview(clinic).rows]


def text(answer) -> str:
    return answer.content.decode()


BORN = datetime.date(1980, 5, 17)


@pytest.mark.parametrize(("last", "due"), [(datetime.date(2032, 6, 15), True), (datetime.date(2032, 6, 16), False)])
def test_an_adult_is_due_eight_years_after_the_last_visit(clinic, tom, last, due):
    seen(clinic, tom, "Ann Keogh", BORN, last)
    assert names(clinic) == (["Ann Keogh"] if due else [])


@pytest.mark.parametrize(("born", "due"), [(datetime.date(2015, 6, 15), True), (datetime.date(2015, 6, 16), False)])
def test_a_child_is_kept_until_twenty_five_too(clinic, tom, born, due):
    seen(clinic, tom, "Ben Keogh", born, datetime.date(2027, 1, 5))
    assert names(clinic) == (["Ben Keogh"] if due else [])


def test_who_was_just_an_adult_then_is_no_child_and_who_was_not_yet_is(clinic, tom):
    clinic.adult_years = 3
    clinic.save()
    seen(clinic, tom, "Just Adult", datetime.date(2018, 6, 1), datetime.date(2036, 6, 1))
    seen(clinic, tom, "Not Yet", datetime.date(2018, 6, 2), datetime.date(2036, 6, 1))
    assert names(clinic) == ["Just Adult"]


def test_a_hold_keeps_the_records_until_it_is_lifted(clinic, tom, grace):
    ann = seen(clinic, tom, "Ann Keogh", BORN, datetime.date(2027, 1, 5))
    client, page = signed_in(grace), reverse("patient-hold", args=[ann.pk])
    client.post(page, {"reason": "A complaint", "wanted": "hold"})
    assert names(clinic) == []
    with time_machine.travel(NOW, tick=False):
        assert preview(clinic).held == 1
    assert "On legal hold" in text(client.get(reverse("patient", args=[ann.pk])))
    assert [row.reason for row in on_hold(clinic)] == ["A complaint"]
    client.post(page, {"reason": "Settled", "wanted": "lift"})
    assert names(clinic) == ["Ann Keogh"]
    assert on_hold(clinic) == []
    assert "complaint" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_a_hold_wants_a_reason_and_an_admin(clinic, tom, grace):
    page = reverse("patient-hold", args=[make_patient(clinic).pk])
    assert signed_in(grace).post(page, {"reason": "", "wanted": "hold"}).status_code == 422
    assert signed_in(tom).post(page, {"reason": "x", "wanted": "hold"}).status_code == 403


def test_a_hold_set_twice_is_one_hold(clinic, grace):
    ann = make_patient(clinic)
    holds.hold(ann, "A complaint", grace)
    holds.hold(ann, "Another", grace)
    assert ann.holds.count() == 1


def test_a_merged_file_goes_with_the_one_that_was_kept(clinic, tom, grace):
    ann = seen(clinic, tom, "Ann Keogh", BORN, datetime.date(2027, 1, 5))
    other = seen(clinic, tom, "Anne Keogh", BORN, datetime.date(2035, 1, 5))
    merging.merge(ann, other, "twice", grace)
    assert names(clinic) == []


def test_the_counts_are_of_all_that_would_go_and_nothing_goes(clinic, tom, grace):
    for number in range(PAGE + 3):
        patient = seen(clinic, tom, f"Patient {'x' * number}", BORN, datetime.date(2027, 1, 5))
        make_visit(patient, tom, starts_at=datetime.datetime(2026, 12, 1, 2, tzinfo=datetime.UTC))
    with time_machine.travel(NOW, tick=False):
        client = signed_in(grace)
        found = preview(clinic)
        assert (found.patients, found.visits, len(found.rows), found.after) == (PAGE + 3, 2 * (PAGE + 3), PAGE, PAGE)
        assert len(preview(clinic, PAGE).rows) == 3
        page = text(client.get(reverse("retention")))
        client.get(reverse("retention"), {"from": "999999999999"})
    assert "Nothing is erased" in page
    assert Patient.objects.count() == PAGE + 3
    assert Visit.objects.count() == 2 * (PAGE + 3)


def test_the_page_costs_the_same_for_many(clinic, tom, django_assert_num_queries):
    for number in range(12):
        seen(clinic, tom, f"Patient {'x' * number}", BORN, datetime.date(2027, 1, 5))
    with time_machine.travel(NOW, tick=False), django_assert_num_queries(6):
        preview(clinic)


def test_patients_of_another_clinic_are_not_counted(clinic, grace):
    other = make_clinic("Hill Physio")
    seen(other, make_member(other), "Ann Keogh", BORN, datetime.date(2027, 1, 5))
    assert names(clinic) == []


# The certificate


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def test_before_the_first_record_there_is_no_certificate_and_no_warning(demo):
    client = signed_in(demo.people["grace"])
    assert "There is no certificate yet" in text(client.get(reverse("certificate")))
    assert "expires in" not in text(client.get(reverse("home")))


@pytest.mark.parametrize(
    ("left", "words"),
    [(85, ""), (83, "expires in 11 weeks"), (7, "expires in 1 week."), (6, "expires in 6 days"), (-1, "has expired")],
)
def test_from_twelve_weeks_before_the_end_admins_are_told_on_their_first_page(demo, left, words):
    row = on_record.certificate(demo)
    with time_machine.travel(row.valid_until - datetime.timedelta(days=left) - datetime.timedelta(minutes=1), tick=False):
        client = signed_in(demo.people["grace"])
        home, own = text(client.get(reverse("home"))), text(client.get(reverse("certificate")))
        warned = f'href="{reverse("certificate")}"' in home
        assert warned == bool(words)
        assert words in home
        assert words in own
        assert ("--renew" in own) == bool(words)
        assert reverse("certificate") not in text(signed_in(demo.mia).get(reverse("home")))


def test_the_page_says_whose_certificate_it_is(demo):
    row = on_record.certificate(demo)
    page = text(signed_in(demo.people["grace"]).get(reverse("certificate")))
    assert "The clinic itself" in page
    assert certificates.status_of(row).fingerprint in page
