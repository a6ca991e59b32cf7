"""The audit page: every event of a clinic, a patient or a record in plain words, narrowed and paged, and itself an event."""

import datetime
import re

import pytest
from django.db import transaction
from django.urls import reverse

from clinic import audit
from clinic.models import AuditEvent, Clinic, Membership, Role, User
from consent import export, finding, trail
from consent.management.commands.demo import Demo
from consent.models import RecordExport, SealedDocument
from consent.trail.said import LOOKED_FOR
from consent.views.audit import PER_PAGE
from screening import review
from tests import on_record, people


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


@pytest.fixture
def admin(demo, client):
    client.force_login(demo.people["grace"])
    return client


@pytest.fixture
def document(demo) -> SealedDocument:
    return on_record.put(demo, on_record.decided(demo, "Peter Walsh"))


def lines(client, name: str = "audit", *args, **wanted) -> list[trail.Line]:
    response = client.get(reverse(name, args=args), wanted)
    assert response.status_code == 200
    return response.context["lines"]


def actions(found: list[trail.Line]) -> list[str]:
    return [line.event.action for line in found]


def log(demo: Demo, action: str, subject, by=None, **data) -> AuditEvent:
    with transaction.atomic():
        return audit.log(demo.clinic, by, action, subject, **data)


def test_the_trail_is_for_admins_of_the_clinic(demo, client, document):
    pages = [
        reverse("audit"),
        reverse("audit-patient", args=[document.visit.patient_id]),
        reverse("audit-record", args=[document.pk]),
    ]
    for person, status in {"mia": 403, "siobhan": 403, "grace": 200}.items():
        client.force_login(demo.people[person])
        assert [client.get(page).status_code for page in pages] == [status] * 3
    stranger = User.objects.create_user("stranger")
    Membership.objects.create(clinic=Clinic.objects.create(name="Other"), user=stranger, role=Role.ADMIN)
    client.force_login(stranger)
    assert [client.get(page).status_code for page in pages] == [200, 404, 404]
    assert "Peter Walsh" not in client.get(pages[0]).content.decode()


def test_reading_the_trail_is_on_the_trail(demo, admin, document):
    assert actions(lines(admin))[0] == "audit.opened"
    lines(admin, "audit-patient", document.visit.patient_id)
    lines(admin, "audit-record", document.pk)
    opened = AuditEvent.objects.filter(action="audit.opened").order_by("seq")
    subjects = [demo.clinic, document.visit.patient, document]
    assert [event.subject for event in opened] == [audit.subject_of(row) for row in subjects]
    assert {event.actor for event in opened} == {demo.people["grace"]}


def test_each_line_says_who_what_when_and_on_what(demo, admin, document):
    page = admin.get(reverse("audit")).content.decode()
    for told in (
        "Record sealed",
        "Case decided",
        "Answers sent",
        "Patient put on file",
        "Siobhan Byrne",
        document.number,
    ):
        assert told in page
    assert reverse("visit", args=[document.visit_id]) in page
    assert reverse("record", args=[document.pk]) in page
    assert "Patient’s tablet or phone" in page
    assert not re.search(r">[a-z]+\.[a-z_]+<", page)


def test_a_patients_trail_has_their_visits_records_reads_and_exports_and_nobody_elses(demo, admin, document):
    other = on_record.put(demo, on_record.decided(demo, "Harold Finch"))
    admin.get(reverse("record-pdf", args=[document.pk]))
    exported = log(demo, "records.exported", demo.clinic, demo.people["grace"], count=1, reason="Insurer’s request")
    RecordExport.objects.create(document=document, event=exported)
    found = lines(admin, "audit-patient", document.visit.patient_id)
    assert {
        "patient.added",
        "intake.submitted",
        "case.decided",
        "record.sealed",
        "record.read",
        "records.exported",
    } <= set(actions(found))
    assert {line.about.name for line in found} <= {"Peter Walsh", ""}
    assert "records.exported" not in actions(lines(admin, "audit-patient", other.visit.patient_id))
    page = admin.get(reverse("audit-patient", args=[document.visit.patient_id])).content.decode()
    assert "Insurer’s request" in page


ALL_RECORDS = {
    "since": None, "until": None, "clinician": None, "decision": "", "kind": "", "overridden": None, "patient_named": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("picked", "picked by hand"),
        ({}, "all records"),
        ({"since": "2026-11-01"}, "found by: sealed from 1 Nov 2026"),
        ({"until": "2026-11-30"}, "found by: sealed to 30 Nov 2026"),
        ({"decision": "defer"}, "found by: decision “Defer”"),
        ({"kind": "withdrawal"}, "found by: kind “Consent withdrawn”"),
        ({"overridden": True}, "found by: overridden"),
        ({"overridden": False}, "found by: not overridden"),
        ({"patient_named": True}, "found by: a patient’s name"),
        ({"kind": "consent", "overridden": False}, "found by: kind “Consent to dry needling”; not overridden"),
        ({"decision": "no such"}, "found by: decision “no such”"),
        ({"clinician": 10**30}, "found by: one clinician"),
    ],
)
def test_an_export_is_told_with_every_filter_and_its_value(demo, admin, wanted, told):
    wanted = wanted if wanted == "picked" else ALL_RECORDS | wanted
    log(demo, "records.exported", demo.clinic, demo.people["grace"], count=3, form="zip", wanted=wanted)
    assert lines(admin)[1].details == f"as a ZIP, {told}, 3 records"


def test_an_export_by_clinician_names_them(demo, admin):
    wanted = ALL_RECORDS | {"clinician": demo.tom.pk}
    log(demo, "records.exported", demo.clinic, demo.people["grace"], count=3, form="fhir", wanted=wanted)
    assert lines(admin)[1].details == f"as data (FHIR), found by: decided by {demo.tom.printed_name}, 3 records"


