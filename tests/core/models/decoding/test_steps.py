"""Which tokens may come next, and a decoder whose caches say what a whole pass says."""

from __future__ import annotations

import numpy as np
import pytest

from nlptasks.models.decoding.steps import Rules, Steps
from nlptasks.models.generation import Instruction

from .conftest import END, A, B, rules

GERMAN = Instruction("translation", "de")


def banned(rule: Rules, written: list[list[int]]) -> list[list[int]]:
    """The tokens that may not follow."""
    allowed = rule.allowed(np.zeros((len(written), 4), dtype=np.float32), np.array(written))
    return [np.isinf(row).nonzero()[0].tolist() for row in allowed]


def test_tokens_that_no_text_may_hold():
    assert banned(rules(9), [[A, B, A]]) == [[0]]


@pytest.mark.parametrize(
    ("size", "found"), [(1, [[0, A, B], [0, A]]), (2, [[0, B], [0, A]]), (3, [[0], [0, A]]), (4, [[0], [0]])]
)
def test_an_n_gram_occurs_once(size, found):
    assert banned(rules(9, no_repeat=size), [[A, B, A], [A, A, A]]) == found


def test_the_end_is_never_banned_by_an_n_gram():
    assert END not in banned(rules(9, no_repeat=1), [[A, B, A]])[0]


@pytest.fixture
def steps(generator, runtime):
    """Makes the steps of two texts with a prefix."""
    windows = [row[0] for row in generator.tokenize(["good phone", "the film is very bad and broken"])]
    states = generator.encode(windows)
    prefix = generator.text.prefix(GERMAN)

    def made(*more: int) -> Steps:
        return Steps(runtime.session(states.states, states.mask), 2, (*prefix, *more))

    return made


def test_a_step_says_what_a_longer_prefix_says(steps):
    walked = steps()
    assert np.allclose(np.exp(walked.log_probs).sum(axis=1), 1, atol=1e-5)
    for token in (40, 41):
        walked.step(np.array([token, token]))
    assert np.allclose(walked.log_probs, steps(40, 41).log_probs, atol=1e-5)


def test_rows_can_be_left_and_taken_twice(steps):
    walked = steps()
    walked.keep(np.array([1, 1]))
    assert len(walked) == 2
    walked.step(np.array([40, 41]))
    assert np.allclose(walked.log_probs[0], steps(40).log_probs[1], atol=1e-5)
    assert np.allclose(walked.log_probs[1], steps(41).log_probs[1], atol=1e-5)


def test_a_row_carries_on_another_text_of_its_source(steps):
    walked = steps()
    walked.keep(np.array([0, 0]))
    walked.step(np.array([40, 41]))
    walked.reorder(np.array([1, 1]))
    walked.step(np.array([42, 43]))
    assert np.allclose(walked.log_probs[0], steps(41, 42).log_probs[0], atol=1e-5)
    assert np.allclose(walked.log_probs[1], steps(41, 43).log_probs[0], atol=1e-5)
