"""Text from outside, made safe for one line of a terminal or for a tokenizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

LIMIT = 500

#: Codes of languages that a line holds.
_CODES = 8


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


def not_read(number: int, texts: int) -> str:
    """Say how many of some texts a head cannot read."""
    verb = "is" if number == 1 else "are"
    return f"{number:,} of {counted(texts, 'text')} ({number / texts:.1%}) {verb} not in a language that the head reads"


def languages_named(codes: Sequence[str]) -> str:
    """The codes of languages in a line; of many their number."""
    return ", ".join(codes) if len(codes) <= _CODES else f"{len(codes)} languages"


def read_by(reader: str) -> str:
    """Say what to type so that they are read."""
    return f"to have them read: {reader}"


def foreign_texts(why: Mapping[str, int]) -> str:
    """Say how many texts are in which language or script, or in characters that a tokenizer does not know."""
    said = []
    for code, count in sorted(why.items(), key=lambda item: (-item[1], item[0])):
        script = code.removeprefix("und-")
        name = "unknown to the tokenizer" if code == "unknown" else script if script == code else f"in {script} script"
        said.append(f"{count:,} {name}")
    return ", ".join(said)


def rows_named(noun: str, names: Sequence[str], number: int) -> str:
    """``line 3``, ``lines 3, 5, ...``: the first rows of ``number``."""
    more = ", ..." if number > len(names) else ""
    return f"{noun}{'' if number == 1 else 's'} {', '.join(one_line(name, 40) for name in names)}{more}"
