"""The front desk: who may sign in and see what, finding and adding patients, opening visits, handing the tablet over."""

import datetime
import unicodedata

import pytest
from django.urls import reverse

from clinic import desk as front_desk
from clinic.models import AuditEvent, Handover, Patient, Role, Visit
from clinic.tablet import KEY
from tests import people
from tests.people import PASSWORD, make_clinic, make_member, make_patient, make_visit, signed_in

DETAILS = {"name": "Ann Keogh", "born": "1980-05-17", "phone": "", "email": "", "language": "English"}
PAGES = ("patient", "patient-edit", "visit-add")


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def mia(clinic):
    return make_member(clinic, Role.FRONT_DESK, "Mia Torres")


@pytest.fixture
def siobhan(clinic):
    return make_member(clinic, Role.CLINICIAN, "Siobhan Byrne")


@pytest.fixture
def desk(mia):
    return signed_in(mia)


@pytest.fixture
def ann(clinic):
    return make_patient(clinic)


def actions():
    return list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))


def text(response) -> str:
    return response.content.decode()


def search(desk, query):
    answer = desk.post(reverse("patients"), {"query": query})
    assert answer["Location"] == reverse("patients")
    return desk.get(answer["Location"])


def found(desk, query):
    return [patient.name for patient in search(desk, query).context["found"]]


# Signing in


def test_signing_in_leads_to_today(client, mia):
    answer = client.post(reverse("sign-in"), {"username": mia.username, "password": PASSWORD})
    assert answer["Location"] == reverse("home")
    assert client.get(answer["Location"]).status_code == 200


def test_a_wrong_password_is_told_kindly_and_keeps_the_user_name(client, mia):
    answer = client.post(reverse("sign-in"), {"username": mia.username, "password": "wrong"})
    assert "do not go together" in text(answer)
    assert f'value="{mia.username}"' in text(answer)
    assert "_auth_user_id" not in client.session


def test_signing_out_takes_a_press_and_forgets_the_pages(desk):
    assert desk.get(reverse("sign-out")).status_code == 405
    answer = desk.post(reverse("sign-out"))
    assert answer["Location"] == reverse("sign-in")
    assert "storage" in answer["Clear-Site-Data"]
    assert desk.get(reverse("patients"))["Location"].startswith(reverse("sign-in"))


# Who may see what


@pytest.mark.parametrize("name", [*PAGES, "patients", "patient-add", "visit", "hand-over"])
def test_nobody_gets_in_without_signing_in(client, ann, siobhan, name):
    of = ann if name in PAGES else make_visit(ann, siobhan) if name in {"visit", "hand-over"} else None
    url = reverse(name, args=[of.pk] if of else [])
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("sign-in"))


def test_an_admin_looks_but_does_not_change(clinic, ann, siobhan):
    admin = signed_in(make_member(clinic, Role.ADMIN, "Grace Okafor"))
    visit = make_visit(ann, siobhan)
    for name, of in (("patients", None), ("patient", ann), ("visit", visit)):
        assert admin.get(reverse(name, args=[of.pk] if of else [])).status_code == 200
    for name, of in (("patient-add", None), ("patient-edit", ann), ("visit-add", ann), ("hand-over", visit)):
        assert admin.post(reverse(name, args=[of.pk] if of else []), DETAILS).status_code == 403


def test_patients_of_another_clinic_are_not_there(desk):
    other = make_clinic("Hill Physio")
    stranger = make_patient(other, "Zed Stranger")
    visit = make_visit(stranger, make_member(other))
    urls = [reverse(name, args=[stranger.pk]) for name in PAGES] + [reverse("visit", args=[visit.pk])]
    assert [desk.get(url).status_code for url in urls] == [404] * 4
    assert desk.post(reverse("hand-over", args=[visit.pk]), {"purpose": "intake"}).status_code == 404
    assert found(desk, "stranger") == []
    assert not Handover.objects.exists()


# Finding


@pytest.mark.parametrize(
    "query", ["nguyen", "NGUYỄN", "thị min", "Châu nguyễn", "2014-10-15", "15/10/2014", "10/15/2014"]
)
def test_patients_are_found_by_part_of_the_name_and_by_birth_date(desk, clinic, query):
    make_patient(clinic, "Nguyễn Thị Minh Châu", datetime.date(2014, 10, 15))
    make_patient(clinic, "Łukasz Đorđević", datetime.date(1970, 1, 1))
    assert found(desk, query) == ["Nguyễn Thị Minh Châu"]


@pytest.mark.parametrize("query", ["ليلى", "lukasz dord"])
def test_names_are_found_in_any_script(desk, clinic, query):
    make_patient(clinic, "ليلى حداد")
    make_patient(clinic, "Łukasz Đorđević")
    assert len(found(desk, query)) == 1


def test_a_patient_whose_name_was_corrected_is_found_by_the_new_one(desk, ann, mia):
    ann.name = "Ánna Kowalska"
    front_desk.change_patient(ann, ["name"], mia)
    assert found(desk, "anna kowal") == ["Ánna Kowalska"]
    assert found(desk, "keogh") == []


