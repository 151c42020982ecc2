"""How predictions look in a notebook: a small table, its cells escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, ClassVar

__all__ = ["HasColumns", "table"]

#: Characters of a cell that a table shows; what is longer ends in an ellipsis.
_LONGEST = 200


class HasColumns:
    """What gives a prediction its table: a row of its cells under the names of its columns."""

    __slots__ = ()

    suffixes: ClassVar[tuple[str, ...]]

    def cells(self) -> tuple[Any, ...]:
        """Values of the output columns."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return table(column_names(type(self)), [self.cells()])


def column_names(kind: type[HasColumns]) -> list[str]:
    """What the columns of a prediction type are called where no task names them."""
    return [suffix.lstrip("_") or "prediction" for suffix in kind.suffixes]


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """An HTML table; a row that is shorter than the header is filled with blanks."""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(map(_cell, _filled(row, len(columns))))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _filled(row: Sequence[object], width: int) -> list[object]:
    return [*row[:width], *([None] * (width - len(row)))]


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"<td>{escape(text if len(text) <= _LONGEST else text[:_LONGEST] + '…')}</td>"
