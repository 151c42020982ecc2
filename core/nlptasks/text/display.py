"""Text from outside, made safe for one line of a terminal or for a tokenizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

LIMIT = 500


def one_line(text: str, limit: int = LIMIT) -> str:
    """Escape what is not printable (line ends, colours, direction marks) and cut what is longer than ``limit``."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[:limit] + "..."


def encodable(text: str) -> str:
    """A tokenizer takes UTF-8: a lone surrogate, which JSON can hold, becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def counted(number: int, noun: str) -> str:
    """``1 row``, ``2,000 rows``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def left_out(rows: Mapping[str, int]) -> Iterator[str]:
    """Say for each reason how many rows were left out."""
    return (f"{counted(count, 'row')} left out: {reason}" for reason, count in rows.items())
