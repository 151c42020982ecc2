"""Token ids to text as transformers 4 made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: What the clean-up takes together: a space before punctuation and before English short forms.
_TOGETHER = (" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're")


def decode(tokenizer: Any, ids: Sequence[int], *, skip_special: bool = True, clean_up: bool = False) -> str:
    """The text of token ids.

    Args:
        tokenizer: The tokenizer of the model that wrote them.
        ids: The ids.
        skip_special: Whether to leave out special tokens.
        clean_up: Whether to take spaces before punctuation away. The flag of transformers 5 does nothing for byte-level
            tokenizers, so it is done here.
    """
    text = str(tokenizer.decode(list(ids), skip_special_tokens=skip_special, clean_up_tokenization_spaces=False))
    return cleaned(text) if clean_up else text


def cleaned(text: str) -> str:
    """``text`` without the spaces that word-by-word tokenizers leave before punctuation."""
    for apart in _TOGETHER:
        text = text.replace(apart, apart.strip())
    return text
