from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks_summarization.options import ExtractiveOptions
from nlptasks_summarization.selection import how_many, select

TWINS = np.array([[1, 0], [1, 0], [0, 1]], np.float32)


@pytest.mark.parametrize(
    ("sentences", "options", "expected"),
    [
        (10, {"ratio": 0.3}, 3),
        (10, {"ratio": 0.0}, 1),
        (10, {"ratio": 1.0}, 10),
        (2, {"ratio": 0.1}, 2),
        (2, {"sentences": 1}, 1),
        (10, {"sentences": 4, "ratio": 0.9}, 4),
        (3, {"sentences": 9}, 3),
    ],
)
def test_how_many(sentences: int, options: dict[str, float], expected: int) -> None:
    assert how_many(sentences, ExtractiveOptions(**options)) == expected  # type: ignore[arg-type]


def test_the_best_are_chosen_in_the_order_of_the_document() -> None:
    assert select(np.array([0.2, 0.9, 0.8], np.float32), TWINS, 2, 0.0) == [1, 2]


def test_of_equal_ones_the_first_are_chosen() -> None:
    assert select(np.array([0.5, 0.5, 0.5], np.float32), TWINS, 2, 0.0) == [0, 1]


def test_redundancy_passes_over_a_sentence_like_one_that_is_chosen() -> None:
    scores = np.array([0.9, 0.8, 0.6], np.float32)
    assert select(scores, TWINS, 2, 0.0) == [0, 1]
    assert select(scores, TWINS, 2, 0.5) == [0, 2]


@given(st.integers(1, 12), st.floats(0, 1), st.integers(0, 99), st.data())
def test_as_many_as_asked_for_each_once_and_in_order(
    size: int, redundancy: float, seed: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, size))
    random = np.random.default_rng(seed)
    scores, vectors = random.random(size, np.float32), random.standard_normal((size, 4)).astype(np.float32)
    chosen = select(scores, vectors, count, redundancy)
    assert chosen == sorted(set(chosen)) and len(chosen) == count and set(chosen) <= set(range(size))
