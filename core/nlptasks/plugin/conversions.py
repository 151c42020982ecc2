"""Tells what a format writes of a column otherwise than it was, once a column, for :attr:`NotingWriter.notes`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from nlptasks.plugin.values import is_bytes, is_json, is_untyped, json_values, plain_array
from nlptasks.text.display import counted

_types = pa.types

#: The escape of half a surrogate pair, in the JSON of a value; both halves of one stand there as their character.
_HALF_PAIR = r"(?:^|[^\\])(?:\\\\)*\\u[dD][89a-fA-F]"

#: What is written in place of something, and how many there are of it.
Conversion = tuple[str, str, int]


class Conversions:
    """Counts what is written otherwise than it was, column by column."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, column: str, conversions: Iterator[Conversion]) -> None:
        """Count those of some rows of a column; see :func:`to_text` and :func:`to_json`."""
        for noun, written, number in conversions:
            if number:
                self._counts[column, noun, written] += number

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for each column and kind: ``column 'x': 3 NaN or infinite numbers written as null``."""
        items = self._counts.items()
        return tuple(
            f"column {column!r}: {counted(number, noun)} written as {written}"
            for (column, noun, written), number in items
        )


def to_text(column: Any, field: Any) -> Iterator[Conversion]:
    """What a format of text writes otherwise, beside numbers and truth values, which look in text as they are."""
    if is_untyped(field):
        return
    if is_json(field):
        values = json_values(column.to_pylist())
        yield "list", "JSON text", sum(isinstance(value, list) for value in values)
        yield "object", "JSON text", sum(isinstance(value, dict) for value in values)
        yield _half_pairs(column)
        return
    array = plain_array(column)
    if _types.is_nested(_inner(array.type)):
        yield _structure(_inner(array.type)), "JSON text", len(array) - array.null_count
        yield from _in_json(array, nested=True)
        return
    yield from _leaves(array)
    if _types.is_decimal(array.type):
        yield "decimal", "text", len(array) - array.null_count


def to_json(column: Any, field: Any) -> Iterator[Conversion]:
    """What a JSON format writes otherwise; decimals keep their digits there."""
    if not is_json(field) and not is_untyped(field):
        yield from _in_json(plain_array(column), nested=False)


def absent(column: Any, field: Any) -> Iterator[Conversion]:
    """What a format writes otherwise that gives each row a value in each column, as Parquet does."""
    if is_json(field):
        yield "missing key", "null", column.null_count
        yield _half_pairs(column)


def _half_pairs(column: Any) -> Conversion:
    """The JSON values with half of a surrogate pair, which JSON can escape and UTF-8 cannot hold."""
    import pyarrow.compute as pc

    found = column.filter(pc.match_substring_regex(column, _HALF_PAIR))
    return "unpaired surrogate", "text with escapes", len(found)


def _in_json(array: Any, *, nested: bool) -> Iterator[Conversion]:
    """What the JSON of values holds otherwise than they are, in lists and structs too."""
    array = plain_array(array)
    kind = array.type
    if _types.is_dictionary(kind):
        yield from _in_json(array.dictionary_decode(), nested=nested)
    elif _types.is_struct(kind):
        for inner in array.flatten():
            yield from _in_json(inner, nested=nested)
    elif _types.is_nested(kind):
        if _types.is_map(kind):
            if not nested:
                yield "map", "a list of pairs", len(array) - array.null_count
            start, stop = array.offsets[0].as_py(), array.offsets[-1].as_py()
            for items in (array.keys, array.items):
                yield from _in_json(items.slice(start, stop - start), nested=nested)
        elif hasattr(array, "flatten"):
            yield from _in_json(array.flatten(), nested=nested)
    elif _types.is_floating(kind):
        known = array.drop_null().to_numpy(zero_copy_only=False)
        yield "NaN or infinite number", "null", int((~np.isfinite(known)).sum())
    else:
        yield from _leaves(array)


def _leaves(array: Any) -> Iterator[Conversion]:
    kind = array.type
    number = len(array) - array.null_count
    if _types.is_dictionary(kind):
        yield from _leaves(array.dictionary_decode())
    elif is_bytes(kind):
        yield "binary value", "base64 text", number
    elif _types.is_temporal(kind):
        yield _time(kind), "text", number
    elif _types.is_string(kind) or _types.is_large_string(kind):
        yield "text that is no UTF-8", "text with escapes", _not_utf_8(array)


def _not_utf_8(array: Any) -> int:
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return sum(not _is_utf_8(value) for value in array.cast(pa.large_binary()).to_pylist() if value is not None)
    return 0


def _is_utf_8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _inner(kind: Any) -> Any:
    return kind.value_type if _types.is_dictionary(kind) else kind


def _structure(kind: Any) -> str:
    if _types.is_struct(kind):
        return "struct"
    return "map" if _types.is_map(kind) else "union" if _types.is_union(kind) else "list"


def _time(kind: Any) -> str:
    if _types.is_timestamp(kind):
        return "timestamp"
    if _types.is_date(kind):
        return "date"
    return "time" if _types.is_time(kind) else "duration"
