"""Small counts that leave the clinic: none can be read, and none can be worked out from what stands beside it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.dashboard.overriding import Share
from consent.dashboard.suppressed import FEW, HIDDEN, LEAST, exclusive, overlapping, shares, single


def can_be(counts: dict[str, int], shown: dict[str, str], key: str) -> set[int]:
    """What a small count can be for a reader who knows the total and that what is not shown is five or more."""
    left = sum(counts.values()) - sum(int(text) for text in shown.values() if text.isdigit())
    few = [other for other, text in shown.items() if text == FEW and other != key]
    hidden = sum(text == HIDDEN for text in shown.values())
    return {
        value
        for value in range(LEAST)
        for total in {sum(others) for others in product(range(LEAST), repeat=len(few))}
        if (rest := left - value - total) == 0 or (hidden and rest >= LEAST * hidden)
        if hidden == 0 or rest >= LEAST * hidden
    }


@given(st.lists(st.integers(0, 14), min_size=1, max_size=5))
def test_a_small_count_can_be_anything_whatever_stands_beside_it(numbers):
    counts = {str(turn): count for turn, count in enumerate(numbers)}
    shown = exclusive(counts)
    assert all(text in {FEW, HIDDEN, str(counts[key])} for key, text in shown.items())
    assert not [key for key, count in counts.items() if count < LEAST and shown[key].isdigit()]
    if sum(numbers) >= LEAST and FEW in shown.values():
        assert all(len(can_be(counts, shown, key)) > 1 for key, text in shown.items() if text == FEW)


def test_large_counts_are_shown_as_they_are():
    assert exclusive({"en": 40, "es": 12}) == {"en": "40", "es": "12"}
    assert (single(5), single(4), single(0)) == ("5", FEW, FEW)


def test_one_small_count_takes_the_smallest_large_one_with_it():
    assert exclusive({"en": 40, "es": 12, "ar": 3}) == {"en": "40", "es": HIDDEN, "ar": FEW}


def test_two_small_counts_that_add_up_to_too_much_are_not_enough():
    assert exclusive({"en": 40, "es": 12, "ar": 4, "zh": 4}) == {"en": "40", "es": HIDDEN, "ar": FEW, "zh": FEW}


def test_where_nothing_protects_a_small_count_nothing_is_shown():
    assert exclusive({"en": 5, "es": 0}) == {"en": HIDDEN, "es": HIDDEN}
    assert exclusive({"en": 1, "es": 2}) == {"en": FEW, "es": FEW}


@pytest.mark.parametrize(
    ("count", "whole", "shown"), [(10, 30, "10"), (4, 30, FEW), (28, 30, HIDDEN), (30, 30, HIDDEN)]
)
def test_a_part_is_hidden_too_where_the_rest_of_the_whole_is_small(count, whole, shown):
    assert overlapping({"any": count}, whole) == {"any": shown}


def test_a_share_is_shown_while_both_its_parts_are_large():
    rows = {"14": Share(30, 10), "7": Share(20, 9), "11": Share(25, 12)}
    assert shares(rows)["14"] == ("30", "10")
    assert shares(rows | {"4": Share(12, 9)})["4"] == (HIDDEN, HIDDEN)
    assert shares(rows | {"4": Share(3, 1)})["4"] == (FEW, FEW)
    assert shares({"14": Share(3, 1)}) == {"14": (FEW, FEW)}
    assert shares({"14": Share(9, 9)}) == {"14": (HIDDEN, HIDDEN)}


def test_a_single_hidden_share_takes_another_row_with_it():
    rows = {"14": Share(30, 10), "7": Share(20, 9), "11": Share(3, 1)}
    assert shares(rows) == {"14": ("30", "10"), "7": (HIDDEN, HIDDEN), "11": (FEW, FEW)}
