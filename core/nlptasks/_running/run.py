"""A run: from a file with rows to a file with the same rows and the tasks' answers beside them.

Everything that can be wrong with names, columns and paths is found before a weight is loaded; the output appears under
its name only when it is complete.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import BinaryIO

from nlptasks._plugins.observers import Observers
from nlptasks._plugins.registry import Registry
from nlptasks._running.predict import check_frozen, predict
from nlptasks._running.tally import Tally, prediction_type
from nlptasks._scoring.metrics import OpenMetric, open_metrics
from nlptasks._systems.session import Opened, OpenTask, Plan, PlannedTask, Session
from nlptasks._tables.blocks import Sizes, in_blocks
from nlptasks._tables.columns import Binding, bind, is_blank
from nlptasks._tables.outputs import output_columns
from nlptasks._tables.tables import chosen_columns, open_output, open_writer, read_table
from nlptasks.errors import DataError
from nlptasks.files.paths import STDOUT, Input, default_output, open_input
from nlptasks.plugin.events import BatchFinished, RunFailed, RunFinished, RunStarted
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import BadRow, Block, Example, FormatOptions, Prediction, RowWriter, Table
from nlptasks.records.report import RunReport
from nlptasks.text.display import one_line

#: Bad rows that a report quotes.
_QUOTED = 5


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """What to run.

    Args:
        data: A file, or ``-`` for standard input.
        output: A file, ``-`` for JSON Lines on standard output, or empty: a name made from the data's.
        force: Whether an output that exists is replaced.
        columns: Columns that the user named, by the tasks' inputs.
        gold: Gold column that the user named.
        data_format: Name of the data's format; empty: by suffix, and CSV where there is none.
        output_format: The same for the output.
        reading: How to read the table.
        skip_bad_rows: Whether rows that cannot be read are left out (and counted) and do not end the run.
        device: See :class:`nlptasks.plugin.protocols.BackboneContext`.
        dtype: The same.
    """

    data: str
    output: str = ""
    force: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""
    data_format: str = ""
    output_format: str = ""
    reading: FormatOptions = field(default_factory=FormatOptions)
    skip_bad_rows: bool = False
    device: str = "auto"
    dtype: str = "auto"


def run(session: Session, plan: Plan, request: RunRequest, observers: Observers) -> RunReport:
    """Run the planned tasks on a table.

    Raises:
        UsageError: Files, columns or formats are not as asked; raised before weights are loaded.
        DataError: A row cannot be read. Nothing is written then.
    """
    with ExitStack() as stack:
        source = stack.enter_context(open_input(request.data))
        table = read_table(session.registry, source, name=request.data_format, options=request.reading)
        bindings = [
            bind(
                item.task,
                table.columns,
                chosen=chosen_columns(item.task, request.columns),
                gold=request.gold,
                source=source.name,
                keep_na=request.reading.keep_na,
                first=table.first,
            )
            for item in plan.tasks
        ]
        output = _output_name(request, plan)
        stream = stack.enter_context(open_output(output, force=request.force, source=request.data))
        columns = output_columns([_wanted(item) for item in plan.tasks], table.columns)
        names = [*table.names, *(name for names in columns for name in names)]
        writer = open_writer(session.registry, stream, output, names, name=request.output_format)
        opened = session.open(plan, device=request.device, dtype=request.dtype)
        tallies = [
            Tally(item, binding, made, _metrics(session.registry, item, binding))
            for item, binding, made in zip(opened.tasks, bindings, columns, strict=True)
        ]
        work = _Work(source, table, opened, tallies, writer, stream, request, observers, output or STDOUT)
        return work.run()


@dataclass
class _Work:
    """The moving parts of one run."""

    source: Input
    table: Table
    opened: Opened
    tallies: list[Tally]
    writer: RowWriter
    stream: BinaryIO
    request: RunRequest
    observers: Observers
    output: str
    rows: int = 0
    tokens: int = 0
    long: int = 0
    cut: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    bad_rows: list[str] = field(default_factory=list)
    started: float = 0.0
    read: int = 0

    def run(self) -> RunReport:
        """Go through the table, telling observers how it goes and how it ends."""
        self.started = time.perf_counter()
        self.observers.send(
            RunStarted(
                tasks=tuple(item.task.name for item in self.opened.tasks),
                source=self.source.name,
                output=self.output,
                rows=None,
                bytes=self.source.size,
                interactive=sys.stderr.isatty(),
            )
        )
        try:
            self._go()
            report = self._report()
        except BaseException as error:
            self.observers.send(RunFailed(rows=self.rows, error=one_line(f"{type(error).__name__}: {error}")))
            raise
        outcome = {"tokens": self.tokens, "long": self.long, "cut": self.cut, "skipped": self.skipped.total()}
        self.observers.send(RunFinished(rows=self.rows, seconds=report.seconds, output=self.output, outcome=outcome))
        return report

    def _go(self) -> None:
        for block in self._blocks():
            self._answer(block)
        if not self.rows:
            reason = "none of its rows can be read" if self.bad_rows else "it has a header and no row"
            raise DataError(self.source.name, reason, hint="a first row that is data needs --no-header")
        check_frozen(self.opened)
        self.writer.close()
        self.stream.flush()

    def _blocks(self) -> Iterator[Block]:
        """Readable rows, in blocks that grow."""
        reads = list(dict.fromkeys(at for tally in self.tallies for at in tally.binding.reads))
        for block in in_blocks(self.table, reads, max_cell=self.request.reading.max_cell, sizes=Sizes()):
            for row in block.bad:
                self._bad(row)
            if len(block):
                yield block

    def _bad(self, row: BadRow) -> None:
        if not self.request.skip_bad_rows:
            hint = f"{row.hint}; " if row.hint else ""
            raise DataError(
                self.source.name, row.reason, line=row.line, hint=f"{hint}--skip-bad-rows leaves such rows out"
            )
        self.skipped["cannot be read; left out"] += 1
        if len(self.bad_rows) < _QUOTED:
            self.bad_rows.append(f"{self.source.name}:{row.line}: {row.reason}")

    def _answer(self, block: Block) -> None:
        """Predict, count and write one block of rows."""
        examples = [tally.binding.examples(block) for tally in self.tallies]
        good = block.good()
        answers = predict(
            self.opened.tasks,
            self.opened.backbone,
            examples,
            progress=self._progress(len(block), self.source.position()),
        )
        for tally, predictions in zip(self.tallies, answers.predictions, strict=True):
            tally.add(good, predictions)
        for tally, rows, predictions in zip(self.tallies, examples, answers.predictions, strict=True):
            tally.add_likelihoods(good, rows, predictions)
        self.writer.write(
            block,
            [
                column
                for tally, predictions in zip(self.tallies, answers.predictions, strict=True)
                for column in _columns_of(predictions, len(tally.columns))
            ],
        )
        if self.output == STDOUT:
            self.stream.flush()
        self.rows += len(block)
        self.tokens += answers.tokens
        self.long += answers.long
        self.cut += answers.cut
        self._count_blank(examples)
        self.read = self.source.position()
        self._progress(0, self.read)(1.0, 0)

    def _count_blank(self, examples: list[list[Example]]) -> None:
        tasks = [item.task for item in self.opened.tasks]
        blank = sum(any(map(is_blank, tasks, row)) for row in zip(*examples, strict=True))
        if blank:
            self.skipped["no text; kept without an answer"] += blank

    def _progress(self, rows: int, read: int) -> Callable[[float, int], None]:
        """Tells observers of the share of a block of ``rows`` that is done; the block ends at byte ``read``."""

        def tell(share: float, tokens: int) -> None:
            self.observers.send(
                BatchFinished(
                    rows=self.rows + int(share * rows),
                    bytes_read=self.read + int(share * (read - self.read)),
                    tokens=self.tokens + tokens,
                    seconds=time.perf_counter() - self.started,
                )
            )

        return tell

    def _report(self) -> RunReport:
        backbone = self.opened.backbone
        return RunReport(
            source=self.source.name,
            output=self.output,
            rows=self.rows,
            skipped=dict(self.skipped),
            bad_rows=tuple(self.bad_rows),
            long=self.long,
            cut=self.cut,
            tokens=self.tokens,
            seconds=time.perf_counter() - self.started,
            backbone=backbone.name if backbone else "",
            digest=backbone.digest if backbone else "",
            notes=(*self.table.notes, *(note for tally in self.tallies for note in tally.binding.notes)),
            tasks=tuple(tally.report() for tally in self.tallies),
        )


def _metrics(registry: Registry, opened: OpenTask, binding: Binding) -> dict[str, OpenMetric]:
    """The task's metrics that are installed, where there is a gold column."""
    names = opened.task.metrics if binding.gold else ()
    return open_metrics(registry, names, labels=opened.head.labels)


def _columns_of(predictions: Sequence[Prediction | None], width: int) -> list[tuple[Cell, ...]]:
    """The cells of a task's predictions, column by column."""
    nothing = (None,) * width
    return list(zip(*(nothing if item is None else item.cells() for item in predictions), strict=True))


def _wanted(item: PlannedTask) -> list[str]:
    """The names of a task's output columns, where the table has none of them."""
    suffixes = *prediction_type(item.task).suffixes, *getattr(item.options, "more_suffixes", ())
    return [item.task.output + suffix for suffix in suffixes]


def _output_name(request: RunRequest, plan: Plan) -> str:
    """The output file; empty for standard output."""
    if request.output:
        return "" if request.output == "-" else request.output
    return str(default_output(request.data, *(item.task.name for item in plan.tasks)) or "")
