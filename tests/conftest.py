"""What every test stands on: its own data folder, no network; on request real commits, a server, a browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, BrowserContext, Page

from tests import browsing, network, tls
from tests.databases import fresh_copy
from tests.serving import Live, serve

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's sync API runs an event loop in the test's thread

hypothesis_settings.register_profile("needlepoint", deadline=None, print_blob=True)
hypothesis_settings.load_profile("needlepoint")

LEFT_OUT = "not on this machine: "
FIGURE = "figure"  # what a test counted and, by `record_property`, has printed at the end
PACKAGES = {
    "chromium": "chromium",
    "java": "default-jre-headless libjaxb-java",
    "certutil": "libnss3-tools",
    "node": "nodejs",
    "pdfsig": "poppler-utils",
    "pdftotext": "poppler-utils",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="fail, rather than leave out, what this machine cannot run")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures: list[str] = getattr(item, "fixturenames", [])
        if "fresh" in fixtures and "db" not in fixtures:
            fixtures.append("db")  # by which pytest-django knows that it has to make a database
        if "browser" in fixtures:
            item.add_marker("browser")
            if not browsing.CHROMIUM:
                item.add_marker(pytest.mark.needs("chromium"))
        if "trust" in fixtures:
            item.add_marker(pytest.mark.needs("certutil"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            if not shutil.which(program):
                (pytest.fail if item.config.getoption("--whole") else pytest.skip)(LEFT_OUT + program)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == FIGURE:
                terminalreporter.write_line(value)
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])]
    missing = [reason.split(LEFT_OUT)[1] for reason in reasons if LEFT_OUT in reason]
    for program in sorted(set(missing)):
        line = f"NOT RUN: {missing.count(program)} tests, because {program} is not on this machine"
        terminalreporter.write_line(f"{line} (apt-get install {PACKAGES.get(program, program)})", red=True, bold=True)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        network.shut_off(monkeypatch)
        yield


@pytest.fixture(autouse=True)
def _own_ground(settings: Any, tmp_path: Path) -> None:
    """A data folder for this test alone, and passwords hashed quickly."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir(mode=0o700)
    settings.RENDERERS = 0  # drawn here; the drawing processes have tests of their own
    settings.STATIC_ROOT = None  # assets straight from the source folders, under their own names
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def db(request: pytest.FixtureRequest) -> None:
    """The database inside a transaction that is rolled back; for a test that also asks for `fresh`, that one."""
    request.getfixturevalue("fresh" if "fresh" in request.fixturenames else "_django_db_helper")


@pytest.fixture
def fresh(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, tmp_path: Path
) -> Iterator[None]:
    """A fresh copy of the migrated database, where commits are real: for threads, commands, servers and triggers."""
    if request.node.get_closest_marker("django_db"):
        pytest.fail("a test on a fresh copy is not marked django_db: the fixture gives it its database")
    with django_db_blocker.unblock(), fresh_copy(tmp_path):
        yield


@pytest.fixture
def live(fresh: None) -> Iterator[Live]:
    """The product on a port of its own, on a fresh copy of the database."""
    with serve() as server:
        yield server


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> tls.Trust:
    return tls.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secure(fresh: None, settings: Any, trust: tls.Trust) -> Iterator[Live]:
    """The product over HTTPS, its cookies as in a clinic, on a fresh copy of the database."""
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sid", "__Host-csrf"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63072000
    with serve(trust.server) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop gives this thread connections of its own: neither kind may stay open behind the other's back,
    # or PostgreSQL would refuse to copy or drop the database.
    connections.close_all()
    with browsing.chromium() as browser:
        yield browser
        connections.close_all()


@pytest.fixture
def faults() -> list[str]:
    """What the pages did wrong so far; a test that provokes a fault clears it here."""
    return []


@pytest.fixture
def device(browser: Browser, live: Live, faults: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """Makes another tablet or desk: cookies of its own, a portrait tablet unless Playwright's options say otherwise."""
    contexts: list[BrowserContext] = []

    def open_device(**options: Any) -> BrowserContext:
        tablet: dict[str, Any] = {
            "viewport": browsing.TABLET,
            "has_touch": True,
            "locale": "en-GB",
            "reduced_motion": "reduce",
        }
        context = browser.new_context(base_url=live.url, **(tablet | options))
        context.set_default_timeout(10_000)
        browsing.watch(context, live.url, faults.append)
        contexts.append(context)
        return context

    yield open_device
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(device: Callable[..., BrowserContext]) -> Page:
    """A page on a portrait tablet; its faults (see `browsing.watch`) fail the test."""
    return device().new_page()
