"""What type a column of JSON values or of text cells can have without losing anything, known when all are seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import reduce
from typing import Any

import pyarrow as pa

from nlptasks.plugin.values import Digits, json_text, string_array, utf_8

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?")

#: Floats hold integers up to here.
_EXACT = 1 << 53


@dataclass(frozen=True)
class Number:
    """Numbers.

    Args:
        low: The least integer, 0 at most.
        high: The greatest one, 0 at least.
        fraction: Whether some are no integers.
    """

    low: int = 0
    high: int = 0
    fraction: bool = False


@dataclass(frozen=True)
class List:
    """Lists of values of one shape."""

    item: Shape


@dataclass(frozen=True)
class Struct:
    """Objects with the same keys."""

    fields: tuple[tuple[str, Shape], ...]


#: A shape: ``None`` of nulls alone, ``bool``, ``str``, or ``object`` of values that no one type holds.
Shape = Number | List | Struct | type[bool] | type[str] | type[object] | None


def joined(one: Shape, other: Shape) -> Shape:
    """The shape of values of either."""
    if one is None or one == other:
        return other
    if other is None:
        return one
    if isinstance(one, Number) and isinstance(other, Number):
        return Number(min(one.low, other.low), max(one.high, other.high), one.fraction or other.fraction)
    if isinstance(one, List) and isinstance(other, List):
        return List(joined(one.item, other.item))
    if isinstance(one, Struct) and isinstance(other, Struct) and dict(one.fields).keys() == dict(other.fields).keys():
        others = dict(other.fields)
        return Struct(tuple((key, joined(shape, others[key])) for key, shape in one.fields))
    return object


def shape_of(value: object) -> Shape:
    """The shape of a JSON value."""
    if value is None:
        return None
    if isinstance(value, Digits):
        return _number(value)
    if isinstance(value, str):
        return str
    if isinstance(value, bool):
        return bool
    if isinstance(value, list):
        return List(reduce(joined, map(shape_of, value), None))
    if isinstance(value, dict) and value and all(map(_is_name, value)):
        return Struct(tuple((key, shape_of(item)) for key, item in value.items()))
    return object


def shape_of_cell(text: str | None) -> Shape:
    """The shape of a cell of text: a number only where the number is written just so, and nothing where it is empty."""
    if not text:
        return None
    if _INTEGER.fullmatch(text):
        return _number(text)
    return Number(fraction=True) if _DECIMAL.fullmatch(text) and repr(float(text)) == text else str


def shape_of_all(values: Iterable[Any], shape: Shape, of: Callable[[Any], Shape]) -> Shape:
    """The shape of some values and what came before them."""
    for value in values:
        if shape is object:
            break
        shape = joined(shape, of(value))
    return shape


def arrow_type(shape: Shape) -> Any:
    """The Arrow type of a shape; ``None`` where there is none."""
    if shape is None or shape is str:
        return pa.string()
    if shape is bool:
        return pa.bool_()
    if isinstance(shape, Number):
        return _number_type(shape)
    if isinstance(shape, List):
        item = arrow_type(shape.item)
        return None if item is None else pa.list_(item)
    if isinstance(shape, Struct):
        fields = [(key, arrow_type(inner)) for key, inner in shape.fields]
        return None if any(kind is None for _, kind in fields) else pa.struct(fields)
    return None


def array_of(values: Iterable[Any], kind: Any) -> Any:
    """JSON values as an array of a type that :func:`arrow_type` gave for their shape."""
    if kind is None:
        return string_array([_as_text(value) for value in values])
    plain = [_plain(value, kind) for value in values]
    try:
        return pa.array(plain, kind)
    except UnicodeEncodeError:
        return pa.array([_escaped(value) for value in plain], kind)


def array_of_cells(texts: Iterable[str | None], kind: Any) -> Any:
    """Cells of text as an array of a type of numbers."""
    return pa.array([_plain(Digits(text), kind) if text else None for text in texts], kind)


def _number(text: str) -> Shape:
    if _INTEGER.fullmatch(text):
        value = int(text) if len(text) < 40 else 1 << 100
        return Number(min(value, 0), max(value, 0))
    number = float(text)
    try:
        exact = Decimal(text) == Decimal(repr(number))
    except InvalidOperation:
        exact = False
    return Number(fraction=True) if exact and abs(number) != float("inf") else object


def _number_type(shape: Number) -> Any:
    if shape.fraction:
        return pa.float64() if max(-shape.low, shape.high) <= _EXACT else None
    if shape.low >= -(1 << 63) and shape.high < 1 << 63:
        return pa.int64()
    return pa.uint64() if not shape.low and shape.high < 1 << 64 else None


def _as_text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json_text(value)


def _is_name(key: str) -> bool:
    return utf_8(key).decode() == key


def _escaped(value: Any) -> Any:
    """A value in whose strings halves of surrogate pairs are escaped."""
    if isinstance(value, str):
        return utf_8(value).decode()
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    return {key: _escaped(item) for key, item in value.items()} if isinstance(value, dict) else value


def _plain(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Digits):
        return float(value) if pa.types.is_floating(kind) else int(value)
    if isinstance(value, list):
        return [_plain(item, kind.value_type) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, kind.field(key).type) for key, item in value.items()}
    return value
