"""From bytes to lines of text: the encoding is found, everything that is not text is refused with its place."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from nlptasks.errors import DataError
from nlptasks.files.encodings import HEAD, detect_encoding, known_encoding, legacy_encoding

#: Bytes decoded at a time behind those that the encoding is guessed from.
CHUNK = 1 << 18

#: Longest line in characters. A file without line ends must not fill the memory.
MAX_LINE = 1 << 26

_NUL_HINT = "the file is not text, is damaged, or is UTF-16 or UTF-32: then pass --encoding utf-16-le or utf-32-le"


def decode_text(
    stream: BinaryIO, name: str, encoding: str = "", *, keep_nul: bool = False
) -> tuple[str, Iterator[str]]:
    r"""Decode a stream piece by piece.

    Args:
        stream: Uncompressed bytes.
        name: What errors call the file.
        encoding: Name of the encoding; empty: it is found, see :func:`nlptasks.files.encodings.detect_encoding`.
        keep_nul: Whether NUL characters stay where they are, for a reader that tells which row holds one.

    Returns:
        The encoding, and the text in pieces, none of which ends between ``\r`` and ``\n``. A byte order mark is
        dropped.

    Raises:
        UsageError: The encoding is unknown.
        DataError: The file is no text, or not in that encoding; the pieces raise it too, with line and column.
    """
    head = stream.read(HEAD)
    chosen = known_encoding(encoding) if encoding else detect_encoding(head, name)
    return chosen, _pieces(stream, name, head, chosen, keep_nul)


def decode_lines(
    stream: BinaryIO, name: str, encoding: str = "", *, max_line: int = MAX_LINE, keep_nul: bool = False
) -> tuple[str, Iterator[str]]:
    r"""Decode a stream line by line; arguments and errors are those of :func:`decode_text`.

    Returns:
        The encoding, and the lines with their ends: ``\n``, ``\r\n`` or ``\r``. A line of more than ``max_line``
        characters is a :class:`DataError`.
    """
    chosen, pieces = decode_text(stream, name, encoding, keep_nul=keep_nul)
    return chosen, split_lines(pieces, name, max_line=max_line)


def split_lines(pieces: Iterator[str], name: str, *, max_line: int = MAX_LINE) -> Iterator[str]:
    """Cut the pieces of :func:`decode_text` into lines.

    Raises:
        DataError: A line is longer than ``max_line`` characters; raised before the rest of it is read.
    """
    tail: list[str] = []  # of a line whose end has not been seen; joined once, so that a long line takes linear time
    length = number = 0
    for piece in pieces:
        lines = io.StringIO(piece, newline="").readlines()
        if tail and (len(lines) > 1 or lines[0].endswith(("\n", "\r"))):
            lines[0] = "".join((*tail, lines[0]))
            tail, length = [], 0
        if not lines[-1].endswith(("\n", "\r")):
            tail.append(lines.pop())
            length += len(tail[-1])
        number += len(lines)
        yield from lines
        if length > max_line:
            message = f"the line is longer than {max_line:,} characters"
            raise DataError(name, message, line=number + 1, hint="is it a text file with line ends?")
    if tail:
        yield "".join(tail)


def encoding_note(encoding: str) -> tuple[str, ...]:
    """What a reader tells the user about the encoding; nothing where it is UTF-8."""
    if encoding == "utf-8":
        return ()
    return (f"encoding: {encoding} (if letters look wrong, name the right one with --encoding)",)


def nul_reason(text: str, place: tuple[int, int] = (1, 1)) -> tuple[int, str, str]:
    """Where a text holds a NUL: how many lines behind its first, what is wrong, and what to do."""
    line, column = _advance(place, text[: text.index("\0")])
    return line - place[0], f"column {column}: a NUL byte, which no text holds", _NUL_HINT


def _pieces(stream: BinaryIO, name: str, head: bytes, encoding: str, keep_nul: bool) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    data, held, place = head, "", (1, 1)
    while True:
        try:
            text = held + decoder.decode(data, not data)
        except UnicodeDecodeError as error:
            raise _undecodable(name, encoding, error, held, place) from None
        except UnicodeError as error:
            raise DataError(name, f"this is not {encoding}: {error}", hint="pass another --encoding") from None
        if place == (1, 1):
            text = text.removeprefix("\ufeff")
        held = "\r" if data and text.endswith("\r") else ""
        text = text[: len(text) - len(held)]
        if not keep_nul and "\0" in text:
            behind, message, hint = nul_reason(text, place)
            raise DataError(name, message, line=place[0] + behind, hint=hint)
        if text:
            yield text
        if not data:
            return
        place = _advance(place, text)
        data = stream.read(CHUNK)


def _advance(place: tuple[int, int], text: str) -> tuple[int, int]:
    """Line and column behind the text, both from 1."""
    line, column = place
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    last = max(text.rfind("\n"), text.rfind("\r"))
    return line + ends, column + len(text) if last < 0 else len(text) - last


def _undecodable(name: str, encoding: str, error: UnicodeDecodeError, held: str, place: tuple[int, int]) -> DataError:
    before = held + error.object[: error.start].decode(error.encoding, "replace")
    line, column = _advance(place, before)
    wrong = " ".join(f"0x{byte:02X}" for byte in error.object[error.start : error.end][:4])
    message = f"column {column}: {wrong} is not valid {encoding}"
    return DataError(name, message, line=line, hint=_other_encoding(error.object, encoding))


def _other_encoding(data: bytes, tried: str) -> str:
    found = legacy_encoding(data)
    if found == tried != "utf-8":
        return f"repair the line, or pass another --encoding if the file is not {tried}"
    if found in {"", "utf-8", "cp1252"}:
        return "pass --encoding cp1252 or --encoding latin-1 if the file is not UTF-8, or repair the line"
    return f"pass --encoding {found} if the file is in that encoding, or repair the line"
