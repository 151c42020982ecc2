"""Plain aligned text and JSON for listings; rich costs more to import than a listing takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import click

from nlptasks.text.display import one_line


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows below their header, aligned; what cannot be printed is escaped."""
    lines = [list(header), *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    aligned = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in aligned)


def echo_json(data: object) -> None:
    """Print data as JSON."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
