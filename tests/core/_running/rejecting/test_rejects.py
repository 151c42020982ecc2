"""Rows that were left out, in a file beside the output."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from nlptasks._running.blocks import Block, PredictedBlock, Rejected
from nlptasks._running.predict import BlockPredictions
from nlptasks._running.rejecting.rejects import Rejects, rejects_beside
from nlptasks.errors import DataError, UsageError
from nlptasks.plugin.protocols import BadRow, Row


def made(stack: ExitStack, path: Path | None, **changes: Any) -> Rejects:
    settings = {"skip": True, "force": False, "told": pytest.fail, **changes}
    return Rejects(at=lambda line: ("in.csv", line), path=path, source="in.csv", stack=stack, **settings)


def rejecting(*rows: Row) -> PredictedBlock[Row]:
    rejected = tuple(Rejected(at, row, "it fails") for at, row in enumerate(rows))
    return PredictedBlock(block=Block(rows=[], examples=[], first=0), made=BlockPredictions(()), rejected=rejected)


def test_each_is_a_line(tmp_path: Path) -> None:
    with ExitStack() as stack:
        rejects = made(stack, tmp_path / "out")
        rejects.unreadable(BadRow(3, "bytes \ud800"))
        rejects.take(rejecting(Row(5, ()), Row(6, ())))
        rejects.finish()
        assert list(tmp_path.glob("out")) == []
    lines = [json.loads(line) for line in (tmp_path / "out").read_text(encoding="utf-8").splitlines()]
    assert lines == [
        {"file": "in.csv", "line": 3, "why": "cannot be read", "reason": "bytes \ud800"},
        {"file": "in.csv", "line": 5, "why": "cannot be predicted", "reason": "it fails"},
        {"file": "in.csv", "line": 6, "why": "cannot be predicted", "reason": "it fails"},
    ]
    assert rejects.rows == 3
    assert rejects.skipped == {"cannot be read; left out": 1, "cannot be predicted; left out": 2}
    assert rejects.quoted[1] == "in.csv:5: it fails"


def test_a_run_that_fails_leaves_none(tmp_path: Path) -> None:
    with pytest.raises(KeyError), ExitStack() as stack:
        made(stack, tmp_path / "out").unreadable(BadRow(3, "x"))
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_the_first_ends_a_run_that_leaves_none_out(tmp_path: Path) -> None:
    with ExitStack() as stack:
        rejects = made(stack, tmp_path / "out", skip=False)
        with pytest.raises(DataError, match=r"(?s)in\.csv:3: x.*repair; --on-error skip leaves such rows out"):
            rejects.unreadable(BadRow(3, "x", "repair"))
        with pytest.raises(DataError, match=r"(?s)in\.csv:5: it fails.*--restart begins anew"):
            rejects.take(rejecting(Row(5, ())))


def test_where_there_is_no_file_each_is_told() -> None:
    told: list[str] = []
    with ExitStack() as stack:
        rejects = made(stack, None, told=told.append)
        rejects.unreadable(BadRow(3, "x"))
        rejects.finish()
    assert told == ["left out: in.csv:3: x"]


def test_a_file_that_lies_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("mine")
    with ExitStack() as stack:
        made(stack, path, skip=False).check()
        made(stack, path, force=True).check()
        with pytest.raises(UsageError, match="exists already"):
            made(stack, path).check()
        made(stack, path).finish()
        assert path.exists()
        made(stack, path, force=True).finish()
    assert not path.exists()


def test_it_stands_beside_files_alone() -> None:
    assert rejects_beside("out.csv") == Path("out.csv.rejects.jsonl")
    assert rejects_beside("") is None
    assert rejects_beside("/dev/null") is None


def test_rows_come_in_their_order_though_an_engine_reads_ahead(tmp_path: Path) -> None:
    with ExitStack() as stack:
        rejects = made(stack, tmp_path / "out")
        for line in (2, 4, 9):
            rejects.unreadable(BadRow(line, "x"))
        rejects.take(rejecting(Row(1, ()), Row(3, ()), Row(5, ())))
        rejects.take(rejecting(Row(7, ()), Row(8, ())))
        rejects.finish()
    lines = (tmp_path / "out").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["line"] for line in lines] == [1, 2, 3, 4, 5, 7, 8, 9]
