"""Weighs and times the pages as served, and runs Lighthouse over them: tables with limits beside them, and no verdict."""

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


main()
