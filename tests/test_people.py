"""Who works here: invited by a link that shows once, given roles, deactivated and signed out at once."""

import datetime
import re

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from clinic import invitations, people
from clinic.models import AuditEvent, Invitation, Membership, Role, User
from clinic.private_log import LINK
from tests import looking
from tests.browsing import as_client
from tests.people import PASSWORD, make_clinic, make_member, make_patient, make_visit, signed_in

WORDS = "seven slow herons over the quay"
NEW = {"username": "ann.lee", "first_name": "Ann", "last_name": "Lee", "title": "Physiotherapist", "email": "ann@example.org"}
PAGES = ("clinic", "people", "people-invite", "clinic-settings")


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def grace(clinic):
    return make_member(clinic, Role.ADMIN, "Grace Okafor")


@pytest.fixture
def tom(clinic):
    return make_member(clinic, Role.CLINICIAN, "Tom Ellis")


@pytest.fixture
def admin(grace):
    return signed_in(grace)


def text(answer) -> str:
    return answer.content.decode()


def actions():
    return list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))


def link_in(answer) -> str:
    found = re.search(r"http://testserver(/join/[^/]+/)", text(answer))
    assert found
    return found.group(1)


def invited(admin, **changes) -> str:
    answer = admin.post(reverse("people-invite"), NEW | {"roles": ["clinician"]} | changes)
    assert answer.status_code == 200, text(answer)
    return link_in(answer)


def set_password(client, link, password=WORDS, again=None):
    return client.post(link, {"new_password1": password, "new_password2": again or password})


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.CLINICIAN])
def test_only_an_admin_opens_these_pages(clinic, role, page):
    assert signed_in(make_member(clinic, role)).get(reverse(page)).status_code == 403


def test_an_invited_person_sets_a_password_and_is_signed_in(admin):
    link = invited(admin, roles=["clinician", "front_desk"])
    client = Client()
    assert client.get(link).status_code == 200
    assert set_password(client, link)["Location"] == reverse("home")
    user = User.objects.get(username="ann.lee")
    assert client.get(reverse("home")).wsgi_request.user == user
    assert set(user.memberships.values_list("role", flat=True)) == {"clinician", "front_desk"}
    assert authenticate(username="ann.lee", password=WORDS) == user
    assert actions() == ["member.invited", "invitation.made", "member.joined", "member.signed_in"]


def test_before_they_have_a_password_nobody_can_sign_in_or_be_chosen_as_clinician(admin, clinic):
    invited(admin)
    user = User.objects.get(username="ann.lee")
    assert not user.is_active
    assert not user.has_usable_password()
    assert "Invited" in text(admin.get(reverse("people")))


def test_only_the_hash_of_a_link_is_kept_and_no_later_page_shows_it(admin):
    token = invited(admin).split("/")[2]
    row = Invitation.objects.get()
    assert token not in str({field.name: getattr(row, field.name) for field in Invitation._meta.fields})
    assert token not in str(list(AuditEvent.objects.values_list("data", flat=True)))
    assert token not in text(admin.get(reverse("person", args=[row.user_id])))
    assert LINK.sub(r"\1-", f"GET /join/{token}/ 410") == "GET /join/-/ 410"


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        ("short", None, "15 characters"),
        (WORDS, "another long sentence", "not the same"),
        ("ann.lee@example.org", None, "similar"),
    ],
)
def test_a_weak_password_is_refused_and_never_echoed(admin, password, again, why):
    link = invited(admin)
    answer = set_password(Client(), link, password, again)
    assert answer.status_code == 422
    assert why in text(answer)
    assert f'value="{password}"' not in text(answer)
    assert set_password(Client(), link).status_code == 302  # the link is not used up by it


