"""Start-up: says by name what is missing on the host to draw the records."""

from ctypes.util import find_library
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}


def check_libraries(**kwargs: Any) -> list[CheckMessage]:
    """Without these a record cannot be drawn, or letters are lost from its fonts."""
    missing = [package for library, package in LIBRARIES.items() if find_library(library) is None]
    if not missing:
        return []
    hint = f"On Debian or Ubuntu: apt-get install {' '.join(LIBRARIES.values())}"
    return [Error(f"The libraries that draw PDFs are missing: {', '.join(missing)}.", hint=hint, id="needlepoint.E001")]


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        register(check_libraries)
