"""Multi-task fine-tuning of the encoder: the loop, and how it goes on after an interruption."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from nlptasks.errors import UsageError
from nlptasks.models.runtimes.torch_devices import choose_device
from nlptasks.models.seq2seq import TransformerSeq2Seq
from nlptasks.training.recipes import RecipeJob, RecipeReport

from . import checkpoint
from .batching import Batch, Stream, collate
from .checks import Checks
from .contrast import contrast
from .evaluation import autocast, evaluate, mean_primary
from .export import check_unfinished, export
from .loop import Loop, seeded
from .model import Learner, drift, mean_state, moved, task_loss
from .objectives import KEEP, KEEPING, LATE, LATER
from .optimizer import make_optimizer
from .parts import TrainingPart, outputs, read_parts
from .pieces import TrainingPiece

#: Name of the loss that keeps the encoder near where it started, in the log.
DRIFT = "drift"


def train_from(start: Path, job: RecipeJob) -> RecipeReport:
    """Fine-tune the encoder in the folder ``start``, from the last checkpoint in ``job.output`` where there is one.

    Raises:
        UsageError: The folder holds a finished training, or an interrupted one of another recipe or of other data.
        NlptasksError: The data cannot be trained on.
    """
    check_unfinished(job.output)
    device = choose_device(job.device)
    reader = TransformerSeq2Seq(start, name=job.recipe.backbone, device="cpu", precision="float32")
    identity = checkpoint.identity(job, reader.digest)
    saved = checkpoint.load(job.output, identity)
    with seeded(job.recipe.seed, device):
        parts = read_parts(job, reader)
        _check_patience(job, parts)
        learner = Learner(reader.model, outputs(parts), dropout=job.recipe.dropout).to(device)
        training = EncoderTraining(job, device, learner, parts, identity)
        if saved is not None:
            training.restore(saved)
        training.run()
        report = training.report()
        export(learner, start, parts, job, report)
    (job.output / checkpoint.FILE).unlink(missing_ok=True)
    return report


class EncoderTraining(Loop[TrainingPart, Batch]):
    """An encoder's training in memory.

    Args:
        job: What is asked for.
        device: Where it runs.
        learner: The encoder with its output layers.
        parts: The data.
        identity: What a checkpoint of it must be equal in.
    """

    def __init__(
        self,
        job: RecipeJob,
        device: torch.device,
        learner: Learner,
        parts: Sequence[TrainingPart],
        identity: checkpoint.Identity,
    ) -> None:
        recipe = job.recipe
        self.learner = learner.train()
        keeps = recipe.keep_embedding or any(part.objective in KEEPING for part in parts)
        self.origin = copy.deepcopy(learner).eval().requires_grad_(False) if keeps else None
        streams = [Stream(part.pieces, recipe.batch_tokens, (recipe.seed, number)) for number, part in enumerate(parts)]
        super().__init__(job, device, learner, make_optimizer(learner, recipe), parts, streams, identity)
        self.checks = Checks(learner, parts, device, recipe.batch_tokens)

    def chances(self) -> NDArray[np.float64]:
        """How probable each part is to be read next: parts that come later are not, at first."""
        late = self.progress.tokens >= LATE * self.job.recipe.tokens
        open_now = np.array([late or part.objective != LATER for part in self.parts])
        odds: NDArray[np.float64] = self.odds * open_now
        return odds if late else odds / odds.sum()

    def batch(self, pieces: Sequence[TrainingPiece]) -> Batch:
        """Pad the pieces."""
        return collate(pieces, self.learner.pad, self.device)

    def loss(self, batch: Batch, part: TrainingPart) -> torch.Tensor:
        """The part's loss; that of a task on some steps with that of the drift."""
        recipe = self.job.recipe
        with autocast(self.device):
            states = self.learner.states(batch)
        if part.objective in KEEPING:
            measure = moved if part.objective == KEEP else drift
            distance = measure(states, self._original(batch), batch)
            self.losses.add(part.name, distance)
            return recipe.keep_weight * distance
        loss = self._learnt(states, batch, part)
        if not recipe.keep_embedding or self.progress.steps % recipe.keep_every:
            return loss
        kept = drift(states, self._original(batch), batch)
        self.losses.add(DRIFT, kept)
        return loss + recipe.keep_embedding * kept

    def _learnt(self, states: torch.Tensor, batch: Batch, part: TrainingPart) -> torch.Tensor:
        if part.head:
            with autocast(self.device):
                logits = self.learner.logits(states, batch, part.head, part.prediction)
            loss = task_loss(logits, batch, part.prediction)
        else:
            loss = contrast(mean_state(states, batch), batch.targets[:, 0])
        self.losses.add(part.name, loss)
        return loss

    @torch.no_grad()
    def _original(self, batch: Batch) -> torch.Tensor:
        """The states that a batch had at the start."""
        assert self.origin is not None
        with autocast(self.device):
            return self.origin.states(batch)

    def evaluate(self) -> tuple[dict[str, float], float]:
        """The scores with the checks' own, and the mean of the tasks' primary ones."""
        found = evaluate(self.learner, self.parts, self.device, self.job.recipe.batch_tokens)
        return {**found, **self.checks.scores(self.learner)}, mean_primary(found)


def _check_patience(job: RecipeJob, parts: Sequence[TrainingPart]) -> None:
    if job.recipe.patience and not any(part.held_out.examples for part in parts):
        raise UsageError(
            "patience waits for better scores, and no task has held-out rows",
            hint="give a [[task]] a validation file, or write patience = 0",
        )
