"""JSON Lines, and JSON files that are one array of objects."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from secrets import token_hex
from typing import Any, BinaryIO, NoReturn

from nlptasks.errors import DataError
from nlptasks.files.paths import decode_text, encoding_note, split_lines
from nlptasks.plugin.conversions import Conversions, to_json
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import BadRow, FormatOptions, RowWriter, Table, TableBlock
from nlptasks.plugin.tables import RowGroup, grouped, json_block
from nlptasks.plugin.values import Digits, is_json, json_column, json_text, json_texts, utf_8
from nlptasks_formats.json_array import array_items

#: Objects that the columns are gathered from.
_FIRST = 1000
#: Lines that are decoded at once, the first time and at most, and characters at which there are fewer.
_SMALLEST, _LARGEST, _CHARACTERS = 64, 4_096, 1 << 20
#: Stands between the lines that are decoded at once.
_BETWEEN = token_hex(16)
#: Levels of a value; what writes values would run out of stack far behind that.
_DEEPEST = 200
_WHITESPACE = " \t\r\n"
_HINT = 'JSON Lines holds one object a line: {"text": "..."}'

#: An object with its line, or what is wrong with it.
_Item = tuple[int, dict[str, Any]] | BadRow

_Batch = RowGroup[dict[str, Any]]


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
        batches = _batches(pieces, name, self._options.max_cell)
        held: list[_Batch] = []
        seen = 0
        keys: dict[str, None] = {}
        while seen < _FIRST and (batch := next(batches, None)):
            held.append(batch)
            # A bad row among the objects counts as one of the first.
            order: list[tuple[int, dict[str, Any]]] = list(zip(batch.lines, batch.rows, strict=True))
            order += ((row.line, {}) for row in batch.bad)
            for _, row in sorted(order, key=_line)[: _FIRST - seen]:
                keys.update(dict.fromkeys(row))
            seen += len(order)
        columns = tuple(keys)
        if not columns and held:
            _refuse(held[0], name)
        return Table(columns, _blocks(chain(held, batches), columns), encoding_note(encoding))

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Write an object a line, in UTF-8. Scores have six decimals."""
        return _JsonWriter(stream, columns)


def _line(pair: tuple[int, object]) -> int:
    return pair[0]


def _refuse(batch: _Batch, name: str) -> NoReturn:
    if batch.bad and (not batch.lines or batch.bad[0].line <= batch.lines[0]):
        row = batch.bad[0]
        raise DataError(name, row.reason, line=row.line, hint=row.hint)
    raise DataError(name, "the objects have no keys", line=batch.lines[0], hint=_HINT)


def _batches(pieces: Iterator[str], name: str, max_cell: int) -> Iterator[_Batch]:
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
            items = (_object(line, value) for line, value in array_items(pieces, name, decoder, 16 * max_cell))
            yield from grouped(items, _length)
        else:
            yield from _of_lines(split_lines(pieces, name), decoder)
        return


def _of_lines(lines: Iterator[str], decoder: json.JSONDecoder) -> Iterator[_Batch]:
    number, size = 1, _SMALLEST
    while batch := _some(lines, size):
        numbers = range(number, number + len(batch))
        objects = _objects(batch, decoder)
        if objects is None:
            found: _Batch = RowGroup()
            for item in _one_by_one(numbers, batch, decoder):
                if isinstance(item, BadRow):
                    found.bad.append(item)
                else:
                    found.lines.append(item[0])
                    found.rows.append(item[1])
            if found.rows or found.bad:
                yield found
        else:
            yield RowGroup(objects, list(numbers))
        number, size = number + len(batch), min(4 * size, _LARGEST)


def _some(lines: Iterator[str], most: int) -> list[str]:
    """The next lines, at most so many, and fewer where they are long."""
    found: list[str] = []
    characters = 0
    for line in lines:
        found.append(line)
        characters += len(line)
        if len(found) == most or characters >= _CHARACTERS:
            break
    return found


