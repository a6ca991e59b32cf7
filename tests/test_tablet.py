"""The tablet in a patient's hands: only this visit's patient pages, only while it is handed over, and then nothing."""

import datetime
import re
import uuid

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone
from playwright.sync_api import expect

from clinic import tablet
from clinic.models import IDLE, AuditEvent, Handover, Purpose, Role
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
        name: {"UUIDConverter": uuid.uuid4(), "IntConverter": 1}.get(type(kind).__name__, "x")
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
    assert {"home", "patients", "patient", "sign-in", "case", "records", "tablet-done", "tablet-closed"} <= set(OTHERS)


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
@pytest.mark.parametrize("state", ["none", "unknown", "expired", "idle", "ended", "sent"])
def test_without_an_open_hand_over_every_patient_page_is_closed(visit, name, state):
    now = timezone.now()
    client = {
        "none": Client,
        "unknown": Client,
        "expired": lambda: tablet_for(visit, expires_at=now - datetime.timedelta(seconds=1)),
        "idle": lambda: tablet_for(visit, seen_at=now - IDLE),
        "ended": lambda: tablet_for(visit, ended_at=now, ended_because="returned"),
        "sent": lambda: tablet_for(visit, ended_at=now, ended_because="submitted"),
    }[state]()
    if state == "unknown":
        session = client.session
        session[KEY] = str(uuid.uuid4())
        session.save()
    answer = client.post(address(patterns()[name]), headers={"Sent-By": "page"})
    assert answer.status_code == 410
    assert answer.has_header("Clear-Site-Data") == (state != "none")
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
    page.get_by_role("link", name=re.compile("Change.*thins your blood")).click()
    details = page.locator("#id_blood-thinner-details")
    assert details.is_hidden()
    page.locator("input[name=blood-thinner][value=yes]").check()
    details.fill("Warfarin 3 mg")
    page.locator("input[name=blood-thinner][value=no]").check()
    assert details.is_hidden()
    page.locator("input[name=blood-thinner][value=yes]").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Warfarin 3 mg")
    page.get_by_role("button", name="Send my answers").dblclick()
    page.wait_for_url("**" + reverse("tablet-done"))
    intake = Intake.objects.get()
    assert (intake.replies["blood-thinner"], intake.replies["blood-thinner-details"]) == ("yes", "Warfarin 3 mg")
    page.go_back()
    page.get_by_role("heading", name="These pages are closed").wait_for()
    assert "Warfarin" not in page.content()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann Keogh", "A*** K***"),
        ("Nguyễn Thị Minh Châu", "N*** T*** M*** C***"),
        ("王小明", "王***"),
        ("محمد العلي", "م*** ا***"),
        ("Åsa  O'Neill-Y", "Å*** O***"),
        ("A\u030asa", "A\u030a***"),
        ("J", "J***"),
    ],
)
def test_the_first_page_names_the_patient_so_that_only_they_know_themselves(visit, name, shown):
    visit.patient.name, visit.patient.born = name, datetime.date(1980, 5, 17)
    visit.patient.save()
    welcome = text(tablet_for(visit, confirmed=False).get(reverse("tablet")))
    assert f"Are you <bdi>{shown}</bdi>, born on day 17 of the month?" in welcome
    assert "1980" not in welcome
    assert "May" not in welcome
    assert not [part for part in name.split() if len(part) > 2 and part in welcome]


def test_the_first_page_offers_every_language_and_speaks_the_one_that_was_chosen(visit):
    client = tablet_for(visit, confirmed=False)
    welcome = text(client.get(reverse("tablet")))
    big = welcome.partition('class="tongues"')[2].partition("</div>")[0]
    for name in ("English", "Español", "简体中文", "العربية"):
        assert f">{name}</button>" in big
    client.post(reverse("tablet"), {"wish-language": "ar"})
    assert '<html lang="ar" dir="rtl"' in text(client.get(reverse("tablet")))


def last_seen(visit, **ago) -> Handover:
    """The visit's handover, last seen so long ago."""
    visit.handovers.update(seen_at=timezone.now() - datetime.timedelta(**ago))
    return visit.handovers.get()


def test_a_page_that_is_used_is_seen_and_so_stays_open(visit):
    client = tablet_for(visit)
    last_seen(visit, minutes=2, seconds=50)
    assert client.get(reverse("tablet")).status_code == 302
    assert timezone.now() - visit.handovers.get().seen_at < datetime.timedelta(seconds=5)


def test_being_seen_is_not_written_down_at_every_press(visit):
    client = tablet_for(visit)
    before = last_seen(visit, seconds=8).seen_at
    client.get(reverse("tablet"))
    assert visit.handovers.get().seen_at == before


def test_i_am_still_here_keeps_the_pages_open_as_often_as_it_is_said(visit):
    client = tablet_for(visit)
    for _ in range(3):
        last_seen(visit, minutes=2, seconds=55)
        assert client.post(reverse("tablet-still-here")).status_code == 204
        assert visit.handovers.get().is_open
    visit.handovers.update(expires_at=timezone.now())
    assert client.post(reverse("tablet-still-here")).status_code == 410


def test_pages_that_nobody_used_for_three_minutes_close_and_keep_what_was_answered(visit):
    answered(visit)
    client = tablet_for(visit)
    assert last_seen(visit, minutes=2, seconds=59).is_open
    assert not last_seen(visit, minutes=3).is_open
    assert client.get(reverse("intake")).status_code == 410
    handover = visit.handovers.get()
    assert (handover.ended_because, handover.ended_at is None) == ("idle", False)
    event = AuditEvent.objects.get()
    assert (event.action, event.data["because"], event.actor_kind) == ("tablet.closed", "idle", "tablet")
    assert IntakeDraft.objects.get(visit=visit).replies
    assert client.get(reverse("intake")).status_code == 410
    assert AuditEvent.objects.count() == 1


