"""Beam search on a model whose best text is known."""

from __future__ import annotations

from itertools import pairwise, product
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks.models.decoding.beams import search

from .conftest import END, A, B, Chain, rules

#: The most probable first token leads to a worse text than the other one.
TRAP = ((0.01, 0.01, 0.55, 0.43), (0.25,) * 4, (0.01, 0.29, 0.35, 0.35), (0.01, 0.95, 0.02, 0.02))


def test_one_beam_is_greedy_and_two_see_further():
    (greedy,) = search(Chain(TRAP), rules(3), beams=1, length_penalty=0.0)
    assert greedy.ids[0] == A
    (best,) = search(Chain(TRAP), rules(3), beams=2, length_penalty=0.0)
    assert (best.ids, best.complete) == ((B, END), True)
    assert best.log_probability == pytest.approx(log(0.43 * 0.95), abs=1e-5)


def test_a_text_that_is_cut_is_not_complete():
    endless = ((0.01, 0.01, 0.97, 0.01),) * 4
    (found,) = search(Chain(endless), rules(4), beams=2, length_penalty=1.0)
    assert (found.ids, found.complete) == ((A, A, A, A), False)


def test_a_higher_length_penalty_gives_longer_texts():
    short = ((0.01, 0.5, 0.48, 0.01), (0.25,) * 4, (0.01, 0.97, 0.01, 0.01), (0.25,) * 4)
    lengths = [len(search(Chain(short), rules(4), beams=3, length_penalty=p)[0].ids) for p in (0.0, 2.0)]
    assert lengths == [1, 2]


def test_rows_do_not_change_each_other():
    alone = search(Chain(TRAP), rules(3), beams=3, length_penalty=1.0)
    assert search(Chain(TRAP, rows=3), rules(3), beams=3, length_penalty=1.0) == alone * 3


@settings(max_examples=25)
@given(st.lists(st.lists(st.integers(1, 100), min_size=4, max_size=4), min_size=4, max_size=4))
def test_enough_beams_find_the_most_probable_text(weights):
    table = [[weight / sum(row) for weight in row] for row in weights]
    (found,) = search(Chain(table), rules(3), beams=12, length_penalty=0.0)

    def probability(text: tuple[int, ...]) -> float:
        whole = [0, *text]
        return sum(log(table[before][after]) for before, after in pairwise(whole))

    texts = [(*text, END) for size in range(3) for text in product((A, B), repeat=size)]
    best = max(map(probability, [*texts, *product((A, B), repeat=3)]))
    assert found.log_probability == pytest.approx(best, abs=1e-4)
    assert probability(found.ids) == pytest.approx(best, abs=1e-4)
