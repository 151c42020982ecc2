from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.models.batching import batches

LENGTHS = st.lists(st.integers(1, 600), max_size=200)


@given(LENGTHS, st.integers(1, 4_000))
def test_every_window_once_and_within_the_budget(lengths: list[int], budget: int) -> None:
    packed = list(batches(lengths, budget))
    assert sorted(at for batch in packed for at in batch) == list(range(len(lengths)))
    for batch in packed:
        padded = len(batch) * max(lengths[at] for at in batch)
        assert padded <= budget or len(batch) == 1


@given(st.integers(0, 2**32 - 1), st.integers(4, 256))
def test_sorted_windows_pad_little(seed: int, longest: int) -> None:
    lengths = np.random.default_rng(seed).integers(3, longest, 2_000).tolist()
    padded = sum(len(batch) * max(lengths[at] for at in batch) for batch in batches(lengths, 2_048))
    assert padded <= 1.2 * sum(lengths)


def test_equal_lengths_keep_their_order() -> None:
    assert list(batches([5, 5, 5, 5], 10)) == [[0, 1], [2, 3]]
