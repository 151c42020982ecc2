"""What of a window a tokenizer could not make sense of: unknown tokens, and words that it cut into single letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from nlptasks.plugin.protocols import Window
from nlptasks.text.scripts import language_of

__all__ = ["UnknownTokens"]

#: Each letter of these is a word or a syllable: tokens of one letter are nothing unusual.
_SYLLABLES = ("ja", "ko", "und-Ethi", "zh")

#: The letters that Korean syllables are made of, which are no syllables.
_JAMO = range(0x1100, 0x1200)

#: Letters before this one are Latin; whoever reads anything reads these.
_OTHERS = "\N{GREEK CAPITAL LETTER HETA}"

_READ, _UNKNOWN, _SPECIAL = range(3)


class UnknownTokens:
    """Tells unknown tokens from others.

    Args:
        unknown: The unknown token; ``None``: there is none.
        special: All special tokens.
        backend: The tokenizer, of the ``tokenizers`` library; ``None``: only the unknown token is known.
    """

    def __init__(self, unknown: int | None, special: Iterable[int], backend: Any) -> None:
        self._unknown = unknown
        self._special = frozenset(special)
        self._fast = backend
        self._kinds: dict[int, int] = {}  # of the tokens that were seen

    @classmethod
    def of(cls, tokenizer: Any) -> UnknownTokens:
        """Those of a tokenizer of transformers; of one that is written in Python only the unknown token is known."""
        backend = tokenizer.backend_tokenizer if tokenizer.is_fast else None
        return cls(tokenizer.unk_token_id, tokenizer.all_special_ids, backend)

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
        syllable = letter and ord(text) not in _JAMO and language_of([text]) in _SYLLABLES
        return _UNKNOWN if letter and not syllable else _READ