def test_a_used_a_stopped_and_an_old_link_say_so(admin):
    used = invited(admin)
    set_password(Client(), used)
    user = User.objects.get(username="ann.lee")
    assert "used already" in text(Client().get(used))
    stopped = link_in(admin.post(reverse("person-link", args=[user.pk])))
    admin.post(reverse("person-link-stop", args=[user.pk]))
    assert "stopped" in text(set_password(Client(), stopped))
    old = link_in(admin.post(reverse("person-link", args=[user.pk])))
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=7, seconds=1)):
        assert "seven days" in text(Client().get(old))
    answer = Client().get("/join/nothing-of-ours/")
    assert (answer.status_code, answer["Cache-Control"]) == (410, "no-store")


def test_a_newer_link_ends_the_one_before(admin):
    first = invited(admin)
    second = link_in(admin.post(reverse("person-link", args=[User.objects.get(username="ann.lee").pk])))
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_with_a_new_password_the_old_one_and_its_sign_ins_end(admin, tom):
    there = signed_in(tom)
    link = link_in(admin.post(reverse("person-link", args=[tom.pk])))
    assert there.get(reverse("home")).status_code == 200
    set_password(Client(), link)
    assert reverse("sign-in") in there.get(reverse("home"))["Location"]
    assert authenticate(username=tom.username, password=PASSWORD) is None


def test_the_link_can_be_emailed_and_says_nothing_secret_to_anyone_else(admin):
    link = invited(admin)
    user = User.objects.get(username="ann.lee")
    answer = admin.post(reverse("person-link-email", args=[user.pk]), {"token": link.split("/")[2]})
    assert "was sent" in text(answer)
    [message] = mail.outbox
    assert message.to == ["ann@example.org"]
    assert link in message.body
    assert "invitation.emailed" in actions()


def test_a_link_of_one_person_is_not_emailed_to_another(admin, tom):
    User.objects.filter(pk=tom.pk).update(email="tom@example.org")
    admin.post(reverse("person-link-email", args=[tom.pk]), {"token": invited(admin).split("/")[2]})
    assert mail.outbox == []


def test_a_user_name_that_somebody_has_is_refused_and_the_rest_is_kept(admin, tom):
    answer = admin.post(reverse("people-invite"), NEW | {"username": tom.username.upper(), "roles": ["clinician"]})
    assert answer.status_code == 422
    assert "taken" in text(answer)
    assert 'value="Lee"' in text(answer)


def test_who_is_deactivated_is_at_the_sign_in_page_with_the_next_request(admin, tom, clinic):
    there = signed_in(tom)
    visit = make_visit(make_patient(clinic), tom)
    assert there.get(reverse("home")).status_code == 200
    asked = text(admin.get(reverse("person-deactivate", args=[tom.pk])))
    assert "1 open case names this person" in asked
    admin.post(reverse("person-deactivate", args=[tom.pk]))
    assert there.get(reverse("home"))["Location"].startswith(reverse("sign-in"))
    tom.refresh_from_db()
    assert not tom.is_active
    assert not [row for row in Session.objects.all() if row.get_decoded().get("_auth_user_id") == str(tom.pk)]
    assert "Tom Ellis" in text(admin.get(reverse("visit", args=[visit.pk])))
    assert actions()[-2:] == ["member.deactivated", "visit.seen"]


def test_who_works_in_two_clinics_keeps_the_other(admin, tom):
    other = make_clinic("Hill Physio")
    Membership.objects.create(clinic=other, user=tom, role=Role.CLINICIAN)
    admin.post(reverse("person-deactivate", args=[tom.pk]))
    tom.refresh_from_db()
    assert tom.is_active
    assert list(tom.clinics()) == [other]


def test_an_admin_cannot_take_over_an_account_that_another_clinic_uses(admin, tom):
    Membership.objects.create(clinic=make_clinic("Hill Physio"), user=tom, role=Role.ADMIN)
    answer = admin.post(reverse("person-link", args=[tom.pk]), follow=True)
    assert "works in another clinic too" in text(answer)
    assert not Invitation.objects.exists()


def test_somebody_of_another_clinic_is_not_found(admin):
    stranger = make_member(make_clinic("Hill Physio"), Role.CLINICIAN)
    for page in ("person", "person-deactivate", "person-link"):
        assert admin.post(reverse(page, args=[stranger.pk])).status_code == 404


