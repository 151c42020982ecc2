"""What becomes of predicted blocks."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from nlptasks._running.blocks import Block, PredictedBlock
from nlptasks._running.predict import BlockPredictions
from nlptasks._running.report import Reporter
from nlptasks._running.sinks import Collector, TableSink, TallySink
from nlptasks._running.tally import Tally
from nlptasks._tables.columns import bind
from nlptasks.errors import PluginError
from nlptasks.plugin.predictions import Label, Text
from nlptasks.plugin.protocols import Example, TableBlock


def done(*made: Any, foreign: tuple[str, ...] = (), first: int = 0) -> PredictedBlock[Any]:
    """A block of predictions."""
    texts = [f"text {at}" for at in range(len(made))]
    table = TableBlock(pa.table({"text": texts}), [first + at + 2 for at in range(len(made))])
    block = Block(
        rows=list(table.rows()),
        examples=[[Example({"text": text}) for text in texts]],
        first=first,
        table=table,
    )
    return PredictedBlock(block=block, made=BlockPredictions(by_head=(made,), foreign=(foreign,) if foreign else ()))


class Written:
    """A table that keeps what is written."""

    def __init__(self) -> None:
        self.cells: list[Any] = []
        self.closed = False

    def write(self, block: TableBlock, predictions: Any) -> None:
        self.cells.append([list(column) for column in predictions])

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def head(here, worded):
    return here.load(worded).heads[0]


def test_a_table_gets_columns_and_blanks_where_nothing_was_predicted(head):
    table, stream = Written(), io.BytesIO()
    sink = TableSink(writer=table, stream=stream, heads=[head], columns=[("a", "a_score")], flush=True)
    sink.take(done(Label("x", 0.5), None))
    sink.finish()
    assert table.cells == [[["x", None], [0.5, None]]]
    assert table.closed


def test_a_prediction_of_another_width_is_the_heads_fault(head):
    sink = TableSink(writer=Written(), stream=io.BytesIO(), heads=[head], columns=[("a", "a_score")], flush=False)
    with pytest.raises(PluginError, match=r"the head acme:worded.*a prediction has 1 cells for 2 columns"):
        sink.take(done(Text("x")))


def test_a_list_of_predictions_and_of_texts_that_cannot_be_read():
    sink = Collector()
    sink.take(done(Label("x", 0.5), None, foreign=("", "de")))
    sink.take(done(Label("y", 0.5), first=2))
    sink.finish()
    assert [one and one.canonical for one in sink.predictions] == ["x", None, "y"]
    assert (dict(sink.foreign.why), sink.foreign.named) == ({"de": 1}, ("1",))


def test_counts_become_a_report(here, head):
    binding = bind(head.task, ("text",), chosen={}, gold="", source="f")
    reporter = Reporter(registry=here.registry, head=head, binding=binding, columns=("sentiment",))
    sink = TallySink(at=0, reporter=reporter, tally=Tally(closed=True))
    sink.take(done(Label("positive", 0.5), None))
    assert sink.report is None
    sink.finish()
    assert (sink.report.predicted, sink.report.labels, sink.all_notes) == (1, {"positive": 1}, binding.notes)


def test_a_block_is_kept_with_its_cells_but_for_one_that_was(head):
    table, kept = Written(), []
    sink = TableSink(
        writer=table,
        stream=io.BytesIO(),
        heads=[head],
        columns=[("a", "a_score")],
        flush=False,
        keep=lambda block, cells: kept.append((block.block.first, cells)),
    )
    sink.take(done(Label("x", 0.5), None))
    sink.take(replace(done(None, first=2), kept=(["y"], [0.25])))
    assert kept == [(0, (("x", None), (0.5, None)))]
    assert table.cells == [[["x", None], [0.5, None]], [["y"], [0.25]]]


def test_a_block_of_which_no_row_is_left_is_not_written(head):
    table = Written()
    sink = TableSink(writer=table, stream=io.BytesIO(), heads=[head], columns=[("a", "a_score")], flush=False)
    sink.take(done())
    assert table.cells == []
