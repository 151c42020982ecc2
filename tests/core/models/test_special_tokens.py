"""What stands around a text in a window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.models.special_tokens import Frame, Framing, common, framing_of, stack
from nlptasks.plugin.protocols import Window

#: As BERT frames: [CLS]=1, [SEP]=2.
BERT = Framing(before=(1,), between=(2,), after=(2,), second=1)


def test_what_a_tokenizer_does_is_seen_on_a_word():
    found = framing_of([7, 8], [1, 7, 8, 2], [1, 7, 8, 2, 7, 8, 2], [0, 0, 0, 0, 1, 1, 1])
    assert found == BERT
    plain = framing_of([7], [7, 2], [7, 2, 2, 7, 2], [])
    assert plain == Framing(before=(), between=(2, 2), after=(2,), second=0)


def test_a_question_stands_before_its_text_or_behind_it():
    before = BERT.behind([5, 6, 7], 2).around([10, 11])
    assert (before.ids, before.types, before.start) == ((1, 5, 6, 2, 10, 11, 2), (0, 0, 0, 0, 1, 1, 1), 4)
    behind = BERT.before_question([5, 6], 9).around([10, 11])
    assert (behind.ids, behind.types, behind.start) == ((1, 10, 11, 2, 5, 6, 2), (0, 0, 0, 0, 1, 1, 1), 1)
    assert BERT.behind([5, 6, 7], 2).unread == 1
    assert BERT.alone().around([10]).types == ()


def test_a_lead_stands_right_before_the_text():
    led = BERT.behind([5], 1).led([8, 9])
    assert led.around([10]).ids == (1, 5, 2, 8, 9, 10, 2)
    assert len(led) == 6


def test_windows_share_tokens_and_tell_their_places():
    places = [(at, at + 1) for at in range(5)]
    first, second = Frame((1,), (2,)).windows(range(10, 15), places, size=4, overlap=2)
    assert (first.ids, second.ids) == ((1, 10, 11, 12, 13, 2), (1, 12, 13, 14, 2))
    assert second.offsets == ((2, 3), (3, 4), (4, 5))


def test_what_no_window_holds_is_counted_in_the_last():
    frame = Frame((1,), (2,), unread=3)
    windows = frame.windows(range(10), size=4, most=2)
    assert [window.cut for window in windows] == [0, 3 + 2]
    assert [window.ids for window in frame.windows((), size=4)] == [(1, 2)]


@given(st.integers(0, 40), st.integers(1, 9), st.integers(0, 12))
def test_windows_cover_the_text(length, size, overlap):
    windows = Frame((), ()).windows(range(length), size=size, overlap=overlap)
    assert sorted({token for window in windows for token in window.ids}) == list(range(length))
    assert all(len(window) <= size for window in windows)
    assert sum(map(len, windows)) <= 2 * length


@pytest.mark.parametrize("left", [False, True])
def test_windows_as_tensors(left):
    ids, types, mask = stack([Window((5, 6), (0, 1)), Window((7,))], 9, left=left)
    assert ids.tolist() == ([[5, 6], [9, 7]] if left else [[5, 6], [7, 9]])
    assert types.tolist() == [[0, 1], [0, 0]]
    assert mask.tolist() == ([[True, True], [False, True]] if left else [[True, True], [True, False]])


def test_how_much_two_lists_begin_with_alike():
    assert [common([1, 2, 3], [1, 2, 4]), common([1, 2], [1, 2, 3]), common([], [1]), common([2], [1])] == [2, 2, 0, 0]
