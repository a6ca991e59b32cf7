"""Sealed records: found by every filter, read byte for byte, never handed out damaged, exported whole or not at all."""

import csv
import datetime
import hashlib
import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.models import AuditEvent, Clinic, Membership, Role, User
from consent import archive, manifest
from consent.management.commands.demo import PASSWORD, Demo
from consent.models import SealedDocument
from screening import review
from tests import on_record

MEMBER = re.compile(r"[0-9]{4}/[0-9]{2}/[A-Z0-9-]{14}\.pdf")


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


def found(client, **wanted) -> list[str]:
    """The names on the page after the filter was sent."""
    response = client.post("/records/", wanted, follow=True)
    assert response.status_code == 200
    return [row.patient_name for row, _state in response.context["rows"]]


def path_of(document: SealedDocument):
    return archive.path_of(document.sha256)


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action))


def spoil(document: SealedDocument) -> None:
    path = path_of(document)
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)


def test_only_clinicians_and_admins_see_records_and_only_admins_export(demo, client, document):
    pages = ["/records/", f"/records/{document.pk}/", f"/records/{document.pk}/record.pdf"]
    allowed = {"mia": 403, "siobhan": 200, "grace": 200}
    for person, status in allowed.items():
        client.force_login(demo.people[person])
        assert [client.get(page).status_code for page in pages] == [status] * 3
    client.force_login(demo.siobhan)
    assert "Reason for the export" not in client.get("/records/").content.decode()
    assert client.post("/records/export/", {"which": "all", "reason": "Audit"}).status_code == 403
    assert not events("records.exported")


def test_a_role_counts_only_in_the_clinic_where_the_person_is_at_work(demo, client, document):
    other = Clinic.objects.create(name="Other", time_zone="UTC")
    guest = User.objects.create_user("guest")
    Membership.objects.create(clinic=other, user=guest, role=Role.ADMIN)
    Membership.objects.create(clinic=demo.clinic, user=guest, role=Role.FRONT_DESK)
    client.force_login(guest)
    assert client.get(f"/records/{document.pk}/record.pdf").status_code == 404
    assert document.number not in client.get("/records/").content.decode()


def test_days_of_the_filter_are_the_clinics(demo, admin):
    late = datetime.datetime(2026, 3, 9, 13, 30, tzinfo=datetime.UTC)  # half past midnight on the 10th in Sydney
    on_record.put(demo, on_record.decided(demo, "Late"), at=late)
    assert found(admin, since="2026-03-10", until="2026-03-10") == ["Late"]
    assert found(admin, since="2026-03-11") == []
    assert found(admin, until="2026-03-09") == []


def test_records_are_found_by_decision_clinician_and_patient(demo, admin):
    on_record.put(demo, on_record.decided(demo, "Peter Walsh"))
    on_record.put(demo, on_record.decided(demo, "Harold Finch", "decline"))
    screening = demo.case("Nguyễn Thị Minh Châu", 30, "Neck")
    on_record.put(demo, review.decide(screening, "defer", demo.tom, "Come back another day"))
    assert found(admin, decision="decline") == ["Harold Finch"]
    assert found(admin, clinician=str(demo.tom.pk)) == ["Nguyễn Thị Minh Châu"]
    assert found(admin, patient="walsh peter") == ["Peter Walsh"]
    assert found(admin, patient="NGUYỄN châu") == ["Nguyễn Thị Minh Châu"]
    assert found(admin, patient="nguyen chau") == ["Nguyễn Thị Minh Châu"]
    assert found(admin, patient="walsh pet") == ["Peter Walsh"]
    assert found(admin, patient="%") == []
    on_record.put(demo, on_record.decided(demo, "émile ørsted"))
    assert found(admin, patient="Émile ØRSTED") == ["émile ørsted"]


REASON = "Superficial veins in the calf; the planned sites are far from them."


def test_a_record_is_overridden_when_an_override_stood_at_its_decision(demo, admin):
    veins = {"varicose_veins": "yes", "vessel_where": ["calf_left"]}
    stood = demo.plan(demo.settle(demo.case("Stood", 40, "Neck", **veins), can_decide="yes"), "infraspinatus_left")
    review.override(demo.finding(stood, "14a"), demo.siobhan, REASON)
    on_record.put(demo, on_record.decided(demo, "", screening=stood))

    void = demo.plan(demo.settle(demo.case("Void", 40, "Neck", **veins), can_decide="yes"), "infraspinatus_left")
    review.override(demo.finding(void, "14a"), demo.siobhan, REASON)
    on_record.put(demo, on_record.decided(demo, "", screening=demo.plan(void, "upper_trapezius_left")))

    later = demo.case("Later", 40, "Neck", **veins)
    on_record.put(demo, on_record.decided(demo, "", screening=later))
    review.override(demo.finding(review.reopen(later.visit, demo.siobhan), "14a"), demo.siobhan, REASON)

    assert found(admin, overridden="yes") == ["Stood"]
    assert found(admin, overridden="no") == ["Later", "Void"]


