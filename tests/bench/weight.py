"""Bytes over the wire, headers and all, as a browser with an empty cache pays them, and one that has been there."""

from dataclasses import dataclass
from statistics import median_low
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from clinic.languages import ENGLISH_NAMES
from tests.bench.tables import show
from tests.bench.tablets import Stop

ROUNDS = 3
FIRST, AFTER = 60 * 1024, 10 * 1024
HEAD = ("Page", "Language", "First load", "Limit", "After", "Limit", "Requests", "To others")


@dataclass
class Weight:
    """What came over the wire for one page."""

    bytes: int = 0
    requests: int = 0
    to_others: int = 0


def weigh(browser: Browser, stop: Stop) -> tuple[Weight, Weight]:
    """One page with an empty cache, and the same page once more."""
    context = stop.opened(browser)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    now = Weight()

    def asked(event: Any) -> None:
        address = urlsplit(event["request"]["url"])
        if address.scheme not in {"http", "https"}:
            return
        now.requests += 1
        now.to_others += address.netloc != urlsplit(stop.url).netloc
        now.bytes += int(event.get("redirectResponse", {}).get("encodedDataLength", 0))

    def came(event: Any) -> None:
        now.bytes += int(event["encodedDataLength"])

    wire.on("Network.requestWillBeSent", asked)
    wire.on("Network.loadingFinished", came)
    seen = []
    for _ in range(2):
        now = Weight()
        page.goto(stop.url, wait_until="networkidle")
        seen.append(now)
        page.goto("about:blank")
    context.close()
    return seen[0], seen[1]


def line(browser: Browser, stop: Stop, language: str, judged: bool) -> tuple[str, ...]:
    rounds = [weigh(browser, stop) for _ in range(ROUNDS)]
    first, after = (median_low([weight.bytes for weight in column]) for column in zip(*rounds, strict=True))
    limits = (limit(first, FIRST), limit(after, AFTER)) if judged else ("", "")
    return (
        stop.name, language, kilobytes(first), limits[0], kilobytes(after), limits[1],
        str(rounds[0][0].requests), str(max(weight.to_others for pair in rounds for weight in pair)),
    )  # fmt: skip


def kilobytes(count: int) -> str:
    return f"{count / 1024:.1f} KB"


def limit(count: int, most: int) -> str:
    return f"{'ok' if count < most else 'OVER'} (< {most // 1024})"


def report(browser: Browser, stops: dict[str, Stop]) -> None:
    lines = [line(browser, stop, "English", judged=True) for stop in stops.values()]
    for code, name in ENGLISH_NAMES.items():
        if code == "en":
            continue
        for stop in stops.values():
            stop.keep(language=code)
            lines.append(line(browser, stop, str(name), judged=False))
    for stop in stops.values():
        stop.keep(language="en")
    show(f"Weight over the wire, median of {ROUNDS}", HEAD, lines)
