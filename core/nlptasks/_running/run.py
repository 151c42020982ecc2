"""A run: from a file with rows to a file with the same rows and the tasks' predictions beside them.

Everything that can be wrong with names, columns and paths is found before a weight is loaded; the output appears under
its name only when it is complete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from nlptasks._plugins.guard import plugin_errors
from nlptasks._plugins.observers import Observers
from nlptasks._running.blocks import Block
from nlptasks._running.checks import prediction_type
from nlptasks._running.driver import RowSource, Totals, drive
from nlptasks._running.engine import LocalEngine
from nlptasks._running.report import Reporter
from nlptasks._running.sinks import TableSink, TallySink
from nlptasks._running.tally import Tally
from nlptasks._running.trial.steps import RunSteps
from nlptasks._settings.groups import RowChoice, TableSource, TableTarget
from nlptasks._systems.session import Session
from nlptasks._systems.system import ChosenHead, LoadedHead, LoadedSystem, System
from nlptasks._tables.blocks import Sizes, in_blocks
from nlptasks._tables.columns import Binding, bind, is_blank
from nlptasks._tables.gold import parse_label_map
from nlptasks._tables.opening import OpenedTable, open_tables
from nlptasks._tables.outputs import output_columns, output_name, refuse_input
from nlptasks._tables.tables import chosen_columns, open_output, open_writer
from nlptasks._tables.taking import KeptColumnsWriter, kept_columns, take_rows
from nlptasks.errors import DataError
from nlptasks.files.paths import STDOUT
from nlptasks.plugin import LIKELIHOOD
from nlptasks.plugin.protocols import BadRow, Example, Row, Table
from nlptasks.records.report import RunReport

#: Bad rows that a report quotes.
_QUOTED = 5


def run(
    session: Session,
    system: System,
    source: TableSource,
    target: TableTarget,
    observers: Observers,
    *,
    language: str = "",
    rows: RowChoice | None = None,
    tell: Callable[[str], None] | None = None,
) -> RunReport:
    """Run a system on a table.

    Args:
        session: What is installed.
        system: The heads and their backbone.
        source: The table.
        target: Where it is written with the predictions.
        observers: What is told how the run goes.
        language: ISO 639-1 code of the language of the predictions; empty: a head's option ``to``, or else the
            references tell it.
        rows: Which rows are read and which columns are written; ``None``: all.
        tell: Called with a line for each step; ``None``: nobody wants to know.

    Raises:
        UsageError: Files, columns or formats are not as asked; raised before weights are loaded.
        DataError: A row cannot be read. Nothing is written then.
    """
    with ExitStack() as stack:
        opened = stack.enter_context(open_tables(session.registry, source))
        table = opened.table
        bindings = [bound(item, opened, source) for item in system.heads]
        output = output_name(source, opened.parts, target, [item.task.name for item in system.heads])
        refuse_input(output, opened.parts)
        stream = stack.enter_context(open_output(output, force=target.force, source=opened.parts[0]))
        keep = kept_columns(table, rows or RowChoice(), opened.name)
        take_rows(table, rows or RowChoice())
        columns = output_columns([wanted(item) for item in system.heads], [table.columns[at] for at in keep])
        names = [*(table.names[at] for at in keep), *(name for names in columns for name in names)]
        writer = open_writer(session.registry, stream, output, names, name=target.output_format)
        if rows and rows.keep_columns:
            writer = KeptColumnsWriter(writer, keep)
        steps = RunSteps(tell)
        steps.begin(opened, bindings, output)
        loaded = session.load(system)
        steps.loaded(loaded)
        tallies = [
            TallySink(
                at,
                Reporter(
                    registry=session.registry,
                    head=head,
                    binding=binding,
                    columns=own,
                    language=language or str(getattr(chosen.options, "to", "")),
                ),
                tally_of(head),
                line=opened.shown,
            )
            for at, (head, chosen, binding, own) in enumerate(
                zip(loaded.heads, system.heads, bindings, columns, strict=True)
            )
        ]
        read = SourceRows(opened, table, source, tallies)
        written = TableSink(writer=writer, stream=stream, heads=loaded.heads, columns=columns, flush=not output)
        done = drive(
            read.source(),
            loaded.heads,
            LocalEngine(loaded),
            [*tallies, written, *([steps] if tell else [])],
            observers=observers,
            output=output or STDOUT,
        )
        return _report(read, done, loaded, output or STDOUT, written.notes)


def bound(item: ChosenHead, opened: OpenedTable, source: TableSource) -> Binding:
    """The columns of one task."""
    table = opened.table
    chosen = chosen_columns(item.task, source.columns)
    return bind(
        item.task,
        table.columns,
        chosen=chosen,
        gold=source.gold,
        source=opened.name,
        label_map=parse_label_map(source.label_map),
        keep_na=source.reading.keep_na,
        first=table.first,
        outputs=(opened.extra,),
    )


def tally_of(head: LoadedHead) -> Tally:
    with plugin_errors(f"the head {head.name}"):
        return Tally(closed=bool(head.head.labels))


@dataclass
class SourceRows:
    """The table as a source, which counts what it leaves out."""

    opened: OpenedTable
    table: Table
    asked: TableSource
    tallies: Sequence[TallySink]
    skipped: Counter[str] = field(default_factory=Counter)
    bad_rows: list[str] = field(default_factory=list)

    def source(self) -> RowSource[Row]:
        return RowSource(
            name=self.opened.name,
            blocks=self._blocks(),
            place=lambda row: self.opened.place(row.line),
            bytes=self.opened.size,
            skipped=self.skipped,
        )

    def _blocks(self) -> Iterator[Block[Row]]:
        """The readable rows, in blocks that grow."""
        # Metrics are opened before the first row, too: one that cannot be must not cost the predictions of all rows.
        likely = [
            any(metric.reads == LIKELIHOOD for metric in item.reporter.metrics(()).values()) for item in self.tallies
        ]
        reads = tuple(dict.fromkeys(at for item in self.tallies for at in item.reporter.binding.reads))
        first = 0
        for table in in_blocks(self.table, reads, max_cell=self.asked.reading.max_cell, sizes=Sizes()):
            for bad in table.bad:
                self._leave_out(bad)
            if not len(table):
                continue
            rows = table.good()
            examples = [item.reporter.binding.examples(table) for item in self.tallies]
            yield Block(
                rows=rows,
                table=table,
                examples=examples,
                texts=[
                    _texts(item.reporter, rows, own) if asked else None
                    for item, own, asked in zip(self.tallies, examples, likely, strict=True)
                ],
                first=first,
                read=self.opened.position(),
            )
            first += len(rows)
        if not first:
            reason = "none of its rows can be read" if self.bad_rows else "it has a header and no row"
            raise DataError(self.opened.name, reason, hint="a first row that is data needs --no-header")

    def _leave_out(self, row: BadRow) -> None:
        if not self.asked.skip_bad_rows:
            hint = f"{row.hint}; " if row.hint else ""
            name, line = self.opened.at(row.line)
            raise DataError(name, row.reason, line=line, hint=f"{hint}--skip-bad-rows leaves such rows out")
        self.skipped["cannot be read; left out"] += 1
        if len(self.bad_rows) < _QUOTED:
            self.bad_rows.append(f"{self.opened.place(row.line)}: {row.reason}")


def _texts(reporter: Reporter, rows: Sequence[Row], examples: Sequence[Example]) -> list[str | None]:
    """The gold texts whose likelihood is asked for: those that are there, of rows that have a prediction."""
    # As they stand in the table: a language model also expects the space before a continuation.
    texts = [reporter.binding.gold_text(row) for row in rows]
    return [
        text if text.strip() and not is_blank(reporter.head.task, example) else None
        for text, example in zip(texts, examples, strict=True)
    ]


def _report(rows: SourceRows, done: Totals, loaded: LoadedSystem, output: str, written: Sequence[str]) -> RunReport:
    backbone, skipped = loaded.backbone, Counter(rows.skipped)
    if done.blank:
        skipped["no text; kept without a prediction"] = done.blank
    return RunReport(
        source=rows.opened.name,
        output=output,
        rows=done.rows,
        skipped=dict(skipped),
        bad_rows=tuple(rows.bad_rows),
        long=done.long,
        cut=done.cut,
        tokens=done.tokens,
        seconds=done.seconds,
        backbone=backbone.name if backbone else "",
        digest=backbone.digest if backbone else "",
        notes=(*rows.table.notes, *(note for item in rows.tallies for note in item.all_notes), *written),
        tasks=tuple(item.report for item in rows.tallies if item.report),
    )


def wanted(item: ChosenHead) -> list[str]:
    """The names of a task's output columns, where the table has none of them."""
    suffixes = *prediction_type(item.task).suffixes, *getattr(item.options, "more_suffixes", ())
    return [item.task.output + suffix for suffix in suffixes]