@pytest.mark.parametrize(("query", "told"), [("", "at least two letters"), ("a", "too short"), ("zz", "Nobody found")])
def test_an_empty_list_says_what_to_do(desk, ann, query, told):
    assert told in text(search(desk, query))


def test_a_long_list_shows_the_first_fifty_and_says_so(desk, clinic):
    for number in range(51):
        make_patient(clinic, f"Smith {chr(97 + number % 26)}{chr(97 + number // 26)}")
    answer = search(desk, "smith")
    assert len(answer.context["found"]) == 50
    assert "Type more of the name" in text(answer)


@pytest.mark.parametrize("query", ["\0\0", "%%", "__", "'; --", "9999-99-99", "x" * 5000])
def test_odd_searches_find_nobody_and_break_nothing(desk, ann, query):
    assert not search(desk, query).context["found"]


# Adding and changing


@pytest.mark.parametrize("name", ["ليلى حداد", "Nguyễn Thị Minh Châu", "O’Brien-Smith, Seán", "李娜"])
def test_names_of_any_script_are_accepted_and_composed(desk, name):
    answer = desk.post(reverse("patient-add"), DETAILS | {"name": f"  {unicodedata.normalize('NFD', name)} "})
    patient = Patient.objects.get()
    assert patient.name == unicodedata.normalize("NFC", name)
    assert answer["Location"] == reverse("patient", args=[patient.pk])
    assert actions() == ["patient.added"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "full name"),
        ({"name": "Ann 😀"}, "Please remove: 😀"),
        ({"name": "Ann \u202eKeogh"}, "U+202E"),
        ({"name": "Ann\u200bKeogh"}, "U+200B"),
        ({"name": "Ann2"}, "Please remove: 2"),
        ({"name": "a" * 10_000}, "shorten"),
        ({"born": ""}, "Enter the date of birth"),
        ({"born": "17/05/1980"}, "1980-05-17"),
        ({"born": "2999-01-01"}, "in the future"),
        ({"born": "1801-01-01"}, "130 years ago"),
        ({"phone": "\u2066 1"}, "hidden characters"),
        ({"phone": "1" * 41}, "shorten"),
        ({"email": "ann"}, "ann@example.org"),
        ({"language": "😀"}, "cannot be printed"),
        ({"language": ""}, "language"),
    ],
)
def test_what_cannot_be_right_is_refused_and_what_was_typed_is_kept(desk, change, told):
    sent = DETAILS | {"phone": "02 5550 0100"} | change
    answer = desk.post(reverse("patient-add"), sent)
    assert answer.status_code == 200
    assert told in text(answer)
    form = answer.context["form"]
    assert {name: form[name].value() for name in sent} == sent
    assert not Patient.objects.exists()


def test_no_browser_cuts_a_pasted_text_short(desk, ann):
    for url in (reverse("patient-add"), reverse("visit-add", args=[ann.pk])):
        assert "maxlength" not in text(desk.get(url))


def years_before(clinic, years: int, days: int = 0) -> datetime.date:
    today = clinic.today()
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year - years, day=day) + datetime.timedelta(days=days)


@pytest.mark.parametrize(("years", "days", "taken"), [(130, 1, True), (130, 0, False), (0, 0, True), (0, 1, False)])
def test_birth_dates_are_taken_up_to_today_and_to_the_130th_birthday(desk, clinic, years, days, taken):
    desk.post(reverse("patient-add"), DETAILS | {"born": years_before(clinic, years, days).isoformat()})
    assert Patient.objects.exists() is taken


def test_the_same_name_and_birth_date_is_asked_about_first(desk, ann):
    answer = desk.post(reverse("patient-add"), DETAILS | {"name": "ann  KEOGH"})
    assert reverse("patient", args=[ann.pk]) in text(answer)
    assert Patient.objects.count() == 1
    desk.post(reverse("patient-add"), DETAILS | {"another": "on"})
    assert Patient.objects.count() == 2


def test_adding_twice_in_a_row_puts_one_patient_on_file(desk):
    for _ in range(2):
        desk.post(reverse("patient-add"), DETAILS)
    assert Patient.objects.count() == 1


def test_a_namesake_of_another_birth_date_or_clinic_is_no_twin(desk, clinic):
    make_patient(clinic, born=datetime.date(1981, 5, 17))
    make_patient(make_clinic("Hill Physio"))
    assert desk.post(reverse("patient-add"), DETAILS).status_code == 302


def test_each_change_is_on_the_trail_without_what_it_was(desk, ann):
    url = reverse("patient-edit", args=[ann.pk])
    desk.post(url, DETAILS | {"phone": "02 5550 0199", "born": "1980-05-18"})
    ann.refresh_from_db()
    assert (ann.phone, ann.born.day) == ("02 5550 0199", 18)
    event = AuditEvent.objects.get(action="patient.changed")
    assert event.data == {"fields": ["born", "phone"]}
    desk.post(url, DETAILS | {"phone": "02 5550 0199", "born": "1980-05-18"})
    assert AuditEvent.objects.filter(action="patient.changed").count() == 1


