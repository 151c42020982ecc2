"""Faults of formats."""

from __future__ import annotations

import json

from nlptasks.errors import DataError
from nlptasks.plugin import (
    FormatSpec,
)
from nlptasks.plugin.protocols import FormatOptions
from nlptasks.plugin.tables import Table

from .fault import Fault

HERE = __name__


class Lists:
    """A JSON list a line, the names first: an honest format."""

    def __init__(self, options: FormatOptions) -> None:
        pass

    def read(self, stream, name):
        from nlptasks.plugin.protocols import BadRow, Row

        def rows():
            for number, line in enumerate(lines[1:], 2):
                try:
                    cells = json.loads(line)
                    yield Row(number, cells) if len(cells) == len(columns) else BadRow(number, "too few cells")
                except (ValueError, TypeError) as error:
                    yield BadRow(number, f"no list: {error}")

        lines = self.lines(stream)
        try:
            columns = [str(name) for name in json.loads(lines[0])]
            if not columns:
                raise ValueError
        except (ValueError, IndexError, TypeError) as error:
            raise DataError(name, "the first line names no columns") from error
        return Table.of_rows(columns, rows())

    def lines(self, stream):
        return stream.read().decode("utf-8", "replace").split("\n")[:-1]

    def write(self, stream, columns):
        stream.write(json.dumps(list(columns)).encode() + b"\n")
        return self.writer(stream)

    def writer(self, stream):
        return ListWriter(stream)


class ListWriter:
    def __init__(self, stream) -> None:
        self.stream = stream

    def write(self, block, predictions):
        for at, row in enumerate(block.good()):
            self.line([*row.cells, *(column[at] for column in predictions)])

    def line(self, cells):
        self.stream.write(json.dumps(cells).encode() + b"\n")

    def close(self):
        pass


class StripsLists(Lists):
    def writer(self, stream):
        class Writer(ListWriter):
            def line(self, cells):
                super().line([cell.strip() if isinstance(cell, str) else cell for cell in cells])

        return Writer(stream)


class DropsLast(Lists):
    def lines(self, stream):
        return super().lines(stream)[:-1]


class RaisesRaw(Lists):
    def read(self, stream, name):
        try:
            return super().read(stream, name)
        except DataError:
            raise ValueError("bad file") from None


class Numbers(Lists):
    def writer(self, stream):
        class Writer(ListWriter):
            def line(self, cells):
                super().line([cell.lstrip("0") if cell == "007" else cell for cell in cells])

        return Writer(stream)


class OneBlock(Lists):
    def writer(self, stream):
        class Writer(ListWriter):
            def write(self, block, predictions):
                if not getattr(self, "done", False):
                    super().write(block, predictions)
                self.done = True

        return Writer(stream)


class NoPredictions(Lists):
    def writer(self, stream):
        class Writer(ListWriter):
            def write(self, block, predictions):
                super().write(block, [[None] * len(block) for _ in predictions])

        return Writer(stream)


def fmt(made: type) -> FormatSpec:
    return FormatSpec(name="lists", summary="s", suffixes=(".lists",), object=f"{HERE}:{made.__name__}")


def found() -> list[Fault]:
    changed: list[tuple[str, type, str]] = [
        ("blanks stripped", StripsLists, "came back as 'blanks around'"),
        ("the last row lost", DropsLast, "rows were written and"),
        ("leading zeros lost", Numbers, "'007' in the column 'text' came back as '7'"),
        ("blocks behind the first lost", OneBlock, "written in blocks of 1, the table comes back otherwise"),
        ("columns of predictions lost", NoPredictions, "in the column 'label' came back as None"),
        ("an error of its own kind", RaisesRaw, "raise nlptasks.errors.DataError"),
    ]
    return [Fault("format", fault, fmt(made), says) for fault, made, says in changed]