def test_the_last_admin_can_neither_go_nor_give_the_role_away(admin, grace, clinic):
    answer = admin.post(reverse("person-deactivate", args=[grace.pk]))
    assert (answer.status_code, "only admin" in text(answer)) == (422, True)
    details = {"first_name": "Grace", "last_name": "Okafor", "roles": ["front_desk"]}
    assert "only admin" in text(admin.post(reverse("person", args=[grace.pk]), details))
    invited(admin, roles=["admin"])  # who has not joined cannot look after the clinic
    assert admin.post(reverse("person-deactivate", args=[grace.pk])).status_code == 422
    make_member(clinic, Role.ADMIN, "Noor Aziz")
    assert admin.post(reverse("person-deactivate", args=[grace.pk]))["Location"] == reverse("sign-in")
    assert admin.get(reverse("home"))["Location"].startswith(reverse("sign-in"))


def test_roles_count_from_the_next_page_on(admin, tom):
    there = signed_in(tom)
    details = {"first_name": "Tom", "last_name": "Ellis-Ray", "roles": ["front_desk"]}
    assert admin.post(reverse("person", args=[tom.pk]), details).status_code == 302
    assert there.get(reverse("records")).status_code == 403
    tom.refresh_from_db()
    assert tom.last_name == "Ellis-Ray"
    assert actions()[-2:] == ["member.roles_changed", "member.changed"]


def test_who_was_deactivated_can_be_taken_on_again(admin, tom, grace, clinic):
    people.deactivate(clinic, tom, grace)
    assert admin.post(reverse("person", args=[tom.pk]), {"roles": ["clinician"]}).status_code == 302
    assert authenticate(username=tom.username, password=PASSWORD) == tom


def test_the_list_costs_the_same_for_many(clinic, grace, django_assert_num_queries):
    for number in range(8):
        make_member(clinic, Role.CLINICIAN, f"Person {number}")
    with django_assert_num_queries(2):
        assert len(people.people(clinic)) == 9


@pytest.mark.looks
def test_the_pages_of_people_have_no_flaw(device, live):
    clinic = make_clinic()
    grace = make_member(clinic, Role.ADMIN, "Grace Okafor")
    context = device(viewport={"width": 1024, "height": 768})
    as_client(context, signed_in(grace), live.url)
    page = context.new_page()
    found = []
    for path in (*map(reverse, PAGES), reverse("policy"), reverse("retention"), reverse("certificate"),
                 reverse("person", args=[grace.pk]), reverse("person-deactivate", args=[grace.pk])):
        page.goto(path)
        found += [f"{path}: {what}" for what in (*looking.axe(page), *looking.faint_borders(page))]
        page.set_viewport_size({"width": 320, "height": 640})
        found += [f"{path}: {over} px too wide"] if (over := looking.overflow(page)) else []
        page.set_viewport_size({"width": 1024, "height": 768})
    assert found == []
    page.goto(reverse("people-invite"))
    for name, value in (("User name", "ann.lee"), ("First name", "Ann")):
        page.get_by_label(name).fill(value)
    page.get_by_label("Clinician").check()
    page.get_by_role("button", name="Make the link").click()
    link = page.locator(".mono").inner_text()
    other = device().new_page()
    other.goto(link)
    other.get_by_label("Password", exact=True).fill(WORDS)
    other.get_by_label("The same password again").fill(WORDS)
    other.get_by_role("button", name="Set the password").click()
    expect(other.get_by_text("Your password is set")).to_be_visible()


def test_a_link_ends_when_the_person_works_in_another_clinic_by_then(db):
    clinic, other = make_clinic(), make_clinic("North")
    admin, guest = make_member(clinic, Role.ADMIN), make_member(clinic, Role.CLINICIAN, "Tom Ellis")
    _row, token = invitations.issue(clinic, guest, admin)
    Membership.objects.create(clinic=other, user=guest, role=Role.CLINICIAN)
    with pytest.raises(invitations.InvitationClosed, match="another clinic"):
        invitations.join(token, "a-new-long-password")
    guest.refresh_from_db()
    assert guest.check_password(PASSWORD)