def test_no_name_stands_in_the_address_and_the_filter_is_kept_until_it_is_cleared(demo, admin, document):
    on_record.put(demo, on_record.decided(demo, "Harold Finch"))
    response = admin.post("/records/", {"patient": "Walsh"})
    assert response["Location"] == "/records/"
    page = admin.get("/records/")
    assert [row.patient_name for row, _state in page.context["rows"]] == ["Peter Walsh"]
    assert 'value="Walsh"' in page.content.decode()
    admin.post("/records/", {"patient": "Walsh", "clear": "1"})
    assert len(admin.get("/records/").context["rows"]) == 2


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"since": "yesterday"}, "must be a date such as 2026-11-30"),
        ({"since": "2026-02-30"}, "must be a date such as 2026-11-30"),
        ({"until": "9999-12-31"}, "not in this century"),
        ({"since": "0001-01-01"}, "not in this century"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "The last day comes before the first"),
        ({"clinician": "99999"}, "Choose a clinician from the list"),
        ({"clinician": "x' OR 1=1"}, "Choose a clinician from the list"),
        ({"decision": "maybe"}, "Choose a decision from the list"),
        ({"overridden": "perhaps"}, "Choose yes or no from the list"),
        ({"patient": "Ann\u202eKeogh"}, "hidden characters"),
        ({"patient": "x" * 121}, "at most 120"),
    ],
)
def test_a_filter_that_cannot_be_understood_says_so_and_shows_no_records(demo, admin, document, sent, told):
    response = admin.post("/records/", {"patient": "Walsh", **sent})
    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    assert sent.get("patient", "Walsh") in page
    assert all(f'value="{typed}"' in page for name, typed in sent.items() if name in ("since", "until"))
    assert document.number not in page


@pytest.mark.parametrize("kept", [{"until": "9999-12-31"}, {"since": "0001-01-01"}])
def test_a_filter_kept_with_a_day_of_another_century_is_told_and_can_be_cleared(demo, admin, document, kept):
    session = admin.session
    session["records"] = kept
    session.save()
    page = admin.get("/records/").content.decode()
    assert "not in this century" in page
    assert next(iter(kept.values())) in page
    admin.post("/records/", {"clear": "1"})
    assert document.number in admin.get("/records/").content.decode()


@pytest.mark.parametrize("day", ["2000-01-01", "2099-12-31"])
def test_the_first_and_the_last_day_of_the_century_are_days_like_others(demo, admin, document, day):
    assert admin.post("/records/", {"since": day, "until": day}, follow=True).status_code == 200


def names(page) -> list[str]:
    return [row.patient_name for row, _state in page.context["rows"]]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("sealed", ["Cleo", "Abel", "Dora", "Bert", "Abel"]),
        ("oldest", ["Abel", "Bert", "Dora", "Abel", "Cleo"]),
        ("patient", ["Abel", "Abel", "Bert", "Cleo", "Dora"]),
        ("decision", ["Cleo", "Dora", "Abel", "Bert", "Abel"]),
        ("nonsense", ["Cleo", "Abel", "Dora", "Bert", "Abel"]),
    ],
)
def test_pages_follow_each_other_without_gap_or_repetition_in_every_order(demo, admin, monkeypatch, sort, order):
    monkeypatch.setattr("consent.finding.PER_PAGE", 2)
    day = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    made = [("Abel", "defer"), ("Bert", "defer"), ("Dora", "decline"), ("Abel", "defer"), ("Cleo", "decline")]
    for number, (name, decision) in enumerate(made):
        on_record.put(demo, on_record.decided(demo, name, decision), at=day + datetime.timedelta(days=number))
    first = admin.get(f"/records/?sort={sort}")
    second = admin.get(f"/records/?sort={sort}&after={first.context['page'].last}")
    third = admin.get(f"/records/?sort={sort}&after={second.context['page'].last}")
    assert names(first) + names(second) + names(third) == order
    assert names(admin.get(f"/records/?sort={sort}&before={third.context['page'].first}")) == names(second)
    assert not third.context["page"].has_after
    assert names(admin.get("/records/?after=nonsense&before=7c2c5d1e-0000-4000-8000-000000000000"))


