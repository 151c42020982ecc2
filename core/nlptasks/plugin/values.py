"""Values of Arrow columns as text: what a task reads of a column, and what formats of text write of it.

Every value of every type has a text; nothing that a column may hold (nanoseconds, years beyond 9999, bytes that are no
UTF-8, unknown time zones) raises.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from nlptasks.plugin.predictions import Cell

#: Metadata of a field whose strings are the JSON of a value each; Arrow's null is a key that is missing.
JSON = {b"nlptasks": b"json"}

#: Metadata of a field whose strings were cells of text, which may be numbers.
UNTYPED = {b"nlptasks": b"untyped"}

#: Bytes that one array of strings can hold.
_LARGEST = 2**31 - 1

#: Floats that JSON does not know, as Python writes them.
_NO_NUMBERS = frozenset({"nan", "inf", "-inf"})

_types = pa.types
_quoted: Callable[[str], str] = json.encoder.encode_basestring


class Digits(str):
    """A JSON number as it was written."""

    __slots__ = ()


def is_json(field: Any) -> bool:
    """Whether a field's strings are JSON."""
    return bool(field.metadata) and field.metadata.get(b"nlptasks") == JSON[b"nlptasks"]


def is_untyped(field: Any) -> bool:
    """Whether a field's strings were cells of text."""
    return bool(field.metadata) and field.metadata.get(b"nlptasks") == UNTYPED[b"nlptasks"]


def is_bytes(kind: Any) -> bool:
    """Whether a type's values are bytes and no text."""
    return bool(_types.is_binary(kind) or _types.is_large_binary(kind) or _types.is_fixed_size_binary(kind)) or (
        kind == getattr(pa, "binary_view", lambda: None)()
    )


def string_array(values: Sequence[str | None]) -> Any:
    r"""An Arrow array of strings; half of a surrogate pair, which UTF-8 does not know, becomes ``\ud83d``."""
    # Of its parts: ``pa.array`` would import pandas, wherever that is installed, to see whether it was given a Series.
    if (plain := _ascii_array(values)) is not None:
        return plain
    parts = [b"" if value is None else utf_8(value) for value in values]
    ends = np.cumsum([0, *map(len, parts)])
    if ends[-1] > _LARGEST:
        parted = [None if value is None else utf_8(value).decode() for value in values]
        return pa.array(parted, pa.string())  # in chunks
    there = np.array([value is not None for value in values], dtype=np.bool_)
    known = pa.py_buffer(np.packbits(there, bitorder="little"))
    buffers = pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(b"".join(parts))
    return pa.StringArray.from_buffers(len(parts), *buffers, known if None in values else None)


def _ascii_array(values: Sequence[str | None]) -> Any:
    """The array of strings of ASCII alone, whose bytes need no look at each; ``None`` where they are others."""
    try:
        text = "".join(values)  # type: ignore[arg-type]  # ``None`` raises
    except TypeError:
        return None
    if not text.isascii() or len(text) > _LARGEST:
        return None
    ends = np.zeros(len(values) + 1, np.int32)
    np.cumsum(np.fromiter(map(len, values), np.int32, len(values)), out=ends[1:])  # type: ignore[arg-type]
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(ends), pa.py_buffer(text.encode()))


def utf_8(text: str) -> bytes:
    r"""UTF-8. Half of a surrogate pair, which UTF-8 does not know, is written as ``\ud83d``, which JSON reads back."""
    return text.encode("utf-8", "backslashreplace")


# ------------------------------------------------------------------------------ JSON