def test_pages_whose_half_hour_is_over_close_for_that_reason(visit):
    client = tablet_for(visit, expires_at=timezone.now())
    client.get(reverse("intake"))
    assert visit.handovers.get().ended_because == "expired"
    assert AuditEvent.objects.get().action == "tablet.closed"


@pytest.mark.parametrize(("because", "page"), [("idle", "tablet-closed"), ("expired", "tablet-closed"), ("", "tablet-done")])
def test_a_page_that_sees_its_time_run_out_hands_back_by_itself(visit, because, page):
    client = tablet_for(visit)
    answer = client.post(reverse("tablet-return"), {"because": because}, headers={"Sent-By": "page"})
    assert answer["Go-Instead-To"] == reverse(page)
    assert visit.handovers.get().ended_because == (because or "returned")


def test_time_in_which_the_page_could_not_reach_us_is_not_time_left_alone(visit):
    client = tablet_for(visit)
    last_seen(visit, minutes=9)
    answer = client.post(reverse("tablet-still-here"), headers={"Out-Of-Reach": "420"})
    assert answer.status_code == 204
    assert client.get(reverse("tablet")).status_code == 302


@pytest.mark.parametrize("told", ["", "300", "-420", "4e9", "٤٢٠", "x" * 9000])
def test_no_other_word_of_the_page_makes_up_for_being_left_alone(visit, told):
    client = tablet_for(visit)
    last_seen(visit, minutes=9)
    assert client.post(reverse("tablet-still-here"), headers={"Out-Of-Reach": told}).status_code == 410


def test_being_out_of_reach_excuses_no_page_that_is_only_opened_and_never_the_half_hour(visit):
    client = tablet_for(visit)
    last_seen(visit, minutes=9)
    assert client.get(reverse("tablet"), headers={"Out-Of-Reach": "420"}).status_code == 410
    client = tablet_for(visit, expires_at=timezone.now())
    assert client.post(reverse("tablet-still-here"), headers={"Out-Of-Reach": "9" * 40}).status_code == 410


def test_pages_that_closed_are_opened_again_by_staff_at_the_same_question(visit):
    answered(visit)
    draft = IntakeDraft.objects.get()
    del draft.replies["bleeds-easily"]
    draft.save()
    client = tablet_for(visit)
    stopped_at = client.get(reverse("intake"))["Location"]
    last_seen(visit, minutes=4)
    assert client.get(stopped_at).status_code == 410
    staff = signed_in(visit.opened_by)
    staff.post(reverse("hand-over", args=[visit.pk]), {"purpose": "intake"})
    staff.post(reverse("tablet-confirm"), {"reply": "yes"})
    assert staff.get(reverse("intake"))["Location"] == stopped_at
    assert "bleeds-easily" in text(staff.get(stopped_at))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_closed_page_says_in_the_patients_language_what_is_kept_and_what_to_do(visit, language):
    client = tablet_for(visit, language=language)
    last_seen(visit, minutes=4)
    for answer in (client.get(reverse("intake")), client.get(reverse("tablet-closed"), {"language": language})):
        assert answer.status_code == 410
        assert f'<html lang="{language}"' in text(answer)
        assert "no-store" in answer["Cache-Control"]
    assert "every page that you saved is kept" in text(client.get(reverse("tablet-closed")))


def test_on_their_own_phone_a_patient_is_not_asked_to_give_a_tablet_back(visit):
    client = tablet_for(visit, own_phone=True)
    page = text(client.get(reverse("tablet"), follow=True))
    assert "Open the same link again" in page
    assert "phone=1" in page
    last_seen(visit, minutes=4)
    pages = [client.get(reverse("intake")), client.get(reverse("tablet-closed"), {"phone": "1"})]
    for answer in pages:
        assert "open the same link again" in text(answer)
        assert "tablet back" not in text(answer)
    done = tablet_for(visit, own_phone=True, language="es").post(reverse("tablet-return"))
    assert done["Location"] == reverse("tablet-done") + "?language=es&phone=1"
    assert "tablet back" not in text(client.get(done["Location"]))


def test_both_ends_of_a_hand_over_bring_another_cookie_and_an_emptied_browser(visit):
    staff = signed_in(visit.opened_by)
    of_staff = staff.cookies["sid"].value
    handed = staff.post(reverse("hand-over", args=[visit.pk]), {"purpose": "intake"})
    of_patient = handed.cookies["sid"]
    assert of_patient.value not in {"", of_staff}
    assert of_patient["httponly"]
    returned = staff.post(reverse("tablet-return"))
    assert returned.cookies["sid"].value == ""
    for answer in (handed, returned):
        assert answer["Clear-Site-Data"] == tablet.WIPE
    for old in (of_staff, of_patient.value):
        stranger = Client()
        stranger.cookies["sid"] = old
        assert stranger.get(reverse("home")).status_code == 302
        assert stranger.get(reverse("tablet")).status_code == 410


def test_a_page_that_sends_by_itself_is_told_where_to_go(visit):
    client = tablet_for(visit, confirmed=False)
    answer = client.post(reverse("tablet-confirm"), {"reply": "yes"}, headers={"Sent-By": "page"})
    assert (answer.status_code, answer["Go-To"], answer.content) == (204, reverse("tablet"), b"")
    assert not answer.has_header("Location")
    assert client.post(reverse("tablet-confirm"), {"reply": "yes"}).status_code == 302