@pytest.mark.parametrize("common", [1, 2, 1000])
def test_a_name_finds_the_same_records_page_by_page_however_many_are_called_so(demo, admin, monkeypatch, common):
    monkeypatch.setattr("consent.finding.PER_PAGE", 2)
    monkeypatch.setattr("consent.finding.COMMON", common)
    day = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    made = ["Ann Keogh", "Ruth Keogh", "Ann Annable", "Anna Finch", "Keo Ann", "Walter Finch"]
    for number, name in enumerate(made):
        on_record.put(demo, on_record.decided(demo, name, "decline"), at=day + datetime.timedelta(days=number))

    def walked(typed: str) -> list[str]:
        page, all_names = admin.post("/records/", {"patient": typed}, follow=True), []
        while True:
            all_names += names(page)
            if not page.context["page"].has_after:
                return all_names
            page = admin.get(f"/records/?after={page.context['page'].last}")

    assert walked("ann") == ["Keo Ann", "Anna Finch", "Ann Annable", "Ann Keogh"]
    assert walked("keo ANN") == ["Keo Ann", "Ann Keogh"]
    assert walked("ann finch") == ["Anna Finch"]
    assert walked("ruth finch") == []


def test_the_list_takes_the_same_queries_for_many_records(demo, admin, django_assert_max_num_queries):
    on_record.put(demo, on_record.decided(demo, "One"))
    with django_assert_max_num_queries(12) as few:
        admin.get("/records/")
    for turn in range(12):
        on_record.put(demo, on_record.decided(demo, f"Nr {'abcdefghijkl'[turn]}"))
    with django_assert_max_num_queries(len(few)):
        admin.get("/records/")


def test_the_record_page_says_what_it_is_and_what_happened_to_it(demo, admin, document):
    page = admin.get(f"/records/{document.pk}/").content.decode()
    for told in (
        document.sha256,
        document.number,
        document.certificate.fingerprint,
        "Peter Walsh",
        "Case decided",
        "Visit opened",
    ):
        assert told in page
    at = document.sealed_at.astimezone(demo.clinic.zone)
    assert f"{at:%H:%M:%S} {at.tzname()}" in page
    assert events("record.opened")[0].actor == demo.people["grace"]


def test_the_pdf_comes_byte_for_byte_in_a_sandbox_and_is_never_kept(demo, admin, document):
    response = admin.get(f"/records/{document.pk}/record.pdf")
    assert hashlib.sha256(response.content).hexdigest() == document.sha256
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="consent-{document.number}.pdf"'
    assert response["Content-Security-Policy"] == "sandbox"
    assert response["Cache-Control"] == "no-store"
    assert admin.get(f"/records/{document.pk}/record.pdf?download")["Content-Disposition"].startswith("attachment;")
    assert [event.data["download"] for event in events("record.read")] == [False, True]


@pytest.mark.parametrize("how", ["damaged", "missing"])
def test_a_spoilt_record_is_told_and_never_handed_out(demo, admin, document, how):
    spoil(document) if how == "damaged" else path_of(document).unlink()
    response = admin.get(f"/records/{document.pk}/record.pdf")
    assert response.status_code == 500
    assert b"%PDF" not in response.content
    assert "restored from the backup" in response.content.decode()
    assert len(events(f"record.{how}")) == 1
    assert not events("record.read")


def test_verify_now_says_in_words_whether_the_stored_file_is_whole(demo, admin, document):
    def verify() -> str:
        return admin.post(f"/records/{document.pk}/verify/", follow=True).content.decode()

    assert "exactly as it was sealed" in verify()
    spoil(document)
    assert "changed or damaged" in verify()
    path_of(document).unlink()
    assert "missing from the archive" in verify()
    assert [event.data["whole"] for event in events("record.verified")] == [True, False, False]


def send(client, **sent):
    asked = {"which": "all", "reason": "Insurer's request", "form": "zip", "password": PASSWORD}
    return client.post("/records/export/", asked | sent)


def unpacked(response) -> zipfile.ZipFile:
    data = b"".join(response.streaming_content)
    assert len(data) == int(response["Content-Length"])
    return zipfile.ZipFile(io.BytesIO(data))


def test_an_export_holds_the_records_of_the_filter_and_a_manifest_of_their_hashes(demo, admin, document):
    second = on_record.put(demo, on_record.decided(demo, "Petra Walsh", "decline"))
    on_record.put(demo, on_record.decided(demo, "Harold Finch"))
    with unpacked(send(admin, patient="Walsh")) as archived:
        rows = list(csv.DictReader(io.TextIOWrapper(archived.open("manifest.csv"), "utf-8")))
        assert {row["sha256"] for row in rows} == {document.sha256, second.sha256}
        assert {row["decision"] for row in rows} == {"defer", "decline"}
        beside = {"manifest.csv", "manifest.json", "manifest.json.sig", "certificate.pem", "check_export.py", "READ ME.txt"}
        assert set(archived.namelist()) == beside | {row["file"] for row in rows}
        for row in rows:
            assert MEMBER.fullmatch(row["file"])
            assert hashlib.sha256(archived.read(row["file"])).hexdigest() == row["sha256"]
            assert datetime.datetime.fromisoformat(row["sealed at"]).utcoffset() is not None
        assert {info.compress_type for info in archived.infolist()} == {zipfile.ZIP_STORED}


