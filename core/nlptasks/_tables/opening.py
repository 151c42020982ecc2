"""Opens what ``--data`` names as one table: a file, or several with the same columns, one behind the other."""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._settings.groups import TableSource
from nlptasks._tables.databases import database_of, read_database
from nlptasks._tables.names import plain
from nlptasks._tables.places import DataPlaces, places_of
from nlptasks._tables.tables import format_of, read_table
from nlptasks._tables.text_files import read_text_files, text_files
from nlptasks.errors import UsageError
from nlptasks.files.names import is_file
from nlptasks.files.paths import Input, open_input, refuse_stream, sha256_of
from nlptasks.plugin import FormatSpec
from nlptasks.plugin.protocols import BadRow, FormatOptions, Table, TableBlock
from nlptasks.text.display import counted

#: The column that says which file a row is from, where several are read.
FILE = "file"

#: Names that a message quotes.
_QUOTED = 3


@dataclass
class OpenedPart:
    """A file that is read.

    Args:
        name: What errors call it.
        table: Its rows.
        source: The opened file; ``None`` for what is no file.
    """

    name: str
    table: Table
    source: Input | None = None

    @property
    def size(self) -> int | None:
        """How many bytes are stored, where that is known."""
        return self.source.size if self.source else None

    def position(self) -> int:
        """How many of them are read."""
        return self.source.position() if self.source else 0


@dataclass
class OpenedTable:
    """A table that is read, from one file or from several.

    Args:
        name: What summaries call it.
        table: The rows. Where they are from several files, :meth:`at` says which file a line is of.
        parts: The names of what is read.
        size: How many bytes are stored, where that is known.
        extra: The column that says which file a row is from; empty: there is none.
    """

    name: str
    table: Table
    parts: tuple[str, ...]
    size: int | None
    extra: str = ""
    _part: OpenedPart | None = None
    _before: int = 0
    _starts: list[int] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)

    @property
    def file(self) -> Input | None:
        """The open file, where it is one file of this machine."""
        part = self._part if len(self.parts) == 1 else None
        return part.source if part and part.source and part.source.stored is None else None

    def begin(self, part: OpenedPart, start: int) -> None:
        """Go on to a part, whose lines count from ``start``."""
        self._part = part
        self._starts.append(start)
        self._names.append(part.name)

    def end(self) -> None:
        """The part is read to its end, and will be closed."""
        self._before += self._part.size or 0 if self._part else 0
        self._part = None

    def position(self) -> int:
        """How many of the stored bytes are read."""
        return self._before + (self._part.position() if self._part else 0)

    def at(self, line: int) -> tuple[str, int]:
        """The file and the line in it of a row, by the line that the table tells of it."""
        at = max(bisect_right(self._starts, line - 1) - 1, 0)
        return (self._names[at], line - self._starts[at]) if self._names else (self.name, line)

    def place(self, line: int) -> str:
        """How errors call a row."""
        return "{}:{}".format(*self.at(line))

    def shown(self, line: int) -> str:
        """A row as a list of lines names it: with its file where there are several."""
        return self.place(line) if len(self.parts) > 1 else str(line)


@contextmanager
def open_part(registry: Registry, name: str, *, data_format: str, reading: FormatOptions) -> Iterator[OpenedPart]:
    """Open one of the names that :func:`nlptasks._tables.places.places_of` gives.

    Raises:
        UsageError: It is not there, or its format is not known.
        DataError: Its header cannot be read.
    """
    if name.endswith(os.sep):
        yield OpenedPart(name.rstrip(os.sep), read_text_files(Path(name), reading))
        return
    if database := database_of(name):
        with ExitStack() as stack:
            yield OpenedPart(database.shown, read_database(database, stack))
        return
    with open_input(name) as source:
        yield OpenedPart(source.name, read_table(registry, source, name=data_format, options=reading), source)


@contextmanager
def open_tables(registry: Registry, source: TableSource) -> Iterator[OpenedTable]:
    """Open what the user named as one table.

    Where several files are read, each is opened beforehand, so that a mistake in the last one shows before the first is
    read, and a column ``file`` says which of them a row is from.

    Raises:
        UsageError: One is not there, or they have unlike columns.
        DataError: The header of one cannot be read.
    """
    found = places_of(registry, source.files, data_format=source.format)
    with ExitStack() as stack:
        if len(found.parts) == 1:
            name = found.parts[0]
            part = stack.enter_context(open_part(registry, name, data_format=source.format, reading=source.reading))
            part.table.notes = (*found.notes, *part.table.notes)
            opened = OpenedTable(part.name, part.table, found.parts, part.size)
            opened.begin(part, 0)
            yield opened
            return
        yield _Several(registry, source, found).opened()


def format_used(registry: Registry, source: TableSource) -> Owned[FormatSpec] | None:
    """The format of the first file that is read; ``None`` where no format reads it."""
    first = places_of(registry, source.files, data_format=source.format).parts[0]
    if first.endswith(os.sep) or database_of(first):
        return None
    with open_input(first) as file:
        head = file.stream.peek(16)
        return format_of(registry, file.name, file.suffix, name=source.format, flag="--format", head=head)


def digest_of(registry: Registry, source: TableSource) -> str:
    """SHA-256 of a file; of several, that of theirs, a line each."""
    parts = places_of(registry, source.files, data_format=source.format).parts
    digests = [digest_of_part(part) for part in parts]
    return (
        digests[0] if len(parts) == 1 else hashlib.sha256("".join(f"{one}\n" for one in digests).encode()).hexdigest()
    )


