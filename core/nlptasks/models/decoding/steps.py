"""One decoder in the middle of writing: a row per text, its caches, and the log-probabilities of what may come next.

The one place where nlptasks calls transformers to run a decoder step by step.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache, EncoderDecoderCache

from nlptasks.models.decoding.memory import Writing


@dataclass(frozen=True, slots=True)
class Written:
    """What was written behind a prefix.

    Args:
        ids: The tokens, the end included where there is one.
        log_probability: Sum of their natural log-probabilities to the decoder itself.
        complete: Whether the last one is the end.
    """

    ids: tuple[int, ...]
    log_probability: float
    complete: bool


@dataclass(frozen=True)
class Rules:
    """Which tokens may come next.

    Args:
        end: The token that ends a text.
        banned: ``[vocabulary]``, bool: tokens that no text may hold.
        most: Most tokens of a text, the end included.
        no_repeat: Size of the n-grams of tokens that may not occur twice in a text; 0: all may.
    """

    end: int
    banned: torch.Tensor
    most: int
    no_repeat: int = 0

    def allowed(self, log_probs: torch.Tensor, written: torch.Tensor) -> torch.Tensor:
        """``log_probs``, ``[rows, vocabulary]``, with minus infinity where a token may not follow ``[rows, tokens]``.

        The end is always allowed: it stands in no n-gram of an open text.
        """
        banned = self.banned[None]
        if self.no_repeat and written.shape[1] >= self.no_repeat:
            banned = banned | self._repeats(written, log_probs.shape[1])
        return log_probs.masked_fill(banned, -torch.inf)

    def _repeats(self, written: torch.Tensor, vocabulary: int) -> torch.Tensor:
        """``[rows, vocabulary]``, bool: tokens that would complete an n-gram that was written before."""
        grams = written.unfold(1, self.no_repeat, 1)
        last = written[:, None, written.shape[1] + 1 - self.no_repeat :]
        same = (grams[..., :-1] == last).all(dim=2)
        # What does not match is put into a column behind the vocabulary, which is cut off.
        banned = torch.zeros(len(written), vocabulary + 1, dtype=torch.bool, device=written.device)
        return banned.scatter_(1, torch.where(same, grams[..., -1], vocabulary), True)[:, :-1]


class Steps:
    """Texts in the making, all equally long; the caller sees to ``torch.inference_mode``.

    Args:
        model: A ``BertLMHeadModel`` with cross-attention.
        states: ``[rows, source tokens, width]``: what the encoder made of the sources.
        mask: ``[rows, source tokens]``, bool: False where a source is padded.
        prefix: What stands before the first word of each text.
        memory: What the texts themselves say of their next tokens; ``None``: nothing.
    """

    def __init__(
        self,
        model: Any,
        states: torch.Tensor,
        mask: torch.Tensor,
        prefix: Sequence[int],
        memory: Writing | None = None,
    ) -> None:
        self._model, self._states, self._mask = model, states, mask.long()
        self._memory = memory
        # The cross-attention's half is filled once, at the first step.
        self._cached = _cache_argument(model)
        self._cache = EncoderDecoderCache(DynamicCache(config=model.config), DynamicCache(config=model.config))
        #: ``[rows, vocabulary]``, float32: natural log-probabilities of the next token.
        self.log_probs = self._forward(torch.tensor(prefix, device=states.device).expand(len(states), -1))

    def __len__(self) -> int:
        return len(self._states)

    def step(self, tokens: torch.Tensor) -> None:
        """Put a token, ``[rows]``, behind each text."""
        if self._memory:
            self._memory.append(tokens)
        self.log_probs = self._forward(tokens[:, None])

    def keep(self, rows: torch.Tensor) -> None:
        """Go on with some of the rows only; a row may occur more than once."""
        self._cache.batch_select_indices(rows)
        self._states, self._mask = self._states[rows], self._mask[rows]
        self._remember(rows)
        self.log_probs = self.log_probs[rows]

    def reorder(self, rows: torch.Tensor) -> None:
        """Let each row carry on another one's text with the same source; ``rows`` is ``[rows]``."""
        self._cache.self_attention_cache.batch_select_indices(rows)
        self._remember(rows)

    def _remember(self, rows: torch.Tensor) -> None:
        if self._memory:
            self._memory.select(rows)

    def _forward(self, ids: torch.Tensor) -> torch.Tensor:
        output = self._model(
            input_ids=ids,
            encoder_hidden_states=self._states,
            encoder_attention_mask=self._mask,
            use_cache=True,
            logits_to_keep=1,
            output_hidden_states=self._memory is not None,
            **{self._cached: self._cache},
        )
        log_probs: torch.Tensor = output.logits[:, -1].float().log_softmax(dim=1)
        return self._memory.mix(log_probs, output.hidden_states[-1][:, -1]) if self._memory else log_probs


def _cache_argument(model: Any) -> str:
    """What a model calls its cache: transformers 5.24 gave ``past_key_values`` a new name."""
    return "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"
