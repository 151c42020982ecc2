"""A JSON array read item by item, without holding all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from nlptasks.errors import DataError

_SPACE = re.compile(r"[ \t\r\n]*")
_HINT = "the file must be one array of objects, or one object a line"


def array_items(
    pieces: Iterator[str], name: str, decoder: json.JSONDecoder, max_item: int
) -> Iterator[tuple[int, object]]:
    """Values of the array with the lines that they start on.

    Args:
        pieces: The text, which begins with ``[`` (white space aside).
        name: What errors call the file.
        decoder: Decodes a value.
        max_item: Largest value in characters.

    Raises:
        DataError: The array is not valid JSON, is cut off, is followed by something, or has too large a value.
    """
    text = _Window(pieces, name)
    text.take("[")
    if text.peek() != "]":
        while True:
            text.peek()
            yield text.line, text.value(decoder, max_item)
            if text.peek() != ",":
                break
            text.take(",")
    text.take("]")
    if text.peek():
        raise text.error(f"expected the end of the file behind the array, found {text.shown()}")


class _Window:
    """The part of the text that is being looked at."""

    def __init__(self, pieces: Iterator[str], name: str) -> None:
        self._pieces = pieces
        self._name = name
        self._text = ""
        self._at = 0
        self.line = 1

    def peek(self) -> str:
        """The next character that is no white space; empty at the end of the text."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._move(match.end() if match else self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(1):
                return ""

    def take(self, character: str) -> None:
        if self.peek() != character:
            raise self.error(f"expected {character!r}, found {self.shown()}")
        self._at += 1

    def value(self, decoder: json.JSONDecoder, max_item: int) -> object:
        while True:
            problem = "the value is cut off"
            try:
                value, end = decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                problem = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]} (line {self._line_of(error.pos)})"
            except (ValueError, RecursionError) as error:
                raise self.error(f"not valid JSON: {error}") from None
            else:
                # A number at the very end of the window may go on behind it.
                if end < len(self._text) or self._text[end - 1] in '}]"':
                    self._move(end)
                    return value
            if len(self._text) - self._at > max_item:
                raise self.error(f"{problem}, or the value is longer than {max_item:,} characters")
            # Twice as much each time, so that a large value is not tried at every piece.
            if not self._more(len(self._text) - self._at):
                raise self.error(problem)

    def shown(self) -> str:
        rest = self._text[self._at : self._at + 20]
        return repr(rest) if rest else "the end of the file"

    def error(self, message: str) -> DataError:
        return DataError(self._name, message, line=self.line, hint=_HINT)

    def _line_of(self, at: int) -> int:
        return self.line + _line_ends(self._text[self._at : at])

    def _move(self, at: int) -> None:
        self.line = self._line_of(at)
        self._at = at

    def _more(self, count: int) -> bool:
        parts = [self._text[self._at :]]
        size = 0
        for piece in self._pieces:
            parts.append(piece)
            size += len(piece)
            if size >= count:
                break
        self._text, self._at = "".join(parts), 0
        return size > 0


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")
