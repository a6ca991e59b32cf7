"""A consent that was taken back is never shown as one that stands: in the clinicians' lists and in the front desk's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.models import Visit
from consent import signing, withdrawing
from consent.management.commands.demo import Demo
from consent.models import SealedDocument
from consent.rows import rows
from consent.stages import State
from screening import review
from tests import on_record
from tests.people import signed_in
from tests.written import clear_case


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def sealed(demo: Demo) -> SealedDocument:
    made = review.decide(clear_case(demo), "proceed", demo.siobhan)
    return on_record.put(demo, made, ceremony=signing.open_ceremony(made, demo.mia))


def take_back(document: SealedDocument, demo: Demo) -> None:
    withdrawing.withdraw(document, demo.siobhan, "patient", timezone.now(), "Nothing had been done yet.")


def shown(demo: Demo, who: str, part: str) -> list[dict[str, str]]:
    found = signed_in(demo.people[who]).get(reverse("home-rows")).json()
    lists = found["groups"] if part == "groups" else [found["day"]]
    return [row for each in lists for row in each["rows"]]


@pytest.mark.parametrize(("who", "part"), [("siobhan", "groups"), ("mia", "day")])
def test_a_visit_whose_consent_was_taken_back_says_so_and_only_that_one(demo, who, part):
    stands, document = sealed(demo), sealed(demo)
    assert {row["words"] for row in shown(demo, who, part)} == {"Consent sealed"}
    take_back(document, demo)
    words = {row["key"]: row["words"] for row in shown(demo, who, part)}
    assert words == {str(stands.visit_id): "Consent sealed", str(document.visit_id): "Consent withdrawn"}


def test_the_front_desk_is_not_told_that_all_is_done(demo):
    document = sealed(demo)
    assert [row["done"] for row in shown(demo, "mia", "day")] == ["Done"]
    take_back(document, demo)
    assert [(row["done"], row["wait"], row["next"]) for row in shown(demo, "mia", "day")] == [("", "", "")]


def test_the_time_beside_it_is_when_it_was_taken_back(demo):
    document = sealed(demo)
    take_back(document, demo)
    (row,) = rows({document.visit_id: State.SEALED}, demo.clinic, demo.siobhan).values()
    assert row.withdrawn_at == document.withdrawn_by.said_at
    assert row.aside == row.clock(document.withdrawn_by.said_at)


def test_a_new_consent_of_the_same_visit_stands_again(demo):
    document = sealed(demo)
    take_back(document, demo)
    anew = review.decide(review.reopen(document.visit, demo.siobhan), "proceed", demo.siobhan)
    on_record.put(demo, anew, ceremony=signing.open_ceremony(anew, demo.mia))
    assert [row["words"] for row in shown(demo, "siobhan", "groups")] == ["Consent sealed"]


def test_many_cost_as_many_queries_as_one(demo):
    def cost() -> int:
        standing = dict.fromkeys(Visit.objects.values_list("pk", flat=True), State.SEALED)
        with CaptureQueriesContext(connection) as asked:
            assert {row.words for row in rows(standing, demo.clinic, demo.siobhan).values()} == {"Consent withdrawn"}
        return len(asked)

    take_back(sealed(demo), demo)
    one = cost()
    for _more in range(3):
        take_back(sealed(demo), demo)
    assert cost() == one
