"""Multi-task fine-tuning of the encoder: the loop, and how it goes on after an interruption."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nlptasks.encoder import TransformerEncoder, choose_device
from nlptasks.recipes import RecipeJob, RecipeReport
from nlptasks_bundled.backbone import WEIGHTS

from . import checkpoint
from .batching import Batch, Stream, collate
from .evaluation import autocast, evaluate, mean_primary
from .export import check_unfinished, export, machine, versions
from .journal import Journal, Means
from .model import Learner, drift, task_loss
from .optimizer import CLIP, make_optimizer, rate_share, set_rates
from .parts import Part, outputs, read_parts

#: Name of the loss that keeps the encoder near where it started, in the log.
DRIFT = "drift"


def train(job: RecipeJob) -> RecipeReport:
    """Fine-tune the bundled encoder; see :func:`train_from`."""
    return train_from(WEIGHTS, job)


def train_from(start: Path, job: RecipeJob) -> RecipeReport:
    """Fine-tune the encoder in the folder ``start``, from the last checkpoint in ``job.output`` where there is one.

    Raises:
        UsageError: The folder holds a finished training, or an interrupted one of another recipe or of other data.
        NlptasksError: The data cannot be trained on.
    """
    check_unfinished(job.output)
    device = choose_device(job.device)
    reader = TransformerEncoder(start, name=job.recipe.backbone, device="cpu")
    identity = checkpoint.identity(job, reader.digest)
    saved = checkpoint.load(job.output, identity)
    with _random(job.recipe.seed, device):
        training = Training(job, device, start, read_parts(job, reader), identity)
        if saved is not None:
            training.restore(saved)
        training.run()
        report = training.report()
        export(training.learner, start, training.parts, job, report)
    (job.output / checkpoint.FILE).unlink(missing_ok=True)
    return report


@dataclass
class Progress:
    """How far a training is.

    Args:
        tokens: Padded tokens that it was trained on.
        steps: Steps of the optimizer.
        seconds: Wall-clock time, that of interrupted runs included.
        best: Best mean score so far.
        worse: Evaluations since that one.
        scores: The last scores.
        scored_at: Tokens at which they were taken.
    """

    tokens: int = 0
    steps: int = 0
    seconds: float = 0.0
    best: float = -1.0
    worse: int = 0
    scores: dict[str, float] = field(default_factory=dict)
    scored_at: int = -1


class Training:
    """A training in memory.

    Args:
        job: What is asked for.
        device: Where it runs.
        start: Folder of the encoder to start from.
        parts: The data.
        identity: What a checkpoint of it must be equal in.
    """

    def __init__(
        self, job: RecipeJob, device: torch.device, start: Path, parts: Sequence[Part], identity: checkpoint.Identity
    ) -> None:
        recipe = job.recipe
        self.job, self.device, self.parts, self.identity = job, device, parts, identity
        self.learner = Learner(start, outputs(parts), dropout=recipe.dropout).to(device).train()
        self.origin = copy.deepcopy(self.learner).eval().requires_grad_(False) if recipe.keep_embedding else None
        self.optimizer = make_optimizer(self.learner, recipe)
        self.streams = [
            Stream(part.pieces, recipe.batch_tokens, (recipe.seed, number)) for number, part in enumerate(parts)
        ]
        self.chooser = np.random.default_rng(recipe.seed)
        weights = np.array([part.weight for part in parts])
        self.shares = weights / weights.sum()
        self.progress = Progress()
        self.journal = Journal(job.output, job.progress)
        self.losses = Means()

    def run(self) -> None:
        """Train to the end, with evaluations and checkpoints on the way."""
        recipe, progress = self.job.recipe, self.progress
        self._open_log()
        clock = _Clock(progress.seconds, progress.tokens)
        while progress.tokens < recipe.tokens and not self._stopped():
            before = progress.tokens
            progress.tokens += self._step()
            progress.steps += 1
            progress.seconds = clock.seconds()
            if _crossed(before, progress.tokens, recipe.log_every):
                self._log_losses(clock.speed(progress.tokens))
            if _crossed(before, progress.tokens, recipe.evaluate_every):
                self._evaluate()
                progress.seconds = clock.seconds()
            if _crossed(before, progress.tokens, recipe.checkpoint_every):
                checkpoint.save(self.job.output, self.state())
        if progress.scored_at != progress.tokens:
            self._evaluate()
        progress.seconds = clock.seconds()

    def report(self) -> RecipeReport:
        """What the training came to."""
        done = self.progress
        return RecipeReport(tokens=done.tokens, steps=done.steps, seconds=done.seconds, scores=done.scores)

    def state(self) -> dict[str, Any]:
        """Everything that decides how the training goes on."""
        return {
            "identity": dict(self.identity),
            "learner": self.learner.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "torch_random": torch.get_rng_state(),
            "device_random": checkpoint.device_random(self.device),
            "chooser": json.dumps(self.chooser.bit_generator.state),
            "streams": [stream.position() for stream in self.streams],
            "progress": asdict(self.progress),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where :meth:`state` was taken."""
        self.learner.load_state_dict(state["learner"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["torch_random"])
        checkpoint.set_device_random(self.device, state["device_random"])
        self.chooser.bit_generator.state = json.loads(state["chooser"])
        for stream, position in zip(self.streams, state["streams"], strict=True):
            stream.seek(position)
        self.progress = Progress(**state["progress"])

    def _step(self) -> int:
        """One step of the optimizer on one batch of one part; returns the batch's padded tokens."""
        chosen = int(self.chooser.choice(len(self.parts), p=self.shares))
        batch = collate(self.streams[chosen].take(), self.learner.pad, self.device)
        loss = self._loss(batch, self.parts[chosen])
        set_rates(self.optimizer, rate_share(self.progress.tokens, self.job.recipe))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.learner.parameters(), CLIP)
        self.optimizer.step()
        return batch.tokens

    def _loss(self, batch: Batch, part: Part) -> torch.Tensor:
        with autocast(self.device):
            states = self.learner.states(batch)
            logits = self.learner.logits(states, batch, part.head, part.prediction)
        loss = task_loss(logits, batch, part.prediction)
        self.losses.add(part.name, loss)
        if self.origin is None or self.progress.steps % self.job.recipe.keep_every:
            return loss
        with torch.no_grad(), autocast(self.device):
            original = self.origin.states(batch)
        kept = drift(states, original, batch)
        self.losses.add(DRIFT, kept)
        return loss + self.job.recipe.keep_embedding * kept

    def _stopped(self) -> bool:
        return 0 < self.job.recipe.patience <= self.progress.worse

    def _open_log(self) -> None:
        self.journal.rewind(self.progress.tokens)
        tokens = self.progress.tokens
        self.journal.write(
            "resumed" if tokens else "start", tokens=tokens, machine=machine(self.device), versions=versions()
        )
        if tokens:
            self.job.progress(f"going on at {tokens:,} tokens")

    def _log_losses(self, tokens_per_second: int) -> None:
        done = self.progress
        self.journal.losses(
            done.tokens,
            self.losses.take(),
            steps=done.steps,
            seconds=round(done.seconds, 1),
            tokens_per_second=tokens_per_second,
        )

    def _evaluate(self) -> None:
        done = self.progress
        done.scores = evaluate(self.learner, self.parts, self.device, self.job.recipe.batch_tokens)
        done.scored_at = done.tokens
        mean = mean_primary(done.scores)
        done.worse = 0 if mean > done.best else done.worse + 1
        done.best = max(mean, done.best)
        self.journal.scores(done.tokens, done.scores, seconds=round(done.seconds, 1), mean=round(mean, 4))


class _Clock:
    """Wall-clock time since the training began, and the speed since the last question, evaluations included."""

    def __init__(self, seconds: float, tokens: int) -> None:
        self._start = time.monotonic() - seconds
        self._last = (time.monotonic(), tokens)

    def seconds(self) -> float:
        """Seconds of training, those of interrupted runs included."""
        return time.monotonic() - self._start

    def speed(self, tokens: int) -> int:
        """Tokens per second since the last call."""
        now, (then, before) = time.monotonic(), self._last
        self._last = (now, tokens)
        return round((tokens - before) / max(now - then, 1e-9))


def _crossed(before: int, now: int, every: int) -> bool:
    return before // every < now // every


@contextmanager
def _random(seed: int, device: torch.device) -> Iterator[None]:
    """Torch's generators seeded inside, and as they were outside."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield
