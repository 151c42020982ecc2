"""Cells that know how they were written, so that a copy of them loses nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from nlptasks.plugin.predictions import Cell

#: Rows that are turned into bytes at a time.
BATCH = 8192

_encode = json.JSONEncoder(ensure_ascii=False).encode


class JsonText(str):
    """JSON of a value that is no string: a task reads it as text, JSON Lines writes the value back."""

    __slots__ = ()


def json_text(value: object) -> JsonText:
    """The JSON of a value; what JSON does not know (times, NaN in a list) is written as its ``str``."""
    try:
        return JsonText(json.dumps(value, ensure_ascii=False, allow_nan=False, default=str))
    except ValueError:
        return JsonText(_encode(str(value)))


def json_cell(cell: Cell) -> str:
    """The JSON of a cell; numbers that JSON does not know are null."""
    if isinstance(cell, JsonText):
        return cell
    if isinstance(cell, str):
        return _encode(cell)
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return "null"
    return _encode(cell)


def batches(rows: Iterable[Sequence[Cell]]) -> Iterator[list[Sequence[Cell]]]:
    """The rows, some thousands at a time."""
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def encoded(text: str) -> bytes:
    r"""UTF-8. Half of a surrogate pair, which UTF-8 does not know, is written as ``\ud83d``, which JSON reads back."""
    return text.encode("utf-8", "backslashreplace")
