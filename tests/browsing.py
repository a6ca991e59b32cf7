"""Browser windows that watch their pages: whatever a page may not do is written down as a fault."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request, Response, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TABLET = {"width": 810, "height": 1080}
BACK_BUTTON = ["--disable-back-forward-cache"]  # Playwright's, left out: with it the back button is not the real one
ASKED_FOR = {"document", "fetch", "xhr"}  # what a test may let the product refuse, and look at the refusal


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(asyncio, "run", _beside_playwright(asyncio.run))
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            ignore_default_args=BACK_BUTTON,
        )
        yield browser
        browser.close()


@contextmanager
def own_profile(browser: Browser, folder: Path, home: Path, **options: Any) -> Iterator[BrowserContext]:
    """A browser of its own that keeps all it keeps in a folder; `home` is where it finds whom to trust."""
    context = browser.browser_type.launch_persistent_context(
        folder,
        executable_path=CHROMIUM,
        args=ARGUMENTS,
        ignore_default_args=BACK_BUTTON,
        env={**os.environ, "HOME": str(home)},
        **options,
    )
    yield context
    context.close()


def _beside_playwright(run: Callable[..., Any]) -> Callable[..., Any]:
    """`asyncio.run`, which the sealing library calls, in the thread where Playwright keeps a loop running."""

    def run_beside(*args: Any, **options: Any) -> Any:
        playwrights = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            return run(*args, **options)
        finally:
            asyncio._set_running_loop(playwrights)

    return run_beside


def as_client(context: BrowserContext, client: Client, origin: str) -> None:
    """Give the browser the session of a test client, a tablet handed over for example."""
    name = settings.SESSION_COOKIE_NAME
    cookie: Any = {"name": name, "value": client.cookies[name].value, "url": origin, "httpOnly": True}
    context.add_cookies([cookie])


def watch(context: BrowserContext, origin: str, fault: Callable[[str], None]) -> None:
    """Calls `fault` for foreign requests, console errors (any breach of the CSP is one), script errors, broken assets."""

    def on_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and f"{parts.scheme}://{parts.netloc}" != origin:
            fault(f"request to another origin: {request.url}")

    def on_response(response: Response) -> None:
        refused = response.status >= 400 and response.request.resource_type not in ASKED_FOR
        if refused or response.status >= 500:
            fault(f"{response.status} from {response.url}")

    def on_console(message: ConsoleMessage) -> None:
        told_by_response = message.text.startswith("Failed to load resource: the server responded with")
        if message.type == "error" and not told_by_response:
            fault(f"console error: {message.text}")

    context.on("request", on_request)
    context.on("response", on_response)
    context.on("console", on_console)
    context.on("weberror", lambda error: fault(f"script error: {error.error}"))
