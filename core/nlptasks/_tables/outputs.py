"""How the columns of predictions are called beside the columns of a table."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def output_columns(wanted: Sequence[Sequence[str]], taken: Sequence[str]) -> list[tuple[str, ...]]:
    """The names of some tasks' output columns: ``predicted_...`` where the table has one of them already.

    Args:
        wanted: The names that each task asks for.
        taken: The table's columns. Names that differ in case alone are one to databases, and count as one here.
    """
    known = {_folded(name) for name in taken}
    columns = []
    for names in map(tuple, wanted):
        while known & set(map(_folded, names)):
            names = tuple(f"predicted_{name}" for name in names)
        known.update(map(_folded, names))
        columns.append(names)
    return columns


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).strip().casefold())
