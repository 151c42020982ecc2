"""The loop of any training here: batches by weight, rates, losses, evaluations, checkpoints, and the best weights."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nlptasks.training.recipes import RecipeJob, RecipeReport

from . import checkpoint
from .batching import Stream
from .export import machine, versions
from .journal import Means, TrainingJournal
from .optimizer import CLIP, rate_proportion, set_rates
from .sizes import sized


class AnyPart(Protocol):
    """What the loop knows of a part of the data."""

    @property
    def name(self) -> str: ...
    @property
    def weight(self) -> float: ...


class AnyBatch(Protocol):
    """What the loop knows of a batch."""

    @property
    def tokens(self) -> int:
        """Tokens with padding."""


PartT = TypeVar("PartT", bound=AnyPart)
BatchT = TypeVar("BatchT", bound=AnyBatch)


@dataclass
class Progress:
    """How far a training is.

    Args:
        tokens: Padded tokens that it was trained on.
        steps: Steps of the optimizer.
        seconds: Wall-clock time, that of interrupted runs included.
        best: Best mean score so far; ``None``: none was taken.
        best_at: Tokens at which it was taken.
        best_scores: The scores behind it.
        worse: Evaluations since that one.
        scores: The last scores.
        scored_at: Tokens at which they were taken.
        kept_at: Tokens at which the weights were taken that are left in the end; -1: the last ones.
    """

    tokens: int = 0
    steps: int = 0
    seconds: float = 0.0
    best: float | None = None
    best_at: int = -1
    best_scores: dict[str, float] = field(default_factory=dict)
    worse: int = 0
    scores: dict[str, float] = field(default_factory=dict)
    scored_at: int = -1
    kept_at: int = -1


class Loop(ABC, Generic[PartT, BatchT]):
    """A training in memory.

    Args:
        job: What is asked for.
        device: Where it runs.
        learner: What learns.
        optimizer: Its optimizer, with a highest rate in each group.
        parts: The data.
        streams: Their batches.
        identity: What a checkpoint of it must be equal in.
    """

    #: The best weights so far, where the recipe has patience.
    best_weights: Mapping[str, torch.Tensor] = MappingProxyType({})

    def __init__(
        self,
        job: RecipeJob,
        device: torch.device,
        learner: nn.Module,
        optimizer: torch.optim.Optimizer,
        parts: Sequence[PartT],
        streams: Sequence[Stream[Any]],
        identity: checkpoint.Identity,
    ) -> None:
        self.device, self.parts, self.identity = device, parts, identity
        self.module, self.optimizer, self.streams = learner, optimizer, streams
        self.chooser = np.random.default_rng(job.recipe.seed)
        weights = np.array([part.weight for part in parts])
        self.odds: NDArray[np.float64] = weights / weights.sum()
        self.progress = Progress()
        self.journal = TrainingJournal(job.output, job.progress)
        self.losses = Means()
        epoch = (self.batch(pieces).tokens for stream in streams for pieces in stream.first_epoch())
        self.job = replace(job, recipe=sized(job.recipe, epoch))

    @abstractmethod
    def batch(self, pieces: Sequence[Any]) -> BatchT:
        """Pad the pieces of a batch."""

    @abstractmethod
    def loss(self, batch: BatchT, part: PartT) -> torch.Tensor:
        """The loss of a batch, which is also added to ``losses``."""

    @abstractmethod
    def evaluate(self) -> tuple[dict[str, float], float]:
        """Held-out scores by ``PART/METRIC``, and one number that is higher for better weights."""

    def chances(self) -> NDArray[np.float64]:
        """How probable each part is to be read next, ``[parts]``."""
        return self.odds

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
            self.job.advance(progress.tokens, recipe.tokens)
            if _crossed(before, progress.tokens, recipe.log_every):
                self._log_losses(clock.speed(progress.tokens))
            if _crossed(before, progress.tokens, recipe.evaluate_every):
                self._evaluate()
                progress.seconds = clock.seconds()
            if _crossed(before, progress.tokens, recipe.checkpoint_every):
                checkpoint.save(self.job.output, self.state())
        if progress.scored_at != progress.tokens:
            self._evaluate()
        self._take_best()
        progress.seconds = clock.seconds()

    def report(self) -> RecipeReport:
        """What the training came to."""
        done = self.progress
        return RecipeReport(
            tokens=done.tokens,
            steps=done.steps,
            seconds=done.seconds,
            scores=done.scores,
            kept_at=done.kept_at if done.kept_at >= 0 else None,
            pieces={part.name: stream.seen() for part, stream in zip(self.parts, self.streams, strict=True)},
        )

    def state(self) -> dict[str, Any]:
        """Everything that decides how the training goes on."""
        return {
            "identity": dict(self.identity),
            "learner": self.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "torch_random": torch.get_rng_state(),
            "device_random": checkpoint.device_random(self.device),
            "chooser": json.dumps(self.chooser.bit_generator.state),
            "streams": [stream.position() for stream in self.streams],
            "progress": asdict(self.progress),
            "best_weights": dict(self.best_weights),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where :meth:`state` was taken."""
        self.module.load_state_dict(state["learner"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["torch_random"])
        checkpoint.set_device_random(self.device, state["device_random"])
        self.chooser.bit_generator.state = json.loads(state["chooser"])
        for stream, position in zip(self.streams, state["streams"], strict=True):
            stream.seek(position)
        self.progress = Progress(**state["progress"])
        self.best_weights = state["best_weights"]

    def _step(self) -> int:
        """One step of the optimizer on one batch of one part; returns the batch's padded tokens."""
        chosen = int(self.chooser.choice(len(self.parts), p=self.chances()))
        batch = self.batch(self.streams[chosen].take())
        loss = self.loss(batch, self.parts[chosen])
        set_rates(self.optimizer, rate_proportion(self.progress.tokens, self.job.recipe))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.module.parameters(), CLIP)
        self.optimizer.step()
        return batch.tokens

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
        done.scores, mean = self.evaluate()
        done.scored_at = done.tokens
        if not done.scores:
            return  # nothing is held out, or nothing of it can be scored: the last weights are kept
        done.worse += 1
        if done.best is None or mean > done.best:
            done.best, done.best_at, done.best_scores, done.worse = mean, done.tokens, dict(done.scores), 0
            if self.job.recipe.patience:
                self.best_weights = {name: value.clone() for name, value in self.module.state_dict().items()}
        self.journal.scores(done.tokens, done.scores, seconds=round(done.seconds, 1), mean=round(mean, 4))

    def _take_best(self) -> None:
        """Go back to the best evaluation, where the recipe has patience and the last one was not it."""
        done = self.progress
        if not self.best_weights or done.best is None or done.best_at == done.tokens:
            return
        self.module.load_state_dict(self.best_weights)
        done.scores, done.kept_at = dict(done.best_scores), done.best_at
        self.journal.write("kept", tokens=done.tokens, at=done.best_at, mean=round(done.best, 4))
        self.job.progress(
            f"keeping the weights of {done.best_at:,} tokens: their mean score, {done.best:.3f}, is the best one"
        )


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
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Torch's generators seeded inside, and as they were outside."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield
