"""What people may type: everything that can be stored on every database and printed in full, nothing that reorders a line."""

import unicodedata
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NAME_MARKS = frozenset(" '’‘ʼ`´-‐‑.,()·")
JOINERS = frozenset("\u200c\u200d")
CONTROL_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LAYOUT = frozenset("\n\t")
STROKES = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "ı": "i"})  # letters that no normalisation takes apart


@cache
def printable() -> frozenset[int]:
    """Code points that the bundled fonts can draw, so that nothing typed is lost on paper."""
    from fontTools.ttLib import TTFont  # comes with WeasyPrint; wanted only once a page with text is sent

    points: set[int] = set()
    for path in sorted((settings.BASE_DIR / "static" / "fonts").glob("*.[to]tf")):
        with TTFont(path, lazy=True) as font:
            points.update(font.getBestCmap())
    return frozenset(points)


def tidy(value: str) -> str:
    """Composed (NFC) text with plain line ends, without blanks at either end."""
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def folded(value: str) -> str:
    """For comparing names: without capitals, accents and extra blanks, so that "nguyen" finds "Nguyễn"."""
    parts = unicodedata.normalize("NFKD", value.casefold())
    return " ".join("".join(mark for mark in parts if not unicodedata.combining(mark)).translate(STROKES).split())


def check_text(value: str) -> None:
    """Refuse hidden controls (they can reverse a signed sentence) and characters that cannot be printed."""
    hidden = [
        mark for mark in value if unicodedata.category(mark) in CONTROL_CATEGORIES and mark not in JOINERS | LAYOUT
    ]
    if hidden:
        names = ", ".join(sorted({f"U+{ord(mark):04X}" for mark in hidden}))
        raise ValidationError(
            _("Please remove the hidden characters (%(names)s) and type the text again."), params={"names": names}
        )
    if lost := sorted({mark for mark in value if ord(mark) not in printable() and mark not in JOINERS | LAYOUT}):
        raise ValidationError(
            _("These characters cannot be printed in the record: %(lost)s. Please use words."),
            params={"lost": " ".join(lost)},
        )


def check_name(value: str) -> None:
    """A name has letters of any script, and the marks that names use; no digits, symbols or emoji."""
    strange = sorted(
        {mark for mark in value if unicodedata.category(mark)[0] not in "LM" and mark not in NAME_MARKS | JOINERS}
    )
    if strange:
        shown = " ".join(mark if mark.isprintable() else f"U+{ord(mark):04X}" for mark in strange)
        raise ValidationError(
            _("A name can have letters, spaces, hyphens and apostrophes. Please remove: %(strange)s"),
            params={"strange": shown},
        )
    check_text(value)
    if not any(unicodedata.category(mark).startswith("L") for mark in value):
        raise ValidationError(_("Please enter a name."))
