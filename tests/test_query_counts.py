"""Pages that list rows ask the database as often for many rows as for few."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Patient
from consent.management.commands.demo import Demo
from consent.models import SealedDocument
from consent.views.home import LATEST
from tests import on_record
from tests.people import make_patient, make_visit, signed_in

FEW, MANY = 2, LATEST + 2


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def queries(client: Client, path: str, shown: str, count: int) -> list[str]:
    """What the page asks, when it shows so many of these."""
    with CaptureQueriesContext(connection) as found:
        page = client.get(path)
    assert page.status_code == 200
    assert page.content.decode().count(shown) >= count
    return [one["sql"] for one in found]


def same_for_many(client: Client, path: str, shown: str, add: Callable[[int], object]) -> None:
    for number in range(FEW):
        add(number)
    client.get(path)  # what is asked once only, by whoever opens a page for the first time
    few = queries(client, path, shown, FEW)
    for number in range(FEW, MANY):
        add(number)
    many = queries(client, path, shown, LATEST)
    assert len(many) == len(few), "\n".join(many)


def named(number: int) -> str:
    return f"Ann{'abcdefghijkl'[number]} Keogh"


def sealed(demo: Demo, patient: Patient | None = None) -> Callable[[int], SealedDocument]:
    def seal(number: int) -> SealedDocument:
        document = on_record.put(demo, on_record.decided(demo, named(number)))
        if patient:
            document.visit.patient = patient
            document.visit.save(update_fields=["patient"])
        return document

    return seal


@pytest.mark.parametrize("typed", ["keogh", "ann keo"])
def test_the_search_for_patients(demo, typed):
    client = signed_in(demo.mia)
    client.post(reverse("patients"), {"query": typed})
    same_for_many(client, reverse("patients"), " Keogh<", lambda number: make_patient(demo.clinic, named(number)))


def test_the_visits_on_a_patients_page(demo):
    patient = make_patient(demo.clinic)
    path = reverse("patient", args=[patient.pk])
    same_for_many(signed_in(demo.mia), path, "Sore knee", lambda number: make_visit(patient, demo.tom, "Sore knee"))


def test_the_records_of_a_patient(demo):
    patient = make_patient(demo.clinic)
    path = reverse("patient-records", args=[patient.pk])
    same_for_many(signed_in(demo.siobhan), path, 'href="/records/', sealed(demo, patient))


def test_the_latest_records_on_an_admins_first_page(demo):
    same_for_many(signed_in(demo.people["grace"]), "/", " Keogh<", sealed(demo))


@pytest.mark.parametrize("common", [3, 1000])
@pytest.mark.parametrize("typed", ["keogh", "ann keo"])
def test_the_search_for_records_by_name(demo, monkeypatch, typed, common):
    monkeypatch.setattr("consent.finding.COMMON", common)
    client = signed_in(demo.people["grace"])
    client.post(reverse("records"), {"patient": typed})
    same_for_many(client, reverse("records"), " Keogh<", sealed(demo))
