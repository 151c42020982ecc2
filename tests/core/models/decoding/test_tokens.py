"""Writing token after token."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from numpy.typing import NDArray

from nlptasks.models.decoding.tokens import most_probable, write

from .conftest import END, A, B, Chain, rules

TABLE = ((0.1, 0.1, 0.6, 0.2), (0.25,) * 4, (0.1, 0.2, 0.3, 0.4), (0.1, 0.7, 0.1, 0.1))


def test_the_most_probable_token_each_time():
    (found,) = write(Chain(TABLE), rules(5), most_probable)
    assert (found.ids, found.complete) == ((A, B, END), True)
    assert found.log_probability == pytest.approx(log(0.6 * 0.4 * 0.7), abs=1e-5)


def test_what_is_cut_has_no_end():
    (found,) = write(Chain(TABLE), rules(2), most_probable)
    assert (found.ids, found.complete) == ((A, B), False)


def test_the_probability_is_the_models_own_whatever_rules_chose():
    table = ((0.1, 0.1, 0.6, 0.2), (0.25,) * 4, (0.1, 0.1, 0.6, 0.2), (0.1, 0.7, 0.1, 0.1))
    (found,) = write(Chain(table), rules(5, no_repeat=1), most_probable)
    assert found.ids == (A, B, END)
    assert found.log_probability == pytest.approx(log(0.6 * 0.2 * 0.7), abs=1e-5)


def test_a_row_that_is_finished_leaves_the_batch():
    steps = Chain(TABLE, rows=2)
    seen = []

    def choose(log_probs: NDArray[np.float32], rows: NDArray[np.int64], position: int) -> NDArray[np.int64]:
        seen.append((position, rows.tolist()))
        chosen = [[END, A], [B, B], [B, END]][position]
        return np.array([chosen[row] for row in rows.tolist()])

    first, second = write(steps, rules(5), choose)
    assert seen == [(0, [0, 1]), (1, [1]), (2, [1])]
    assert (first.ids, second.ids) == ((END,), (A, B, END))
