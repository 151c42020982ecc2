"""What becomes of predicted blocks: a table, counts, a list. The journal and the comparison stand with what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, BinaryIO

from nlptasks._plugins.guard import plugin_errors
from nlptasks._running.blocks import PredictedBlock
from nlptasks._running.foreign import ForeignTexts
from nlptasks._running.report import Reporter
from nlptasks._running.tally import Tally
from nlptasks._systems.system import LoadedHead
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import NotingWriter, Prediction, Row, RowWriter
from nlptasks.records.report import TaskReport


@dataclass(frozen=True, kw_only=True)
class TableSink:
    """Writes each row with the cells of its predictions.

    Args:
        writer: The table.
        stream: What the table is written to.
        heads: The heads.
        columns: Each head's columns in the table.
        flush: Whether each block is to be seen as soon as it is written.
        keep: What keeps a block and its cells, so that a later run goes on behind it; ``None``: nothing does.
    """

    writer: RowWriter
    stream: BinaryIO
    heads: Sequence[LoadedHead]
    columns: Sequence[Sequence[str]]
    flush: bool
    keep: Callable[[PredictedBlock[Row], Sequence[Sequence[Cell]]], None] | None = None

    def take(self, done: PredictedBlock[Row]) -> None:
        """Write a block."""
        cells = done.kept
        if cells is None:
            cells = cells_of(done, self.heads, self.columns)
            if self.keep:
                self.keep(done, cells)
        assert done.block.table is not None
        if done.block.rows:
            self.writer.write(done.block.table, cells)
        if self.flush:
            self.stream.flush()

    def finish(self) -> None:
        """Complete the table."""
        self.writer.close()
        self.stream.flush()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the format wrote otherwise than it was, when the table is complete."""
        return self.writer.notes if isinstance(self.writer, NotingWriter) else ()


@dataclass
class TallySink:
    """Counts the predictions of one head, and reports on them at the end.

    Args:
        at: Which of the heads.
        reporter: What makes the report.
        tally: The counts.
        line: Names a row by its line.
        report: The report, once all is counted.
        notes: What is to be said of how the gold column was read, then too.
    """

    at: int
    reporter: Reporter
    tally: Tally
    line: Callable[[int], str] = str
    report: TaskReport | None = None
    notes: tuple[str, ...] = ()

    def take(self, done: PredictedBlock[Row]) -> None:
        """Count a block."""
        binding, rows = self.reporter.binding, done.block.rows
        cells = [binding.gold_cell(row) for row in rows] if binding.gold else None
        self.tally.add(done.made.by_head[self.at], cells=cells)
        for number, (row, why) in enumerate(zip(rows, _foreign(done, self.at), strict=True), done.block.first):
            if why:
                self.tally.foreign.add(number, why, self.line(row.line))
        if done.nll:
            for row, nll in zip(rows, done.nll[self.at], strict=True):
                if nll is not None:
                    self.tally.add_likelihood(nll, binding.gold_text(row))

    @property
    def all_notes(self) -> tuple[str, ...]:
        """What is to be said of the columns and of how the gold one was read."""
        return (*self.reporter.binding.notes, *self.notes)

    def finish(self) -> None:
        """Score what was counted."""
        self.report, self.notes = self.reporter.report(self.tally)


@dataclass(frozen=True)
class Collector:
    """Keeps the predictions of the first head, and counts the texts that it cannot read."""

    predictions: list[Prediction | None] = field(default_factory=list)
    foreign: ForeignTexts = field(default_factory=ForeignTexts)

    def take(self, done: PredictedBlock[Any]) -> None:
        """Keep those of a block."""
        self.predictions.extend(done.made.by_head[0])
        for number, why in enumerate(_foreign(done, 0), done.block.first):
            if why:
                self.foreign.add(number, why, str(number))

    def finish(self) -> None:
        """Nothing is left to do."""


def _foreign(done: PredictedBlock[Any], at: int) -> Sequence[str]:
    """Why a head cannot read each row; an engine may leave that out."""
    return done.made.foreign[at] if done.made.foreign else ("",) * len(done.block.rows)


def cells_of(
    done: PredictedBlock[Any], heads: Sequence[LoadedHead], columns: Sequence[Sequence[str]]
) -> tuple[Sequence[Cell], ...]:
    """The columns of cells of a block's predictions.

    Args:
        done: The block.
        heads: The heads.
        columns: Each head's columns in the table.

    Raises:
        PluginError: A prediction has other cells; the error names the head.
    """
    rows = [
        list(_cells(head, predictions, len(names)))
        for head, predictions, names in zip(heads, done.made.by_head, columns, strict=True)
    ]
    return tuple(column for own in rows for column in zip(*own, strict=True))


def _cells(head: LoadedHead, predictions: Sequence[Prediction | None], width: int) -> Iterator[tuple[Cell, ...]]:
    empty = (None,) * width
    with plugin_errors(f"the head {head.name}"):
        for prediction in predictions:
            cells = empty if prediction is None else prediction.cells()
            if len(cells) != width:
                raise ValueError(f"a prediction has {len(cells)} cells for {width} columns: {prediction!r}")
            if not all(map(_is_cell, cells)):
                raise ValueError(f"a cell of a prediction is no text, finite number, list or mapping: {cells!r}")
            yield cells


def _is_cell(value: Any) -> bool:
    """Whether formats can write a value as what it is; NumPy's and torch's numbers would become text."""
    if value is None or isinstance(value, str | int):
        return True
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_cell(item) for key, item in value.items())
    return isinstance(value, list | tuple) and all(map(_is_cell, value))
