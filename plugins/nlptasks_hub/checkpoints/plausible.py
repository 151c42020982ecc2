"""Checks values of a checkpoint's settings that would be noticed too late: in a crash, or in a machine that hangs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlptasks.errors import NlptasksError

#: Sizes of a model, and the largest number of its layers and of anything else that any model has come near to.
_LAYERS = ("num_hidden_layers", "num_layers", "num_decoder_layers", "n_layer", "n_layers", "encoder_layers")
_HIDDEN = ("hidden_size", "d_model", "n_embd", "dim", "embedding_size", "vocab_size")
_INNER = ("intermediate_size", "d_ff", "d_kv", "encoder_ffn_dim", "decoder_ffn_dim")
_ATTENTION = ("num_attention_heads", "num_heads", "n_head", "encoder_attention_heads", "decoder_attention_heads")
_RELATIVE = ("relative_attention_num_buckets", "relative_attention_max_distance")
_MOST_LAYERS, _LARGEST = 10_000, 100_000_000

_AGAIN = "download or copy the file again"


def check_sizes(file: str, config: Mapping[str, Any]) -> None:
    """Refuse sizes that no model has, and settings by task that are no settings.

    Raises:
        NlptasksError: One is wrong.
    """
    for names, least, most in (
        (_LAYERS, 0, _MOST_LAYERS),
        (_RELATIVE, 1, _MOST_LAYERS),
        ((*_HIDDEN, *_INNER, *_ATTENTION), 1, _LARGEST),
    ):
        for name in names:
            value = config.get(name)
            if value is None or isinstance(value, list):
                continue  # some models give a number for each layer
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise NlptasksError(
                    f"{file}: {name} must be a whole number from {least} to {most:,}, got {value!r:.60}", hint=_AGAIN
                )
    tasks = config.get("task_specific_params")
    if not isinstance(tasks, Mapping | None):
        raise NlptasksError(f"{file}: task_specific_params must have settings by task, got {tasks!r:.60}", hint=_AGAIN)


def check_tokens(file: str, settings: Mapping[str, Any]) -> None:
    """Refuse token ids in settings of generation that are no numbers, and a version that is no text.

    Raises:
        NlptasksError: One is wrong.
    """
    for name, value in settings.items():
        ids = value if isinstance(value, list) else [value]
        if name.endswith("_token_id") and not all(item is None or type(item) is int for item in ids):
            raise NlptasksError(f"{file}: {name} must be a token's number, got {value!r:.60}", hint=_AGAIN)
    if not isinstance(settings.get("transformers_version"), str | None):
        raise NlptasksError(f"{file}: transformers_version must be a text", hint=_AGAIN)


def check_limit(file: str, settings: Mapping[str, Any]) -> None:
    """Refuse a longest input of a tokenizer that is no number above 0.

    Raises:
        NlptasksError: It is not.
    """
    limit = settings.get("model_max_length")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | float) or not limit > 0):
        raise NlptasksError(f"{file}: model_max_length must be a number above 0, got {limit!r:.60}", hint=_AGAIN)
