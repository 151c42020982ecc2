"""A run: from a file with rows to a file with the same rows and the tasks' predictions beside them.

Everything that can be wrong with names, columns and paths is found before a weight is loaded; the output appears under
its name only when it is complete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from nlptasks._plugins.guard import plugin_errors
from nlptasks._plugins.observers import Observers
from nlptasks._running.blocks import Block, PredictedBlock
from nlptasks._running.checks import check_block, prediction_type
from nlptasks._running.driver import RowSource, Totals, drive
from nlptasks._running.duplicates.once import OnceEngine
from nlptasks._running.rejecting.rejects import Rejects, rejects_beside
from nlptasks._running.rejecting.rescue import Predict, Rescue
from nlptasks._running.report import Reporter
from nlptasks._running.resuming.fleeting import Fleeting
from nlptasks._running.resuming.keeping import Keeping
from nlptasks._running.resuming.places import kept_beside, nothing_kept
from nlptasks._running.sinks import TableSink, TallySink, cells_of
from nlptasks._running.spreading.place import placed
from nlptasks._running.tally import Tally
from nlptasks._running.trial.steps import RunSteps
from nlptasks._settings.groups import EngineChoice, PredictionCache, RowChoice, TableSource, TableTarget
from nlptasks._systems.session import Session
from nlptasks._systems.system import ChosenHead, LoadedHead, LoadedSystem, System
from nlptasks._tables.blocks import Sizes, in_blocks
from nlptasks._tables.columns import Binding, bind, is_blank
from nlptasks._tables.gold import parse_label_map
from nlptasks._tables.opening import OpenedTable, open_tables
from nlptasks._tables.outputs import output_columns, output_name, refuse_input
from nlptasks._tables.shards import output_folder, shards_writer
from nlptasks._tables.tables import chosen_columns, open_output, open_writer
from nlptasks._tables.taking import KeptColumnsWriter, kept_columns, take_rows
from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import STDOUT
from nlptasks.plugin import GENERATE, LIKELIHOOD
from nlptasks.plugin.protocols import Example, Row, RowWriter, Table
from nlptasks.records.report import RunReport

if TYPE_CHECKING:
    from nlptasks._running.duplicates.store import PredictionStore

#: Rows of the largest blocks where a backbone writes texts.
_WRITTEN = 256

_ALL = RowChoice()
_HERE = EngineChoice()
_NO_CACHE = PredictionCache()


def run(
    session: Session,
    system: System,
    source: TableSource,
    target: TableTarget,
    observers: Observers,
    *,
    language: str = "",
    told: Callable[[str], None] = lambda _: None,
    command: str = "",
    rows: RowChoice = _ALL,
    verbose: bool = False,
    engine: EngineChoice = _HERE,
    cache: PredictionCache = _NO_CACHE,
) -> RunReport:
    """Run a system on a table.

    One that was stopped goes on where it was, where it is the same; see :mod:`nlptasks._running.resuming.keeping`.

    Args:
        session: What is installed.
        system: The heads and their backbone.
        source: The table.
        target: Where it is written with the predictions.
        observers: What is told how the run goes.
        language: ISO 639-1 code of the language of the predictions; empty: a head's option ``to``, or else the
            references tell it.
        told: Told what a person should know before the report.
        command: The command as it was typed, for a listing of runs that were stopped.
        rows: Which rows are read and which columns are written.
        verbose: Whether each step is told.
        engine: Where the rows are predicted.
        cache: Where predictions are kept for later runs.

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
        keeping = _keeping(opened, output, target, cache, told, {"input": source.data, "command": command})
        stack.enter_context(keeping)
        rejects = Rejects(
            skip=source.skips,
            at=opened.at,
            path=rejects_beside(output),
            force=target.force,
            source=opened.parts[0],
            stack=stack,
            told=told,
        )
        if not keeping.rows:
            rejects.check()
        sharded = target.output.endswith("/")
        stream: BinaryIO
        if sharded:
            folder = stack.enter_context(output_folder(Path(output)))
            stream = BytesIO()
        else:
            stream = stack.enter_context(
                open_output(output, force=target.force, source=opened.parts[0], again=keeping.complete)
            )
        keep = kept_columns(table, rows, opened.name)
        if sharded and not target.rows_per_file and not rows.keep_columns:
            keep = [at for at in keep if table.columns[at] != opened.extra]  # the name of the output says it
        take_rows(table, rows)
        columns = output_columns([wanted(item) for item in system.heads], [table.columns[at] for at in keep])
        names = [*(table.names[at] for at in keep), *(name for names in columns for name in names)]
        writer: RowWriter
        if sharded:
            writer = shards_writer(session.registry, opened, folder, names, target)
        else:
            writer = open_writer(session.registry, stream, output, names, name=target.output_format)
        if len(keep) < len(table.columns) or rows.keep_columns:
            writer = KeptColumnsWriter(writer, keep)
        steps = RunSteps(told if verbose else None)
        steps.begin(opened, bindings, output)
        place = stack.enter_context(placed(session, system, engine, told))
        loaded = place.loaded
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
        read = SourceRows(opened, table, source, tallies, sizes_of(system), rejects)
        keeping.know(partial(_key, session, system, loaded, source, opened, rows), place.verify)
        written = TableSink(
            writer=writer,
            stream=stream,
            heads=loaded.heads,
            columns=columns,
            flush=not output,
            keep=keeping.keep,
        )
        predicting = keeping.engine(place.engine(_rescue(read, written) if source.skips else None))
        if loaded.encoder is not None or cache.cache:  # a head without one takes less time than to know a row again
            store = stack.enter_context(_store(cache, session, system, loaded, source, told))
            predicting = OnceEngine(predicting, loaded.heads, columns, read.place, keeping.keep, store)
        with keeping.stopping:
            done = drive(
                read.source(),
                loaded.heads,
                predicting,
                [rejects, *tallies, written, *([steps] if verbose else [])],
                observers=observers,
                output=output or STDOUT,
            )
        keeping.finished()
        return _report(read, done, loaded, output or STDOUT, (*keeping.notes, *written.notes))


