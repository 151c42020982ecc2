"""Reads rows with gold, which are shown before a question, from a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pkgutil import resolve_name
from typing import Any

from nlptasks.errors import DataError
from nlptasks.files.paths import decode_lines, open_input
from nlptasks.models.spans import answers_of
from nlptasks.plugin import Column, TaskSpec

from .templates import ANSWER

#: Delimiters by the ending of a file; other endings are JSON Lines.
_DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}


def read_shots(file: str, task: TaskSpec, most: int) -> tuple[Mapping[str, str], ...]:
    """The first rows of a file that have gold: the task's columns and ``answer``.

    Args:
        file: A CSV, TSV or JSON Lines file whose columns have the task's names for them.
        task: The task.
        most: Most rows.

    Raises:
        UsageError: There is no such file.
        DataError: It cannot be read, a column is missing, or no row has gold.
    """
    with open_input(file) as source:
        _, lines = decode_lines(source.stream, source.name, "")
        delimiter = _DELIMITERS.get(source.suffix, "")
        rows = _cells(lines, delimiter, file) if delimiter else _objects(lines, file)
        found = tuple(islice(_shots(rows, task, file), most))
    if most and not found:
        raise DataError(file, f"no row has gold in the column '{task.gold.name}'")
    return found


def _shots(rows: Iterator[Mapping[str, str]], task: TaskSpec, file: str) -> Iterator[Mapping[str, str]]:
    kept = list(rows)
    columns = [_found(row, task.gold, file) for row in kept]
    cells = frozenset(row[column].strip() for row, column in zip(kept, columns, strict=True))
    for row, column in zip(kept, columns, strict=True):
        inputs = {column.name: row[_found(row, column, file)] for column in task.inputs}
        try:
            answer = _answer(task, column, row[column], cells)
        except ValueError as error:
            raise DataError(file, f"column '{column}': {error}") from None
        if answer:
            yield {**inputs, ANSWER: answer}


def _answer(task: TaskSpec, column: str, cell: str, cells: frozenset[str]) -> str:
    """A gold cell as a model should write it; empty: there is none in it. All cells tell what a number means."""
    if not task.read_gold or not cell.strip():
        return cell if cell.strip() else ""
    read: Any = resolve_name(task.read_gold)
    found = read(column, cell, cells) or ""
    return "" if found == "[]" else answers_of(found)[0]


def _found(row: Mapping[str, str], column: Column, file: str) -> str:
    """The name that a file has for a column."""
    names = {name.strip().lower(): name for name in row}
    for name in (column.name, *column.aliases):
        if name in names:
            return names[name]
    raise DataError(
        file,
        f"no column '{column.name}' ({column.summary}); its columns are {', '.join(row)}",
        hint=f"known names are {', '.join((column.name, *column.aliases[:6]))}",
    )


def _cells(lines: Iterator[str], delimiter: str, file: str) -> Iterator[Mapping[str, str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        columns: Sequence[str] = next(reader, [])
        for cells in reader:
            if cells and len(cells) != len(columns):
                message = f"{len(cells)} cells, expected {len(columns)} ({', '.join(columns)})"
                raise DataError(file, message, line=reader.line_num)
            if cells:
                yield dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        raise DataError(file, str(error), line=reader.line_num) from None


def _objects(lines: Iterator[str], file: str) -> Iterator[Mapping[str, str]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as error:
            raise DataError(file, f"not valid JSON: {error}", line=number, hint="one object a line, or CSV") from None
        if not isinstance(found, dict):
            raise DataError(file, f"expected an object, found {line[:40]}", line=number)
        yield {key: _text(value) for key, value in found.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
