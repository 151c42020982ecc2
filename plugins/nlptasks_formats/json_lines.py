"""JSON Lines, and JSON files that are one array of objects."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, BinaryIO, NoReturn

from nlptasks.errors import DataError
from nlptasks.files.paths import decode_text, encoding_note, split_lines
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import BadRow, FormatOptions, Row, RowWriter, Table
from nlptasks_formats.cells import batches, encoded, json_cell, json_text
from nlptasks_formats.json_array import array_items

#: Objects that the columns are gathered from.
_FIRST = 1000
_WHITESPACE = " \t\r\n"
_HINT = 'JSON Lines holds one object a line: {"text": "..."}'

#: An object with its line, or what is wrong with it.
_Item = tuple[int, dict[str, Any]] | BadRow


class JsonLines:
    """A JSON object a line; also one array of objects.

    The columns are the keys of the first 1,000 objects. A missing key is ``None``; a key first seen later, a line that
    is not valid JSON and a value that is no object are each a :class:`BadRow`. Values other than strings and null
    become their JSON text and are written back as the values they were.
    """

    def __init__(self, options: FormatOptions) -> None:
        self._options = options

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table.

        Raises:
            DataError: None of the first objects can be read.
        """
        encoding, pieces = decode_text(stream, name, self._options.encoding)
        items = _items(pieces, name, self._options.max_cell)
        first = list(islice(items, _FIRST))
        columns = tuple(dict.fromkeys(key for item in first if not isinstance(item, BadRow) for key in item[1]))
        if not columns and first:
            _refuse(first[0], name)
        rows = _rows(chain(first, items), columns, self._options.max_cell)
        return Table(columns, rows, encoding_note(encoding))

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Write an object a line, in UTF-8. Scores have six decimals."""
        return _Writer(stream, columns)


def _refuse(item: _Item, name: str) -> NoReturn:
    if isinstance(item, BadRow):
        raise DataError(name, item.reason, line=item.line, hint=item.hint)
    raise DataError(name, "the objects have no keys", line=item[0], hint=_HINT)


def _items(pieces: Iterator[str], name: str, max_cell: int) -> Iterator[_Item]:
    blank: list[str] = []
    for piece in pieces:
        start = piece.lstrip(_WHITESPACE)
        if not start:
            blank.append(piece)
            continue
        pieces = chain(blank, [piece], pieces)
        decoder = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
        if start.startswith("["):
            for line, value in array_items(pieces, name, decoder, 16 * max_cell):
                yield _object(line, value)
        else:
            yield from _lines(split_lines(pieces, name), decoder)
        return


def _lines(lines: Iterator[str], decoder: json.JSONDecoder) -> Iterator[_Item]:
    for number, line in enumerate(lines, 1):
        if text := line.strip(_WHITESPACE):
            try:
                value = decoder.decode(text)
            except json.JSONDecodeError as error:
                yield BadRow(number, _reason(error, line, text), _HINT)
            except (ValueError, RecursionError) as error:
                yield BadRow(number, f"not valid JSON: {error}", _HINT)
            else:
                yield _object(number, value)


def _reason(error: json.JSONDecodeError, line: str, text: str) -> str:
    column = line.index(text) + error.pos + 1
    found = f"found {text[error.pos : error.pos + 20]!r}" if error.pos < len(text) else "the line ends here"
    return f"not valid JSON: column {column}: {error.msg[:1].lower()}{error.msg[1:]}, {found}"


def _object(line: int, value: object) -> _Item:
    if isinstance(value, dict):
        return line, value
    return BadRow(line, f"expected an object, found {json_text(value)[:40]}", _HINT)


def _rows(items: Iterable[_Item], columns: tuple[str, ...], max_cell: int) -> Iterator[Row | BadRow]:
    known = frozenset(columns)
    for item in items:
        if isinstance(item, BadRow):
            yield item
            continue
        line, value = item
        if not value.keys() <= known:
            yield _new_key(line, next(key for key in value if key not in known))
            continue
        cells = [_cell(value.get(column)) for column in columns]
        long = next(
            (column for column, cell in zip(columns, cells, strict=True) if cell and len(cell) > max_cell), None
        )
        if long is None:
            yield Row(line, cells)
        else:
            reason = f"the value of {long!r} is longer than {max_cell:,} characters"
            yield BadRow(line, reason, "--max-cell raises the limit")


def _new_key(line: int, key: str) -> BadRow:
    hint = f"the columns are those of the first {_FIRST:,} objects; give one of them this key (null will do)"
    return BadRow(line, f"the key {key!r} is not among the columns", hint)


def _cell(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json_text(value)


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON value; write null")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


class _Writer:
    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        self._stream = stream
        self._keys = [f"{json_cell(column)}: " for column in columns]

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        for batch in batches(rows):
            self._stream.write(encoded("".join(map(self._line, batch))))

    def close(self) -> None:
        """Nothing is held back."""

    def _line(self, row: Sequence[Cell]) -> str:
        pairs = (key + json_cell(cell) for key, cell in zip(self._keys, row, strict=True))
        return "{" + ", ".join(pairs) + "}\n"