def _keeping(
    opened: OpenedTable,
    output: str,
    target: TableTarget,
    cache: PredictionCache,
    told: Callable[[str], None],
    about: Mapping[str, Any],
) -> Keeping | Fleeting:
    """What keeps the rows that are predicted, where a run can be gone on with.

    Raises:
        UsageError: That is asked for where it cannot be.
    """
    in_cache = f"what was predicted is in the cache {cache.cache}, and the same command takes it from there"
    if why := in_cache if cache.cache else nothing_kept(opened, output):
        if target.restart:
            raise UsageError(f"--restart: nothing is kept of such a run: {why}", hint="leave --restart out")
        return Fleeting(why, told)
    return Keeping(
        path=kept_beside(Path(output)),
        output=output,
        about={"output": output, **about},
        restart=target.restart,
        told=told,
    )


def _key(
    session: Session,
    system: System,
    loaded: LoadedSystem,
    source: TableSource,
    opened: OpenedTable,
    rows: RowChoice,
) -> Mapping[str, Any]:
    from nlptasks._running.resuming.key import run_key  # with all that records are made by; short runs keep nothing

    return run_key(session, system, loaded, source, opened, rows)


@contextmanager
def _store(
    cache: PredictionCache,
    session: Session,
    system: System,
    loaded: LoadedSystem,
    source: TableSource,
    told: Callable[[str], None],
) -> Iterator[PredictionStore | None]:
    """The cache that the user named, for this system."""
    if not cache.cache:
        yield None
        return
    from nlptasks._running.duplicates.store import prediction_store  # with SQLite
    from nlptasks._running.resuming.key import system_key

    key = system_key(session, system, loaded, source)
    with prediction_store(Path(cache.cache), key, cache.cache_size, told) as store:
        yield store


