"""Which tokenizers tell a model which of two texts a token belongs to.

Some tokenizers of transformers 5 no longer say so by themselves where their like in transformers 4 did; the models were
trained with it, and read a pair of texts as one text without.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .files import tokenizer_settings

_NAMED = frozenset(
    {"Albert", "BertJapanese", "Bertweet", "CTRL", "Cpm", "Flaubert", "Funnel", "Herbert", "Phobert", "RemBert"}
    | {"RoCBert", "RoFormer", "Splinter", "XLM", "XLNet"}
)
#: The class of transformers 4 for whatever a ``tokenizer.json`` holds.
_ANY = "PreTrained"


def tells_types(tokenizer: Any, folder: Path | None) -> bool:
    """Whether a tokenizer must be asked for token types, which transformers 4 gave without being asked.

    Args:
        tokenizer: The tokenizer.
        folder: Where it was loaded from; ``None``: it was in memory.
    """
    saved = tokenizer_settings(folder) if folder else {}
    if "model_input_names" in saved or "model_input_names" in getattr(tokenizer, "init_kwargs", {}):
        return False  # it says itself what it gives
    return _kind(type(tokenizer).__name__) in _NAMED or _kind(str(saved.get("tokenizer_class"))) in _NAMED | {_ANY}


def _kind(name: str) -> str:
    return name.removesuffix("Fast").removesuffix("Tokenizer")
