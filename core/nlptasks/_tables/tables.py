"""Which format a table has, which columns the user named, and where it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from nlptasks._plugins.guard import guarded_items, load_object, plugin_errors
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._settings.groups import TableSource
from nlptasks._tables.names import TEXT_NAMES, holds_free_text, is_number, plain, reads_as_text
from nlptasks.errors import UsageError
from nlptasks.files.paths import STDOUT, Input, atomic_output, split_suffix, standard_output
from nlptasks.plugin import FormatSpec, TaskSpec
from nlptasks.plugin.options import from_values, option_fields
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import Format, FormatOptions, NotingWriter, RowWriter, Table, TableBlock
from nlptasks.plugin.tables import renamed
from nlptasks.text.display import one_line

#: Signs that stand between the names of columns, and not within the name of one.
_BETWEEN_NAMES = re.compile(r"""[^\w\s.&/'"()-]+""")

_PARTED = re.compile(r"\w[^\w.'-]+\w")

#: Characters of a cell that a note quotes.
_QUOTED = 40

#: Cells of a first row that an error names.
_NAMED = 4

#: Rows that tell whether the first one is as they are.
_SEEN = 100


def format_of(
    registry: Registry, file: str, suffix: str, *, name: str, flag: str, head: bytes = b""
) -> Owned[FormatSpec]:
    """The format that the user named, or else that of a file's suffix or first bytes, or else CSV.

    Args:
        registry: What is installed.
        file: Name of the file.
        suffix: Its suffix; where there is none, as for a pipe, the first bytes tell.
        name: Name of a format; empty: not named.
        flag: The flag that names one.
        head: The file's first bytes.

    Raises:
        UsageError: There is no such format, or none for this suffix, or several and none is preferred.
    """
    if name:
        return registry.get(FormatSpec, name)
    formats = registry.all(FormatSpec)
    if suffix:
        found = [item for item in formats if suffix in item.spec.suffixes]
        if not found:
            known = ", ".join(sorted({known for item in formats for known in item.spec.suffixes}))
            raise UsageError(
                f"{file}: no format for files that end in '{suffix}'", hint=f"known: {known}; or name one with {flag}"
            )
        return registry.only(f"formats.{suffix}", found, suffix, "format of files that end in", flag=flag)
    found = [item for item in formats if item.spec.magic and head.startswith(item.spec.magic)]
    if found:
        return registry.only("formats.magic:", found, file, "format of", flag=flag)
    return registry.get(FormatSpec, "csv")


def read_table(registry: Registry, source: Input, *, name: str, options: FormatOptions) -> Table:
    """Read an opened input as a table.

    Raises:
        UsageError: Its format is not known.
        DataError: Its header cannot be read.
    """
    head = source.stream.peek(16)
    item = format_of(registry, source.name, source.suffix, name=name, flag="--format", head=head)
    what = f"the format {item.qualified}, reading {source.name},"
    with plugin_errors(what, streams=True):
        table = _open(item, options).read(source.stream, source.name)
        if not isinstance(table, Table):
            raise TypeError(f"read() gave {type(table).__name__} and no Table")
    width = len(table.columns)

    def check(block: TableBlock) -> None:
        if not isinstance(block, TableBlock):
            raise TypeError(f"it gave {type(block).__name__} and no TableBlock")
        if block.data.num_columns != width:
            raise ValueError(f"a block has {block.data.num_columns} columns and the table {width}")
        if block.data.num_rows != len(block.lines):
            raise ValueError(f"a block has {block.data.num_rows} rows and {len(block.lines)} lines")

    table.blocks = guarded_items(what, table.blocks, check=check, streams=True)
    if options.header is None and table.header_line:
        return _with_header_in_doubt(registry, table, source.name)
    return table


def reading_of(registry: Registry, source: TableSource, file: str, others: Sequence[str]) -> FormatOptions:
    """How to read one of several tables: without the options that only the format of another has.

    Args:
        registry: What is installed.
        source: How they are read.
        file: The table.
        others: The other ones.
    """
    if not source.reading.given:
        return source.reading

    def known(path: str) -> set[str]:
        spec = format_of(registry, path, split_suffix(path)[1].lower(), name=source.format, flag="--format").spec
        return {option.name for option in option_fields(spec.options)} if spec.options else set()

    foreign = set[str]().union(*map(known, others)) - known(file)
    given = {name: value for name, value in source.reading.given.items() if name not in foreign}
    return replace(source.reading, given=given)


def _with_header_in_doubt(registry: Registry, table: Table, file: str) -> Table:
    """A table whose first row, taken for the names of its columns, may be data."""
    if len(table.columns) > 1 and not any(map(_is_sentence, table.columns)):
        return table
    columns = [column for item in registry.all(TaskSpec) for column in (*item.spec.inputs, item.spec.gold)]
    known = {plain(known) for column in columns for known in (column.name, *column.aliases)}
    if any(plain(name) in known | TEXT_NAMES for name in table.columns):
        return table
    if len(table.columns) > 1:
        return _refused_if_data(table, file)
    name = table.columns[0]
    _refuse_unparted(name, known | TEXT_NAMES, f"{file}:{table.header_line}")
    if not reads_as_text(name):
        several = "; --delimiter: it names several" if _PARTED.search(name) else ""
        note = f"the first row, {one_line(name, _QUOTED)!r}, names the column (--no-header: it is data{several})"
        return replace(table, notes=(*table.notes, note))
    note = f"no header: the first row, {one_line(name, _QUOTED)!r}, is data (--header: it names the column)"
    return Table(("text",), _headed(table), (*table.notes, note))


def _refused_if_data(table: Table, file: str) -> Table:
    """The table.

    Raises:
        UsageError: Its first row has a text, and what the rows below it have too: a number in a column of numbers, or a
            cell of the same column. To take it for names would lose it.
    """
    rows = [row.cells for row in table.first(_SEEN)]
    if any(_goes_on(name, [str(cells[at] or "") for cells in rows]) for at, name in enumerate(table.columns)):
        shown = ", ".join(repr(one_line(name, _QUOTED)) for name in table.columns[:_NAMED])
        raise UsageError(
            f"{file}:{table.header_line}: the first row seems to be data, and no names of columns: {shown}",
            hint="--no-header says so; --header says that it names the columns",
        )
    return table


def _is_sentence(name: str) -> bool:
    return reads_as_text(name) and holds_free_text([name])


def _goes_on(name: str, cells: Sequence[str]) -> bool:
    """Whether a column's first cell is as those below it."""
    return bool(name) and (name in cells or all(map(is_number, (name, *filter(None, cells)))))


def _refuse_unparted(name: str, known: Collection[str], place: str) -> None:
    """Refuse a table whose one column is named like several with a sign between them.

    Raises:
        UsageError: It is: a task would read all cells of a row as one text, the gold answer too.
    """
    for sign in dict.fromkeys(_BETWEEN_NAMES.findall(name)):
        names = name.split(sign)
        if sum(plain(part) in known for part in names) > 1:
            raise UsageError(
                f"{place}: the header {one_line(name, _QUOTED)!r} is one column, and seems to name {len(names)} "
                f"with {sign!r} between them",
                hint=f"--delimiter '{sign}' parts them; --header says that it is one",
            )


def _headed(table: Table) -> Iterator[TableBlock]:
    """The blocks of a table of one column with its header as the first row."""
    import pyarrow as pa

    for at, block in enumerate(table.blocks):
        found = renamed(block, ("text",))
        if at == 0:
            head = pa.Table.from_arrays([pa.array([table.names[0]], pa.string())], schema=found.data.schema)
            yield TableBlock(head, [table.header_line])
        yield found


def _for_format(spec: FormatSpec, options: FormatOptions) -> FormatOptions:
    """The options with those that only this format has.

    Raises:
        UsageError: The user gave one that it has not.
    """
    known = {option.name for option in option_fields(spec.options)} if spec.options else set()
    if foreign := next((name for name in options.given if name not in known), None):
        raise UsageError(
            f"--{foreign.replace('_', '-')} is not an option of the format '{spec.name}'", hint="leave it out"
        )
    return replace(options, own=from_values(spec.options, options.given)) if spec.options else options


def open_writer(registry: Registry, stream: BinaryIO, output: str, columns: Sequence[str], *, name: str) -> RowWriter:
    """Start a table in an opened output; JSON Lines on the standard output.

    Raises:
        UsageError: Its format is not known, or cannot hold these columns.
    """
    suffix = split_suffix(output)[1].lower() if output else ".jsonl"
    item = format_of(registry, output, suffix, name=name, flag="--output-format")
    what = f"the format {item.qualified}, writing {output or STDOUT},"
    with plugin_errors(what, streams=True):
        writer = _open(item, FormatOptions()).write(stream, columns)
    return _TableWriter(what, writer)


def _open(item: Owned[FormatSpec], options: FormatOptions) -> Format:
    make: Callable[[FormatOptions], Format] = load_object(f"the format {item.qualified}", item.spec.object)
    return make(_for_format(item.spec, options))


@dataclass(frozen=True)
class _TableWriter:
    """The writer of a format; what it raises names the format."""

    what: str
    writer: RowWriter

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        with plugin_errors(self.what, streams=True):
            self.writer.write(block, predictions)

    def close(self) -> None:
        with plugin_errors(self.what, streams=True):
            self.writer.close()

    @property
    def notes(self) -> tuple[str, ...]:
        with plugin_errors(self.what):
            return tuple(self.writer.notes) if isinstance(self.writer, NotingWriter) else ()


def open_output(output: str, *, force: bool, source: str, again: bool = False) -> AbstractContextManager[BinaryIO]:
    """The file ``output``, which appears when it is complete; standard output where it is empty."""
    return atomic_output(Path(output), force=force, source=source, again=again) if output else standard_output()


def chosen_columns(task: TaskSpec, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that the user named for a task; ``text`` names the input of any task with one input."""
    names = [column.name for column in task.inputs]
    chosen = {name: columns[name] for name in names if name in columns}
    if len(names) == 1 and "text" in columns:
        chosen.setdefault(names[0], columns["text"])
    return chosen
