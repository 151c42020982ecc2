"""The frozen encoder with a decoder that learns."""

from __future__ import annotations

from typing import Any

import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from transformers import BertConfig, BertLMHeadModel

from .batch import PairBatch

#: What SentencePiece writes for a space.
_SPACE = "\u2581"


class PairLearner(nn.Module):
    """A decoder over the hidden states of a frozen encoder.

    Args:
        encoder: The encoder, a transformers model.
        decoder: The decoder.
    """

    def __init__(self, encoder: Any, decoder: BertLMHeadModel) -> None:
        super().__init__()
        # Not a submodule: it is no part of what is trained, counted and saved.
        self._frozen = (encoder.eval().requires_grad_(False),)
        self.decoder: Any = decoder

    def to(self, device: torch.device) -> PairLearner:  # type: ignore[override]
        """Move both."""
        self._frozen[0].to(device)
        return super().to(device)

    @property
    def encoder(self) -> Any:
        """The frozen encoder."""
        return self._frozen[0]

    def logits(self, batch: PairBatch) -> torch.Tensor:
        """``[learnt labels, vocabulary]``: the logits at the labels that are learnt, row after row."""
        states = batch.states
        if states is None:
            with torch.no_grad():
                states = self.encoder(input_ids=batch.source, attention_mask=batch.mask).last_hidden_state
        hidden = self.decoder.bert(
            input_ids=batch.inputs,
            encoder_hidden_states=states,
            encoder_attention_mask=batch.mask,
            use_cache=False,
        ).last_hidden_state
        logits: torch.Tensor = self.decoder.cls(hidden[batch.learnt])
        return logits.float()

    def loss(self, batch: PairBatch, smoothing: float) -> torch.Tensor:
        """Mean cross-entropy of the learnt labels."""
        return functional.cross_entropy(self.logits(batch), batch.labels[batch.learnt], label_smoothing=smoothing)


def decoder_config(encoder: Any, *, layers: int, vocabulary: int, positions: int, dropout: float) -> BertConfig:
    """A decoder as wide as the encoder that it reads."""
    return BertConfig(
        vocab_size=vocabulary,
        hidden_size=encoder.hidden_size,
        num_hidden_layers=layers,
        num_attention_heads=max(1, encoder.hidden_size // 64),
        intermediate_size=encoder.intermediate_size,
        max_position_embeddings=positions,
        type_vocab_size=1,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        is_decoder=True,
        add_cross_attention=True,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )


def set_dropout(decoder: Any, proportion: float) -> None:
    """Drop so many of the hidden values and attention weights from now on, whatever the configuration says."""
    for module in decoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = proportion


def new_decoder(encoder: Any, words: Tokenizer, config: BertConfig, tokens: Tokenizer) -> BertLMHeadModel:
    """A decoder whose layers start as copies of the encoder's (Rothe et al. 2020, arXiv 1907.12461).

    Its cross-attention starts at random; the embedding of a token that is a word of the encoder's is that word's.

    Args:
        encoder: The encoder.
        words: Its tokenizer.
        config: What to make.
        tokens: The decoder's tokenizer.
    """
    decoder = BertLMHeadModel(config)
    layers = encoder.encoder.layer
    last = len(layers) - 1
    for at, layer in enumerate(decoder.bert.encoder.layer):
        origin = layers[round(at * last / max(1, config.num_hidden_layers - 1))]
        for name in ("attention", "intermediate", "output"):
            getattr(layer, name).load_state_dict(getattr(origin, name).state_dict())
    _copy_embeddings(encoder, words, decoder, tokens)
    return decoder


def _as_piece(text: str) -> str:
    """A decoder's token as SentencePiece has it."""
    return text.replace(" ", _SPACE)


def _as_wordpiece(text: str) -> str:
    """A decoder's token as a lower-cased WordPiece has it."""
    return text.strip().lower() if text.startswith(" ") else f"##{text.lower()}"


@torch.no_grad()
def _copy_embeddings(encoder: Any, words: Tokenizer, decoder: Any, tokens: Tokenizer) -> None:
    source, target = encoder.embeddings, decoder.bert.embeddings
    spelt = _as_piece if words.token_to_id(_SPACE) is not None else _as_wordpiece
    for token, at in tokens.get_vocab().items():
        text = tokens.decode([at], skip_special_tokens=True)
        word = words.token_to_id(spelt(text))
        if text and word is not None and token:
            target.word_embeddings.weight[at] = source.word_embeddings.weight[word]
    shared = min(len(source.position_embeddings.weight), len(target.position_embeddings.weight))
    target.position_embeddings.weight[:shared] = source.position_embeddings.weight[:shared]
    target.token_type_embeddings.weight[0] = source.token_type_embeddings.weight[0]
    target.LayerNorm.load_state_dict(source.LayerNorm.state_dict())
