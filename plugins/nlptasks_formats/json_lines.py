"""JSON Lines, and JSON files that are one array of objects."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, BinaryIO, NoReturn

from nlptasks.errors import DataError
from nlptasks.files.paths import decode_text, encoding_note, split_lines
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import BadRow, FormatOptions, RowWriter, Table, TableBlock
from nlptasks.plugin.tables import grouped, json_block
from nlptasks.plugin.values import Digits, is_json, json_text, json_texts, utf_8
from nlptasks_formats.json_array import array_items

#: Objects that the columns are gathered from.
_FIRST = 1000
_WHITESPACE = " \t\r\n"
_HINT = 'JSON Lines holds one object a line: {"text": "..."}'

#: An object with its line, or what is wrong with it.
_Item = tuple[int, dict[str, Any]] | BadRow


class JsonLines:
    """A JSON object a line; also one array of objects.

    The columns are the keys of the first 1,000 objects. A key first seen later, a key that stands twice, a line that is
    not valid JSON and a value that is no object are each a :class:`BadRow`. A task reads values other than strings and
    null as their JSON; all are written back as they were, numbers digit by digit, and a missing key stays missing.
    """

    def __init__(self, options: FormatOptions) -> None:
        self._options = options

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table.

        Raises:
            DataError: None of the first objects can be read.
        """
        encoding, pieces = decode_text(stream, name, self._options.encoding, keep_nul=True)
        items = _items(pieces, name, self._options.max_cell)
        first = list(islice(items, _FIRST))
        columns = tuple(dict.fromkeys(key for item in first if not isinstance(item, BadRow) for key in item[1]))
        if not columns and first:
            _refuse(first[0], name)
        return Table(columns, _blocks(chain(first, items), columns), encoding_note(encoding))

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Write an object a line, in UTF-8. Scores have six decimals."""
        return _JsonWriter(stream, columns)


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
        decoder = json.JSONDecoder(
            parse_constant=_no_constant, parse_float=Digits, parse_int=Digits, object_pairs_hook=_once
        )
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


def _blocks(items: Iterable[_Item], columns: tuple[str, ...]) -> Iterator[TableBlock]:
    for group in grouped(_known(items, frozenset(columns)), _length):
        texts = [[json_text(item[key]) if key in item else None for item in group.rows] for key in columns]
        yield json_block(texts, columns, group.lines, group.bad)


def _length(item: dict[str, Any]) -> int:
    return sum(len(value) for value in item.values() if isinstance(value, str))


def _known(items: Iterable[_Item], known: frozenset[str]) -> Iterator[_Item]:
    for item in items:
        if isinstance(item, BadRow) or item[1].keys() <= known:
            yield item
        else:
            line, value = item
            yield _new_key(line, next(key for key in value if key not in known))


def _new_key(line: int, key: str) -> BadRow:
    hint = f"the columns are those of the first {_FIRST:,} objects; give one of them this key (null will do)"
    return BadRow(line, f"the key {key!r} is not among the columns", hint)


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON value; write null")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ; of two that are equal, Python would keep the last and drop the other."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


class _JsonWriter:
    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        self._stream = stream
        self._keys = [f"{json_text(column)}: " for column in columns]

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        schema = block.data.schema
        columns = [_values(block.data.column(at), field) for at, field in enumerate(schema)]
        columns += [list(map(json_text, cells)) for cells in predictions]
        pairs = [[value and key + value for value in column] for key, column in zip(self._keys, columns, strict=True)]
        lines = ("{" + ", ".join(filter(None, row)) + "}\n" for row in zip(*pairs, strict=True))
        self._stream.write(utf_8("".join(lines)))

    def close(self) -> None:
        """Nothing is held back."""


def _values(column: Any, field: Any) -> list[str | None]:
    """The JSON of a column's values; ``None`` where a key was missing, which no other column can say."""
    found = json_texts(column, field)
    return found if is_json(field) else ["null" if value is None else value for value in found]
