"""Calls a tokenizer for one input, and refuses what a model cannot read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nlptasks_hub.checkpoints.limits import said_limit
from nlptasks_hub.notices import tell
from nlptasks_hub.pipelines.base import Pipeline, accepted
from nlptasks_hub.pipelines.errors import InputError
from nlptasks_hub.pipelines.pieces import TokenRow

#: Arguments of a tokenizer's call that a pipeline hands through.
TOKENIZER_SETTINGS = frozenset(
    {"add_special_tokens", "is_split_into_words", "max_length", "pad_to_multiple_of", "padding", "padding_side"}
    | {"return_attention_mask", "return_token_type_ids", "stride", "truncation", "verbose"}
)
#: Halves of surrogate pairs: no tokenizer reads them.
_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD; its length stays."""
    return _SURROGATE.sub("\ufffd", text)


def reading_limit(pipeline: Pipeline) -> int | None:
    """The ``max_length`` to truncate to; ``None``: the tokenizer knows it."""
    known = int(getattr(pipeline.tokenizer, "model_max_length", 0) or 0)
    return pipeline.longest if pipeline.longest and not 0 < known <= pipeline.longest else None


def piece_of(pipeline: Pipeline, text: Any, pair: Any, settings: Mapping[str, Any], *, asked: bool = True) -> TokenRow:
    """Tokenize a text, or a text and its pair, into the one piece that the model reads.

    Args:
        pipeline: The pipeline.
        text: The text, or its words.
        pair: The text beside it, or ``None``.
        settings: Arguments of the tokenizer's call.
        asked: Whether a truncation among them was asked for by the user.

    Raises:
        InputError: Nothing is left to read, or more than the model can read.
    """
    options = dict(settings)
    if options.get("truncation") not in (None, False, "do_not_truncate") and options.get("max_length") is None:
        options["max_length"] = reading_limit(pipeline)
    if pipeline.types:
        options.setdefault("return_token_type_ids", True)
    encoded = pipeline.tokenizer(_clean(text), _clean(pair), **{"verbose": False, **options})
    if settings.get("truncation") is None or not asked:
        tell_if_cut(encoded)
    piece = TokenRow(accepted(pipeline.model, encoded))
    check_ids(pipeline, piece.inputs["input_ids"], "give truncation=True, or max_length with it")
    return piece


def tell_if_cut(encoded: Any) -> None:
    """Warn that a tokenizer cut a text where nobody asked for that; tokenizers in Python do not tell."""
    if any(encoding.overflowing for encoding in getattr(encoded, "encodings", None) or ()):
        tell("a text is longer than is read at once, and is cut there")


def check_ids(pipeline: Pipeline, ids: Sequence[int], hint: str) -> None:
    """Refuse an input that the model cannot read.

    Raises:
        InputError: It has no tokens, more than the model has positions, or one that the model does not know.
    """
    tokens, known = len(ids), pipeline.model.get_input_embeddings().weight.shape[0]
    if not tokens:
        raise InputError("a text has no tokens, so there is nothing to read", hint="give a text that is not empty")
    if pipeline.longest and tokens > pipeline.longest:
        raise InputError(f"a text has {tokens} tokens, and the model reads at most {pipeline.longest}", hint=hint)
    said = 0 if pipeline.longest else said_limit(pipeline.tokenizer.model_max_length)
    if said and tokens > said:
        tell(f"a text is longer than the {said} tokens that its tokenizer was made for, and all of it is read")
    if max(ids) >= known:
        raise InputError(
            f"the tokenizer made the token {max(ids)}, and the model knows {known} tokens: they do not belong together",
            hint="give the tokenizer that the model was trained with",
        )


def _clean(text: Any) -> Any:
    if isinstance(text, str):
        return encodable(text)
    return [_clean(part) for part in text] if isinstance(text, list | tuple) else text
