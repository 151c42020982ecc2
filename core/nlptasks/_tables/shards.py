"""An output of several files in a folder, which appears when all of them are complete."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from nlptasks._plugins.registry import Registry
from nlptasks._settings.groups import TableTarget
from nlptasks._tables.opening import OpenedTable
from nlptasks._tables.tables import open_writer
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.atomic import atomic_output, split_suffix
from nlptasks.files.names import is_folder, is_there
from nlptasks.files.remote import file_name, is_remote
from nlptasks.plugin import FormatSpec
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import NotingWriter, RowWriter, TableBlock


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """A hidden folder that gets the name of another when the block ends well, and is removed otherwise.

    Raises:
        UsageError: There is a folder with files of that name already, or it cannot be made.
    """
    if is_there(folder) and not (is_folder(folder) and not os.listdir(folder)):  # noqa: PTH208
        raise UsageError(f"{folder} exists already", hint="give a folder that is not there yet, or is empty")
    # Of a name that who removes what killed runs left knows.
    part = folder.with_name(f".{folder.name[:32]}.{secrets.token_hex(4)}.nlptasks.part")
    try:
        part.mkdir()
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}", hint="make the folder around it first") from None
    try:
        yield part
        try:
            part.rename(folder)
        except OSError as error:
            raise NlptasksError(f"cannot write {folder}: {error.strerror}") from error
    finally:
        import shutil  # most outputs are no folders

        shutil.rmtree(part, ignore_errors=True)


def shard_names(opened: OpenedTable, ending: str) -> Callable[[int], str]:
    """How the file is called that a row goes to where each input has an output of its own, by the row's line.

    Args:
        opened: The table.
        ending: How the files end; empty: as the inputs do, and plain text as ``.csv``.
    """
    parts = [file_name(part) if is_remote(part) else part.rstrip(os.sep) for part in opened.parts]
    around = os.path.commonpath([os.path.dirname(part) or "." for part in map(os.path.abspath, parts)])  # noqa: PTH120
    names = {}
    for shown, part in zip(opened.part_names, parts, strict=True):
        path = Path(os.path.relpath(os.path.abspath(part), around))  # noqa: PTH100
        stem, suffix, compression = split_suffix(path)
        own = ending or (".csv" if suffix.lower() in ("", ".txt") else suffix) + compression
        names[shown] = path.with_name(f"{stem}{own}").as_posix()
    return lambda line: names[opened.at(line)[0]]


def shards_writer(
    registry: Registry, opened: OpenedTable, folder: Path, columns: Sequence[str], target: TableTarget
) -> ShardsWriter:
    """What writes a file for each input, or one for so many rows, as the user asked.

    Args:
        registry: What is installed.
        opened: The table.
        folder: The folder.
        columns: The columns of each file.
        target: What the user asked for.
    """
    named = registry.get(FormatSpec, target.output_format).spec.suffixes[0] if target.output_format else ""
    return ShardsWriter(
        registry=registry,
        folder=folder,
        columns=columns,
        output_format=target.output_format,
        name=None if target.rows_per_file else shard_names(opened, named),
        rows=target.rows_per_file,
        ending=ending_of(registry, opened, target.output_format),
    )


def ending_of(registry: Registry, opened: OpenedTable, output_format: str) -> str:
    """How numbered files end: as the format does that the user named, or as the first input."""
    if output_format:
        return registry.get(FormatSpec, output_format).spec.suffixes[0]
    _, suffix, compression = split_suffix(opened.parts[0].rstrip(os.sep))
    return f"{'.csv' if suffix.lower() in ('', '.txt') else suffix}{compression}"


@dataclass
class ShardsWriter:
    """Writes rows to several files of a folder, one after the other.

    Args:
        registry: What is installed.
        folder: The folder.
        columns: The columns of each file.
        output_format: Name of the format; empty: by the files' suffix.
        name: The file of a row, by its line; ``None``: files are numbered.
        rows: Rows of a numbered file.
        ending: How numbered files end.
        files: How many there are so far.
    """

    registry: Registry
    folder: Path
    columns: Sequence[str]
    output_format: str
    name: Callable[[int], str] | None = None
    rows: int = 0
    ending: str = ""
    files: int = 0
    _notes: dict[str, None] = field(default_factory=dict)
    _current: str = ""
    _left: int = 0
    _output: Iterator[tuple[RowWriter, BinaryIO]] | None = None
    _writer: RowWriter | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was written otherwise than it was, in any file."""
        return tuple(self._notes)

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        """Write the rows of a block, each to its file."""
        start = 0
        while start < len(block):
            stop = self._stop(block, start)
            assert self._writer is not None
            part = block if (start, stop) == (0, len(block)) else block.part(start, stop)
            self._writer.write(part, [cells[start:stop] for cells in predictions])
            self._left -= stop - start
            start = stop

    def close(self) -> None:
        """Complete the last file."""
        if self._writer is not None and self._output is not None:
            self._writer.close()
            if isinstance(self._writer, NotingWriter):
                self._notes.update(dict.fromkeys(self._writer.notes))
            next(self._output, None)
        self._writer = self._output = None

    def _stop(self, block: TableBlock, start: int) -> int:
        """Where the rows end that go to the file of the row at ``start``, which is opened."""
        if self.name is None:
            if self._left == 0:
                self._open(f"part-{self.files + 1:05}{self.ending}")
                self._left = self.rows
            return min(len(block), start + self._left)
        own = self.name(block.lines[start])
        if own != self._current:
            self._open(own)
        stop = start + 1
        # Rows of one file follow each other.
        while stop < len(block) and self.name(block.lines[stop]) == own:
            stop += 1
        return stop

    def _open(self, name: str) -> None:
        self.close()
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._output = self._opened(path)
        self._writer, _ = next(self._output)
        self._current = name
        self.files += 1

    def _opened(self, path: Path) -> Iterator[tuple[RowWriter, BinaryIO]]:
        with atomic_output(path) as stream:
            yield open_writer(self.registry, stream, str(path), self.columns, name=self.output_format), stream
