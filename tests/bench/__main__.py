"""Figures with limits beside them, and no verdict: of the pages as served, of drawing records, of long lists, of exports.

Parts by themselves: `python -m tests.bench.records`, `.lists`, `.export`.
"""

import subprocess
import sys

import django

from tests.bench.product import served


def main() -> None:
    with served() as base:
        django.setup()
        from tests import browsing
        from tests.bench import lighthouse, pace, tablets, weight

        with browsing.chromium() as browser:
            stops = tablets.stops(browser, base)
            weight.report(browser, stops)
            pace.report(browser, stops)
        lighthouse.report(stops)
    for part in ("records", "lists", "export"):  # each on a database of its own
        subprocess.run([sys.executable, "-m", f"tests.bench.{part}"], check=True)


main()
