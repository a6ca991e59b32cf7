"""The tablet in a patient's hands: only this visit's patient pages, only while it is handed over, and then nothing."""

import datetime
import uuid

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone

from clinic import tablet
from clinic.models import AuditEvent, Handover, Purpose, Role
from clinic.tablet import KEY
from screening.models import Intake, IntakeDraft
from tests.people import PASSWORD, answered, make_clinic, make_member, make_patient, make_visit, signed_in, tablet_for


def patterns(resolver=None) -> dict[str, URLPattern]:
    """Every address of the product by its name."""
    named: dict[str, URLPattern] = {}
    for item in (resolver or get_resolver()).url_patterns:
        if isinstance(item, URLResolver):
            named |= patterns(item)
        elif item.name:
            named[item.name] = item
    return named


def address(pattern: URLPattern) -> str:
    made = {
        name: uuid.uuid4() if "UUID" in type(kind).__name__ else "x"
        for name, kind in pattern.pattern.converters.items()
    }
    return reverse(pattern.name or "", kwargs=made)


def on_tablet(pattern: URLPattern) -> bool:
    return getattr(pattern.callback, "tablet_page", False)


TABLET = sorted(name for name, pattern in patterns().items() if on_tablet(pattern))
OTHERS = sorted(set(patterns()) - set(TABLET))


@pytest.fixture
def visit(db):
    clinic = make_clinic()
    return make_visit(make_patient(clinic, "Nguyễn Thị Minh Châu"), make_member(clinic))


def text(answer) -> str:
    return answer.content.decode()


def test_the_lists_of_pages_are_what_they_seem():
    assert {"tablet", "tablet-return", "intake", "intake-page", "intake-submit", "ceremony-sign"} <= set(TABLET)
    assert {"home", "patients", "patient", "sign-in", "case", "records", "tablet-done"} <= set(OTHERS)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("confirmed", [False, True])
def test_every_page_of_the_staff_leads_back_to_the_tablet(visit, name, confirmed):
    client = tablet_for(visit, confirmed=confirmed)
    for answer in (client.get(address(patterns()[name])), client.post(address(patterns()[name]))):
        assert (answer.status_code, answer["Location"]) == (302, reverse("tablet"))


@pytest.mark.parametrize("name", TABLET)
def test_no_patient_address_holds_an_id(name):
    kinds = {type(kind).__name__ for kind in patterns()[name].pattern.converters.values()}
    assert kinds <= {"SlugConverter"}
    assert address(patterns()[name]).startswith("/tablet/")


@pytest.mark.parametrize("name", TABLET)
@pytest.mark.parametrize("state", ["none", "unknown", "expired", "ended", "sent"])
def test_without_an_open_hand_over_every_patient_page_is_closed(visit, name, state):
    now = timezone.now()
    client = {
        "none": Client,
        "unknown": Client,
        "expired": lambda: tablet_for(visit, expires_at=now - datetime.timedelta(seconds=1)),
        "ended": lambda: tablet_for(visit, ended_at=now, ended_because="returned"),
        "sent": lambda: tablet_for(visit, ended_at=now, ended_because="submitted"),
    }[state]()
    if state == "unknown":
        session = client.session
        session[KEY] = str(uuid.uuid4())
        session.save()
    answer = client.post(address(patterns()[name]))
    assert answer.status_code == 410
    assert "give the tablet back" in text(answer)
    assert visit.patient.name not in text(answer)
    assert KEY not in client.session
    assert not IntakeDraft.objects.exists()


@pytest.mark.parametrize("name", TABLET)
def test_no_page_of_the_tablet_is_kept_by_the_browser(visit, name):
    for client in (tablet_for(visit), Client()):
        assert "no-store" in client.get(address(patterns()[name]))["Cache-Control"]
        Handover.objects.update(ended_at=timezone.now())


def test_the_closing_page_knows_nobody_and_is_not_kept(client, db):
    answer = client.get(reverse("tablet-done"))
    assert "Please give the tablet back" in text(answer)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", sorted(set(TABLET) - {"tablet", "tablet-confirm", "tablet-return"}))
def test_nothing_is_shown_before_the_patient_has_said_who_they_are(visit, name):
    purpose = Purpose.CONSENT if name.startswith("ceremony") else Purpose.INTAKE
    answer = tablet_for(visit, purpose, confirmed=False).get(address(patterns()[name]))
    assert answer["Location"] == reverse("tablet")


