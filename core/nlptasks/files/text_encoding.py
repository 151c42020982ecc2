"""From bytes to lines of text: the encoding is found, everything that is not text is refused with its place."""

from __future__ import annotations

import codecs
import difflib
import io
import re
from collections.abc import Iterator
from encodings.aliases import aliases
from typing import BinaryIO

from nlptasks.errors import DataError, UsageError

#: Bytes that the encoding is guessed from, and bytes decoded at a time after them.
HEAD = 1 << 20
CHUNK = 1 << 18

#: Longest line in characters. A file without line ends must not fill the memory.
MAX_LINE = 1 << 26

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
_BINARY = (
    (b"PK\x03\x04", "a zip archive or an Office document", "save it as CSV first"),
    (b"PAR1", "a Parquet file", "give it the suffix .parquet, or name the format: --format parquet"),
    (b"%PDF-", "a PDF document", "extract its text first"),
    (b"BZh", "bzip2 data", "decompress it first: bunzip2"),
    (b"\xfd7zXZ\x00", "xz data", "decompress it first: unxz"),
)
_MULTI_BYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]+")
_UNDEFINED_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_ASCII_HINT = "pass --encoding cp1252 or --encoding latin-1 if the file is not UTF-8, or repair the line"


def decode_text(stream: BinaryIO, name: str, encoding: str = "") -> tuple[str, Iterator[str]]:
    r"""Decode a stream piece by piece.

    Args:
        stream: Uncompressed bytes.
        name: What errors call the file.
        encoding: Name of the encoding; empty: a byte order mark, UTF-16 by its NULs, UTF-8, or windows-1252 where the
            head of the file cannot be UTF-8.

    Returns:
        The encoding, and the text in pieces, none of which ends between ``\r`` and ``\n``. A byte order mark is
        dropped.

    Raises:
        UsageError: The encoding is unknown.
        DataError: The file is no text, or not in that encoding; the pieces raise it too, with line and column.
    """
    head = stream.read(HEAD)
    chosen = _known(encoding) if encoding else _detect(head, name)
    return chosen, _pieces(stream, name, head, chosen)


def decode_lines(
    stream: BinaryIO, name: str, encoding: str = "", *, max_line: int = MAX_LINE
) -> tuple[str, Iterator[str]]:
    r"""Decode a stream line by line; arguments and errors are those of :func:`decode_text`.

    Returns:
        The encoding, and the lines with their ends: ``\n``, ``\r\n`` or ``\r``. A line of more than ``max_line``
        characters is a :class:`DataError`.
    """
    chosen, pieces = decode_text(stream, name, encoding)
    return chosen, split_lines(pieces, name, max_line=max_line)


def split_lines(pieces: Iterator[str], name: str, *, max_line: int = MAX_LINE) -> Iterator[str]:
    """Cut the pieces of :func:`decode_text` into lines.

    Raises:
        DataError: A line is longer than ``max_line`` characters.
    """
    tail, number = "", 0
    for piece in pieces:
        lines = io.StringIO(tail + piece, newline="").readlines()
        tail = "" if piece.endswith(("\n", "\r")) else lines.pop()
        number += len(lines)
        yield from lines
        if len(tail) > max_line:
            message = f"the line is longer than {max_line:,} characters"
            raise DataError(name, message, line=number + 1, hint="is it a text file with line ends?")
    if tail:
        yield tail


def encoding_note(encoding: str) -> tuple[str, ...]:
    """What a reader tells the user about the encoding; nothing where it is UTF-8."""
    if encoding == "utf-8":
        return ()
    return (f"encoding: {encoding} (if letters look wrong, name the right one with --encoding)",)


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError):
        known = {name.replace("_", "-") for name in (*aliases, *aliases.values())}
        nearest = difflib.get_close_matches(encoding.lower().replace("_", "-"), sorted(known), n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else "common ones: utf-8, utf-16, cp1252, latin-1, gb18030"
        raise UsageError(f"there is no text encoding {encoding!r}", hint=hint) from None


def _detect(head: bytes, name: str) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    for magic, kind, hint in _BINARY:
        if head.startswith(magic):
            raise DataError(name, f"this is {kind}, not text", hint=hint)
    if b"\0" in head:
        return _utf_16(head) or "utf-8"
    if _is_utf_8(head) or _MULTI_BYTE.search(head):
        return "utf-8"
    _refuse_other_scripts(head, name)
    return "latin-1" if _UNDEFINED_IN_CP1252.search(head) else "cp1252"


def _utf_16(head: bytes) -> str:
    """UTF-16 without a mark: where ASCII characters are common, every other byte of them is NUL."""
    first, second = head[::2].count(0), head[1::2].count(0)
    if max(first, second) * 10 < len(head) or min(first, second) * 4 > max(first, second):
        return ""
    return "utf-16-le" if second > first else "utf-16-be"


def _is_utf_8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_other_scripts(head: bytes, name: str) -> None:
    """In Latin scripts accented letters stand alone; long runs of high bytes are another script's words."""
    runs = [len(run) for run in _HIGH.findall(head)]
    if 2 * sum(run for run in runs if run >= 3) > sum(runs):
        message = "the text is neither UTF-8 nor in a Western European encoding"
        raise DataError(name, message, hint="name its encoding: --encoding cp1251, gb18030, shift_jis, ...")


def _pieces(stream: BinaryIO, name: str, head: bytes, encoding: str) -> Iterator[str]:
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
        if "\0" in text:
            raise _nul(name, text, place)
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
    return DataError(name, f"column {column}: {wrong} is not valid {encoding}", line=line, hint=_ASCII_HINT)


def _nul(name: str, text: str, place: tuple[int, int]) -> DataError:
    line, column = _advance(place, text[: text.index("\0")])
    hint = "the file is not text, is damaged, or is UTF-16: then pass --encoding utf-16-le"
    return DataError(name, f"column {column}: a NUL byte, which no text holds", line=line, hint=hint)
