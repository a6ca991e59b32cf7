"""Two files of one patient become one and two again; a file entered in error steps aside; sealed records never change."""

import datetime
import threading

import pytest
from django.db import connection
from django.urls import reverse

from clinic import desk, holds, merging, phone
from clinic.models import AuditEvent, Patient, Role
from consent import decision, mistakes, signing
from consent.archive import get
from consent.management.commands.demo import Demo
from consent.models import SealedDocument
from screening.last_time import last_time
from tests import on_record
from tests.people import make_clinic, make_member, make_patient, make_visit, signed_in, submitted, tablet_for
from tests.written import clear_case


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def grace(clinic):
    return make_member(clinic, Role.ADMIN, "Grace Okafor")


@pytest.fixture
def mia(clinic):
    return make_member(clinic, Role.FRONT_DESK, "Mia Torres")


@pytest.fixture
def tom(clinic):
    return make_member(clinic, Role.CLINICIAN, "Tom Ellis")


@pytest.fixture
def ann(clinic):
    return make_patient(clinic)


@pytest.fixture
def anne(clinic):
    return make_patient(clinic, "Anne Keogh")


def text(answer) -> str:
    return answer.content.decode()


def names_found(clinic, query):
    return [patient.name for patient in desk.find(clinic, query)]


def last(action) -> AuditEvent:
    return AuditEvent.objects.filter(action=action).latest("seq")


def test_the_visits_of_the_duplicate_come_to_the_file_that_is_kept(clinic, mia, tom, ann, anne):
    visit = make_visit(anne, tom)
    client = signed_in(mia)
    page = reverse("patient-merge", args=[ann.pk, anne.pk])
    assert "Is this one person?" in text(client.get(page))
    assert client.post(page, {"why": "spelling"})["Location"] == reverse("patient", args=[ann.pk])
    visit.refresh_from_db()
    anne.refresh_from_db()
    assert (visit.patient, anne.merged_into) == (ann, ann)
    assert names_found(clinic, "keogh") == ["Ann Keogh"]
    gone = text(client.get(reverse("patient", args=[anne.pk])))
    assert "was merged into another" in gone
    assert reverse("patient", args=[ann.pk]) in gone
    assert reverse("visit-add", args=[anne.pk]) not in gone
    assert last("patient.merged").data == {"into": str(ann.pk), "visits": [str(visit.pk)], "why": "spelling"}


def test_no_visit_is_opened_on_a_file_that_is_set_aside(mia, tom, ann, anne):
    merging.merge(ann, anne, "twice", mia)
    answer = signed_in(mia).post(reverse("visit-add", args=[anne.pk]), {"reason": "Neck", "clinician": tom.pk}, follow=True)
    assert "set aside" in text(answer)
    assert not anne.visits.exists()


def test_different_dates_of_birth_are_merged_only_when_somebody_says_so(mia, clinic, ann):
    other = make_patient(clinic, "Ann Keogh", datetime.date(1980, 7, 15))
    client, page = signed_in(mia), reverse("patient-merge", args=[ann.pk, other.pk])
    answer = client.post(page, {"why": "born_wrong"})
    assert (answer.status_code, "dates of birth differ" in text(answer)) == (422, True)
    other.refresh_from_db()
    assert other.merged_into is None
    assert client.post(page, {"why": "born_wrong", "born_apart": "on"}).status_code == 302


def test_what_is_open_for_the_duplicate_ends(mia, tom, ann, anne):
    on_tablet, on_phone = make_visit(anne, tom), make_visit(anne, tom)
    tablet = tablet_for(on_tablet)
    _link, token = phone.make(on_phone, mia)
    merging.merge(ann, anne, "twice", mia)
    assert not on_tablet.handovers.filter(ended_at=None).exists()
    assert tablet.get(reverse("intake")).status_code != 200
    with pytest.raises(phone.LinkClosed):
        phone.link_of(token)


def test_an_admin_separates_them_and_each_visit_is_where_it_was(grace, mia, tom, ann, anne):
    own, came = make_visit(ann, tom), make_visit(anne, tom)
    merging.merge(ann, anne, "twice", mia)
    later = make_visit(ann, tom)
    assert signed_in(mia).post(reverse("patient-separate", args=[anne.pk])).status_code == 403
    signed_in(grace).post(reverse("patient-separate", args=[anne.pk]))
    assert set(ann.visits.all()) == {own, later}
    assert set(anne.visits.all()) == {came}
    anne.refresh_from_db()
    assert anne.merged_into is None
    assert last("patient.separated").data["visits"] == [str(came.pk)]


def test_merges_are_undone_in_the_order_in_which_they_came(clinic, grace, ann, anne):
    third = make_patient(clinic, "A. Keogh")
    merging.merge(ann, anne, "twice", grace)
    merging.merge(third, ann, "twice", grace)
    with pytest.raises(merging.MergeRefused, match="Undo that merge first"):
        merging.separate(anne, grace)
    merging.separate(ann, grace)
    merging.separate(anne, grace)
    assert Patient.objects.filter(merged_into=None).count() == 3


@pytest.mark.parametrize("state", ["itself", "merged", "in_error", "elsewhere"])
def test_what_cannot_be_merged_is_refused(clinic, grace, ann, anne, state):
    other = anne
    if state == "itself":
        other = ann
    elif state == "merged":
        merging.merge(make_patient(clinic, "A. Keogh"), anne, "twice", grace)
    elif state == "in_error":
        merging.mark(anne, "typed twice", grace)
    else:
        other = make_patient(make_clinic("Hill Physio"))
        assert signed_in(grace).get(reverse("patient-merge", args=[ann.pk, other.pk])).status_code == 404
    with pytest.raises(merging.MergeRefused):
        merging.merge(ann, other, "twice", grace)


