"""Texts that are to be near each other: translations of one another, and a text and a sentence about its label.

Each text of a batch is told apart from the others by its partner (van den Oord et al. 2018, arXiv 1807.03748).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import torch
from torch.nn import functional

from nlptasks.plugin.protocols import Encoder, Example, Window

from .pieces import TrainingPiece, blocks, first_windows, piece_of

#: Cosines are divided by it: half of what is usual, since the unrelated texts of such encoders have high ones too.
TEMPERATURE = 0.03

#: A sentence about a label, whose embedding stands for it.
SENTENCE = "This text is about {}."


def label_sentence(label: str) -> str:
    """A sentence about a label."""
    return SENTENCE.format(" ".join(label.replace("_", " ").split()))


def translated(example: Example) -> str:
    """What a text is to be near: its gold translation."""
    return example.gold or ""


def named(example: Example) -> str:
    """What a text is to be near: a sentence about its gold label."""
    return label_sentence(example.gold or "")


def pair_windows(
    encoder: Encoder, examples: Sequence[Example], max_tokens: int, partner: Callable[[Example], str]
) -> list[list[Window]]:
    """The first window of each text, and that of its partner."""
    partners = encoder.tokenize([partner(example) for example in examples], max_tokens=max_tokens, max_windows=1)
    texts = first_windows(encoder, examples, max_tokens)
    return [[text[0], other[0]] for text, other in zip(texts, partners, strict=True)]


def pair_pieces(
    encoder: Encoder, examples: Iterable[Example], max_tokens: int, partner: Callable[[Example], str]
) -> Iterator[TrainingPiece]:
    """A piece of each text with that of its partner; pieces with one target have the same partner."""
    groups: dict[str, int] = {}
    for block in blocks(examples):
        windows = pair_windows(encoder, block, max_tokens, partner)
        for example, (text, other) in zip(block, windows, strict=True):
            group = groups.setdefault(partner(example), len(groups))
            yield piece_of(text, (group,), piece_of(other, (group,)))


def contrast(means: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of finding the partner among those of the batch, in both directions.

    Args:
        means: ``[2 * pairs, width]``: of the texts, then of their partners.
        groups: ``[pairs]``: pairs of one group are not told apart.
    """
    texts, partners = functional.normalize(means.float(), dim=-1).chunk(2)
    logits = texts @ partners.T / TEMPERATURE
    same = groups[:, None] == groups[None, :]
    same.fill_diagonal_(False)
    logits = logits.masked_fill(same, -torch.inf)
    right = torch.arange(len(groups), device=logits.device)
    return (functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)) / 2


def margin(texts: torch.Tensor, partners: torch.Tensor) -> dict[str, float]:
    """How well texts find their partners: how often the nearest one is right, and by how much the mean cosine of pairs
    lies above that of others.
    """
    cosines = functional.normalize(texts, dim=-1) @ functional.normalize(partners, dim=-1).T
    count = len(cosines)
    own = cosines.diagonal()
    others = (cosines.sum() - own.sum()) / max(1, count * (count - 1))
    nearest = (cosines.argmax(dim=1) == torch.arange(count)).float().mean()
    return {"nearest": float(nearest), "margin": float(own.mean() - others)}
