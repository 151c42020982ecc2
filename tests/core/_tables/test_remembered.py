"""Some of the distinct cells of a column, the same in whatever order they come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlptasks._tables.remembered import RememberedCells

CELLS = st.lists(st.text(max_size=3), max_size=30)


def remembered(cells: list[str], most: int) -> RememberedCells:
    found = RememberedCells(most)
    for cell in cells:
        found.add(cell)
    return found


@given(CELLS, st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(cells, most, random):
    shuffled = list(cells)
    random.shuffle(shuffled)
    assert list(remembered(cells, most)) == list(remembered(shuffled, most))
    assert len(remembered(cells, most)) == min(most, len(set(cells)))


@given(CELLS, CELLS, st.integers(1, 6))
def test_parts_make_the_whole(one, other, most):
    parts = [*remembered(one, most), *remembered(other, most)]
    assert list(remembered(parts, most)) == list(remembered(one + other, most))


@given(CELLS, st.integers(1, 4))
def test_what_is_given_up_is_told(cells, most):
    found = RememberedCells(most)
    gone = {given_up for cell in cells if (given_up := found.add(cell)) is not None}
    assert gone | set(found) == set(cells)
    assert not gone & set(found)


def test_a_lone_surrogate_is_a_cell_too():
    assert "\ud800" in remembered(["\ud800"], 2)
