"""The ground the other tests stand on: commits that leave nothing behind, no network, browsers that report faults."""

import asyncio
import http.client
import socket
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from playwright.sync_api import Browser, Page

from clinic import audit
from clinic.models import AuditEvent, Clinic
from tests import browsing
from tests.network import NetworkUsed
from tests.serving import Live

ORIGIN = "http://127.0.0.1:1"


def keep(key: str) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())


@pytest.mark.parametrize("key", ["first", "second"])
def test_a_fresh_copy_starts_without_what_an_earlier_test_committed(fresh: None, key: str) -> None:
    assert not Session.objects.exists()
    with transaction.atomic():
        keep(key)
    assert not connection.in_atomic_block


def test_other_threads_see_what_was_committed_to_the_fresh_copy(fresh: None) -> None:
    keep("committed")
    seen: list[str] = []

    def look() -> None:
        seen.extend(Session.objects.values_list("session_key", flat=True))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == ["committed"]


def test_the_rolled_back_database_never_saw_the_copies(db: None) -> None:
    assert connection.in_atomic_block
    assert not Session.objects.exists()


@pytest.fixture
def kept(db: None) -> str:
    keep("by a fixture")
    return "by a fixture"


def test_fixtures_that_ask_for_db_write_to_the_fresh_copy_where_there_is_one(fresh: None, kept: str) -> None:
    assert not connection.in_atomic_block
    assert Session.objects.filter(session_key=kept).exists()


def test_each_test_has_a_data_folder_of_its_own(tmp_path: Path) -> None:
    assert settings.VAR.parent == tmp_path
    assert not list(settings.VAR.iterdir())


def test_the_network_ends_at_this_machine() -> None:
    with socket.socket() as outward, pytest.raises(NetworkUsed):
        outward.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkUsed):
        socket.getaddrinfo("example.org", 443)


def test_the_live_server_answers_from_the_fresh_copy(live: Live) -> None:
    connection = http.client.HTTPConnection(live.url.removeprefix("http://"))
    connection.request("GET", "/nothing-is-here")
    assert connection.getresponse().status == 404
    connection.close()


def faults_of(browser: Browser, html: str, headers: dict[str, str] | None = None) -> list[str]:
    """What the watch writes down about a page of this text; nothing leaves the browser."""
    faults: list[str] = []
    context = browser.new_context()
    browsing.watch(context, ORIGIN, faults.append)
    document = {"content_type": "text/html", "body": html, "headers": headers or {}}
    context.route("**/*", lambda route: route.fulfill(status=404))
    context.route(f"{ORIGIN}/", lambda route: route.fulfill(**document))
    page = context.new_page()
    page.goto(f"{ORIGIN}/", wait_until="networkidle")
    context.close()
    return faults


def test_a_harmless_page_has_no_faults(browser: Browser) -> None:
    assert faults_of(browser, "<p>Good morning") == []


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<img src='http://192.0.2.1/a.png'>", "request to another origin"),
        ("<img src='/missing.png'>", "404 from"),
        ("<script>console.error('wrong')</script>", "console error: wrong"),
        ("<script>throw new Error('broken')</script>", "script error"),
    ],
)
def test_a_page_that_misbehaves_is_told_of(browser: Browser, html: str, fault: str) -> None:
    assert any(line.startswith(fault) for line in faults_of(browser, html))


def test_a_breach_of_the_content_security_policy_is_told_of(browser: Browser) -> None:
    faults = faults_of(browser, "<p style='color: red'>x", {"Content-Security-Policy": "style-src 'self'"})
    assert any("Content Security Policy" in line for line in faults)


def test_code_that_runs_a_loop_of_its_own_works_beside_the_browser(browser: Browser) -> None:
    async def sealed() -> str:
        await asyncio.sleep(0)
        return "sealed"

    assert asyncio.run(sealed()) == "sealed"
    assert faults_of(browser, "<p>still here") == []


def test_what_was_committed_to_a_fresh_copy_is_still_append_only(fresh: None) -> None:
    clinic = Clinic.objects.create(name="North")
    with transaction.atomic():
        audit.log(clinic, None, "test.seen", clinic)
    with pytest.raises(DatabaseError), transaction.atomic():
        QuerySet(AuditEvent).update(action="test.changed")
    assert AuditEvent.objects.get().action == "test.seen"


def test_a_page_that_is_not_there_is_shown_in_full_and_without_a_fault(page: Page, faults: list[str]) -> None:
    response = page.goto("/nothing-is-here")
    assert response is not None
    assert response.status == 404
    assert page.evaluate("document.styleSheets.length") >= 1
    assert faults == []
