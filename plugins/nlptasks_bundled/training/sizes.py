"""How long a training is, where its recipe says so in passes over the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nlptasks.recipes import Recipe

from .batching import epoch_batches
from .parts import Part

#: Lines of losses in an epoch.
_LINES = 10


def sized(recipe: Recipe, parts: Sequence[Part]) -> Recipe:
    """The recipe with its ``epochs`` in padded tokens; as it is where it has none."""
    if not recipe.epochs:
        return recipe
    epoch = sum(_padded(part, recipe.batch_tokens, (recipe.seed, number)) for number, part in enumerate(parts))
    tokens = max(1, round(recipe.epochs * epoch))
    return replace(
        recipe,
        tokens=tokens,
        evaluate_every=min(recipe.evaluate_every, epoch),
        checkpoint_every=min(recipe.checkpoint_every, epoch),
        log_every=min(recipe.log_every, max(1, epoch // _LINES)),
    )


def _padded(part: Part, budget: int, seed: tuple[int, int]) -> int:
    """Padded tokens of the part's first epoch."""
    lengths = [len(piece) for piece in part.pieces]
    return sum(len(batch) * max(lengths[at] for at in batch) for batch in epoch_batches(lengths, budget, (*seed, 0)))
