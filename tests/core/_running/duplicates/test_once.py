"""Rows that equal one another are predicted once, and come out as if each had been predicted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from nlptasks._running.blocks import Block, PredictedBlock, Progress, Rejected, chosen, nothing
from nlptasks._running.duplicates.memory import SeenRows
from nlptasks._running.duplicates.once import OnceEngine
from nlptasks._running.duplicates.store import prediction_store
from nlptasks._running.predict import BlockPredictions
from nlptasks._systems.system import LoadedHead
from nlptasks.errors import PluginError
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Example, TableBlock
from nlptasks_tasks.sentiment import SPEC as SENTIMENT


class Mood:
    labels = ("negative", "positive")


HEAD = LoadedHead(task=SENTIMENT, name="x:mood", head=Mood())  # type: ignore[arg-type]


def block(*texts: str, first: int = 0) -> Block[Any]:
    table = TableBlock(pa.table({"text": list(texts)}), [first + at + 2 for at in range(len(texts))])
    return Block(
        rows=list(table.rows()), examples=[[Example({"text": text}) for text in texts]], first=first, table=table
    )


def score(text: str) -> float:
    return 0.5 + len(text) / 100


@dataclass
class Inner:
    """An engine that works on so many blocks at once; texts that hold 'fail' are rejected."""

    ahead: int = 1
    asked: list[list[str]] = field(default_factory=list)

    def __call__(self, blocks: Iterator[Block[Any]], progress: Progress) -> Iterator[PredictedBlock[Any]]:
        waiting: list[Block[Any]] = []
        for one in blocks:
            self.asked.append([example.inputs["text"] for example in one.examples[0]])
            waiting.append(one)
            if len(waiting) == self.ahead:
                yield self.predicted(waiting.pop(0))
        yield from map(self.predicted, waiting)

    def predicted(self, one: Block[Any]) -> PredictedBlock[Any]:
        texts = [example.inputs["text"] for example in one.examples[0]]
        failed = [at for at, text in enumerate(texts) if "fail" in text]
        good = [text for text in texts if "fail" not in text]
        made = tuple(Label("positive", score(text)) if text else None for text in good)
        return PredictedBlock(
            block=chosen(one, [at for at in range(len(texts)) if at not in failed]) if failed else one,
            made=BlockPredictions(
                by_head=(made,),
                tokens=len(good),
                long=tuple(len(text) > 5 for text in good),
                unread=(tuple(len(text) > 6 for text in good),),
                foreign=(tuple("fr" if "ç" in text else "" for text in good),),
            ),
            nll=((None,) * len(good),),
            rejected=tuple(Rejected(at, one.rows[at], "it fails") for at in failed),
        )


def engine(inner: Inner, kept: list[Any], **given: Any) -> OnceEngine:
    return OnceEngine(
        inner, [HEAD], [("sentiment", "sentiment_score")], str, lambda done, cells: kept.append((done, cells)), **given
    )


BLOCKS = (
    ("a", "b", "a", ""),
    ("a", "b"),
    ("ç", "fail", "a", "fail", "longer"),
    ("fail", "fail"),
    ("longest", "longest", "b"),
    ("b", "", "fail"),
)


@pytest.mark.parametrize("ahead", [1, 2, 9])
def test_each_text_is_asked_for_once_and_each_row_has_what_it_would_have(ahead: int) -> None:
    inner, kept = Inner(ahead), list[Any]()
    firsts = [sum(map(len, BLOCKS[:at])) for at in range(len(BLOCKS))]
    given = [block(*texts, first=first) for texts, first in zip(BLOCKS, firsts, strict=True)]
    found = list(engine(inner, kept)(iter(given), nothing))
    assert inner.asked == [["a", "b", ""], ["a"], ["ç", "fail", "longer"], ["fail"], ["longest"], ["b"]]
    assert [done.block.first for done in found] == firsts
    for one, done in zip(given, found, strict=True):
        alone = Inner().predicted(one)
        assert done.block.rows == alone.block.rows
        cells = [(None, None) if made is None else made.cells() for made in alone.made.by_head[0]]
        assert [made and made.canonical for made in done.made.by_head[0]] == [label for label, _ in cells]
        assert done.kept == tuple(zip(*cells, strict=True))
        assert (done.made.long or ()) == alone.made.long
        assert sum(done.made.cut) == sum(alone.made.cut)
        assert (done.made.foreign or ((),)) == alone.made.foreign
        assert done.rejected == alone.rejected
    assert sum(done.made.tokens for done in found) == 8
    texts = [[row.cells[0] for row in done.block.rows] for done, _ in kept]
    assert texts == [["a", "b", ""], ["a"], ["ç", "longer"], [], ["longest"], ["b"]]


def test_what_is_forgotten_is_predicted_again() -> None:
    inner = Inner()
    blocks = [block("a", "b", first=0), block("c", "a", first=2), block("c", first=4)]
    assert len(list(engine(inner, [], seen=SeenRows(rows=2))(iter(blocks), nothing))) == 3
    assert inner.asked == [["a", "b"], ["c", "a"], ["c"]]


def test_what_an_earlier_run_predicted_is_not_asked_for(tmp_path: Path) -> None:
    blocks = [block("a", "b", "fail"), block("c", "a", first=3)]
    found, inner = list[Any](), Inner()
    for _ in range(2):
        with prediction_store(tmp_path, {}, 10, pytest.fail) as store:
            found.append(list(engine(inner, [], store=store)(iter(blocks), nothing)))
    assert inner.asked == [["a", "b", "fail"], ["c"], ["fail"], ["c"]]
    assert [done.kept for done in found[0]] == [done.kept for done in found[1]]
    assert [done.rejected for done in found[0]] == [done.rejected for done in found[1]]


def test_what_is_no_prediction_is_refused_before_it_is_kept() -> None:
    class Wrong(Inner):
        def predicted(self, one: Block[Any]) -> PredictedBlock[Any]:
            made = BlockPredictions(by_head=((Label("so so", 0.5),) * len(one.rows),))
            return PredictedBlock(block=one, made=made)

    kept: list[Any] = []
    with pytest.raises(PluginError, match="so so"):
        list(engine(Wrong(), kept)(iter([block("a")]), nothing))
    assert kept == []