def _objects(lines: Sequence[str], decoder: json.JSONDecoder) -> list[dict[str, Any]] | None:
    """The objects of some lines, decoded at once; ``None`` where they are not plainly one each, without lists in them.

    Between each two of them stands a text that no file can hold, since it is made up anew in each process: it would
    not stand in its place where one line's value went on in the next.
    """
    text = f',"{_BETWEEN}",'.join(lines)
    if text.count("{") + text.count("[") != len(lines):
        return None
    try:
        values = decoder.decode(f"[{text}]")
    except (ValueError, RecursionError):
        return None
    objects, between = values[::2], values[1::2]
    if len(objects) != len(lines) or between.count(_BETWEEN) != len(lines) - 1:
        return None
    return objects if set(map(type, objects)) == {dict} else None


def _one_by_one(numbers: Iterable[int], lines: Iterable[str], decoder: json.JSONDecoder) -> Iterator[_Item]:
    for number, line in zip(numbers, lines, strict=True):
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
    if _levels(value) > _DEEPEST:
        return BadRow(line, f"a value is nested deeper than {_DEEPEST} levels", _HINT)
    if isinstance(value, dict):
        return line, value
    return BadRow(line, f"expected an object, found {json_text(value)[:40]}", _HINT)


def _levels(value: object) -> int:
    """How deep a value is nested, as far as it is looked at."""
    levels, inner = 0, [value]
    while inner := [item for item in inner if isinstance(item, list | dict)]:
        levels += 1
        if levels > _DEEPEST:
            break
        inner = [each for item in inner for each in (item.values() if isinstance(item, dict) else item)]
    return levels


def _blocks(batches: Iterable[_Batch], columns: tuple[str, ...]) -> Iterator[TableBlock]:
    known = frozenset(columns)
    for batch in batches:
        if not known.issuperset(set().union(*batch.rows)):
            batch = _known(batch, known)
        yield json_block([_column(batch.rows, key) for key in columns], columns, batch.lines, batch.bad)


def _column(rows: Sequence[dict[str, Any]], key: str) -> Sequence[str | None]:
    try:
        return json_column([row[key] for row in rows])
    except KeyError:
        return [json_text(row[key]) if key in row else None for row in rows]


def _length(item: dict[str, Any]) -> int:
    return sum(len(value) for value in item.values() if isinstance(value, str))


def _known(batch: _Batch, known: frozenset[str]) -> _Batch:
    """The objects that have no other keys; the others are bad rows."""
    found: _Batch = RowGroup(bad=list(batch.bad))
    for line, row in zip(batch.lines, batch.rows, strict=True):
        if row.keys() <= known:
            found.rows.append(row)
            found.lines.append(line)
        else:
            found.bad.append(_new_key(line, next(key for key in row if key not in known)))
    found.bad.sort(key=lambda row: row.line)
    return found


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
        self._conversions = Conversions()

    @property
    def notes(self) -> tuple[str, ...]:
        return self._conversions.notes

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        schema = block.data.schema
        for at, field in enumerate(schema):
            self._conversions.add(field.name, to_json(block.data.column(at), field))
        columns = [_values(block.data.column(at), field) for at, field in enumerate(schema)]
        columns += (list[str | None](json_column(cells)) for cells in predictions)
        pairs = [[value and key + value for value in column] for key, column in zip(self._keys, columns, strict=True)]
        lines = ("{" + ", ".join(filter(None, row)) + "}\n" for row in zip(*pairs, strict=True))
        self._stream.write(utf_8("".join(lines)))

    def close(self) -> None:
        """Nothing is held back."""


def _values(column: Any, field: Any) -> list[str | None]:
    """The JSON of a column's values; ``None`` where a key was missing, which no other column can say."""
    found = json_texts(column, field)
    return found if is_json(field) else ["null" if value is None else value for value in found]
