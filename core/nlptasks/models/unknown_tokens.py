"""What of a window a tokenizer could not make sense of: unknown tokens, and words that it cut into single letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nlptasks.plugin.protocols import Window
from nlptasks.text.scripts import language_of

__all__ = ["UnknownTokens"]

#: Each letter of these is a word or a syllable: tokens of one letter are nothing unusual.
_SYLLABLES = ("ja", "zh")

#: Letters before this one are Latin; whoever reads anything reads these.
_OTHERS = "\N{GREEK CAPITAL LETTER HETA}"

_READ, _UNKNOWN, _SPECIAL = range(3)


class UnknownTokens:
    """Tells unknown tokens from others.

    Args:
        tokenizer: A tokenizer of transformers. Of one that is written in Python only the unknown token is known.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._unknown: int | None = tokenizer.unk_token_id
        self._special = frozenset(tokenizer.all_special_ids)
        self._fast: Any = tokenizer.backend_tokenizer if tokenizer.is_fast else None
        self._kinds: dict[int, int] = {}  # of the tokens that were seen

    def proportions(self, windows: Sequence[Window]) -> list[float]:
        """The proportion of each window's tokens that are unknown, special ones aside; 0 where it has no others."""
        return [self._proportion(window.ids) for window in windows]

    def _proportion(self, ids: Sequence[int]) -> float:
        kinds = self._kinds
        for token in set(ids).difference(kinds):
            kinds[token] = self._kind(token)
        found = [kinds[token] for token in ids]
        return found.count(_UNKNOWN) / max(len(found) - found.count(_SPECIAL), 1)

    def _kind(self, token: int) -> int:
        if token == self._unknown:
            return _UNKNOWN
        if token in self._special:
            return _SPECIAL
        text: str = self._fast.decode([token]) if self._fast is not None else ""
        text = text.removeprefix("##").strip()
        if "\N{REPLACEMENT CHARACTER}" in text:  # some bytes of a character
            return _UNKNOWN
        letter = len(text) == 1 and text.isalpha() and text >= _OTHERS
        return _UNKNOWN if letter and language_of([text]) not in _SYLLABLES else _READ
