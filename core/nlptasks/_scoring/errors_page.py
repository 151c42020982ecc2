"""A page of errors: one HTML file without scripts that loads nothing, the same bytes each time.

What it shows comes from data and models, so it is hostile: all of it is escaped, no policy lets anything run, and
characters that cannot be seen or that turn the direction of the text are shown by their numbers.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from nlptasks._scoring.errors_view import ErrorList

#: Characters of a text that a page shows.
LONGEST = 4_000

#: Categories of characters that are shown by their number: control and format characters, halves of pairs, private
#: ones, separators of lines.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))

#: Of these, what is part of ordinary writing: line ends, tabs, and what joins or parts letters and emoji.
_ORDINARY = frozenset("\n\t\u200c\u200d")


def page(view: ErrorList) -> str:
    """The page of a view."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent
    style = (folder / "errors_page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["pieces"] = lambda text: list(pieces(text))
    return environment.get_template("errors_page.html").render(view=view, style=style, digest=digest)


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """A text in pieces, and whether each is the number of a character that would not be seen; cut where it is long."""
    plain = ""
    for character in text[:LONGEST]:
        if unicodedata.category(character) not in _HIDDEN or character in _ORDINARY:
            plain += character
            continue
        if plain:
            yield plain, False
        plain = ""
        yield f"U+{ord(character):04X}", True
    if plain:
        yield plain, False
    if len(text) > LONGEST:
        yield f"... {len(text) - LONGEST:,} characters more", True