def json_text(value: object) -> str:
    """The JSON of a value; numbers that JSON does not know are null."""
    if type(value) is str:
        return _quoted(str(value))
    if isinstance(value, Digits):
        return value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "null"
    if isinstance(value, float):
        return float.__repr__(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(str(key))}: {json_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(json_text, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return int.__repr__(value) if isinstance(value, int) else _quoted(str(value))


def json_column(values: Sequence[object]) -> list[str]:
    """The JSON of the values of a column; see :func:`json_text`."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return list(map(_quoted, values))  # type: ignore[arg-type]
    if kinds == {float}:
        texts = list(map(float.__repr__, values))
        if _NO_NUMBERS.isdisjoint(texts):
            return texts
    return list(map(json_text, values))


def json_values(texts: Iterable[str | None]) -> list[Any]:
    """The values of some JSON texts, numbers as :class:`Digits`; nothing is ``None``."""
    joined = ",".join("null" if text is None else text for text in texts)
    values: list[Any] = json.loads(f"[{joined}]", parse_int=Digits, parse_float=Digits)
    return values


def _cells_of_json(texts: list[str | None]) -> list[Cell]:
    return [
        value if value is None or isinstance(value, str) else text
        for value, text in zip(json_values(texts), texts, strict=True)
    ]


# ------------------------------------------------------------------------- whole columns


def cells(column: Any, field: Any) -> list[Cell]:
    """What a task reads: text, integers and floats as they are, other values as their text; NaN is nothing."""
    array = plain_array(column)
    if is_json(field):
        return _cells_of_json(array.to_pylist())
    if _types.is_integer(array.type):
        numbers: list[Cell] = array.to_pylist()
        return numbers
    if _types.is_float64(array.type):
        return [None if value is None or math.isnan(value) else value for value in array.to_pylist()]
    found = texts(column, field)
    if _types.is_floating(array.type):
        return [None if text == "nan" else text for text in found]
    return list(found)


def texts(column: Any, field: Any) -> list[str | None]:
    """What a format of text writes: text as it is, others as JSON or in their usual spelling; null is ``None``."""
    array = plain_array(column)
    if is_json(field):
        return [None if cell is None else str(cell) for cell in _cells_of_json(array.to_pylist())]
    leaf = _leaf(array)
    return json_texts(array, field) if leaf is None else leaf


def json_texts(column: Any, field: Any) -> list[str | None]:
    """What a JSON format writes; null is ``None``."""
    array = plain_array(column)
    if is_json(field):
        found: list[str | None] = array.to_pylist()
        return found
    return _json(array)


def plain_array(column: Any) -> Any:
    """One array without chunks and wrappings."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], array.type)
    while isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    if _types.is_run_end_encoded(array.type):
        from pyarrow.compute import run_end_decode

        array = run_end_decode(array)
    return array


# --------------------------------------------------------------------------- JSON of Arrow


def _json(array: Any) -> list[str | None]:
    array = plain_array(array)
    kind = array.type
    if _types.is_dictionary(kind):
        return _taken(_json(array.dictionary), array)
    if _types.is_map(kind):
        pairs = zip(_json(array.keys), _json(array.items), strict=True)
        return _listed(array, [f"[{key}, {_or_null(item)}]" for key, item in pairs])
    if _types.is_list(kind) or _types.is_large_list(kind):
        return _listed(array, _json(array.values))
    if _types.is_nested(kind):
        return _structs(array) if _types.is_struct(kind) else _each(array)
    leaf = _leaf(array)
    assert leaf is not None
    if _types.is_boolean(kind) or _types.is_integer(kind) or _types.is_decimal(kind):
        return leaf
    if _types.is_floating(kind):
        return ["null" if text in {"nan", "inf", "-inf"} else text for text in leaf]
    return [None if text is None else _quoted(text) for text in leaf]


def _listed(array: Any, items: Sequence[str | None]) -> list[str | None]:
    offsets = array.offsets.to_pylist()
    return [
        "[" + ", ".join(map(_or_null, items[start:end])) + "]" if valid else None
        for start, end, valid in zip(offsets, offsets[1:], array.is_valid().to_pylist(), strict=False)
    ]


def _structs(array: Any) -> list[str | None]:
    kind = array.type
    keys = [f"{_quoted(kind.field(at).name)}: " for at in range(kind.num_fields)]
    columns = [map(_or_null, _json(array.field(at))) for at in range(kind.num_fields)]
    values: Iterator[tuple[str, ...]] = zip(*columns, strict=True) if columns else iter([()] * len(array))
    return [
        "{" + ", ".join(key + value for key, value in zip(keys, row, strict=True)) + "}" if valid else None
        for row, valid in zip(values, array.is_valid().to_pylist(), strict=True)
    ]


def _each(array: Any) -> list[str | None]:
    """Lists of a fixed size and views: rare kinds, value by value."""
    if _types.is_union(array.type):
        return [None if value.as_py() is None else json_text(value.as_py()) for value in array]
    return ["[" + ", ".join(map(_or_null, _json(value.values))) + "]" if value.is_valid else None for value in array]


def _or_null(text: str | None) -> str:
    return "null" if text is None else text


def _taken(values: Sequence[str | None], array: Any) -> list[str | None]:
    return [None if at is None else values[at] for at in array.indices.to_pylist()]


# ------------------------------------------------------------------------- plain values


def _leaf(array: Any) -> list[str | None] | None:
    """The texts of values that hold no other values; ``None`` where they do."""
    kind = array.type
    if _types.is_null(kind):
        return [None] * len(array)
    if _types.is_dictionary(kind):
        values = _leaf(plain_array(array.dictionary))
        return None if values is None else _taken(values, array)
    if _types.is_nested(kind):
        return None
    if is_bytes(kind):
        return [None if value is None else base64.b64encode(value).decode() for value in array.to_pylist()]
    if _types.is_boolean(kind):
        return [None if value is None else "true" if value else "false" for value in array.to_pylist()]
    if _types.is_float32(kind) or _types.is_float16(kind):
        shown = array.to_numpy(zero_copy_only=False).astype(str).tolist()
        return [text if valid else None for text, valid in zip(shown, array.is_valid().to_pylist(), strict=True)]
    if _types.is_temporal(kind):
        return _times(array)
    if _types.is_integer(kind) or _types.is_floating(kind) or _types.is_decimal(kind):
        return [None if value is None else str(value) for value in array.to_pylist()]
    return _strings(array)


def _strings(array: Any) -> list[str | None]:
    try:
        found: list[str | None] = array.to_pylist()
    except UnicodeDecodeError:
        raw = array.cast(pa.large_binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", "backslashreplace") for value in raw]
    return found


def _times(array: Any) -> list[str | None]:
    kind = array.type
    if getattr(kind, "unit", "") != "ns":
        try:
            return [None if value is None else str(value) for value in array.to_pylist()]
        except Exception:  # years that Python does not know, and zones that this machine does not
            pass
    if _types.is_duration(kind):
        return [None if value is None else f"{value} {kind.unit}" for value in array.cast(pa.int64()).to_pylist()]
    if not (_types.is_timestamp(kind) or _types.is_time(kind) or _types.is_date(kind)):
        return [str(value.as_py()) if value.is_valid else None for value in array]
    bits = pa.int32() if _types.is_date32(kind) or _types.is_time32(kind) else pa.int64()
    zone = getattr(kind, "tz", None)
    numbers = array.cast(bits) if not _types.is_timestamp(kind) else array.cast(pa.int64())
    if zone:
        array = numbers.cast(pa.timestamp(kind.unit))
    shown = array.cast(pa.string()).to_pylist()
    # What Arrow cannot spell either is the number that is stored.
    return [
        None if text is None else str(number) if "out of range" in text else text + (f" UTC ({zone})" if zone else "")
        for text, number in zip(shown, numbers.to_pylist(), strict=True)
    ]
