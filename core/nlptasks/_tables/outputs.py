"""What an output is called, and how the columns of predictions are called beside the columns of a table."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from nlptasks._settings.groups import TableSource, TableTarget
from nlptasks._tables.databases import database_of, file_stem
from nlptasks.errors import UsageError
from nlptasks.files.archives import SUFFIX as ARCHIVE
from nlptasks.files.paths import default_output, same_file, split_suffix
from nlptasks.files.remote import file_name, is_remote


def output_name(source: TableSource, parts: Sequence[str], target: TableTarget, tasks: Sequence[str]) -> str:
    """The file that a run writes; empty for standard output.

    Args:
        source: What the user named.
        parts: The files that this stands for.
        target: Where the user wants the rows.
        tasks: Names of the tasks.

    Raises:
        UsageError: The user says nothing, and several names stand for the rows, so that none is plainly the output's.
    """
    if target.output:
        return "" if target.output == "-" else target.output
    if source.more or "*" in source.data:
        raise UsageError("the rows are from several files, and no one name stands for them", hint="add --output NAME")
    if database := database_of(source.data):
        return str(default_output(Path(f"{file_stem(database)}.csv"), *tasks) or "")
    # Nothing is written beside what lies elsewhere.
    path = Path(file_name(source.data) or "data") if is_remote(source.data) else Path(source.data)
    if list(parts) != [source.data]:  # a folder or an archive, called as a file of it would be
        _, suffix, compression = split_suffix(parts[0])
        path = path.resolve() if path.name in ("", "..") else path
        stem = path.stem if path.suffix.lower() == ARCHIVE else path.name
        path = path.with_name(f"{stem}{suffix}{compression}")
    return str(default_output(path, *tasks) or "")


def refuse_input(output: str, parts: Sequence[str]) -> None:
    """Refuse to write what is read.

    Raises:
        UsageError: The output is one of the files that are read.
    """
    if output and (read := next((part for part in parts if not is_remote(part) and same_file(part, output)), None)):
        raise UsageError(
            f"{output} is the input {read}; it is never overwritten", hint="give another name: --output NAME"
        )


def output_columns(wanted: Sequence[Sequence[str]], taken: Sequence[str]) -> list[tuple[str, ...]]:
    """The names of some tasks' output columns: ``predicted_...`` where the table has one of them already.

    Args:
        wanted: The names that each task asks for.
        taken: The table's columns. Names that differ in case alone are one to databases, and count as one here.
    """
    known = {_folded(name) for name in taken}
    columns = []
    for names in map(tuple, wanted):
        while known & set(map(_folded, names)):
            names = tuple(f"predicted_{name}" for name in names)
        known.update(map(_folded, names))
        columns.append(names)
    return columns


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).strip().casefold())
