"""Cells that are no text: what spreadsheets, databases and data frames write where there is none, and structures."""

from __future__ import annotations

import json
import re

#: What is no text in a column of texts, as it is written.
_WRITTEN = frozenset({"NA", "None", "\\N"})

#: What is none in any case of its letters.
_FOLDED = frozenset(
    {
        *("n/a", "#n/a", "#n/a n/a", "#na", "<na>", "n.a.", "n.a", "nan", "-nan", "<nan>", "null", "<null>", "[null]"),
        *("(null)", "nat", "(blank)", "#null!", "#value!", "#ref!", "#name?", "#div/0!", "#num!"),
        # as Excel says #N/A in German, French, Spanish and Italian, Dutch, Russian, Polish
        *("#nv", "#n/d", "#n/b", "#н/д", "#n/d!", "k.a.", "k. a."),
    }
)

#: Signs that stand for nothing where a cell has no others.
_SIGNS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212_.\u2026?")

#: Characters that nobody sees: blanks without width, marks of a file's begin and of directions.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u180e"))


def is_no_text(cell: str) -> bool:
    """Whether a cell of a column of texts stands for nothing, blanks around it aside.

    One question mark or dash does; several may be somebody's opinion, as ``???`` is.
    """
    text = cell.strip()
    if text in _WRITTEN or text.casefold() in _FOLDED:
        return True
    if len(text) <= 3 and text and set(text) <= _SIGNS and (len(text) == 1 or "?" not in text):
        return True
    return bool(text) and not text.translate(_INVISIBLE).strip()


#: What is no gold answer: only what no label and no answer is spelt like.
NO_GOLD = frozenset({"N/A", "n/a", "#N/A", "#N/A N/A", "<NA>", "NaN", "nan", "NULL", "Null", "null", "\\N"})

#: What a list or an object in JSON begins with that holds texts, lists or objects.
_STRUCTURE = re.compile(r"""[\[{]\s*["\[{]""")


def is_nested(text: str) -> bool:
    """Whether a text is a list or an object in JSON; one of numbers alone ("[1]") may be anybody's text."""
    if not _STRUCTURE.match(text) or text.rstrip()[-1] not in "]}":
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
