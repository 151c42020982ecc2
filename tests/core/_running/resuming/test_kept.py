"""The lines that keep blocks: what comes back is what went in."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any

import pytest

from nlptasks._running.blocks import Block, PredictedBlock, Rejected
from nlptasks._running.predict import BlockPredictions
from nlptasks._running.resuming.kept import KeptBlock, checked, line_of, signed
from nlptasks.plugin.predictions import Label, Text
from nlptasks.plugin.protocols import Example, Row

ROWS = [Row(line, (f"text {line}",)) for line in range(1, 6)]


def block(rows: list[Row] = ROWS) -> Block[Row]:
    return Block(rows=rows, examples=[[Example({"text": str(row.cells[0])}) for row in rows]] * 2, first=10)


def predicted(columns: list[list[Any]], **changes: Any) -> PredictedBlock[Row]:
    """What comes back of a block with some columns."""
    labels = tuple(None if at == 2 else Label("positive", 0.1 + at / 10) for at in range(5))
    texts = tuple(Text(f"a\u2028\ud800 {at}") for at in range(5))
    made = BlockPredictions(
        by_head=(labels, texts),
        tokens=7,
        long=(False, True, False, False, False),
        unread=((False, True, False, True, False), (False,) * 5),
        foreign=(("", "fr", "", "", ""), ("",) * 5),
    )
    done = PredictedBlock(block=block(), made=made, nll=((None, 0.1, 1 / 3, None, 2.0), (None,) * 5), seconds=0.5)
    said = checked(line_of(done, columns))
    assert said is not None
    assert KeptBlock(said).fits(block())
    return KeptBlock(said).predicted(block())


def test_counts_and_predictions_come_back() -> None:
    done = predicted([])
    labels, texts = done.made.by_head
    assert [one and (one.canonical, getattr(one, "score", None)) for one in labels] == [
        *(("positive", 0.1), ("positive", 0.2), None, ("positive", 0.1 + 3 / 10), ("positive", 0.5)),
    ]
    assert [one.canonical for one in texts if one] == [f"a\u2028\ud800 {at}" for at in range(5)]
    assert (done.made.tokens, done.seconds) == (7, 0.5)
    assert done.made.long == (False, True, False, False, False)
    assert done.made.unread == ((False, True, False, True, False), (False,) * 5)
    assert sum(done.made.cut) == 2
    assert done.made.foreign == (("", "fr", "", "", ""), ("",) * 5)
    assert done.nll == ([None, 0.1, 1 / 3, None, 2.0], [None] * 5)


@pytest.mark.parametrize(
    "column",
    [
        [0.1, 1 / 3, 1e-310, 5e300, -0.0],
        [0.1, None, 1.0, 2.0, 3.0],
        [1, 2, 3, -4, 10**30],
        [1, 1.0, True, None, "1"],
        ["a", "a", "a", "b", None],
        ["a", "b", "c", "d", "e"],
        ["", "\ud800", "\u2028", "\n", "\x00"],
        [[1, "a"], {"b": [None, 2.5]}, [], {}, [[]]],
        [None] * 5,
        [True, False, True, True, None],
    ],
)
def test_cells_come_back_with_their_types(column: list[Any]) -> None:
    (found,) = predicted([column]).kept or ()
    assert repr(found) == repr(column)


def test_any_mapping_and_any_sequence_come_back_as_the_usual_ones() -> None:
    column = [MappingProxyType({"a": (1, 2)}), (1, (2,)), range(2), {}, []]
    (found,) = predicted([column]).kept or ()
    assert found == [{"a": [1, 2]}, [1, [2]], [0, 1], {}, []]


def test_what_cannot_be_kept_is_an_error() -> None:
    with pytest.raises(TypeError, match="object cannot be kept"):
        signed({"a": object()})


def test_rows_that_were_rejected_stay_so() -> None:
    left = Block(rows=ROWS[1:], examples=[[Example({"text": "a"})] * 4], first=10)
    made = BlockPredictions(by_head=((Label("positive", 1.0),) * 4,))
    line = line_of(PredictedBlock(block=left, made=made, rejected=(Rejected(0, ROWS[0], "why"),)), [["x"] * 4])
    kept = KeptBlock(checked(line) or {})
    assert kept.fits(block())
    done = kept.predicted(block())
    assert done.block.rows == ROWS[1:]
    assert [len(own) for own in done.block.examples] == [4, 4]
    assert done.rejected == (Rejected(0, ROWS[0], "why"),)


def test_a_block_of_other_rows_does_not_fit() -> None:
    kept = KeptBlock({"first": 10, "rows": 4})
    assert not kept.fits(block())
    assert kept.fits(block(ROWS[:4]))


@pytest.mark.parametrize("line", [b"", b"\n", b"x" * 200, b"[" * 100])
def test_what_is_no_such_line_is_none(line: bytes) -> None:
    assert checked(line) is None


def test_any_bit_counts() -> None:
    line = signed({"number": math.pi})
    assert checked(line) == {"number": math.pi}
    for at in range(len(line) - 1):
        if at != 64:  # the blank behind the digest
            assert checked(line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]) is None
