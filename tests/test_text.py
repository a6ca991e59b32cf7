"""Names of all scripts are welcome; hidden controls and what cannot be printed are not."""

import pytest
from django.core.exceptions import ValidationError

from clinic.text import check_name, check_text, tidy

GOOD_NAMES = [
    "Ann Keogh",
    "Nguyễn Thị Minh Châu",
    "ليلى حداد",
    "王小明",
    "O’Brien-Smith",
    "José Mª Núñez",
    "Łukasz Żółć",
    "d'Arcy",
    "Anne-Marie St. John",
]
BAD_NAMES = [
    "Ann 😀",
    "Ann\u202eKeogh",
    "Ann\u0007",
    "Ann\u200bKeogh",
    "\u2066Ann",
    "Ann\ue000",
    "Ann\U000e0041",
    "12345",
    "   ",
    "Ann\nKeogh",
    "🙂",
]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_names_of_any_script_are_accepted(name):
    check_name(tidy(name))


@pytest.mark.parametrize("name", BAD_NAMES)
def test_symbols_and_hidden_characters_in_names_are_refused(name):
    with pytest.raises(ValidationError):
        check_name(name)


@pytest.mark.parametrize("text", ["Line one\nline two", "37.9 °C, 60 s, ½ dose", "ألم في الكتف", "x" * 10_000])
def test_notes_may_hold_whatever_can_be_printed(text):
    check_text(tidy(text))


@pytest.mark.parametrize("text", ["a\u202eb", "a\x00b", "a\x07b", "\ud800", "smile 😀", "தமிழ்", "a\u2028b"])
def test_notes_with_hidden_or_unprintable_characters_are_refused_by_name(text):
    with pytest.raises(ValidationError) as refused:
        check_text(text)
    assert refused.value.messages[0].startswith(("Please remove", "These characters"))


def test_text_is_composed_and_its_line_ends_made_plain():
    assert tidy(" e\u0301\r\nb ") == "é\nb"
