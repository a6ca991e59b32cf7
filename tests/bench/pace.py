"""From a tap to the next paint, by the browser's own event timing, with the processor slowed four times."""

import os
from collections.abc import Callable
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Locator, Page

from tests.bench.tables import show
from tests.bench.tablets import MARKS, Stop

ROUNDS = 7
SLOWED = 4
LIMIT = 100  # ms
LEAST = 16  # ms: a browser reports nothing quicker
SETTLE = 500  # ms until everything of an interaction has been reported
AWAY = 700  # ms by which an answer is held back, so that the page is still there to report its own paint
HEAD = ("What is tapped", "Page", "Median", "Longest", "Limit")

WATCH = """
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.interactionId) window.tellInteraction(entry.duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
"""
MIDDLE = """
[...document.querySelectorAll("main [data-area]")].map((part) => {
  const { x, y, width, height } = part.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2) === part && [x + width / 2, y + height / 2];
}).find(Boolean)
"""


class Hand:
    """A patient's finger on one page."""

    def __init__(self, page: Page, wire: CDPSession, told: list[float]) -> None:
        self.page = page
        self.wire = wire
        self.told = told  # how long each interaction took, in ms

    def reply(self) -> None:
        self.tap(self.page.locator("main .reply:visible").first)

    def follow_up(self) -> None:
        """Each reply in turn until a follow-up opens, which is the tap that counts."""
        hidden = self.page.locator(MARKS["follow-up"]).filter(visible=False).count()
        for reply in self.page.locator("main .reply:visible").all():
            self.told.clear()
            self.tap(reply)
            self.page.wait_for_timeout(SETTLE)
            if self.page.locator(MARKS["follow-up"]).filter(visible=False).count() < hidden:
                return

    def body(self) -> None:
        """A part whose middle is its own: some are bent around others."""
        self.page.locator(MARKS["body map"]).first.scroll_into_view_if_needed()
        self.page.touchscreen.tap(*self.page.evaluate(MIDDLE))

    def draw(self) -> None:
        box = self.page.locator("canvas").bounding_box()
        assert box
        points = [
            {"x": box["x"] + 40 + step * 12, "y": box["y"] + box["height"] * (0.3 if step % 2 else 0.7)}
            for step in range(30)
        ]
        self.touch("touchStart", points[0])
        for point in points[1:]:
            self.touch("touchMove", point)
        self.touch("touchEnd")

    def go_on(self) -> None:
        held = {"offline": False, "latency": AWAY, "downloadThroughput": -1, "uploadThroughput": -1}
        self.wire.send("Network.emulateNetworkConditions", held)
        self.tap(self.page.locator("main .button.main").last)

    def tap(self, target: Locator) -> None:
        target.scroll_into_view_if_needed()
        target.tap(no_wait_after=True)

    def touch(self, kind: str, *points: dict[str, float]) -> None:
        self.wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})


TAPS: tuple[tuple[str, str, Callable[[Hand], None]], ...] = (
    ("a reply", "question", Hand.reply),
    ("a reply that opens a follow-up", "follow-up", Hand.follow_up),
    ("a place on the body", "body map", Hand.body),
    ("the pad, drawing", "signing", Hand.draw),
    ("Continue", "question", Hand.go_on),
)


def time(browser: Browser, stop: Stop, act: Callable[[Hand], None]) -> float:
    """The longest interaction, in ms, of what `act` does on a page just opened."""
    context = stop.opened(browser)
    told: list[float] = []
    context.expose_binding("tellInteraction", lambda _, duration: told.append(float(duration)))
    context.add_init_script(WATCH)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    page.goto(stop.url, wait_until="networkidle")
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    act(Hand(page, wire, told))
    page.wait_for_timeout(SETTLE)
    context.close()
    return max(told, default=LEAST)


def report(browser: Browser, stops: dict[str, Stop]) -> None:
    lines = []
    for what, name, act in TAPS:
        times = [time(browser, stops[name], act) for _ in range(ROUNDS)]
        middle: Any = median(times)
        judged = "ok" if middle < LIMIT else "OVER"
        lines.append((what, name, f"{middle:.0f} ms", f"{max(times):.0f} ms", f"{judged} (< {LIMIT})"))
    title = f"Interaction to next paint, processor slowed {SLOWED} times, median of {ROUNDS} ({LEAST} ms: at most that)"
    show(title, HEAD, lines)
    print(
        f"\nLoad of this machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; above that, times grow."
    )
