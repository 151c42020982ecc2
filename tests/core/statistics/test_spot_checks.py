"""Tests of what a spot check proves."""

import numpy as np
import pytest

from nlptasks.statistics.spot_checks import enough, needed, undetected


@pytest.mark.parametrize(("rows", "checked"), [(400, 211), (872, 246), (10_000, 294)])
def test_as_many_as_find_an_edit_of_a_hundredth(rows: int, checked: int) -> None:
    assert needed(rows) == checked
    assert enough(rows, checked)
    assert not enough(rows, checked - 1)


def test_of_few_rows_nearly_all_are_needed() -> None:
    assert [needed(rows) for rows in (0, 1, 2, 20)] == [0, 1, 2, 19]


def test_what_may_be_left_undetected() -> None:
    assert undetected(872, 872) == 0
    assert undetected(872, 0) == 1
    assert undetected(0, 0) == 1
    assert undetected(872, needed(872)) < 0.01 + 1 / 872
    generator = np.random.default_rng(0)  # an edit of one row more is found in 95 of 100 checks
    edited = round(undetected(500, 40) * 500) + 1
    hits = [(generator.choice(500, 40, replace=False) < edited).any() for _ in range(4_000)]
    assert np.mean(hits) >= 0.94