def test_a_hold_on_the_duplicate_holds_the_kept_file(grace, ann, anne):
    holds.hold(anne, "A complaint", grace)
    merging.merge(ann, anne, "twice", grace)
    assert holds.hold_on(ann)


def test_a_hold_that_came_while_the_files_were_one_is_on_both_when_they_are_two_again(grace, mia, ann, anne):
    merging.merge(ann, anne, "twice", mia)
    holds.hold(ann, "A complaint", mia)
    merging.separate(anne, grace)
    found = holds.hold_on(anne)
    assert found
    assert (found.reason, found.by) == ("A complaint", grace)
    assert holds.hold_on(ann)
    event = last("patient.held")
    assert (event.subject, event.data) == (f"Patient:{anne.pk}", {"separated": str(ann.pk)})


def test_a_hold_of_its_own_is_not_put_on_anew_when_the_files_are_two_again(grace, ann, anne):
    holds.hold(anne, "A complaint", grace)
    merging.merge(ann, anne, "twice", grace)
    merging.separate(anne, grace)
    assert anne.holds.count() == 1


def test_no_hold_comes_of_a_merge_that_is_undone(grace, ann, anne):
    merging.merge(ann, anne, "twice", grace)
    merging.separate(anne, grace)
    assert not holds.hold_on(anne)


def test_two_who_merge_the_same_file_at_once_make_one_merge_and_one_refusal(fresh):
    clinic = make_clinic()
    admins = [make_member(clinic, Role.ADMIN, name) for name in ("Grace Okafor", "Mia Torres")]
    kept, duplicate = make_patient(clinic), make_patient(clinic, "Anne Keogh")
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def merge(by) -> None:
        try:
            files = Patient.objects.get(pk=kept.pk), Patient.objects.get(pk=duplicate.pk)
            together.wait()
            merging.merge(*files, "twice", by)
            outcomes.append("merged")
        except merging.MergeRefused as refused:
            outcomes.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=merge, args=[by]) for by in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=len) == [
        "merged",
        "One of the two is merged into another file already. Open the file that was kept.",
    ]
    assert AuditEvent.objects.filter(action="patient.merged").count() == 1


def test_the_last_answers_of_the_duplicate_are_offered_again(mia, tom, ann, anne):
    submitted(make_visit(anne, tom))
    new = make_visit(ann, tom)
    assert last_time(new) is None
    merging.merge(ann, anne, "twice", mia)
    assert last_time(new)


def test_the_search_for_the_other_file_goes_by_post_and_leaves_this_one_out(mia, ann, anne):
    client = signed_in(mia)
    page = reverse("patient-merge-find", args=[ann.pk])
    answer = client.post(page, {"query": "keogh"})
    assert [row.name for row in answer.context["others"]] == ["Anne Keogh"]
    make_patient(ann.clinic)
    assert [row.pk for row in client.get(page).context["others"]] != [ann.pk]
    assert "Same name and date of birth" in text(client.get(page))


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def test_a_sealed_record_keeps_every_byte_and_the_name_of_then(demo):
    review = on_record.decided(demo, "Rosa Marsh")
    document = on_record.put(demo, review)
    before = get(document.sha256)
    kept = make_patient(demo.clinic, "Rosa Marsh-Lee", document.visit.patient.born)
    merging.merge(kept, document.visit.patient, "name_changed", demo.mia)
    document = SealedDocument.objects.select_related("visit").get()
    assert (document.patient_name, document.visit.patient) == ("Rosa Marsh", kept)
    assert get(document.sha256) == before
    assert document.number in text(signed_in(demo.siobhan).get(reverse("patient-records", args=[kept.pk])))


# Entered in error


def test_a_file_entered_in_error_leaves_the_search_and_its_page_says_so(clinic, mia, ann):
    client = signed_in(mia)
    client.post(reverse("patient-in-error", args=[ann.pk]), {"reason": "Never came"})
    assert names_found(clinic, "keogh") == []
    page = text(client.get(reverse("patient", args=[ann.pk])))
    assert "entered in error" in page
    assert "Never came" in page
    assert "Never came" not in str(list(AuditEvent.objects.values_list("data", flat=True)))
    client.post(reverse("patient-in-error-undo", args=[ann.pk]))
    assert names_found(clinic, "keogh") == ["Ann Keogh"]


def test_a_reason_is_asked_for(mia, ann):
    answer = signed_in(mia).post(reverse("patient-in-error", args=[ann.pk]), {"reason": " "})
    assert (answer.status_code, "Enter the reason" in text(answer)) == (422, True)


def test_it_is_refused_while_answers_wait_for_a_decision(mia, tom, ann):
    submitted(make_visit(ann, tom))
    answer = signed_in(mia).post(reverse("patient-in-error", args=[ann.pk]), {"reason": "Never came"})
    assert (answer.status_code, "Defer or decline it first" in text(answer)) == (422, True)
    assert "Never came" in text(answer)


def test_it_is_refused_while_a_consent_is_valid(demo):
    screening = clear_case(demo)
    made = decision.record(screening, "proceed", demo.siobhan)
    document = on_record.put(demo, made, ceremony=signing.open_ceremony(made, demo.mia))
    assert document.kind == "consent"
    with pytest.raises(merging.CannotMark, match="valid consent"):
        mistakes.mark(screening.visit.patient, "Never came", demo.mia)


def test_a_name_that_was_set_aside_can_be_put_on_file_anew(clinic, mia, ann):
    merging.mark(ann, "Never came", mia)
    assert desk.add_patient(Patient(clinic=clinic, name=ann.name, born=ann.born), mia)
