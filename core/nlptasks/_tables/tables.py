"""Which format a table has, which columns the user named, and where it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from nlptasks._names import resolve
from nlptasks._plugins.registry import Registry
from nlptasks._tables.names import TEXT_NAMES, plain, reads_as_text
from nlptasks.errors import UsageError
from nlptasks.files.paths import Input, atomic_output, split_suffix, standard_output
from nlptasks.plugin import FormatSpec, TaskSpec
from nlptasks.plugin.protocols import Block, Format, FormatOptions, RowWriter, Table
from nlptasks.plugin.tables import renamed
from nlptasks.text.display import one_line

#: Characters of a cell that a note quotes.
_QUOTED = 40


def format_of(registry: Registry, file: str, suffix: str, *, name: str, flag: str, head: bytes = b"") -> FormatSpec:
    """The format that the user named, or else that of a file's suffix or first bytes, or else CSV.

    Args:
        registry: What is installed.
        file: Name of the file.
        suffix: Its suffix; where there is none, as for a pipe, the first bytes tell.
        name: Name of a format; empty: not named.
        flag: The flag that names one.
        head: The file's first bytes.

    Raises:
        UsageError: There is no such format, or none for this suffix.
    """
    if name:
        return registry.get(FormatSpec, name).spec
    formats = [item.spec for item in registry.all(FormatSpec)]
    if suffix:
        found = [spec for spec in formats if suffix in spec.suffixes]
        if not found:
            known = ", ".join(sorted({known for spec in formats for known in spec.suffixes}))
            raise UsageError(
                f"{file}: no format for files that end in '{suffix}'", hint=f"known: {known}; or name one with {flag}"
            )
    else:
        found = [spec for spec in formats if spec.magic and head.startswith(spec.magic)]
    return found[0] if found else registry.get(FormatSpec, "csv").spec


def read_table(registry: Registry, source: Input, *, name: str, options: FormatOptions) -> Table:
    """Read an opened input as a table.

    Raises:
        UsageError: Its format is not known.
        DataError: Its header cannot be read.
    """
    head = source.stream.peek(16)
    spec = format_of(registry, source.name, source.suffix, name=name, flag="--format", head=head)
    make: Callable[[FormatOptions], Format] = resolve(spec.object)
    table = make(options).read(source.stream, source.name)
    # The rest of a table says that its first row is no data; a single column has none.
    if options.header is None and table.header_line and len(table.columns) == 1:
        return _with_header_in_doubt(registry, table)
    return table


def _with_header_in_doubt(registry: Registry, table: Table) -> Table:
    """A table of one column whose first row, taken for the column's name, may be a text."""
    name = table.columns[0]
    columns = [column for item in registry.all(TaskSpec) for column in (*item.spec.inputs, item.spec.gold)]
    known = {plain(known) for column in columns for known in (column.name, *column.aliases)}
    if plain(name) in known | TEXT_NAMES:
        return table
    if not reads_as_text(name):
        note = f"the first row, {one_line(name, _QUOTED)!r}, names the column (--no-header: it is data)"
        return replace(table, notes=(*table.notes, note))
    note = f"no header: the first row, {one_line(name, _QUOTED)!r}, is data (--header: it names the column)"
    return Table(("text",), _headed(table), (*table.notes, note))


def _headed(table: Table) -> Iterator[Block]:
    """The blocks of a table of one column with its header as the first row."""
    import pyarrow as pa

    for at, block in enumerate(table.blocks):
        found = renamed(block, ("text",))
        if at == 0:
            head = pa.Table.from_arrays([pa.array([table.names[0]], pa.string())], schema=found.data.schema)
            yield Block(head, [table.header_line])
        yield found


def open_writer(registry: Registry, stream: BinaryIO, output: str, columns: Sequence[str], *, name: str) -> RowWriter:
    """Start a table in an opened output; JSON Lines on the standard output.

    Raises:
        UsageError: Its format is not known, or cannot hold these columns.
    """
    suffix = split_suffix(output)[1].lower() if output else ".jsonl"
    spec = format_of(registry, output, suffix, name=name, flag="--output-format")
    make: Callable[[FormatOptions], Format] = resolve(spec.object)
    return make(FormatOptions()).write(stream, columns)


def open_output(output: str, *, force: bool, source: str) -> AbstractContextManager[BinaryIO]:
    """The file ``output``, which appears when it is complete; standard output where it is empty."""
    return atomic_output(Path(output), force=force, source=source) if output else standard_output()


def chosen_columns(task: TaskSpec, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that the user named for a task; ``text`` names the input of any task with one input."""
    names = [column.name for column in task.inputs]
    chosen = {name: columns[name] for name in names if name in columns}
    if len(names) == 1 and "text" in columns:
        chosen.setdefault(names[0], columns["text"])
    return chosen
