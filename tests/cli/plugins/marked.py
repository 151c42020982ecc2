"""A format with an option: a text a line, and lines that begin with a mark are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

from nlptasks.plugin import FormatSpec, hookimpl
from nlptasks.plugin.options import setting
from nlptasks.plugin.protocols import FormatOptions, Row, Table


@dataclass(frozen=True)
class MarkedOptions:
    mark: str = setting("#", "What a line begins with that is left out.")
    label_of_all: str = setting("", "A label that all lines have.")


class Marked:
    def __init__(self, options: FormatOptions) -> None:
        self._own: Any = options.own

    def read(self, stream: BinaryIO, name: str) -> Table:
        lines = stream.read().decode().splitlines()
        rows = [(at, line) for at, line in enumerate(lines, 1) if not line.startswith(self._own.mark)]
        return Table.of_rows(("text", "label"), [Row(at, (line, self._own.label_of_all)) for at, line in rows])

    def write(self, stream: BinaryIO, columns: Any) -> Any:
        raise NotImplementedError


@hookimpl
def nlptasks_formats() -> list[FormatSpec]:
    return [
        FormatSpec(
            name="marked",
            summary="a text a line",
            suffixes=(".marked",),
            object=f"{__name__}:Marked",
            options=MarkedOptions,
        )
    ]
