"""A folder of text files as a table: the name and the whole text of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nlptasks.errors import NlptasksError
from nlptasks.files.paths import decode_text, nul_reason, open_input
from nlptasks.files.walking import walked
from nlptasks.plugin.protocols import BadRow, FormatOptions, Table
from nlptasks.plugin.tables import Row

#: The columns.
NAME, TEXT = "name", "text"

SUFFIX = ".txt"


def text_files(folder: Path) -> list[Path]:
    """The text files below a folder, sorted."""
    return [path for path in walked(folder) if path.suffix.lower() == SUFFIX]


def read_text_files(folder: Path, reading: FormatOptions) -> Table:
    """The table of a folder; a row is a file, and its line is its number in the sorted folder.

    A file that is empty is a row with an empty text. One that is longer than a cell may be, or that cannot be decoded,
    is a bad row.
    """
    return Table.of_rows((NAME, TEXT), _rows(folder, reading), (f"{folder}: a row is a file; its whole text is read",))


def _rows(folder: Path, reading: FormatOptions) -> Iterator[Row | BadRow]:
    for number, path in enumerate(text_files(folder), 1):
        try:
            text = _text(path, reading)
        except NlptasksError as error:
            yield BadRow(number, error.message, error.hint)
            continue
        if text is None:
            yield BadRow(
                number, f"{path} is longer than {reading.max_cell:,} characters", "--max-cell raises the limit"
            )
        elif "\0" in text:
            yield BadRow(number, f"{path}: {nul_reason(text)[1]}", nul_reason(text)[2])
        else:
            yield Row(number, (path.relative_to(folder).as_posix(), text))


def _text(path: Path, reading: FormatOptions) -> str | None:
    """The text of a file; ``None`` where it is longer than a cell may be."""
    if not path.stat().st_size:
        return ""
    pieces: list[str] = []
    length = 0
    with open_input(path) as source:
        for piece in decode_text(source.stream, str(path), reading.encoding, keep_nul=True)[1]:
            pieces.append(piece)
            length += len(piece)
            if length > reading.max_cell:
                return None
    return "".join(pieces)
