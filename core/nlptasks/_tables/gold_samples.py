"""Reads what an evaluation needs of a table: examples with ids and gold answers, and the columns for slices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from nlptasks._names import nearest
from nlptasks._plugins.registry import Registry
from nlptasks._tables.blocks import guard
from nlptasks._tables.columns import REMEMBERED, Binding, as_text, bind
from nlptasks._tables.tables import chosen_columns, read_table
from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import open_input, sha256_of
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import BadRow, Example, FormatOptions, Row, Table

#: The column that holds ids where the user names none.
_ID = "id"


@dataclass(frozen=True, slots=True)
class Item:
    """A row to be answered.

    Args:
        id: Its id.
        example: Its inputs.
        gold: The canonical gold answer.
        text: The gold cell as it stands there, which likelihoods are of.
        meta: Further columns by name.
        twice: Whether an earlier row has the same id.
    """

    id: str
    example: Example
    gold: str
    text: str
    meta: Mapping[str, str]
    twice: bool


@dataclass(frozen=True, kw_only=True)
class GoldTable:
    """A table that was read.

    Args:
        items: Its rows that have a gold answer, at most as many as were asked for.
        sha256: SHA-256 of the file.
        columns: Its columns by the task's inputs, the gold column under ``gold``.
        skipped: Why rows were left out, and how many.
        notes: What was detected, a line each.
    """

    items: tuple[Item, ...]
    sha256: str
    columns: Mapping[str, str]
    skipped: Mapping[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GoldRequest:
    """What to read.

    Args:
        data: A file.
        columns: Columns that the user named, by the task's inputs.
        gold: Gold column that the user named.
        id: Column of the ids; empty: ``id`` where the table has it, else the rows' numbers from 1.
        meta: Further columns to keep.
        limit: Most rows; 0: all.
        data_format: Name of the data's format; empty: by suffix.
        reading: How to read the table.
        skip_bad_rows: Whether rows that cannot be read are left out.
    """

    data: str
    columns: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""
    id: str = ""
    meta: tuple[str, ...] = ()
    limit: int = 0
    data_format: str = ""
    reading: FormatOptions = field(default_factory=FormatOptions)
    skip_bad_rows: bool = False


def read_gold_table(registry: Registry, task: TaskSpec, request: GoldRequest) -> GoldTable:
    """Read a table whole: what a gold cell means is told by all of them.

    Raises:
        UsageError: It is standard input, or a column is not there.
        DataError: A row cannot be read, or none has a gold answer.
    """
    if request.data == "-":
        raise UsageError("an evaluation needs a file, whose bytes it can name", hint="save the rows in a file first")
    with ExitStack() as stack:
        source = stack.enter_context(open_input(request.data))
        table = read_table(registry, source, name=request.data_format, options=request.reading)
        chosen = chosen_columns(task, request.columns)
        binding = bind(
            task,
            table.columns,
            chosen=chosen,
            gold=request.gold,
            source=source.name,
            gold_needed=True,
            keep_na=request.reading.keep_na,
            first=table.first,
        )
        guard(table, binding.reads, request.reading.max_cell)
        skipped: Counter[str] = Counter()
        rows = list(_rows(table, source.name, request, skipped))
    id_at = _id_at(table.columns, request, source.name)
    meta = [(name, _at(name, table.columns, source.name)) for name in request.meta]
    items = tuple(_items(rows, binding, id_at, meta, skipped))
    if not items:
        raise DataError(source.name, f"no row has a gold answer in the column '{binding.gold}'", hint="see --gold")
    return GoldTable(
        items=items[: request.limit or None],
        sha256=sha256_of(Path(request.data)),
        columns={**_named(binding, table.columns, chosen), "gold": binding.gold},
        skipped=dict(skipped),
        notes=(*table.notes, *binding.notes),
    )


def _rows(table: Table, source: str, request: GoldRequest, skipped: Counter[str]) -> Iterator[Row]:
    for row in table.rows:
        if isinstance(row, Row):
            yield row
        elif request.skip_bad_rows:
            skipped["cannot be read"] += 1
        else:
            raise _unreadable(source, row)


def _unreadable(source: str, row: BadRow) -> DataError:
    hint = f"{row.hint}; " if row.hint else ""
    return DataError(source, row.reason, line=row.line, hint=f"{hint}--skip-bad-rows leaves such rows out")


def _items(
    rows: Sequence[Row], binding: Binding, id_at: int, meta: Sequence[tuple[str, int]], skipped: Counter[str]
) -> Iterator[Item]:
    cells = frozenset(islice((cell for row in rows if (cell := binding.gold_cell(row))), REMEMBERED))
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        gold = binding.gold_answer(binding.gold_cell(row), cells)
        if gold is None:
            skipped["no gold answer that is known"] += 1
            continue
        name = as_text(row.cells[id_at]).strip() if id_at >= 0 else str(number)
        yield Item(
            id=name,
            example=binding.example(row),
            gold=gold,
            text=binding.gold_text(row),
            meta={column: as_text(row.cells[at]) for column, at in meta},
            twice=name in seen,
        )
        seen.add(name)


def _id_at(columns: Sequence[str], request: GoldRequest, source: str) -> int:
    """Position of the ids' column; -1: none."""
    if request.id:
        return _at(request.id, columns, source)
    return columns.index(_ID) if _ID in columns else -1


def _at(name: str, columns: Sequence[str], source: str) -> int:
    if name not in columns:
        near = nearest(name, columns)
        raise UsageError(
            f"{source}: no column '{name}'; its columns are {', '.join(map(repr, columns))}",
            hint=f"did you mean '{near}'?" if near else "name one of them",
        )
    return columns.index(name)


def _named(binding: Binding, columns: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The column that each input is read from, or the template that it is written by."""
    return {name: columns[at] if isinstance(at, int) else chosen.get(name, "") for name, at in binding.inputs}
