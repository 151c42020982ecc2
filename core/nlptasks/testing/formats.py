"""The check that every format must pass."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from nlptasks._names import resolve
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin import FormatSpec
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import BadRow, FormatOptions
from nlptasks.plugin.tables import Table
from nlptasks.testing._steady import steady, told, warm
from nlptasks.text.display import one_line

__all__ = ["check_format"]

#: Texts that a table must give back as they were.
_TEXTS = (
    "It works.",
    "quotes \" and ' and “these”",
    "commas, tabs\tand; semicolons",
    "Der Akku hält — großartig! 这个手机 👍🏽",
    "  blanks around  ",
    "=1+1",
    "007",
    "1e5",
    "true",
    "a\\b",
    "N/A",
    "[]",
    "long " * 2_000,
)

#: Those that only a format with more than one line a row can hold.
_LINES = ("two\nlines", "a\r\nb")

#: What no file of any format should make a reader fall over.
_GARBAGE = (b"", b"\n\n\n", b"\xff\xfe\x00\xd8 not a file", b"\x00" * 64, bytes(range(256)))

_QUOTED = 80


def check_format(spec: FormatSpec, *, options: Any = None) -> None:
    """Check what every format must do: whatever it writes, it reads back.

    Every row comes back, in its order and on a line behind that of the row before it, with its texts and numbers as
    they were, in any number of blocks; columns of predictions stand behind a table's own; the stream stays open; what
    is no file of the format is refused with a reason. A format that cannot hold several columns, or line breaks, says
    so; of one with an example (see ``FormatSpec.example``) the rows of that come back.

    Args:
        spec: The format.
        options: Its own options; ``None``: the defaults.

    Raises:
        AssertionError: It does not; the message says what is wrong.
    """
    own = options if options is not None or spec.options is None else spec.options()
    with told("the format"), warm():
        opened = resolve(spec.object)(FormatOptions(own=own))
        if spec.example:
            _check_example(opened, spec.example)
        else:
            _read(opened, _written(opened, ("text",), [(text,) for text in _TEXTS], ()))
    with steady("the format"), told("the format"):
        whole = _check_example(opened, spec.example) if spec.example else _check_any(opened)
        for data in (*_GARBAGE, whole[: len(whole) // 2]):
            _check_refusal(opened, data)


def _check_any(opened: Any) -> bytes:
    """Tables of several columns and of one, where a format holds whatever they hold."""
    whole = _check_trip(opened, _columns(opened))
    _check_trip(opened, ("text",))
    return whole


def _check_example(opened: Any, example: str) -> bytes:
    """What stands in a small file of the format is read, written and read again."""
    table = _read(opened, example.encode())
    columns = tuple(table.columns)
    rows = _rows(table)
    assert rows, f"the example of the descriptor holds no row: {_shown(example)}"
    whole = b""
    for size in (0, 1):
        whole = _written(opened, columns, [cells for _, cells in rows], (), size=size)
        again = _read(opened, whole)
        assert tuple(again.columns) == columns, f"the columns {columns} came back as {tuple(again.columns)}"
        found = [cells for _, cells in _rows(again)]
        assert found == [cells for _, cells in rows], f"the rows of the example came back as {_shown(found)}"
    return whole


def _columns(opened: Any) -> tuple[str, ...]:
    """Three columns, or one where a format says that it holds no more."""
    columns = ("id", "text", "label", "label_score")
    try:
        opened.write(io.BytesIO(), columns)
    except UsageError:
        return ("text",)
    return columns


def _check_trip(opened: Any, columns: tuple[str, ...]) -> bytes:
    several = len(columns) > 1
    texts = [*_TEXTS, *(_LINES if several or _holds_lines(opened) else ())]
    own = [(f"r{at}", text) if several else (text,) for at, text in enumerate(texts)]
    more: tuple[list[Cell], ...] = (["yes"] * len(texts), [at / 8 for at in range(len(texts))]) if several else ()
    written = _written(opened, columns, own, more)
    table = _read(opened, written)
    assert tuple(table.columns) == columns, f"the columns {columns} came back as {tuple(table.columns)}"
    rows = _rows(table)
    assert len(rows) == len(own), f"{len(own)} rows were written and {len(rows)} read"
    for at, (line, cells) in enumerate(rows):
        expected = [*own[at], *(column[at] for column in more)]
        for name, wanted, found in zip(columns, expected, cells, strict=True):
            assert _equal(wanted, found), f"{_shown(wanted)} in the column {name!r} came back as {_shown(found)}"
        assert not at or line > rows[at - 1][0], (
            f"row {at + 1} is said to stand on line {line}, before the one above it"
        )
    for size in (1, 3):
        parts = _rows(_read(opened, _written(opened, columns, own, more, size=size)))
        same = [cells for _, cells in parts] == [cells for _, cells in rows]
        assert same, f"written in blocks of {size}, the table comes back otherwise"
    return written


def _holds_lines(opened: Any) -> bool:
    try:
        _written(opened, ("text",), [(text,) for text in _LINES], ())
    except NlptasksError:
        return False
    return True


def _written(
    opened: Any, columns: Sequence[str], own: Sequence[Sequence[Cell]], more: Sequence[Sequence[Cell]], size: int = 0
) -> bytes:
    """A table as the format writes it, in blocks of so many rows."""
    from nlptasks.plugin.protocols import Row

    names = columns[: len(columns) - len(more)]
    stream = io.BytesIO()
    writer = opened.write(stream, columns)
    step = size or len(own)
    for start in range(0, len(own), step):
        rows = [Row(at + 2, cells) for at, cells in enumerate(own[start : start + step], start)]
        for block in Table.of_rows(names, rows).blocks:
            at = block.lines[0] - 2
            writer.write(block, [column[at : at + len(block)] for column in more])
    writer.close()
    assert not stream.closed, "close() of the writer closed the stream, which is not its own"
    return stream.getvalue()


def _read(opened: Any, data: bytes) -> Table:
    table = opened.read(io.BytesIO(data), "<check>")
    assert isinstance(table, Table), f"read() must give a Table, got {type(table).__name__}"
    return table


def _rows(table: Table) -> list[tuple[int, list[Cell]]]:
    return list(_good(table))


def _good(table: Table) -> Iterator[tuple[int, list[Cell]]]:
    for row in table.rows:
        assert not isinstance(row, BadRow), f"what it wrote itself it cannot read, on line {row.line}: {row.reason}"
        yield row.line, list(row.cells)


def _check_refusal(opened: Any, data: bytes) -> None:
    try:
        list(_read(opened, data).rows)
    except NlptasksError:
        return
    except Exception as error:
        raise AssertionError(
            f"on {_shown(data)}, which is no file of it, it raises {type(error).__name__}: "
            f"{one_line(str(error), _QUOTED)}; "
            "raise nlptasks.errors.DataError, with the line and what to do"
        ) from error


def _equal(wanted: Cell, found: Cell) -> bool:
    """Whether a cell came back, as itself or as the text of it where the format holds texts only."""
    if isinstance(wanted, float):
        try:
            return math.isclose(float(found), wanted)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return False
    return found == wanted or (not isinstance(found, str) and json.dumps(found) == wanted)


def _shown(value: object) -> str:
    return one_line(repr(value), _QUOTED)
