"""Reads what an evaluation needs of a table: examples with ids and gold answers, and the columns for slices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from nlptasks._names import nearest
from nlptasks._plugins.registry import Registry
from nlptasks._settings.groups import TableSource
from nlptasks._tables.blocks import guard
from nlptasks._tables.columns import Binding, as_text, bind
from nlptasks._tables.gold import GoldColumn, parse_label_map
from nlptasks._tables.opening import OpenedTable, digest_of, open_tables
from nlptasks._tables.tables import chosen_columns
from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import Input, open_input, refuse_stream
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import BadRow, Example, Row, Table
from nlptasks.text.display import left_out

#: The column that holds ids where the user names none.
_ID = "id"

#: Why rows are left out that have no gold answer, or one that does not count.
NO_GOLD = "no gold answer that is known"
NO_ANSWER = "their gold answer says that there is no answer, which the metrics do not count; see squad-v2-f1"
REFUSED = "their gold answer cannot be read"


@dataclass(frozen=True, slots=True)
class Item:
    """A row to be predicted.

    Args:
        id: Its id.
        example: Its inputs.
        gold: The canonical gold answer; empty where the example has none, and that counts.
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
        guessed: Whether the gold column was found by its name.
        rated: Whether the gold answers were read from ratings.
    """

    items: tuple[Item, ...]
    sha256: str
    columns: Mapping[str, str]
    skipped: Mapping[str, int]
    notes: tuple[str, ...]
    guessed: bool = False
    rated: bool = False


def read_gold_table(
    registry: Registry,
    task: TaskSpec,
    wanted: TableSource,
    counts: Callable[[str], bool | None] = lambda _gold: None,
    *,
    meta: Sequence[str] = (),
    limit: int = 0,
    outputs: Collection[str] = (),
    opened: Callable[[Input], Table] | None = None,
) -> GoldTable:
    """Read a table whole: what a gold cell means is told by all of them.

    Args:
        registry: What is installed.
        task: The task.
        wanted: The table; its ids are in the column ``id`` where none is named and it has one, and else the numbers of
            its rows from 1.
        counts: Whether an example with a gold answer counts in one of the metrics, the empty answer too; ``None``:
            metrics do not say, and the examples that have an answer count.
        meta: Further columns to keep.
        limit: Most rows; 0: all.
        outputs: Columns that hold what a system gave.
        opened: Reads the file where it is not as its format says; ``None``: it is.

    Raises:
        UsageError: It is standard input, or a column is not there.
        DataError: A row cannot be read, or none has a gold answer.
    """
    for name in wanted.files:
        refuse_stream(name, "an evaluation needs a file, whose bytes it can name")
    with ExitStack() as stack:
        if opened:
            file = stack.enter_context(open_input(wanted.data))
            source = OpenedTable(file.name, opened(file), (wanted.data,), file.size)
        else:
            source = stack.enter_context(open_tables(registry, wanted))
        table = source.table
        chosen = chosen_columns(task, wanted.columns)
        label_map = parse_label_map(wanted.label_map)
        binding = bind(
            task,
            table.columns,
            chosen=chosen,
            gold=wanted.gold,
            source=source.name,
            gold_needed=True,
            label_map=label_map,
            keep_na=wanted.reading.keep_na,
            first=table.first,
            outputs=(*outputs, source.extra),
        )
        guard(table, binding.reads, wanted.reading.max_cell)
        skipped: Counter[str] = Counter()
        rows = list(_rows(source, skipped, skip=wanted.skips))
    reading = binding.reading({binding.gold_cell(row) for row in rows})
    answers = _answers(rows, binding, reading, counts, source, skipped, skip=wanted.skips)
    id_at = _id_at(table.columns, wanted.id, source.name)
    kept = [(name, _at(name, table.columns, source.name)) for name in meta]
    items = tuple(_items(answers, binding, id_at, kept))
    if not items:
        said = "".join(f"\n{line}" for line in (*reading.notes, *reading.unknown, *left_out(skipped)))
        hint = f"see --gold; {task.gold.name} holds {task.gold.summary}"
        raise DataError(source.name, f"no row has a gold answer in the column '{binding.gold}'{said}", hint=hint)
    return GoldTable(
        items=items[: limit or None],
        sha256=digest_of(registry, wanted),
        columns={**_named(binding, table.columns, chosen), "gold": binding.gold, **_mapped(label_map)},
        skipped=dict(skipped),
        notes=(*table.notes, *binding.notes, *reading.notes, *reading.unknown),
        guessed=binding.guessed,
        rated=reading.rated,
    )


def _rows(source: OpenedTable, skipped: Counter[str], *, skip: bool) -> Iterator[Row]:
    for row in source.table.rows:
        if isinstance(row, Row):
            yield row
        elif skip:
            skipped["cannot be read"] += 1
        else:
            raise _unreadable(source, row)


def _unreadable(source: OpenedTable, row: BadRow) -> DataError:
    hint = f"{row.hint}; " if row.hint else ""
    name, line = source.at(row.line)
    return DataError(name, row.reason, line=line, hint=f"{hint}--on-error skip leaves such rows out")


def _answers(
    rows: Sequence[Row],
    binding: Binding,
    reading: GoldColumn,
    counts: Callable[[str], bool | None],
    source: OpenedTable,
    skipped: Counter[str],
    *,
    skip: bool,
) -> list[tuple[int, Row, str]]:
    """The rows that count, each with its number and its gold answer."""
    found = []
    for number, row in enumerate(rows, 1):
        try:
            gold = reading.read(binding.gold_cell(row))
        except ValueError as error:
            if not skip:
                hint = "repair it; or --on-error skip leaves such rows out"
                name, line = source.at(row.line)
                raise DataError(name, f"column '{binding.gold}': {error}", line=line, hint=hint) from None
            skipped[REFUSED] += 1
            continue
        counted = counts(gold or "")
        if counted or (counted is None and gold is not None):
            found.append((number, row, gold or ""))
        else:
            skipped[NO_GOLD if gold is None else NO_ANSWER] += 1
    return found


def _items(
    answers: Sequence[tuple[int, Row, str]], binding: Binding, id_at: int, meta: Sequence[tuple[str, int]]
) -> Iterator[Item]:
    seen: set[str] = set()
    for number, row, gold in answers:
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


def _id_at(columns: Sequence[str], name: str, source: str) -> int:
    """Position of the ids' column; -1: none."""
    if name:
        return _at(name, columns, source)
    return columns.index(_ID) if _ID in columns else -1


def _at(name: str, columns: Sequence[str], source: str) -> int:
    if name not in columns:
        near = nearest(name, columns)
        raise UsageError(
            f"{source}: no column '{name}'; its columns are {', '.join(map(repr, columns))}",
            hint=f"did you mean '{near}'?" if near else "name one of them",
        )
    return columns.index(name)


def _mapped(label_map: Mapping[str, str]) -> dict[str, str]:
    """The label map, where there is one, as people type it: it decides the gold answers as the columns do."""
    listed = ",".join(f"{old}={new}" for old, new in label_map.items())
    return {"label_map": listed} if listed else {}


def _named(binding: Binding, columns: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The column that each input is read from, or the template that it is written by."""
    return {name: columns[at] if isinstance(at, int) else chosen.get(name, "") for name, at in binding.inputs}