@pytest.mark.parametrize("form", export.Form.values)
def test_every_form_of_an_export_has_words(demo, admin, form):
    log(demo, "records.exported", demo.clinic, demo.people["grace"], count=1, form=form, wanted="picked")
    assert re.fullmatch(r"as .+, picked by hand, 1 record", lines(admin)[1].details)


def test_every_filter_of_records_has_words():
    assert {*LOOKED_FOR, "clinician"} == set(finding.Wanted().for_audit())


def test_a_file_that_was_merged_keeps_its_events(demo, admin, document):
    patient = document.visit.patient
    duplicate = people.make_patient(demo.clinic, "P. Walsh", merged_into=patient)
    twice = people.make_patient(demo.clinic, "P. Walsh", merged_into=duplicate)
    log(demo, "patient.opened", twice, demo.mia)
    found = lines(admin, "audit-patient", patient.pk)
    assert audit.subject_of(twice) in {line.event.subject for line in found}


def test_a_records_trail_has_what_led_to_it_and_nothing_of_the_visits_other_records(demo, admin, document):
    later = on_record.put(
        demo, review.decide(review.reopen(document.visit, demo.siobhan), "decline", demo.siobhan, "They said no.")
    )
    found = lines(admin, "audit-record", document.pk)
    subjects = {line.event.subject for line in found}
    assert "visit.opened" in actions(found)
    assert audit.subject_of(document) in subjects
    assert audit.subject_of(later) not in subjects


def test_what_was_refused_is_told(demo, admin, client):
    client.logout()
    client.post(reverse("sign-in"), {"username": "mia", "password": "wrong"})
    client.force_login(demo.people["grace"])
    refused = next(line for line in lines(client) if line.event.action == "member.sign_in_refused")
    assert (refused.words, refused.side, refused.about.name) == ("Sign-in refused", "Nobody signed in", "Mia Torres")
    assert "member.sign_in_refused" in actions(lines(client, person=str(demo.mia.pk)))


def test_events_are_found_by_person_kind_and_the_clinics_day(demo, admin, document):
    assert {line.event.actor for line in lines(admin, person=str(demo.siobhan.pk))} == {demo.siobhan}
    assert set(actions(lines(admin, kind="records"))) <= {"record.sealed", "certificate.added"}
    today = demo.clinic.today()
    assert lines(admin, day=today.isoformat())
    assert lines(admin, day=(today - datetime.timedelta(days=1)).isoformat()) == []


@pytest.mark.parametrize(
    "wanted", [{"person": "x"}, {"kind": "x"}, {"day": "x"}, {"before": "x"}, {"before": "9" * 30}]
)
def test_a_filter_that_cannot_be_is_told(admin, wanted):
    response = admin.get(reverse("audit"), wanted)
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_of_another_century_is_told_and_kept_as_typed(admin, day):
    response = admin.get(reverse("audit"), {"day": day})
    assert response.status_code == 422
    assert "not in this century" in response.content.decode()
    assert f'value="{day}"' in response.content.decode()


def test_pages_go_on_from_the_last_line_whatever_comes_in_between(demo, admin):
    for _turn in range(PER_PAGE + 20):
        log(demo, "patient.opened", demo.clinic, demo.mia)
    first = admin.get(reverse("audit"))
    shown = [line.event.seq for line in first.context["lines"]]
    log(demo, "patient.opened", demo.clinic, demo.mia)
    second = admin.get(f"{reverse('audit')}?{first.context['older']}")
    went_on = [line.event.seq for line in second.context["lines"]]
    assert went_on == list(range(shown[-1] - 1, 0, -1))
    assert second.context["older"] == ""


def test_a_page_takes_the_same_queries_for_many_patients(demo, admin, django_assert_max_num_queries):
    on_record.put(demo, on_record.decided(demo, "One"))
    with django_assert_max_num_queries(30) as few:
        lines(admin)
    for name in "abcdef":
        on_record.put(demo, on_record.decided(demo, f"Nr {name}"))
    with django_assert_max_num_queries(len(few)):
        lines(admin)


def test_a_trail_that_was_tampered_with_is_still_read(demo, admin):
    strange = {
        "visit": "no key",
        "fields": 3,
        "because": ["x"],
        "since": 7,
        "role": {},
        "count": "x",
        "roles": 1,
        "wanted": {"clinician": [1], "since": 7},
        "form": [],
    }
    for subject in ("Visit:x", "User:99999999999999999999", "", "Patient:" + "f" * 32, "Membership:-1"):
        event = log(demo, "visit.opened", demo.clinic)
        AuditEvent(
            clinic=demo.clinic, seq=event.seq + 1, actor_kind="tablet", action="no.such_action", subject=subject,
            data=strange, previous=event.hash, hash="0" * 64,
        ).save()  # fmt: skip
    assert "no.such_action" in actions(lines(admin))


def test_links_lead_to_the_trail_from_the_patient_and_the_record(demo, admin, document):
    patient = admin.get(reverse("patient", args=[document.visit.patient_id])).content.decode()
    assert reverse("audit-patient", args=[document.visit.patient_id]) in patient
    record = admin.get(reverse("record", args=[document.pk])).content.decode()
    assert reverse("audit-record", args=[document.pk]) in record


def test_a_name_in_another_script_stands_apart_from_the_words_around_it(demo, admin):
    on_record.put(demo, on_record.decided(demo, "ليلى <b>حداد</b>"))
    page = admin.get(reverse("audit")).content.decode()
    assert "<bdi>ليلى &lt;b&gt;حداد&lt;/b&gt;</bdi>" in page
