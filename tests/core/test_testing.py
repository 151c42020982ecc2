"""What the conformance check takes for the same answer."""

from __future__ import annotations

import pytest

from nlptasks.predictions import Text
from nlptasks.testing import _check_same


@pytest.mark.parametrize(("one", "other"), [("good", "good"), ("0.1276", "0.1277"), ("-1.5000", "-1.4999"), ("", "")])
def test_equal_texts_and_numbers_that_round_to_neighbours_are_alike(one: str, other: str) -> None:
    _check_same([Text(one)], [Text(other)], "a batch of one")


@pytest.mark.parametrize(
    ("one", "other"), [("good", "Good"), ("0.1276", "0.1279"), ("1", "2"), ("nan", "NaN"), ("1", "")]
)
def test_others_are_not(one: str, other: str) -> None:
    with pytest.raises(AssertionError, match="a batch of one gives another answer"):
        _check_same([Text(one)], [Text(other)], "a batch of one")