def bound(item: ChosenHead, opened: OpenedTable, source: TableSource) -> Binding:
    """The columns of one task."""
    chosen = chosen_columns(item.task, source.columns)
    return bind(
        item.task,
        opened.table.columns,
        chosen=chosen,
        gold=source.gold,
        source=opened.name,
        label_map=parse_label_map(source.label_map),
        keep_na=source.reading.keep_na,
        first=opened.table.first,
        outputs=(opened.extra,),
    )


def sizes_of(system: System) -> Sizes:
    """How large blocks are: texts take long to write, and a block is what a kill may cost."""
    writes = any(GENERATE in item.head.spec.needs for item in system.heads)
    return Sizes(largest=_WRITTEN) if writes else Sizes()


def tally_of(head: LoadedHead) -> Tally:
    """The counts of a head, before the first row."""
    with plugin_errors(f"the head {head.name}"):
        return Tally(closed=bool(head.head.labels))


@dataclass
class SourceRows:
    """The table as a source, which counts what it leaves out."""

    opened: OpenedTable
    table: Table
    asked: TableSource
    tallies: Sequence[TallySink]
    sizes: Sizes
    rejects: Rejects

    def source(self) -> RowSource[Row]:
        return RowSource(
            name=self.opened.name,
            blocks=self._blocks(),
            place=self.place,
            bytes=self.opened.size,
            skipped=self.rejects.skipped,
        )

    def place(self, row: Row) -> str:
        """How errors call a row."""
        return self.opened.place(row.line)

    def _blocks(self) -> Iterator[Block[Row]]:
        """The readable rows, in blocks that grow."""
        # Metrics are opened before the first row, too: one that cannot be must not cost the predictions of all rows.
        likely = [
            any(metric.reads == LIKELIHOOD for metric in item.reporter.metrics(()).values()) for item in self.tallies
        ]
        reads = tuple(dict.fromkeys(at for item in self.tallies for at in item.reporter.binding.reads))
        first = 0
        for table in in_blocks(self.table, reads, max_cell=self.asked.reading.max_cell, sizes=self.sizes):
            for bad in table.bad:
                self.rejects.unreadable(bad)
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
            reason = "none of its rows can be read" if self.rejects.rows else "it has a header and no row"
            raise DataError(self.opened.name, reason, hint="a first row that is data needs --no-header")


def _rescue(rows: SourceRows, written: TableSink) -> Any:
    """What predicts a block without the rows that fail; those whose prediction cannot be written fail too."""
    rescue = Rescue()

    def rescued(block: Block[Any], predict: Predict) -> PredictedBlock[Any]:
        def checked(block: Block[Any]) -> PredictedBlock[Any]:
            done = predict(block)
            check_block(done, written.heads, rows.place)
            cells_of(done, written.heads, written.columns)
            return done

        return rescue.predicted(block, checked)

    return rescued


def _texts(reporter: Reporter, rows: Sequence[Row], examples: Sequence[Example]) -> list[str | None]:
    """The gold texts whose likelihood is asked for: those that are there, of rows that have a prediction."""
    # As they stand in the table: a language model also expects the space before a continuation.
    texts = [reporter.binding.gold_text(row) for row in rows]
    return [
        text if text.strip() and not is_blank(reporter.head.task, example) else None
        for text, example in zip(texts, examples, strict=True)
    ]


def _report(rows: SourceRows, done: Totals, loaded: LoadedSystem, output: str, written: Sequence[str]) -> RunReport:
    backbone, skipped = loaded.backbone, Counter(rows.rejects.skipped)
    if done.blank:
        skipped["no text; kept without a prediction"] = done.blank
    return RunReport(
        source=rows.opened.name,
        output=output,
        rows=done.rows,
        skipped=dict(skipped),
        bad_rows=tuple(rows.rejects.quoted),
        rejected=rows.rejects.rows,
        rejects=str(rows.rejects.path or "") if rows.rejects.rows else "",
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
