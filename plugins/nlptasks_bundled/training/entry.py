"""What ``nlptasks train`` calls: by the recipe, the encoder's training or the decoder's."""

from __future__ import annotations

from nlptasks.errors import UsageError
from nlptasks.training.recipes import RecipeJob, RecipeReport
from nlptasks_bundled.backbone import WEIGHTS

from . import trainer
from .decoder import trainer as decoder_trainer

_TRAINERS = {"encoder": trainer.train_from, "decoder": decoder_trainer.train_from}


def train(job: RecipeJob) -> RecipeReport:
    """Train a part of the bundled backbone, or of one that was trained from it.

    See :func:`.trainer.train_from` and its twin for the decoder.

    Raises:
        UsageError: The recipe names a part that there is not.
    """
    if job.recipe.trains not in _TRAINERS:
        raise UsageError(
            f"the recipe's key 'trains' is {job.recipe.trains!r}", hint=f"known: {', '.join(map(repr, _TRAINERS))}"
        )
    return _TRAINERS[job.recipe.trains](job.start or WEIGHTS, job)
