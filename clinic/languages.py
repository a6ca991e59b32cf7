"""The languages that a patient can choose, and how far each translation has been checked by a clinician."""

import gettext
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, to_locale

from clinic.text import folded

ORIGINAL: str = settings.LANGUAGE_CODE
RIGHT_TO_LEFT = frozenset({"ar"})
ENGLISH_NAMES = {"en": _("English"), "es": _("Spanish"), "zh-hans": _("Chinese (simplified)"), "ar": _("Arabic")}
# How people at a front desk write a language that we have.
ALSO_CALLED = {
    "es": ("spanish", "espanol", "castellano"),
    "zh-hans": ("chinese", "mandarin", "simplified chinese", "中文", "简体中文"),
    "ar": ("arabic", "العربية"),
}


class Checked(StrEnum):
    """Whether a clinician has confirmed the words; English is what the others are translated from."""

    ORIGINAL = ""
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True)
class Language:
    """A language by its code, its own name, and the status that its catalogue carries."""

    code: str
    name: str
    checked: Checked

    @property
    def direction(self) -> str:
        return "rtl" if self.code in RIGHT_TO_LEFT else "ltr"


def headers(code: str) -> dict[str, Any]:
    """What the catalogue says of itself, by lower-case header; empty when there is none."""
    for folder in settings.LOCALE_PATHS:
        path = folder / to_locale(code) / "LC_MESSAGES" / "django.mo"
        if path.exists():
            with path.open("rb") as file:
                return dict(gettext.GNUTranslations(file).info())
    return {}


def checked(code: str) -> Checked:
    """A catalogue that does not say that it was confirmed was not."""
    if code == ORIGINAL:
        return Checked.ORIGINAL
    return Checked.CONFIRMED if headers(code).get("x-confirmed-by-clinician") == "yes" else Checked.UNCONFIRMED


@cache
def languages() -> dict[str, Language]:
    """All on offer, by code, in the order in which they are offered."""
    return {code: Language(code, str(name), checked(code)) for code, name in settings.LANGUAGES}


def code_for(preferred: str) -> str:
    """The language on offer that a patient's file names in free words; the original where we do not have it."""
    wanted = folded(preferred)
    return next((code for code, names in ALSO_CALLED.items() if wanted in names), ORIGINAL)


def weakest(found: Iterable[Checked]) -> Checked:
    """Of several translations that were used, how far all of them have been checked."""
    used = set(found)
    return next((status for status in (Checked.UNCONFIRMED, Checked.CONFIRMED) if status in used), Checked.ORIGINAL)


def in_language(code: str, text: str) -> str:
    """One marked string in another language than the page's."""
    with override(code):
        return _now(text) if text else ""


def status_words(code: str, status: str) -> str:
    """For staff and records: the language, and whether its translation has been confirmed; empty for the original."""
    if status == Checked.ORIGINAL:
        return ""
    if code == ORIGINAL:
        parts = {
            Checked.CONFIRMED: _("English, and in part a translation confirmed by a clinician"),
            Checked.UNCONFIRMED: _("English, and in part a translation not yet confirmed by a clinician"),
        }
        return str(parts[Checked(status)])
    words = {
        Checked.CONFIRMED: _("%(language)s, translation confirmed by a clinician"),
        Checked.UNCONFIRMED: _("%(language)s, translation not yet confirmed by a clinician"),
    }
    return str(words[Checked(status)]) % {"language": ENGLISH_NAMES.get(code, code)}
