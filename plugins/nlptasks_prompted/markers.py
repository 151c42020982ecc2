"""Keeps a user's texts from being read as control tokens, such as the mark at which a chat's turn ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: What tokens that a tokenizer has beside its vocabulary look like where they control something.
_ENDS = (("<", ">"), ("[", "]"))


def guard_of(tokenizer: Any) -> Callable[[str], str]:
    """A function that breaks control tokens in a text by a space behind their first character; all else stays.

    Args:
        tokenizer: A tokenizer of transformers; ``None``: there is nothing to break.
    """
    marks = sorted(_marks(tokenizer), key=len, reverse=True) if tokenizer is not None else []

    def guard(text: str) -> str:
        found = [mark for mark in marks if mark in text]
        while found:
            for mark in found:
                text = text.replace(mark, f"{mark[0]} {mark[1:]}")
            found = [mark for mark in marks if mark in text]  # a break may leave another mark
        return text

    return guard


def _marks(tokenizer: Any) -> set[str]:
    """The tokens to break: special ones, and added ones in brackets. One character cannot be broken."""
    added = {token for token in tokenizer.get_added_vocab() if (token[:1], token[-1:]) in _ENDS}
    return {token for token in (*tokenizer.all_special_tokens, *added) if len(token.strip()) > 1 and " " not in token}