def test_opening_a_patient_is_on_the_trail(desk, mia, ann):
    desk.get(reverse("patient", args=[ann.pk]))
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.subject) == ("patient.opened", mia, f"Patient:{ann.pk}")


# Visits


def open_visit(desk, patient, to, **changes):
    return desk.post(reverse("visit-add", args=[patient.pk]), {"reason": "Neck pain", "clinician": to.pk} | changes)


def test_a_visit_is_opened_for_a_clinician_of_the_clinic(desk, mia, ann, siobhan):
    answer = open_visit(desk, ann, siobhan)
    visit = Visit.objects.get()
    assert answer["Location"] == reverse("visit", args=[visit.pk])
    assert (visit.clinician, visit.opened_by, visit.reason) == (siobhan, mia, "Neck pain")
    assert actions() == ["visit.opened"]
    assert "Hand to patient" in text(desk.get(answer["Location"]))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reason": ""}, "Enter why"),
        ({"reason": "x" * 10_000}, "shorten"),
        ({"reason": "neck\u202e"}, "hidden characters"),
        ({"clinician": ""}, "Choose the clinician"),
        ({"clinician": "999999"}, "from the list"),
    ],
)
def test_a_visit_without_sense_is_not_opened(desk, ann, siobhan, change, told):
    assert told in text(open_visit(desk, ann, siobhan, **change))
    assert not Visit.objects.exists()


def test_only_clinicians_of_this_clinic_can_be_chosen(desk, mia, ann):
    stranger = make_member(make_clinic("Hill Physio"))
    for somebody in (mia, stranger):
        assert "from the list" in text(open_visit(desk, ann, somebody))
    assert not Visit.objects.exists()


def test_a_visit_of_today_without_answers_is_offered_before_another_is_opened(desk, ann, siobhan):
    waiting = make_visit(ann, siobhan)
    for answer in (desk.get(reverse("visit-add", args=[ann.pk])), open_visit(desk, ann, siobhan)):
        assert reverse("visit", args=[waiting.pk]) in text(answer)
    assert Visit.objects.count() == 1
    open_visit(desk, ann, siobhan, another="on")
    assert Visit.objects.count() == 2


def test_a_visit_with_answers_or_of_another_day_is_no_hindrance(desk, ann, siobhan):
    people.submitted(make_visit(ann, siobhan))
    make_visit(ann, siobhan, starts_at=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    assert open_visit(desk, ann, siobhan).status_code == 302


def test_a_visit_says_where_it_stands(desk, ann, siobhan):
    visit = make_visit(ann, siobhan)
    page = reverse("visit", args=[visit.pk])
    assert "Ready for the patient’s answers" in text(desk.get(page))
    people.tablet_for(visit)
    assert "A tablet is with the patient" in text(desk.get(page))
    people.submitted(visit)
    assert "The answers are in" in text(desk.get(page))


# Handing over


def test_handing_over_signs_the_staff_out_and_leads_to_the_patient(desk, mia, ann, siobhan):
    visit = make_visit(ann, siobhan)
    answer = desk.post(reverse("hand-over", args=[visit.pk]), {"purpose": "intake"})
    handover = Handover.objects.get()
    assert answer["Location"] == reverse("tablet")
    assert (handover.visit, handover.issued_by, handover.purpose) == (visit, mia, "intake")
    assert dict(desk.session) == {KEY: str(handover.pk)}
    assert "Are you" in text(desk.get(answer["Location"]))
    assert "tablet.handed_over" in actions()


@pytest.mark.parametrize("purpose", ["", "everything"])
def test_a_hand_over_says_what_for(desk, ann, siobhan, purpose):
    visit = make_visit(ann, siobhan)
    answer = desk.post(reverse("hand-over", args=[visit.pk]), {"purpose": purpose}, follow=True)
    assert "what the tablet is handed over for" in text(answer)
    assert not Handover.objects.exists()


def test_answers_that_were_sent_are_not_asked_for_again(desk, ann, siobhan):
    visit = make_visit(ann, siobhan)
    people.submitted(visit)
    answer = desk.post(reverse("hand-over", args=[visit.pk]), {"purpose": "intake"}, follow=True)
    assert "The answers are in already" in text(answer)
    assert not Handover.objects.exists()


def test_nothing_is_handed_over_by_a_link(desk, ann, siobhan):
    assert desk.get(reverse("hand-over", args=[make_visit(ann, siobhan).pk])).status_code == 405


def test_signing_in_and_out_and_failing_to_are_on_the_audit_trail(client, db):
    clinic = make_clinic()
    make_member(clinic, Role.CLINICIAN, "Siobhan Byrne", "siobhan")
    client.post(reverse("sign-in"), {"username": "siobhan", "password": "wrong"})
    client.post(reverse("sign-in"), {"username": "nobody\0", "password": "wrong"})
    client.post(reverse("sign-in"), {"username": "siobhan", "password": PASSWORD})
    client.post(reverse("sign-out"))
    told = list(clinic.events.order_by("seq").values_list("action", "actor_kind"))
    assert told == [("member.sign_in_refused", "nobody"), ("member.signed_in", "staff"), ("member.signed_out", "staff")]
