"""Rows that make a head fail are found, and the others predicted."""

from __future__ import annotations

from typing import Any

import pytest

from nlptasks._running.blocks import Block, PredictedBlock
from nlptasks._running.predict import BlockPredictions
from nlptasks._running.rejecting.rescue import Rescue
from nlptasks.errors import NlptasksError, PluginError, UsageError
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Example


def block(words: str) -> Block[str]:
    return Block(rows=list(words), examples=[[Example({"text": word}) for word in words]], first=7)


def predict(asked: Block[Any]) -> PredictedBlock[Any]:
    if bad := [row for row in asked.rows if row == "x"]:
        raise PluginError(f"it fails on {len(bad)} of {len(asked.rows)}")
    return PredictedBlock(block=asked, made=BlockPredictions(by_head=(tuple(map(Text, asked.rows)),)))


@pytest.mark.parametrize("words", ["abcdef", "xabcdef", "abcxdefx", "xxxxa", "axx", "ax"])
def test_the_others_are_predicted_together(words: str) -> None:
    done = Rescue().predicted(block(words), predict)
    assert "".join(done.block.rows) == words.replace("x", "")
    assert [one.canonical for one in done.made.by_head[0] if one] == list(done.block.rows)
    assert [item.at for item in done.rejected] == [at for at, word in enumerate(words) if word == "x"]
    assert {item.reason for item in done.rejected} <= {"it fails on 1 of 1"}
    assert done.block.first == 7


def test_a_head_that_predicts_nothing_is_at_fault() -> None:
    rescue = Rescue()
    with pytest.raises(PluginError, match="4 of 4"):
        rescue.predicted(block("xxxx"), predict)
    rescue.predicted(block("a"), predict)
    assert len(rescue.predicted(block("xxxx"), predict).rejected) == 4


def caused(cause: BaseException) -> PluginError:
    error = PluginError("the head failed")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error", [UsageError("no"), KeyboardInterrupt(), caused(MemoryError()), caused(OSError(12, "no memory"))]
)
def test_what_is_no_rows_fault_passes(error: BaseException) -> None:
    def fail(_: Block[Any]) -> PredictedBlock[Any]:
        raise error

    with pytest.raises(type(error)):
        Rescue(worked=True).predicted(block("ab"), fail)


def test_nor_does_it_where_a_half_fails_so() -> None:
    def fail(asked: Block[Any]) -> PredictedBlock[Any]:
        raise caused(MemoryError() if len(asked.rows) == 2 else ValueError())

    with pytest.raises(PluginError) as error:
        Rescue(worked=True).predicted(block("abcd"), fail)
    assert isinstance(error.value.__cause__, MemoryError)


def test_a_head_that_fails_now_and_then_is_an_error() -> None:
    """What is left after the rows that fail alone must not fail again."""

    def fail(asked: Block[Any]) -> PredictedBlock[Any]:
        if len(asked.rows) > 1:
            raise NlptasksError("too many")
        return predict(asked)

    with pytest.raises(NlptasksError, match="too many"):
        Rescue().predicted(block("ab"), fail)
