"""What a run would do, without writing: ``--dry-run``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain

from nlptasks._running.blocks import Block, nothing
from nlptasks._running.engine import LocalEngine
from nlptasks._running.rejecting.rejects import Rejects
from nlptasks._running.report import Reporter
from nlptasks._running.run import SourceRows, bound, sizes_of, tally_of, wanted
from nlptasks._running.sinks import TallySink
from nlptasks._running.trial.steps import reads
from nlptasks._settings.groups import RowChoice, TableSource, TableTarget
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks._tables.opening import OpenedTable, open_tables
from nlptasks._tables.outputs import output_columns, output_name, refuse_input
from nlptasks._tables.taking import kept_columns, take_rows
from nlptasks.errors import UsageError
from nlptasks.files.names import is_there
from nlptasks.files.paths import STDOUT
from nlptasks.plugin.protocols import Row, TableBlock

#: Rows whose size tells how many there are.
_LOOKED_AT = 2_000

#: Proportion of a file behind which its own position says nothing, since all of it stands in a buffer.
_BUFFERED = 0.9


@dataclass(frozen=True, kw_only=True)
class PlannedTask:
    """One task of a run.

    Args:
        task: Its name.
        head: Its head.
        reads: The columns that it reads.
        writes: The columns that it writes.
    """

    task: str
    head: str
    reads: str
    writes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run would do.

    Args:
        source: What it reads.
        files: The files behind that.
        bytes: How many bytes are stored, where that is known.
        columns: The columns of the table.
        keeps: Those that the output keeps.
        tasks: The tasks.
        backbone: The backbone; empty: none is needed.
        output: Where the rows go.
        notes: What was detected.
        loading: Seconds that loading took.
        first: Rows of the first block.
        first_seconds: Seconds that these took.
        rows: How many rows there are, about; ``None``: that cannot be told.
        exact: Whether the number of rows is exact.
    """

    source: str
    files: tuple[str, ...]
    bytes: int | None
    columns: tuple[str, ...]
    keeps: tuple[str, ...]
    tasks: tuple[PlannedTask, ...]
    backbone: str
    output: str
    notes: tuple[str, ...]
    loading: float
    first: int
    first_seconds: float
    rows: int | None
    exact: bool

    @property
    def seconds(self) -> float | None:
        """How long all rows take, about, at the pace of the first ones."""
        return None if self.rows is None or not self.first else self.first_seconds / self.first * self.rows


def plan(
    session: Session, system: System, source: TableSource, target: TableTarget, *, rows: RowChoice | None = None
) -> Plan:
    """Find out what a run would do: open the data, load the system, and predict the first block.

    Raises:
        UsageError: What the run itself would refuse.
        DataError: A row among the first cannot be read.
    """
    rows = rows or RowChoice()
    with ExitStack() as stack:
        opened = stack.enter_context(open_tables(session.registry, source))
        bindings = [bound(item, opened, source) for item in system.heads]
        output = output_name(source, opened.parts, target, [item.task.name for item in system.heads])
        refuse_input(output, opened.parts)
        if output and is_there(output) and not target.force:
            raise UsageError(f"{output} exists already", hint="pass --force to overwrite it, or give another name")
        keep = kept_columns(opened.table, rows, opened.name)
        number, exact = _number(opened, rows)
        take_rows(opened.table, rows)
        keeps = tuple(opened.table.columns[at] for at in keep)
        columns = output_columns([wanted(item) for item in system.heads], keeps)
        began = time.perf_counter()
        loaded = session.load(system)
        loading = time.perf_counter() - began
        tallies = [
            TallySink(at, Reporter(registry=session.registry, head=head, binding=binding, columns=own), tally_of(head))
            for at, (head, binding, own) in enumerate(zip(loaded.heads, bindings, columns, strict=True))
        ]
        rejects = Rejects(
            skip=source.skips,
            at=opened.at,
            path=None,
            force=False,
            source=opened.parts[0],
            stack=stack,
            told=lambda _: None,
        )
        block = next(SourceRows(opened, opened.table, source, tallies, sizes_of(system), rejects).source().blocks)
        engine = LocalEngine(loaded, watch=False)
        list(engine(iter([_first_row(block)]), nothing))  # what is done once is no part of the pace
        began = time.perf_counter()
        list(engine(iter([block]), nothing))
        seconds = time.perf_counter() - began
        return Plan(
            source=opened.name,
            files=opened.parts,
            bytes=opened.size,
            columns=opened.table.columns,
            keeps=keeps,
            tasks=tuple(
                PlannedTask(task=head.task.name, head=head.name, reads=reads(binding, opened), writes=own)
                for head, binding, own in zip(loaded.heads, bindings, columns, strict=True)
            ),
            backbone=loaded.backbone.name if loaded.backbone else "",
            output=output or STDOUT,
            notes=opened.table.notes,
            loading=loading,
            first=len(block.rows),
            first_seconds=seconds,
            rows=number,
            exact=exact,
        )


def _first_row(block: Block[Row]) -> Block[Row]:
    """A block of the first row alone."""
    return replace(
        block,
        rows=block.rows[:1],
        table=block.table and block.table.part(0, 1),
        examples=[examples[:1] for examples in block.examples],
        texts=[texts and texts[:1] for texts in block.texts],
    )


def _number(opened: OpenedTable, rows: RowChoice) -> tuple[int | None, bool]:
    """About how many rows there are, and whether that is exact."""
    blocks: list[TableBlock] = []
    while sum(map(len, blocks)) < _LOOKED_AT and (block := next(opened.table.blocks, None)):
        blocks.append(block)
    opened.table.blocks = chain(blocks, opened.table.blocks)
    looked_at = sum(map(len, blocks))
    exact = looked_at < _LOOKED_AT
    number = looked_at if exact else _by_size(opened, blocks)
    for most in filter(None, (rows.limit, rows.sample)):
        if number is None or number >= most:
            number, exact = most, number is not None
    return number, exact


def _by_size(opened: OpenedTable, blocks: Sequence[TableBlock]) -> int | None:
    """The rows of a table by the size of its first ones."""
    size, position, rows = opened.size, opened.position(), sum(map(len, blocks))
    if not size or not position:
        return None
    if position >= _BUFFERED * size:
        # In a file, each cell has a sign behind it where Arrow has the four bytes of an offset.
        position = max(1, sum(block.data.nbytes - 3 * len(block) * block.data.num_columns for block in blocks))
    return max(rows, round(size / position * rows))
