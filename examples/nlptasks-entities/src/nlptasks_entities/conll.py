"""The format ``.conll``: a token a line with its tag, and a blank line behind each sentence.

A sentence is a row. Its text is made of the tokens with a space between them, and entities are offsets into that.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, repeat
from types import MappingProxyType
from typing import BinaryIO

from nlptasks.errors import DataError, NlptasksError, UsageError
from nlptasks.files.paths import decode_lines, encoding_note
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import BadRow, FormatOptions, Row, RowWriter, Table, TableBlock
from nlptasks.plugin.values import json_text

from .gold import places
from .options import ConllOptions
from .tags import OUTSIDE, in_characters, in_tokens, spans_of, tags_of

#: The column of what a system found.
FOUND = "found_entities"

#: The columns of a table by how many a line has. What a system found stands behind the gold tag, as conlleval has it.
LAYOUTS: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: ("text",),
        2: ("text", "entities"),
        3: ("text", "entities", FOUND),
        4: ("text", "pos", "chunk", "entities"),
        5: ("text", "pos", "chunk", "entities", FOUND),
    }
)

#: Begins a line between two documents. Files that have one get a column with the number of each row's document.
DOCUMENT, NUMBER = "-DOCSTART-", "document"

_BLANKS = re.compile(r"[ \t]+")

#: A line's number and what stands on it.
Line = tuple[int, list[str]]


class Conll:
    """Sentences of tokens with BIO tags."""

    def __init__(self, options: FormatOptions) -> None:
        self._options = options
        own: ConllOptions = options.own or ConllOptions()
        self._iob1 = own.scheme == "iob1"

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table; a sentence that cannot be read is a :class:`BadRow`.

        Raises:
            DataError: There is no sentence in it, or its lines have more columns than a format has.
        """
        encoding, texts = decode_lines(stream, name, self._options.encoding)
        lines = (
            (at, _BLANKS.split(found) if (found := text.strip(" \t\r\n")) else []) for at, text in enumerate(texts, 1)
        )
        before = list[Line]()
        for line in lines:
            before.append(line)
            if line[1] and line[1][0] != DOCUMENT:
                break
        else:
            raise DataError(name, "there is no sentence in it", hint="a token and its tag stand on a line: Paris B-LOC")
        number, first = before[-1]
        if len(first) not in LAYOUTS:
            raise DataError(
                name,
                f"the line has {len(first)} columns",
                line=number,
                hint="token and tag (2), or token, part of speech, chunk and tag (4), with blanks or tabs between them",
            )
        columns = LAYOUTS[len(first)]
        documents = any(cells for _, cells in before[:-1])
        rows = self._rows(chain(before, lines), columns, documents=documents)
        return Table.of_rows((NUMBER, *columns) if documents else columns, rows, encoding_note(encoding))

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Begin a table.

        Raises:
            UsageError: It has other columns than such a file.
        """
        names = tuple(columns)
        documents = names[:1] == (NUMBER,)
        if names[documents:] not in (*LAYOUTS.values(), ("text", FOUND)):
            known = "; ".join(", ".join(layout) for layout in LAYOUTS.values())
            raise UsageError(
                f"a .conll file cannot hold the columns {', '.join(names)}; it holds {known}",
                hint="write .jsonl or .parquet",
            )
        return ConllWriter(stream, names)

    def _rows(self, lines: Iterable[Line], columns: Sequence[str], *, documents: bool) -> Iterator[Row | BadRow]:
        document = 0
        for sentence in _sentences(lines):
            if sentence[0][1][0] == DOCUMENT:
                document += 1
                if not documents:
                    yield BadRow(sentence[0][0], f"{DOCUMENT} stands behind a sentence of no document")
                continue
            row = self._row(sentence, columns)
            yield Row(row.line, (document, *row.cells)) if documents and isinstance(row, Row) else row

    def _row(self, sentence: Sequence[Line], columns: Sequence[str]) -> Row | BadRow:
        for number, cells in sentence:
            if len(cells) != len(columns):
                return BadRow(number, f"the line has {len(cells)} columns, and the first one has {len(columns)}")
        line = sentence[0][0]
        tokens, *others = zip(*(cells for _, cells in sentence), strict=True)
        text = " ".join(tokens)
        if len(text) > self._options.max_cell:
            return BadRow(
                line,
                f"the sentence is longer than {self._options.max_cell:,} characters",
                "--max-cell raises the limit",
            )
        try:
            return Row(line, (text, *map(self._cell, columns[1:], repeat(tokens), others)))
        except ValueError as error:
            return BadRow(line, str(error), "where I-TYPE may begin an entity, add --scheme iob1")

    def _cell(self, name: str, tokens: Sequence[str], values: Sequence[str]) -> Cell:
        if not name.endswith("entities"):
            return list(values)
        spans = in_characters(spans_of(values, iob1=self._iob1), token_places(tokens))
        return [{"start": start, "end": end, "type": kind} for start, end, kind in spans]


class ConllWriter:
    """Writes a sentence a row, its tags in IOB2."""

    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        self._stream = stream
        self._columns = columns
        self._documents = columns[0] == NUMBER
        self._document: object = None
        self._rows = 0
        self._changed: Counter[tuple[str, str]] = Counter()

    @property
    def notes(self) -> tuple[str, ...]:
        """Entities that tags of whole tokens cannot hold."""
        return tuple(f"column {name!r}: {what}: {count:,}" for (name, what), count in self._changed.items())

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        for at, row in enumerate(block.good()):
            self._rows += 1
            cells = dict(zip(self._columns, [*row.cells, *(column[at] for column in predictions)], strict=True))
            if self._documents and (document := cells.pop(NUMBER)) != self._document:
                self._document = document
                middle = ["-X-"] * (len(self._columns) - 3)
                self._stream.write(f"{' '.join([DOCUMENT, *middle, OUTSIDE])}\n\n".encode())
            self._stream.write(self._sentence(cells))

    def close(self) -> None:
        """Do nothing: every line is written, and the stream is not ours."""

    def _sentence(self, cells: Mapping[str, Cell]) -> bytes:
        text = str(cells["text"] or "")
        tokens = text.split(" ")
        if not all(tokens) or re.search(r"[\t\r\n\0]", text):
            raise NlptasksError(
                f"row {self._rows} is no text of tokens with one space between them, which a .conll file cannot keep",
                hint="write .jsonl or .parquet",
            )
        columns = [tokens, *(self._values(name, cell, tokens) for name, cell in cells.items() if name != "text")]
        return "".join(f"{' '.join(line)}\n" for line in [*zip(*columns, strict=True), ()]).encode()

    def _values(self, name: str, cell: Cell, tokens: Sequence[str]) -> Sequence[str]:
        text = cell if isinstance(cell, str) else json_text(cell)
        try:
            values = self._tags(name, text, tokens) if name.endswith("entities") else json.loads(text)
            if len(values) != len(tokens):
                raise ValueError(f"there are {len(tokens)} tokens")
        except (ValueError, TypeError) as error:
            raise NlptasksError(f"row {self._rows}: {name!r} holds {text[:60]}: {error}") from error
        return [str(value) for value in values]

    def _tags(self, name: str, text: str, tokens: Sequence[str]) -> list[str]:
        wanted = places(text)
        found = list(in_tokens(wanted, token_places(tokens)))
        tags, lost = tags_of([span for span, _ in found], len(tokens))
        self._count(name, "entities within a token written as whole tokens", sum(not exact for _, exact in found))
        self._count(name, "entities within others left out", lost)
        self._count(name, "entities outside of the text left out", len(wanted) - len(found))
        return tags

    def _count(self, name: str, what: str, count: int) -> None:
        if count:
            self._changed[name, what] += count


def token_places(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Where tokens stand in the text that is made of them."""
    starts = accumulate((len(token) + 1 for token in tokens), initial=0)
    return [(start, start + len(token)) for start, token in zip(starts, tokens, strict=False)]


def _sentences(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines that follow each other without a blank one; what is said of documents stands alone."""
    sentence: list[Line] = []
    for line in chain(lines, [(0, [])]):
        boundary = line[1][:1] == [DOCUMENT]
        if sentence and (boundary or not line[1]):
            yield sentence
            sentence = []
        if boundary:
            yield [line]
        elif line[1]:
            sentence.append(line)
