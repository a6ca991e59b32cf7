"""The clinic's policy as an admin sets it: what can only be raised, what has to be said, and what it makes stale."""

import pytest
from django.urls import reverse

from clinic.models import AuditEvent, Membership, Role
from consent.management.commands.demo import Demo
from screening import review
from screening.models import rules_of
from screening.policy import set_policy
from screening.precautions.policy import STRICTER
from tests.people import signed_in

FORM = {"age_of_majority": "18", "majority_basis": "", "minimum_age": "12", "weeks": "13", "days": "6"}


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


@pytest.fixture
def grace(demo):
    return demo.people["grace"]


@pytest.fixture
def admin(grace):
    return signed_in(grace)


def newest(demo):
    return demo.clinic.policies.order_by("-created_at").first()


def text(answer) -> str:
    return answer.content.decode()


def send(admin, demo, **changes):
    row = newest(demo)
    form = FORM | {"consent_valid_days": "365", "second_clinician": "on", "based_on": str(row.pk) if row else ""} | changes
    return admin.post(reverse("policy"), {name: value for name, value in form.items() if value is not None})


def test_a_version_is_written_with_who_when_and_what(admin, demo, grace):
    assert send(admin, demo, minimum_age="14", avoid_lymphedema_region="on", days="0").status_code == 302
    row = newest(demo)
    assert (row.by, row.policy.minimum_age, row.policy.first_trimester_ends) == (grace, 14, 91)
    assert row.policy.avoid_lymphedema_region
    page = text(admin.get(reverse("policy")))
    assert "Minimum recommended age: <bdi>12</bdi>, now <bdi>14</bdi>" in page
    assert "13 weeks and 6 days</bdi>, now <bdi>13 weeks and 0 days" in page
    assert "Grace Okafor" in page
    assert AuditEvent.objects.latest("seq").action == "policy.set"


def test_each_stricter_switch_is_offered_and_says_what_it_can_do(admin):
    page = text(admin.get(reverse("policy")))
    assert [name for name in STRICTER if f'name="{name}"' not in page] == []
    assert "can only raise" in page


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"minimum_age": "11"}, "from 12 to 21"),
        ({"minimum_age": "19"}, "above the age of majority"),
        ({"age_of_majority": "16"}, "Enter the law"),
        ({"age_of_majority": "15", "majority_basis": "An act"}, "from 16 to 21"),
        ({"weeks": "11"}, "from 12 to 42"),
        ({"weeks": "", "days": "x"}, "from 0 to 6"),
        ({"consent_valid_days": "0"}, "from 1 to 3650"),
        ({"majority_basis": "Act\u202e"}, "hidden"),
    ],
)
def test_what_the_source_forbids_is_refused_and_what_was_typed_is_kept(admin, demo, changes, why):
    answer = send(admin, demo, advise_against_strong_fear="on", **changes)
    assert answer.status_code == 422
    assert why in text(answer)
    assert answer.context["form"]["advise_against_strong_fear"].value()
    assert newest(demo) is None


def test_an_age_below_eighteen_stands_with_its_law(admin, demo):
    send(admin, demo, age_of_majority="16", majority_basis="Minors Act 1970")
    assert rules_of(newest(demo)).majority_basis == "Minors Act 1970"
    assert "Minors Act 1970" in text(admin.get(reverse("policy")))


def test_additional_questions_are_carried_over_unchanged(admin, demo, grace):
    set_policy(demo.clinic, grace, additional=["A1", "A3"])
    send(admin, demo, minimum_age="13")
    assert newest(demo).values["additional"] == ["A1", "A3"]


def test_open_cases_are_counted_and_have_to_be_taken_up_again(admin, demo):
    screening = demo.case("Rosa Marsh", 40, "Sore neck")
    assert "1 open case" in text(admin.get(reverse("policy")))
    answer = send(admin, demo, minimum_age="13")
    assert "1 open case" in text(admin.get(answer["Location"]))
    screening = demo.now(screening.visit)
    with pytest.raises(review.StaleScreening, match="policy has changed"):
        review.check_may_proceed(screening)


def test_nothing_changed_writes_no_version(admin, demo):
    send(admin, demo, minimum_age="13")
    send(admin, demo, minimum_age="13")
    assert demo.clinic.policies.count() == 1


def test_two_admins_do_not_undo_each_other_unawares(admin, demo, grace):
    set_policy(demo.clinic, grace, minimum_age=15)
    answer = send(admin, demo, based_on="", minimum_age="13")
    assert (answer.status_code, "changed the policy since" in text(answer)) == (422, True)
    assert newest(demo).policy.minimum_age == 15


@pytest.mark.parametrize("who", ["mia", "siobhan"])
def test_only_admins_see_and_set_it(demo, who):
    assert signed_in(demo.people[who]).get(reverse("policy")).status_code == 403


def test_the_page_costs_the_same_for_many_versions(admin, demo, grace, django_assert_max_num_queries):
    Membership.objects.get_or_create(clinic=demo.clinic, user=grace, role=Role.ADMIN)
    for age in range(13, 18):
        set_policy(demo.clinic, grace, minimum_age=age)
    with django_assert_max_num_queries(7):
        admin.get(reverse("policy"))
