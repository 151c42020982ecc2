"""What is ranked, what is not, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks._board.board import build
from nlptasks._board.plain import as_text
from nlptasks._board.writing import render
from nlptasks.errors import UsageError

from .conftest import panel


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"run": {"limit": 60}}, "--limit 60: it was run on a part of the data"),
        ({"data": {"sha256": "ff" * 32}}, "other data (SHA-256 ffffffffffff, most have abababababab)"),
        ({"results": {"accuracy": {"signature": "x"}}}, "another signature (x, most have metric:accuracy)"),
        ({"primary": "macro-f1"}, "another primary metric (macro-f1, most have accuracy)"),
        ({"results": {"accuracy": {"value": 0.99}}}, "scores.accuracy.value: it says 0.99, and its samples give 0.8"),
        ({"ids": [f"x{at}" for at in range(60)]}, "60 ids are missing"),
    ],
    ids=["limit", "data", "signature", "primary", "altered", "ids"],
)
def test_what_is_left_out_and_why(registry, make, answers, two, more, reason):
    predictions, gold = answers(60, 0.8, seed=9)
    make(two / "c", "c", predictions=predictions, gold=gold, **more)
    board = build(registry, two)
    assert [row.system for row in panel(board, "reviews").rows] == ["a", "b"] or {"a", "b"} == {
        row.system for row in panel(board, "reviews").rows
    }
    (out,) = board.left_out
    assert (out.record, out.system) == ("c", "c")
    assert reason in out.reason
    assert reason.split(",")[0].split("(")[0] in as_text(board)


def test_an_empty_folder_and_one_without_anything_comparable(registry, make, answers, tmp_path: Path):
    with pytest.raises(UsageError, match="no record in it"):
        build(registry, tmp_path)
    predictions, gold = answers(30, 0.8)
    make(tmp_path / "a", "a", predictions=predictions, gold=gold, run={"limit": 5})
    board_of = build(registry, tmp_path)
    assert board_of.tasks == () and len(board_of.left_out) == 1
    assert "Left out, and why" in render(board_of, "")
