"""The encoder with its output layers, and the losses by prediction type."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from nlptasks.plugin.predictions import Span

from .batching import Batch
from .entities import Tags
from .pieces import IGNORED

#: Words from which on an encoder's are left as they are: a vocabulary of many languages, where the few words that some
#: texts train would leave the others behind, and so all languages that the texts are not in.
MANY_WORDS = 50_000


class Learner(nn.Module):
    """An encoder and linear output layers on its last hidden states.

    Args:
        encoder: The encoder to start from, a transformers model in float32; it stays as it is.
        outputs: Outputs of each layer, by its name: the number of labels, or 2 for start and end of a span.
        dropout: Proportion of hidden values and attention weights that are dropped in training.
    """

    def __init__(self, encoder: Any, outputs: Mapping[str, int], *, dropout: float = 0.0) -> None:
        super().__init__()
        config = copy.deepcopy(encoder.config)
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
        self.encoder: Any = type(encoder)(config, add_pooling_layer=False)
        self.encoder.load_state_dict(encoder.state_dict())
        self.encoder.embeddings.word_embeddings.requires_grad_(config.vocab_size < MANY_WORDS)
        self.pad: int = config.pad_token_id or 0
        self.width: int = config.hidden_size
        self.heads = nn.ModuleDict({_key(name): nn.Linear(self.width, size) for name, size in outputs.items()})

    def states(self, batch: Batch) -> torch.Tensor:
        """Last hidden states, ``[rows, tokens, width]``, float32."""
        states: torch.Tensor = self.encoder(**batch.inputs).last_hidden_state
        return states.float()

    def logits(self, states: torch.Tensor, batch: Batch, head: str, prediction: type) -> torch.Tensor:
        """``[rows, labels]`` for labels, ``[rows, tokens, labels]`` for tags; ``[rows, tokens, 2]``, start and end, for
        spans: -inf outside of the text.
        """
        layer = self.heads[_key(head)]
        # In float32: the layers are tiny, and a softmax over a hundred labels wants the digits.
        with torch.autocast(states.device.type, enabled=False):
            if issubclass(prediction, Span):
                logits: torch.Tensor = layer(states).masked_fill(~batch.text[..., None], -torch.inf)
                return logits
            if issubclass(prediction, Tags):
                tagged: torch.Tensor = layer(states)
                return tagged
            pooled: torch.Tensor = layer(mean_state(states, batch))
            return pooled


def layer_tensors(learner: Learner) -> dict[str, torch.Tensor]:
    """Weights ``NAME.weight`` ``[outputs, width]`` and ``NAME.bias`` ``[outputs]`` of all output layers."""
    return {name.removeprefix(_key("")): tensor for name, tensor in learner.heads.state_dict().items()}


def _key(head: str) -> str:
    """Name of a layer among the modules, where one called ``type`` would hide a method."""
    return f"head:{head}"


def mean_state(states: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Mean hidden state of each row over its tokens, ``[rows, width]``, as the project's probes read a text."""
    mask = batch.inputs["attention_mask"][..., None].to(states.dtype)
    return (states * mask).sum(dim=1) / mask.sum(dim=1)


def task_loss(logits: torch.Tensor, batch: Batch, prediction: type) -> torch.Tensor:
    """Cross-entropy of the labels, the mean of the tokens' that have one, or the mean of those of start and end (Devlin
    et al. 2019, arXiv 1810.04805).
    """
    if issubclass(prediction, Tags):
        return functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), ignore_index=IGNORED)
    if not issubclass(prediction, Span):
        return functional.cross_entropy(logits, batch.targets[:, 0])
    start, end = logits.unbind(dim=-1)
    first, last = batch.targets.unbind(dim=-1)
    return (functional.cross_entropy(start, first) + functional.cross_entropy(end, last)) / 2


def moved(states: torch.Tensor, start: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Squared distance between the states of a token, relative to the squared norm at the start; mean over the tokens
    (feature distillation: Romero et al. 2015, arXiv 1412.6550).
    """
    there = batch.inputs["attention_mask"].bool()
    distance, norm = ((states - start) ** 2).sum(dim=-1), (start**2).sum(dim=-1)
    return (distance / norm)[there].mean()


def drift(states: torch.Tensor, start: torch.Tensor, batch: Batch) -> torch.Tensor:
    """1 - cosine between the mean states of two encoders on one batch, mean over its rows."""
    cosine = functional.cosine_similarity(mean_state(states, batch), mean_state(start, batch), dim=-1)
    return 1 - cosine.mean()
