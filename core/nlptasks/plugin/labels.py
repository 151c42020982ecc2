"""Labels of a closed set: how people spell them, and when two spellings are one label.

``US`` and ``us`` are two labels wherever both are in the set. ``1``, ``1.0`` (as pandas writes a column with a gap) and
``"1"`` are one, and so are the composed and the decomposed form of one text. What a set holds keeps its own spelling.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from nlptasks.errors import UsageError

__all__ = ["LabelMatcher", "check_labels", "label_key", "split_list"]

#: A decimal number whose fraction is nothing: ``1.0`` is 1. Leading zeros stay, for ``007`` is a code and no number.
_WHOLE = re.compile(r"([+-]?\d+)\.0*")
_FRACTION = re.compile(r"([+-]?\d+\.\d*[1-9])0+")
_QUOTES = ('"', "'")


def label_key(label: str) -> str:
    """What two spellings of one label have in common, whatever set they are from; case tells labels apart."""
    text = unicodedata.normalize("NFC", label).strip()
    if len(text) > 2 and text[0] == text[-1] and text[0] in _QUOTES:
        text = text[1:-1].strip()
    found = _WHOLE.fullmatch(text) or _FRACTION.fullmatch(text)
    text = found[1] if found else text
    return "0" if text in ("-0", "+0") else text


def _folded(label: str) -> str:
    return unicodedata.normalize("NFC", label_key(label).casefold())


class LabelMatcher:
    """Finds the label of a closed set that a text means.

    The text itself comes first, then a label that is spelt otherwise (see :func:`label_key`), then one that differs in
    case alone. Each step finds a label only where one alone fits.

    Args:
        labels: The closed set.
    """

    def __init__(self, labels: Iterable[str]) -> None:
        known = tuple(dict.fromkeys(labels))
        self.labels = known
        self._exact = frozenset(known)
        self._keys = _unambiguous(known, label_key)
        self._folds = _unambiguous(known, _folded)

    def find(self, text: str) -> str | None:
        """The label, as the set spells it; ``None`` where the text is none of them, or could be several."""
        if text in self._exact:
            return text
        key = label_key(text)
        if key in self._keys:
            return self._keys[key]
        return self._folds.get(_folded(text))

    def of(self, text: str) -> str:
        """The label, as the set spells it; the text itself where it is none of them."""
        found = self.find(text)
        return text if found is None else found


def _unambiguous(labels: Iterable[str], key: Callable[[str], str]) -> Mapping[str, str | None]:
    """Labels by a key. A key that several have leads to none of them, and to no other step."""
    found: dict[str, str | None] = {}
    for label in labels:
        name = key(label)
        found[name] = None if name in found else label
    return found


def check_labels(labels: Iterable[str], *, flag: str = "--labels", cased: bool = False) -> tuple[str, ...]:
    """Labels that a user gave, without the space around them.

    Args:
        labels: The labels.
        flag: What errors call them.
        cased: Whether two of them may differ in case alone.

    Raises:
        UsageError: One is empty, or two are the same label.
    """
    found = tuple(label.strip() for label in labels)
    if "" in found:
        raise UsageError(
            f"{flag}: a label is empty", hint=f"leave out the comma beside it; a label with a comma: {flag} '\"a,b\",c'"
        )
    seen: dict[str, str] = {}
    for label in found:
        key = label_key(label) if cased else _folded(label)
        if key in seen:
            twice = (
                f"names {label} more than once" if seen[key] == label else f"{seen[key]!r} and {label!r} are one label"
            )
            raise UsageError(f"{flag} {twice}", hint="name each of them once")
        seen[key] = label
    return found


def split_list(text: str) -> tuple[str, ...]:
    """The items of a flag that takes several: separated by commas, one with a comma in double quotes.

    Raises:
        UsageError: The quotes do not close.
    """
    if not text.strip():
        return ()
    try:
        rows = list(csv.reader([text], skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise UsageError(f"{text!r} is no list: {error}", hint="separate items by commas: '\"a,b\",c'") from None
    return tuple(item.strip() for row in rows for item in row)
