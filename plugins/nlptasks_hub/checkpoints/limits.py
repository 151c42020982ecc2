"""How long an input a checkpoint reads at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Where configurations keep the number of positions.
_POSITIONS = ("max_position_embeddings", "n_positions", "max_sequence_length", "max_seq_len", "n_ctx")

#: Types that count their positions from behind the padding token's id, so that some are never used.
_SHIFTED = frozenset(
    {"camembert", "data2vec-text", "ibert", "longformer", "luke", "mpnet", "roberta", "roberta-prelayernorm"}
    | {"xlm-roberta", "xlm-roberta-xl", "xmod"}
)

#: Types whose positions are relative: what their configuration says is how long their training texts were.
_RELATIVE = frozenset({"longt5", "mt5", "switch_transformers", "t5", "umt5", "xlnet"})

#: A tokenizer without a limit says a number far above this.
_ENDLESS = 10_000_000


def longest_input(config: Mapping[str, Any], tokenizer: Mapping[str, Any]) -> int:
    """Tokens that fit into one input, special ones included.

    Args:
        config: The checkpoint's ``config.json``.
        tokenizer: Its ``tokenizer_config.json``; empty where it has none.

    Returns:
        The smaller of the model's limit and the tokenizer's; 0 where neither has one.
    """
    limits = [limit for limit in (_positions(config), said_limit(tokenizer.get("model_max_length"))) if limit > 0]
    return min(limits, default=0)


def _positions(config: Mapping[str, Any]) -> int:
    model_type = config.get("model_type")
    if model_type in _RELATIVE:
        return 0
    found = next((config[key] for key in _POSITIONS if isinstance(config.get(key), int)), 0)
    if model_type in _SHIFTED:
        pad = config.get("pad_token_id")
        return int(found) - 1 - (pad if isinstance(pad, int) else 1)
    return int(found)


def said_limit(limit: object) -> int:
    """A tokenizer's ``model_max_length``; 0 where that says that there is none, or is no number."""
    known = isinstance(limit, int | float) and not isinstance(limit, bool) and 0 < limit < _ENDLESS
    return int(limit) if known and isinstance(limit, int | float) else 0
