"""How to read or write a table, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nlptasks.plugin.options import setting

__all__ = ["FormatOptions"]


@dataclass(frozen=True, kw_only=True)
class FormatOptions:
    """How to read or write a table; what is empty is detected.

    Args:
        encoding: Name of the text encoding.
        delimiter: Column separator.
        quote: Quote character, or ``none``.
        escape: Character that makes the next one mean itself, or ``none``.
        header: Whether the first row names the columns; else they are ``column_1``, ``column_2``, ... ``None``: it does
            unless it is plainly a text.
        max_cell: Largest cell in characters.
        keep_na: Whether texts such as ``N/A`` and ``null`` are texts as any other. Else a task that reads one finds
            nothing in its place; the column itself stays as it is.
        given: What the user gave of the options that only some format has (see ``FormatSpec.options``), by name.
        own: The same for the format that is opened: an instance of its ``FormatSpec.options``; ``None``: it has none.
    """

    encoding: str = setting("", "Encoding: utf-8, utf-16, cp1252, ...", metavar="NAME", default_text="detected")
    delimiter: str = setting("", "Column separator.", metavar="CHAR", default_text="detected")
    quote: str = setting("", "Quote character.", metavar="CHAR|none", default_text="detected")
    escape: str = setting("", "Escape character, such as \\.", metavar="CHAR|none", default_text="detected")
    header: bool | None = setting(
        None, "Whether the first row names the columns.", default_text="yes, unless it is plainly a text"
    )
    max_cell: int = setting(
        1 << 20, "Maximum size of a cell.", metavar="SIZE", size=True, min=1, max=1 << 40, default_text="1MB"
    )
    keep_na: bool = setting(False, "Read N/A, NaN, null, - and the like as text, not as missing.")
    given: Mapping[str, Any] = field(default_factory=dict, metadata={"dynamic": True})
    own: Any = field(default=None, metadata={"dynamic": True})
