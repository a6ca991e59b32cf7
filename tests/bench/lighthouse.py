"""Lighthouse over the pages of a tablet that was handed over, with its defaults for a slow phone."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median_low
from typing import Any

from playwright.sync_api import sync_playwright

from tests import browsing
from tests.bench.product import free_port
from tests.bench.tables import show
from tests.bench.tablets import Stop

FOLDER = Path(__file__).parent
ROUNDS = 3
PAGES = ("start", "question", "body map", "signing")
CATEGORIES = ("performance", "accessibility", "best-practices")
MISSING = """
  LIGHTHOUSE WAS NOT RUN: it needs node (18.16 or newer) and npm, and its packages in tests/bench/node_modules.
  On Debian or Ubuntu: apt-get install nodejs npm, then make bench."""


def report(stops: dict[str, Stop]) -> None:
    if not shutil.which("node") or not (FOLDER / "node_modules" / "lighthouse").is_dir():
        print(MISSING)
        return
    lines, faults = [], []
    for name in PAGES:
        rounds = [look_at(stops[name]) for _ in range(ROUNDS)]
        scores = [median_low([one["scores"][category] for one in rounds]) for category in CATEGORIES]
        lines.append((name, *map(str, scores)))
        if min(scores) < 100:
            faults += [f"{name}: {one['title']} {one['shown']}".rstrip() for one in rounds[-1]["faults"]]
    show(f"Lighthouse, median of {ROUNDS}; 100 is wanted everywhere", ("Page", *CATEGORIES), lines)
    print("".join(f"\n  {fault}" for fault in dict.fromkeys(faults)))


def look_at(stop: Stop) -> Any:
    """Scores and faults of one page, in a browser that holds this tablet's cookie and nothing else."""
    stop.keep()
    port = free_port()
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=browsing.CHROMIUM,
            args=[*browsing.ARGUMENTS, f"--remote-debugging-port={port}"],
        )
        context.add_cookies(stop.cookies)
        told = subprocess.run(
            ["node", "lighthouse.mjs", str(port), stop.url], cwd=FOLDER, stdout=subprocess.PIPE, check=True, timeout=180
        )
        context.close()
    found = json.loads(told.stdout)
    if found["trouble"] or found["opened"] != stop.url:
        raise SystemExit(f"Lighthouse could not look at {stop.url}: {found['trouble'] or found['opened']}")
    return found
