"""The decoder's own vocabulary: byte-level pieces, so that any text can be written and its capitals are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import BertLMHeadModel

from nlptasks.models.decoder_vocabulary import (
    DecoderText,
    language_token,
    special_tokens,
    task_token,
    told_tokens,
)
from nlptasks.models.generation import Instruction

#: How tokens that tell a task and a language begin.
_TASK, _LANGUAGE = (token(Instruction("", "")).removesuffix(">") for token in (task_token, language_token))


def learn_vocabulary(texts: Iterable[str], size: int, instructions: Sequence[Instruction]) -> Tokenizer:
    """A byte-level BPE of a size (Sennrich et al. 2016, arXiv 1508.07909; on bytes, Radford et al. 2019).

    Args:
        texts: What it learns from.
        size: Tokens, those of the alphabet and the special ones included.
        instructions: What the decoder will be told; each gets a token.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(told_tokens(instructions)),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


@torch.no_grad()
def told(
    text: DecoderText, decoder: BertLMHeadModel, instructions: Sequence[Instruction]
) -> tuple[DecoderText, BertLMHeadModel]:
    """A decoder that can be told instructions beside those that it knows.

    One that it has no token for gets one, which starts as the mean of those of its kind.

    Args:
        text: Its vocabulary, which stays as it is.
        decoder: The decoder; its embeddings are enlarged.
        instructions: What it will be told.
    """
    wanted = told_tokens(instructions) if text.joint else special_tokens(instructions)
    new = [token for token in wanted if text.tokenizer.token_to_id(token) is None]
    if not new:
        return text, decoder
    alike = {token: _alike(text, token) for token in new}
    tokenizer = Tokenizer.from_str(text.tokenizer.to_str())
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in new])
    if tokenizer.get_vocab_size() > decoder.config.vocab_size:
        decoder.resize_token_embeddings(tokenizer.get_vocab_size(), mean_resizing=False)
    model: Any = decoder
    weights, bias = model.get_input_embeddings().weight, model.cls.predictions.bias
    for token in new:
        at = tokenizer.token_to_id(token)
        weights[at], bias[at] = weights[alike[token]].mean(dim=0), bias[alike[token]].mean(dim=0)
    return DecoderText(tokenizer), decoder


def _alike(text: DecoderText, token: str) -> list[int]:
    """Ids of the special tokens that a new one starts as the mean of: of its language, where one tells the task too, or
    of its kind.
    """
    named = {at: str(text.tokenizer.id_to_token(at)) for at in text.special}
    if not text.joint:
        kind = _TASK if token.startswith(_TASK) else _LANGUAGE
        return [at for at, name in named.items() if name.startswith(kind)]
    language = token.rpartition(":")[2]
    told = {at: name for at, name in named.items() if ":" in name}
    return [at for at, name in told.items() if name.endswith(f":{language}")] or list(told)