@pytest.mark.parametrize("name", sorted(set(TABLET) - {"tablet", "tablet-confirm", "tablet-return"}))
def test_a_hand_over_for_one_purpose_does_not_open_the_other(visit, name):
    purpose = Purpose.INTAKE if name.startswith("ceremony") else Purpose.CONSENT
    assert tablet_for(visit, purpose).get(address(patterns()[name]))["Location"] == reverse("tablet")


@pytest.mark.parametrize(("purpose", "first"), [("intake", "intake"), ("consent", "ceremony")])
def test_this_is_me_leads_on(visit, purpose, first):
    client = tablet_for(visit, purpose, confirmed=False)
    welcome = client.get(reverse("tablet"))
    assert visit.patient.name in text(welcome)
    assert visit.clinic.name in text(welcome)
    client.post(reverse("tablet-confirm"), {"reply": "yes"})
    assert client.get(reverse("tablet"))["Location"] == reverse(first)
    assert AuditEvent.objects.get().action == "tablet.confirmed"


@pytest.mark.parametrize("reply", ["", "perhaps"])
def test_without_a_clear_word_the_question_is_asked_again(visit, reply):
    client = tablet_for(visit, confirmed=False)
    assert client.post(reverse("tablet-confirm"), {"reply": reply})["Location"] == reverse("tablet")
    assert not Handover.objects.get().confirmed_at


def test_this_is_not_me_ends_it_and_shows_nothing_of_the_patient(visit):
    client = tablet_for(visit, confirmed=False)
    answer = client.post(reverse("tablet-confirm"), {"reply": "no"}, follow=True)
    assert answer.redirect_chain == [(reverse("tablet-done"), 302)]
    assert "give the tablet back" in text(answer)
    for page in (answer, client.get(reverse("tablet"))):
        assert visit.patient.name not in text(page)
    handover = Handover.objects.get()
    assert (handover.ended_because, handover.confirmed_at) == ("not_me", None)


def test_giving_the_tablet_back_ends_it_and_keeps_what_was_answered(visit):
    answered(visit)
    client = tablet_for(visit)
    assert client.get(reverse("tablet-return"))["Location"] == reverse("tablet")
    answer = client.post(reverse("tablet-return"))
    assert answer["Location"] == reverse("tablet-done")
    assert "storage" in answer["Clear-Site-Data"]
    assert Handover.objects.get().ended_because == "returned"
    assert IntakeDraft.objects.get(visit=visit).replies
    assert client.get(reverse("intake")).status_code == 410


def test_handing_over_anew_closes_the_other_tablet(visit):
    first = tablet_for(visit)
    signed_in(visit.opened_by).post(reverse("hand-over", args=[visit.pk]), {"purpose": "intake"})
    assert first.get(reverse("tablet")).status_code == 410
    assert Handover.objects.filter(ended_at=None).count() == 1


def test_a_hand_over_lasts_half_an_hour(visit):
    signed_in(visit.opened_by).post(reverse("hand-over", args=[visit.pk]), {"purpose": "intake"})
    handover = Handover.objects.get()
    assert abs(handover.expires_at - handover.created_at - tablet.LASTS) < datetime.timedelta(seconds=5)


def test_in_a_browser_the_answers_go_once_and_the_way_back_is_closed(page, faults, live):
    """Sign in, hand over, one follow-up that comes and goes, send; then the browser's Back shows nobody's answers."""
    clinic = make_clinic()
    mia = make_member(clinic, Role.FRONT_DESK, "Mia Torres")
    visit = make_visit(make_patient(clinic, "Ann Keogh"), make_member(clinic), opened_by=mia)
    answered(visit)
    page.goto(reverse("visit", args=[visit.pk]))
    page.fill("#id_username", mia.username)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Hand to patient").click()
    page.get_by_role("button", name="Yes, this is me").click()
    page.get_by_role("link", name="Change Bleeding").click()
    details = page.locator("#id_blood-thinner-details")
    assert details.is_hidden()
    page.locator("input[name=blood-thinner][value=yes]").check()
    details.fill("Warfarin 3 mg")
    page.locator("input[name=blood-thinner][value=no]").check()
    assert details.is_hidden()
    page.locator("input[name=blood-thinner][value=yes]").check()
    page.get_by_role("button", name="Save").click()
    assert "Warfarin 3 mg" in page.inner_text("main")
    page.get_by_role("button", name="Send my answers").dblclick()
    page.wait_for_url("**" + reverse("tablet-done"))
    intake = Intake.objects.get()
    assert (intake.replies["blood-thinner"], intake.replies["blood-thinner-details"]) == ("yes", "Warfarin 3 mg")
    page.go_back()
    page.get_by_role("heading", name="These pages are closed").wait_for()
    assert "Warfarin" not in page.content()
