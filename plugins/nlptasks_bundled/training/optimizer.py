"""AdamW with a highest rate for each group of weights; the rates rise and then fall over the tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from nlptasks.training.recipes import Recipe

from .model import Learner

#: Decay of matrices; biases and norms have none (Devlin et al. 2019, arXiv 1810.04805, appendix A.2).
WEIGHT_DECAY = 0.01

#: Norm to which the gradient is clipped.
CLIP = 1.0


def make_optimizer(learner: Learner, recipe: Recipe) -> torch.optim.Optimizer:
    """The optimizer of an encoder with its output layers."""
    heads = {"params": list(learner.heads.parameters()), "highest": recipe.head_rate, "weight_decay": 0.0}
    return adamw([*decayed(learner.encoder, recipe.encoder_rate), heads])


def adamw(groups: Iterable[dict[str, Any]]) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101); each group keeps its highest rate as ``highest``.

    It remembers the second moment for long, which small batches want (Marek et al. 2025, arXiv 2507.07101).
    """
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.999), fused=True)


def decayed(module: nn.Module, rate: float) -> list[dict[str, Any]]:
    """The weights of a module in two groups: matrices, and biases and norms, which do not decay."""
    weights = list(module.parameters())
    return [
        {"params": [p for p in weights if p.ndim > 1], "highest": rate, "weight_decay": WEIGHT_DECAY},
        {"params": [p for p in weights if p.ndim < 2], "highest": rate, "weight_decay": 0.0},
    ]


def set_rates(optimizer: torch.optim.Optimizer, proportion: float) -> None:
    """Set each group's rate to a proportion of its highest one."""
    for group in optimizer.param_groups:
        group["lr"] = group["highest"] * proportion


def rate_proportion(tokens: int, recipe: Recipe) -> float:
    """Proportion of the highest rate after some tokens: linear from 0 to 1 over the warmup, then linear to 0."""
    done = tokens / recipe.tokens
    if done < recipe.warmup:
        return done / recipe.warmup
    return max(0.0, (1 - done) / (1 - recipe.warmup)) if recipe.warmup < 1 else 1.0
