"""A language made up for tests: every marked sentence, in its own words with the code of the language before it."""

from collections.abc import Callable

import pytest
from django.utils.translation import get_language

from clinic import languages

FORMATS = {"j F Y"}  # not sentences, but how a day is written


def in_tongue(code: str, text: str) -> str:
    return text if text in FORMATS else f"[{code}] {text}"


def made_up(monkeypatch: pytest.MonkeyPatch, translate: Callable[[str, str], str] = in_tongue) -> None:
    """From here on, Spanish, Chinese and Arabic say what `translate` makes of their code and the English."""

    def gettext(message: str) -> str:
        code = get_language()
        return str(message) if not message or code in {None, "en"} else translate(str(code), str(message))

    monkeypatch.setattr("django.utils.translation._trans.gettext", gettext, raising=False)


def confirmed(monkeypatch: pytest.MonkeyPatch, *codes: str) -> None:
    """The catalogues of these languages say that a clinician confirmed them."""
    monkeypatch.setattr(
        languages, "headers", lambda code: {"x-confirmed-by-clinician": "yes" if code in codes else "no"}
    )