def digest_of_part(part: str) -> str:
    """SHA-256 of a file, of what is read of an archive, an address or a query, or of the files in a folder of texts."""
    if is_file(part):
        return sha256_of(Path(part))
    if part.endswith(os.sep):
        lines = (f"{sha256_of(path)}  {path.name}\n" for path in text_files(Path(part)))
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
    digest = hashlib.sha256()
    if database := database_of(part):
        from nlptasks.plugin.values import json_text, utf_8  # with all of Arrow, which no listing needs

        with ExitStack() as stack:
            for row in read_database(database, stack).rows:
                cells = [row.reason] if isinstance(row, BadRow) else list(row.cells)
                digest.update(utf_8(json_text(cells)) + b"\n")
        return digest.hexdigest()
    with open_input(part) as source:
        while data := source.stream.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()


@dataclass(frozen=True)
class _Look:
    """What is known of a table before it is read."""

    name: str
    columns: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]
    schema: Any
    size: int | None


@dataclass(frozen=True)
class _Several:
    """Tables of the same columns as one."""

    registry: Registry
    source: TableSource
    found: DataPlaces

    def opened(self) -> OpenedTable:
        """The table; reading it opens one file after the other."""
        looks = [self._look(part) for part in self.found.parts]
        first = next((look for look in looks if look.schema is not None), looks[0])
        for other in looks:
            _refuse_unlike(first, other)
        extra = _file_column(first.columns) if len(self.found.places) > 1 else ""
        more = (extra,) if extra else ()
        notes = dict.fromkeys((*self.found.notes, *(note for look in looks for note in look.notes)))
        several = f"{looks[0].name} and {counted(len(looks) - 1, 'other file')}"
        sizes = [look.size for look in looks]
        opened = OpenedTable(
            # One name on the command line stands for all of them.
            name=self.source.data if len(self.source.files) == 1 else several,
            table=Table((*first.columns, *more), iter(()), tuple(notes), names=(*first.names, *more)),
            parts=self.found.parts,
            size=None if None in sizes else sum(size or 0 for size in sizes),
            extra=extra,
        )
        opened.table.blocks = self._blocks(opened, first)
        return opened

    def _look(self, part: str) -> _Look:
        refuse_stream(part, "several tables are looked at before the first of them is read")
        with self._open(part) as found:
            table = found.table
            block = next((block for block in table.blocks if len(block)), None)
            schema = None if block is None else block.data.schema
            return _Look(found.name, table.columns, table.names, table.notes, schema, found.size)

    def _open(self, part: str) -> AbstractContextManager[OpenedPart]:
        return open_part(self.registry, part, data_format=self.source.format, reading=self.source.reading)

    def _blocks(self, opened: OpenedTable, first: _Look) -> Iterator[TableBlock]:
        last = 0
        for place in self.found.places:
            for name in place.parts:
                with self._open(name) as part:
                    opened.begin(part, last)
                    start = last
                    order = [part.table.columns.index(column) for column in first.columns]
                    for block in part.table.blocks:
                        made = _moved(block, order, start, place.name if opened.extra else None, opened.extra)
                        last = max(last, *made.lines[-1:], *(row.line for row in made.bad[-1:]))
                        yield made
                    opened.end()


def _moved(block: TableBlock, order: Sequence[int], start: int, file: str | None, column: str) -> TableBlock:
    """A block of one file as one of several: its columns in the first one's order, its lines behind those before."""
    import pyarrow as pa

    data = block.data.select(order)
    if file is not None:
        from nlptasks.plugin.values import UNTYPED, string_array  # with all of Arrow, which no listing needs

        named = pa.field(column, pa.string(), metadata=UNTYPED)
        data = data.append_column(named, string_array([file] * len(block)))
    bad = tuple(BadRow(row.line + start, row.reason, row.hint) for row in block.bad)
    return TableBlock(data, [line + start for line in block.lines], bad)


def _file_column(columns: Sequence[str]) -> str:
    """What the column is called that says which file a row is from."""
    name = FILE
    while any(plain(name) == plain(column) for column in columns):
        name = f"source_{name}"
    return name


def _refuse_unlike(first: _Look, other: _Look) -> None:
    """Refuse a table whose columns are not those of the first.

    Raises:
        UsageError: It has others, or they are of another kind.
    """
    hint = "give tables of the same columns; each of the others can have a run of its own"
    lacks = [name for name in first.columns if name not in other.columns]
    more = [name for name in other.columns if name not in first.columns]
    if lacks or more:
        said = [f"lacks {_quoted(lacks)}"] if lacks else []
        said += [f"has {_quoted(more)}, which the other lacks"] if more else []
        raise UsageError(
            f"{other.name} and {first.name} have unlike columns: {other.name} {' and '.join(said)}", hint=hint
        )
    if first.schema is None or other.schema is None:
        return
    for at, name in enumerate(first.columns):
        one, two = first.schema.field(at), other.schema.field(other.columns.index(name))
        if not one.equals(two.with_name(one.name).with_nullable(one.nullable), check_metadata=False) or (
            _kind(one) != _kind(two)
        ):
            raise UsageError(
                f"{other.name} and {first.name} have unlike columns: {name!r} holds {_kind(two)} in {other.name} and "
                f"{_kind(one)} in {first.name}",
                hint=hint,
            )


def _kind(field: Any) -> str:
    from nlptasks.plugin.values import is_json, is_untyped

    return "cells of text" if is_untyped(field) else "JSON values" if is_json(field) else str(field.type)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:_QUOTED])) + (", ..." if len(names) > _QUOTED else "")
