import io
from importlib import import_module

import pytest

from nlptasks.plugin.protocols import BadRow, FormatOptions, Row
from nlptasks.plugin.tables import blocks_of
from nlptasks_formats import nlptasks_formats


class Formats:
    """The plugin's formats, used as the core uses them: by the import strings of their descriptors."""

    def open(self, name, **options):
        spec = next(spec for spec in nlptasks_formats() if spec.name == name)
        module, _, attribute = spec.object.partition(":")
        return getattr(import_module(module), attribute)(FormatOptions(**options))

    def table(self, name, data, **options):
        stream = io.BytesIO(data if isinstance(data, bytes) else data.encode())
        return self.open(name, **options).read(stream, "f")

    def rows(self, name, data, **options):
        """Columns, and ``(line, cells)`` or ``(line, reason, hint)`` of each row."""
        table = self.table(name, data, **options)
        return table.columns, [
            (row.line, row.reason, row.hint) if isinstance(row, BadRow) else (row.line, list(row.cells))
            for row in table.rows
        ]

    def written(self, name, columns, rows, **options):
        stream = io.BytesIO()
        writer = self.open(name, **options).write(stream, columns)
        for block in blocks_of((Row(at, row) for at, row in enumerate(rows, 1)), columns):
            writer.write(block, [])
        writer.close()
        return stream.getvalue()

    def converted(self, source, data, target, predictions=(), **options):
        """What is written of a table that was read; ``predictions`` are columns by name."""
        table = self.table(source, data, **options)
        columns = dict(predictions)
        stream = io.BytesIO()
        writer = self.open(target).write(stream, [*table.names, *columns])
        row = 0
        for block in table.blocks:
            assert not block.bad
            writer.write(block, [cells[row : row + len(block)] for cells in columns.values()])
            row += len(block)
        writer.close()
        return stream.getvalue()

    def notes(self, source, data, target):
        """What a writer says of a table that was read."""
        table = self.table(source, data)
        writer = self.open(target).write(io.BytesIO(), table.names)
        for block in table.blocks:
            writer.write(block, [])
        writer.close()
        return writer.notes

    def copied(self, name, columns, rows):
        """What is read of rows that were written."""
        columns, rows = self.rows(name, self.written(name, columns, rows))
        return columns, [cells for _, cells in rows]


@pytest.fixture(scope="session")
def formats():
    return Formats()


@pytest.fixture
def nlptasks_run(command):
    """Runs the constant head on some data: the rows that it writes to standard output."""
    return lambda data: command.constant("--data", data, "-o", "-", "-q").succeeded().stdout.decode().splitlines()
