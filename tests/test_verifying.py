"""The public page that checks a record: plain answers for whatever is handed in, nothing kept, nobody named."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from clinic.models import AuditEvent
from consent import archive, signing, verification
from consent.management.commands.demo import Demo
from consent.models import SealedDocument
from consent.withdrawing import seal_withdrawal, withdraw
from screening import review
from tests import on_record, papers
from tests.written import clear_case

PAGE = "/verify/"


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


@pytest.fixture
def document(demo) -> SealedDocument:
    return on_record.put(demo, on_record.decided(demo, "Peter Walsh"))


def send(data: bytes, client: Client | None = None):
    return (client or Client()).post(PAGE, {"file": SimpleUploadedFile("record.pdf", data)})


def test_a_whole_record_is_told_with_its_number_and_without_its_patient(document):
    page = send(archive.get(document.sha256)).content.decode()
    assert "exactly as it was sealed" in page
    assert document.number in page
    assert "on file" in page
    assert "Walsh" not in page


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda data: b"", "Choose the PDF"),
        (lambda data: b"hello", "not a PDF"),
        (lambda data: data[: len(data) // 2], "damaged"),
        (lambda data: data + b"\n%more", "added to this file after its end"),
        (lambda data: papers.flip(data, papers.gap(data)[1] - 1), "changed inside its seal"),
        (lambda data: papers.flip(data, data.index(papers.WORDS)), "changed or damaged"),
        (lambda data: papers.draft(), "carries no seal"),
        (lambda data: papers.sealed(), "not among our records"),
        (lambda data: b"%PDF-1.7\n" + b"\xff\x00" * 40_000, "damaged"),
    ],
    ids=[
        "empty",
        "no PDF",
        "cut off",
        "something after the end",
        "padding",
        "a changed byte",
        "never sealed",
        "not on record",
        "rubbish",
    ],
)
def test_whatever_is_handed_in_has_a_plain_answer_at_once(document, spoil, says):
    before = AuditEvent.objects.count(), list((archive.path_of(document.sha256).parent.parent).rglob("*"))
    began = time.monotonic()
    answer = send(spoil(archive.get(document.sha256)))
    assert says in answer.content.decode()
    assert answer.status_code in {200, 422}
    assert time.monotonic() - began < 5
    after = AuditEvent.objects.count(), list((archive.path_of(document.sha256).parent.parent).rglob("*"))
    assert before == after, "nothing is kept"


def test_a_file_larger_than_any_record_is_not_taken_in(document, monkeypatch):
    monkeypatch.setattr(verification, "LARGEST", 1000)
    answer = send(b"%PDF-1.7" + b"x" * 300_000)
    assert answer.status_code == 422
    assert "larger than any record" in answer.content.decode()


def test_the_page_asks_for_the_token_of_its_own_form(document):
    strict = Client(enforce_csrf_checks=True)
    assert send(archive.get(document.sha256), strict).status_code == 403
    assert strict.post("/verify/hash/", {"sha256": document.sha256}).status_code == 403


def test_by_its_hash_alone_a_record_is_found(document, client):
    found = client.post("/verify/hash/", {"sha256": document.sha256}).json()
    assert (found["on_record"], found["number"], found["today"]) == (True, document.number, "on file")
    assert "Walsh" not in str(found)
    assert client.post("/verify/hash/", {"sha256": "0" * 64}).json() == {"on_record": False}
    assert client.post("/verify/hash/", {"sha256": "'; drop"}).status_code == 400


def test_the_code_on_a_record_says_how_it_stands(demo, client):
    screening = demo.plan(demo.settle(demo.case("Ann Keogh", 40, "Neck"), can_decide="yes"), "infraspinatus_left")
    demo.consent(screening)
    consent = SealedDocument.objects.get()
    assert "valid until" in client.get(PAGE, {"record": consent.number.lower()}).content.decode()
    seal_withdrawal(withdraw(consent, demo.siobhan, "patient", timezone.now(), "Nothing had been done yet."))
    page = client.get(PAGE, {"record": consent.number}).content.decode()
    assert "withdrawn on" in page
    assert "Keogh" not in page
    assert "no record of this number" in client.get(PAGE, {"record": "nonsense\0"}).content.decode()


@pytest.fixture
def withdrawn(demo) -> SealedDocument:
    made = review.decide(clear_case(demo), "proceed", demo.siobhan)
    consent = on_record.put(demo, made, ceremony=signing.open_ceremony(made, demo.mia))
    withdraw(consent, demo.siobhan, "patient", timezone.now(), "Nothing had been done yet.")
    return consent


def test_a_consent_that_no_longer_counts_is_never_shown_as_good(document, withdrawn, client):
    page = send(archive.get(withdrawn.sha256)).content.decode()
    assert "edge-caution" in page
    assert "edge-met" not in page
    assert page.index("It no longer counts: withdrawn on") < page.index("This is a record exactly as it was sealed.")
    found = client.post("/verify/hash/", {"sha256": withdrawn.sha256}).json()
    assert found["edge"] == "caution"
    assert found["explains"].startswith("It no longer counts: withdrawn on")
    assert "edge-met" in send(archive.get(document.sha256)).content.decode()
    assert "edge-contraindicated" in send(papers.sealed()).content.decode()


def test_the_code_is_printed_where_the_outside_can_reach_us():
    from consent.document.versions import check_at

    assert check_at("7F3A-92C2-K4MN", "") is None
    found = check_at("7F3A-92C2-K4MN", "https://intake.example.org")
    assert found
    assert found.address == "https://intake.example.org/verify/?record=7F3A-92C2-K4MN"


def test_in_the_browser_only_the_hash_of_a_record_is_sent(live, page, tmp_path):
    demo = Demo()
    document = on_record.put(demo, on_record.decided(demo, "Peter Walsh"))
    path = tmp_path / "record.pdf"
    path.write_bytes(archive.get(document.sha256))
    sent: list[int] = []
    page.on("request", lambda request: sent.append(len(request.post_data_buffer or b"")))
    page.goto(live.url + PAGE)
    page.set_input_files("#file", path)
    page.locator("#verdict").get_by_text(document.number).wait_for()
    assert document.number in page.inner_text("#verdict")
    assert max(sent) < 2000, "the file stays in the browser"
    other = tmp_path / "other.pdf"
    other.write_bytes(papers.draft())
    page.set_input_files("#file", other)
    page.get_by_text("not among our records").wait_for()
    page.get_by_role("button", name="Look more closely").click()
    page.get_by_text("carries no seal").wait_for()


def test_what_the_browser_cannot_take_in_is_told_and_not_sent(live, page, tmp_path, monkeypatch):
    monkeypatch.setattr(verification, "LARGEST", 1000)
    Demo()
    large, gone = tmp_path / "large.pdf", tmp_path / "gone.pdf"
    large.write_bytes(b"%PDF-1.7" + b"x" * 5_000)
    gone.write_bytes(b"%PDF-1.7")
    page.goto(live.url + PAGE)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.set_input_files("#file", large)
    verdict = page.locator("#verdict")
    verdict.get_by_text("larger than any record").wait_for()
    page.get_by_role("button", name="Check").click()
    page.evaluate("() => { Blob.prototype.arrayBuffer = () => Promise.reject(new DOMException('gone')); }")
    page.set_input_files("#file", gone)
    verdict.get_by_text("Your browser cannot read this file").wait_for()
    assert "edge-contraindicated" in str(verdict.get_attribute("class"))
    assert "POST" not in sent


def test_without_a_connection_the_file_stays_in_the_browser(live, page, tmp_path):
    Demo()
    path = tmp_path / "record.pdf"
    path.write_bytes(papers.sealed())
    page.goto(live.url + PAGE)
    page.route("**/verify/hash/", lambda route: route.fulfill(body="<h1>Sign in to the guests' Wi-Fi</h1>"))
    navigated: list[str] = []
    page.on("framenavigated", lambda frame: navigated.append(frame.url))
    page.set_input_files("#file", path)
    page.locator("#verdict").get_by_text("cannot reach the clinic right now").wait_for()
    assert navigated == []
