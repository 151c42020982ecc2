"""How long a training is, where its recipe says so in passes over the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nlptasks.training.recipes import Recipe

#: Lines of losses in an epoch.
_LINES = 10


def sized(recipe: Recipe, batches: Iterable[int]) -> Recipe:
    """The recipe with its ``epochs`` in padded tokens; as it is where it has none.

    Args:
        recipe: The recipe.
        batches: Padded tokens of the batches of one pass over all data; not read where the recipe has no ``epochs``.
    """
    if not recipe.epochs:
        return recipe
    epoch = sum(batches)
    return replace(
        recipe,
        tokens=max(1, round(recipe.epochs * epoch)),
        evaluate_every=min(recipe.evaluate_every, epoch),
        checkpoint_every=min(recipe.checkpoint_every, epoch),
        log_every=min(recipe.log_every, max(1, epoch // _LINES)),
    )
