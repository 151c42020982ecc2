r"""Inputs that are written from several columns: ``--prompt "Title: {title}\n{text}"``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from nlptasks.errors import UsageError
from nlptasks.plugin.options import unescaped

#: A doubled brace, a column's name in braces, or a brace that is alone.
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")


class Cells(Protocol):
    """The texts of a row's cells, by position."""

    def __getitem__(self, at: int, /) -> str: ...


@dataclass(frozen=True)
class RowTemplate:
    """Text with cells of a row in it.

    Args:
        parts: Text, and positions of columns whose cell stands in its place. No part: an empty input.
    """

    parts: tuple[str | int, ...] = ()

    @property
    def columns(self) -> tuple[int, ...]:
        """Positions of the columns in it."""
        return tuple(part for part in self.parts if isinstance(part, int))

    def fill(self, cells: Cells) -> str:
        """The text for a row; empty where each of its columns is blank there, whatever stands around them."""
        texts = {at: cells[at] for at in self.columns}
        if not any(map(str.strip, texts.values())):
            return ""
        return "".join(part if isinstance(part, str) else texts[part] for part in self.parts)


def is_template(text: str) -> bool:
    """Whether a text names a column in braces."""
    return any(found[1] for found in _BRACES.finditer(text))


def parse(text: str, column: Callable[[str], int], *, flag: str) -> RowTemplate:
    r"""Read a template: ``{column}``, ``{{`` and ``}}`` for braces, ``\n`` and ``\t`` for a line break and a tab.

    Args:
        text: The template.
        column: Tells the position of a column, or raises.
        flag: What errors call the template.

    Raises:
        UsageError: A brace stands alone.
    """
    parts: list[str | int] = []
    at = 0
    for found in _BRACES.finditer(text):
        parts.append(unescaped(text[at : found.start()]))
        at = found.end()
        if found[1]:
            parts.append(column(found[1]))
        elif len(found[0]) == 1:
            raise UsageError(
                f"{flag}: the brace {found[0]!r} at character {found.start() + 1} belongs to no column in {text!r}",
                hint=f"a column is written {{column}}, a brace {found[0] * 2}",
            )
        else:
            parts.append(found[0][0])
    return RowTemplate(tuple(part for part in (*parts, unescaped(text[at:])) if part != ""))
