"""AdamW with a rate for the encoder and one for the output layers, both rising and then falling over the tokens."""

from __future__ import annotations

import torch

from nlptasks.recipes import Recipe

from .model import Learner

#: Decay of the encoder's matrices; its biases and norms have none (Devlin et al. 2019, arXiv 1810.04805, appendix A.2).
WEIGHT_DECAY = 0.01

#: Norm to which the gradient is clipped.
CLIP = 1.0


def make_optimizer(learner: Learner, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101); each group keeps its highest rate as ``highest``."""
    encoder = list(learner.encoder.parameters())
    groups = [
        {"params": [p for p in encoder if p.ndim > 1], "highest": recipe.encoder_rate, "weight_decay": WEIGHT_DECAY},
        {"params": [p for p in encoder if p.ndim < 2], "highest": recipe.encoder_rate, "weight_decay": 0.0},
        {"params": list(learner.heads.parameters()), "highest": recipe.head_rate, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, fused=True)


def set_rates(optimizer: torch.optim.Optimizer, share: float) -> None:
    """Set each group's rate to a share of its highest one."""
    for group in optimizer.param_groups:
        group["lr"] = group["highest"] * share


def rate_share(tokens: int, recipe: Recipe) -> float:
    """Share of the highest rate after some tokens: linear from 0 to 1 over the warmup, then linear to 0."""
    done = tokens / recipe.tokens
    if done < recipe.warmup:
        return done / recipe.warmup
    return max(0.0, (1 - done) / (1 - recipe.warmup)) if recipe.warmup < 1 else 1.0
