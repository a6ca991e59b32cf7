"""Start-up: says by name what is missing to draw the records."""

import hashlib
from ctypes.util import find_library
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from consent import rendering

LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
FONTS = {  # as `sha256sum static/fonts/*.ttf` prints them
    "NotoSans-Bold.ttf": "e83493c945848ecd4a9ad0f6d19164541a0d3e23a9c952304a00a46e00272ac5",
    "NotoSans-Regular.ttf": "89c3c497f618fdaa0b2d1e98fef93582f28c71debd2c4a8cdf41f190ced2909d",
    "NotoSansArabic-Bold.ttf": "ded6fc7359ca36d15d7aab9ef0c066e21ce48b26a069994d6602fa2cb9a1b952",
    "NotoSansArabic-Regular.ttf": "504d7407d86875acf7d04dfaa0fd7524d0b8797723bc4aa18022f29db25b0b6e",
    "NotoSansMarks-Regular.ttf": "aa8303051a731578c03fb2e638d8886fc1447c2639392083802dbbca6f030f65",
    "NotoSansSC-Bold.ttf": "9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96",
    "NotoSansSC-Regular.ttf": "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16",
}


def check_libraries(**kwargs: Any) -> list[CheckMessage]:
    """Without these a record cannot be drawn, or letters are lost from its fonts."""
    missing = [package for library, package in LIBRARIES.items() if find_library(library) is None]
    if not missing:
        return []
    hint = f"On Debian or Ubuntu: apt-get install {' '.join(LIBRARIES.values())}"
    return [Error(f"The libraries that draw PDFs are missing: {', '.join(missing)}.", hint=hint, id="needlepoint.E001")]


def is_whole(font: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(font.read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def check_fonts(**kwargs: Any) -> list[CheckMessage]:
    """Without one of these a record would be drawn in another font, and look unlike those of before."""
    folder = rendering.workshop().fonts
    amiss = [name for name, sha256 in FONTS.items() if not is_whole(folder / name, sha256)]
    if not amiss:
        return []
    hint = "Put the folder static/fonts of this release back in its place, for example: git checkout -- static/fonts"
    return [Error(f"The records' fonts are missing or damaged: {', '.join(amiss)}.", hint=hint, id="needlepoint.E002")]


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        register(check_libraries)
        register(check_fonts)
