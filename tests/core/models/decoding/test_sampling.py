"""Sampling by numbers that are named and not drawn from a common stream."""

from __future__ import annotations

import numpy as np
import pytest

from nlptasks.models.decoding.sampling import Sampler, random_numbers

PROBABILITIES = np.array([[0.5, 0.2, 0.3]], dtype=np.float32)


def chosen(number: float, *, temperature: float = 1.0, top_p: float = 1.0) -> int:
    sampler = Sampler(np.array([[number]], dtype=np.float32), temperature, top_p)
    return int(sampler(np.log(PROBABILITIES), np.array([0]), 0)[0])


@pytest.mark.parametrize(("number", "token"), [(0.0, 0), (0.49, 0), (0.51, 1), (0.69, 1), (0.71, 2), (0.9999999, 2)])
def test_a_number_falls_on_a_token(number, token):
    assert chosen(number) == token


def test_the_nucleus_leaves_the_least_probable_out():
    assert {chosen(at / 50, top_p=0.75) for at in range(50)} == {0, 2}
    assert {chosen(at / 50, top_p=0.45) for at in range(50)} == {0}
    assert {chosen(at / 50, top_p=1e-9) for at in range(50)} == {0}


def test_a_low_temperature_takes_the_most_probable_and_a_high_one_all_alike():
    assert {chosen(at / 50, temperature=0.01) for at in range(50)} == {0}
    counts = [sum(chosen(at / 300, temperature=1e4) == token for at in range(300)) for token in range(3)]
    assert counts == pytest.approx([100, 100, 100], abs=2)


def test_a_number_depends_on_its_name_alone():
    both = random_numbers([(0, "a"), (0, "b")], 4)
    assert both.shape == (2, 4)
    assert both.dtype == np.float32
    assert np.array_equal(random_numbers([(0, "b")], 4)[0], both[1])
    assert np.array_equal(random_numbers([(0, "a")], 9)[0, :4], both[0])
    assert not np.array_equal(both[0], both[1])
    assert not np.array_equal(random_numbers([(1, "a")], 4)[0], both[0])
    assert float(both.min()) >= 0 and float(both.max()) < 1