def test_an_export_of_ticked_records_holds_those_alone(demo, admin, document):
    on_record.put(demo, on_record.decided(demo, "Harold Finch"))
    with unpacked(send(admin, which="ticked", ticked=[str(document.pk)])) as archived:
        assert len([name for name in archived.namelist() if name.endswith(".pdf")]) == 1
    (event,) = events("records.exported")
    assert event.data["wanted"] == "picked"


def test_the_audit_event_of_an_export_counts_and_names_nobody(demo, admin, document):
    send(admin, patient="Walsh", decision="defer")
    (event,) = events("records.exported")
    assert event.data["count"] == 1
    assert event.data["hashes"] == hashlib.sha256(document.sha256.encode()).hexdigest()
    assert event.data["reason"] == "Insurer's request"
    assert event.data["wanted"]["patient_named"] is True
    assert event.data["wanted"]["decision"] == "defer"
    assert "Walsh" not in str(event.data)


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"reason": " "}, 422, "Say in a few words why you export"),
        ({"which": "ticked"}, 422, "Tick the records to export"),
        ({"which": "none"}, 422, "Choose what to export"),
        ({"which": "ticked", "ticked": ["nonsense"]}, 422, "A tick could not be read"),
        ({"which": "ticked", "ticked": ["7c2c5d1e-0000-4000-8000-000000000000"]}, 409, "nothing to export"),
        ({"patient": "Nobody"}, 409, "nothing to export"),
        ({"since": "nonsense"}, 422, "must be a date"),
    ],
)
def test_an_export_that_cannot_be_made_says_why_and_keeps_what_was_typed(demo, admin, document, sent, status, told):
    response = send(admin, **sent)
    assert response.status_code == status
    assert told in response.content.decode()
    assert not events("records.exported")


def test_what_was_ticked_and_typed_stays_when_an_export_is_refused(demo, admin, document):
    page = send(admin, which="ticked", ticked=[str(document.pk)], reason="").content.decode()
    assert re.search(rf'value="{document.pk}"[^>]* checked', page)
    page = send(admin, which="ticked", reason="Kept words").content.decode()
    assert 'value="Kept words"' in page


@pytest.mark.parametrize("how", ["missing", "short"])
def test_a_missing_or_short_file_stops_the_export_before_its_first_byte(demo, admin, document, how):
    path_of(document).unlink() if how == "missing" else path_of(document).write_bytes(b"%PDF-")
    response = send(admin)
    assert response.status_code == 409
    assert f"{document.number}.pdf" in response.content.decode()
    assert not events("records.exported")


def test_a_file_changed_after_the_list_was_signed_breaks_the_download_short_of_its_length(demo, admin, document):
    response = send(admin)
    spoil(document)
    assert response.status_code == 200
    given_out = []
    with pytest.raises(archive.ArchiveDamaged):
        given_out.extend(response.streaming_content)
    assert sum(map(len, given_out)) < int(response["Content-Length"])
    assert b"%PDF" not in b"".join(given_out)


def test_an_export_reads_one_record_at_a_time(demo, admin, document, monkeypatch):
    on_record.put(demo, on_record.decided(demo, "Harold Finch"))
    reads = on_record.reads(monkeypatch)
    stream = iter(send(admin).streaming_content)
    assert len(reads) == 2  # each was looked at before anything is sent
    while len(reads) == 2:
        next(stream)
    assert len(reads) == 3


@given(st.text(max_size=20), st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]))
def test_no_cell_begins_with_what_a_spreadsheet_would_run(text, sign):
    assert manifest.safe_cell(sign + text) == "'" + sign + text


def test_harmless_cells_stay_as_they_are():
    cells = ["2026/03/ABCD-EFGH-JKLM.pdf", "defer", "", "0a1b"]
    assert [manifest.safe_cell(cell) for cell in cells] == cells


def test_a_get_never_exports(demo, admin, document):
    assert admin.get("/records/export/").status_code == 405


def test_records_without_any_say_what_to_do(demo, admin):
    assert "No record has been sealed yet" in admin.get("/records/").content.decode()
    assert "No record matches" in admin.post("/records/", {"patient": "Nobody"}, follow=True).content.decode()
