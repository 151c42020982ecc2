"""Predicts samples of a record again, from the weights: what the trust levels V2 and V3 say."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nlptasks._plugins.observers import Observers
from nlptasks._running import facts, provenance
from nlptasks._running.blocks import Block, PredictedBlock, cut
from nlptasks._running.driver import RowSource, drive
from nlptasks._running.engine import LocalEngine
from nlptasks._scoring.spelling import Spelling
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.session import Session
from nlptasks.errors import UsageError
from nlptasks.plugin.options import from_values
from nlptasks.plugin.protocols import Example, Prediction
from nlptasks.records.schema import Record, Sample, Trust
from nlptasks.records.store import StoredRecord

#: Scores may differ by this much: other batches, and another machine.
TOLERANCE = 1e-4

#: Rows of a block.
_BLOCK = 256

#: Characters of a prediction that a complaint quotes.
_QUOTED = 60


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """What came of it.

    Args:
        predicted: Samples that were predicted again.
        mismatches: What came out otherwise, a line each.
        trust: The level that holds: V3 where all samples were predicted, V2 where some were; V1 where something came
            out otherwise.
    """

    predicted: int
    mismatches: tuple[str, ...]
    trust: Trust


def rerun(
    session: Session,
    opened: StoredRecord,
    count: int,
    choice: SystemChoice | None = None,
    *,
    seed: int = 0,
    observers: Observers | None = None,
) -> Rerun:
    """Predict some samples again and compare.

    Args:
        session: What is installed.
        opened: The record with its samples.
        count: How many samples, sampled at random; as many as there are, or more: all.
        choice: The system in place of the record's: its head, its backbone and its device, where they are named.
        seed: Seeds the sampling.
        observers: Who is told how it goes; ``None``: nobody.

    Raises:
        UsageError: The record was not made by a head that is installed here, or it has no samples.
    """
    record = opened.record
    if not record.model.head or not opened.samples:
        raise UsageError(
            f"{opened.folder}: its predictions were made elsewhere, so that nothing here can make them again",
            hint="leave --rerun out; its trust level is V1 at most",
        )
    if record.withheld:
        raise UsageError(
            f"{opened.folder}: the texts of its data are withheld, so that they cannot be predicted again",
            hint=f"evaluate again where the data are, and compare: {' '.join(record.run.argv)}",
        )
    task = session.tasks([record.task])[0]
    system = session.choose([task], _choice(record, task.name, choice or SystemChoice()))
    loaded = session.load(system)
    model = facts.model_of(system, loaded, record.model.name)
    foreign = _foreign(record, {"weights": model.weights, "digest": model.digest, "dtype": model.dtype})
    foreign += _other_files(record, provenance.files(system))
    if foreign:
        return Rerun(predicted=0, mismatches=tuple(foreign), trust="V1")
    samples = _sampled(opened.samples, count, seed)
    sink = _Comparison(Spelling(record.labels))
    drive(_source(str(opened.folder), samples), loaded.heads, LocalEngine(loaded), [sink], observers=observers)
    whole: Trust = "V3" if len(samples) == len(opened.samples) else "V2"
    return Rerun(predicted=len(samples), mismatches=tuple(sink.mismatches), trust="V1" if sink.mismatches else whole)


def _choice(record: Record, task: str, choice: SystemChoice) -> SystemChoice:
    """The record's own system, but for what the user named."""
    options = {**record.run.decoding, **({} if record.run.seed is None else {"seed": record.run.seed})}
    placed = from_values(SystemChoice, {"dtype": record.model.dtype or "auto"})
    return replace(
        choice,
        heads={task: choice.heads.get(task) or record.model.head},
        backbone=choice.backbone or record.model.backbone,
        options={name: tuple(value) if isinstance(value, list) else value for name, value in options.items()},
        dtype=placed.dtype,
    )


def _source(name: str, samples: Sequence[Sample]) -> RowSource[Sample]:
    return RowSource(
        name=name,
        blocks=_blocks(samples),
        place=lambda sample: f"the sample {sample.id!r}",
        rows=len(samples),
    )


def _blocks(samples: Sequence[Sample]) -> Iterator[Block[Sample]]:
    first = 0
    for block in cut(samples, lambda sample: sum(map(len, sample.inputs.values())), first=_BLOCK, largest=_BLOCK):
        yield Block(rows=block, examples=[[Example(sample.inputs) for sample in block]], first=first)
        first += len(block)


@dataclass(frozen=True)
class _Comparison:
    """The sink that compares predictions with those of a record."""

    spelling: Spelling
    mismatches: list[str] = field(default_factory=list)

    def take(self, done: PredictedBlock[Sample]) -> None:
        """Compare a block."""
        for sample, prediction in zip(done.block.rows, done.made.by_head[0], strict=True):
            self.mismatches.extend(_compared(sample, prediction, self.spelling))

    def finish(self) -> None:
        """Nothing is left to do."""


def _sampled(samples: Sequence[Sample], count: int, seed: int) -> list[Sample]:
    if count >= len(samples):
        return list(samples)
    chosen = sorted(random.Random(seed).sample(range(len(samples)), count))
    return [samples[at] for at in chosen]


def _foreign(record: Record, found: Mapping[str, Any]) -> list[str]:
    said = {name: getattr(record.model, name) for name in found}
    return [
        f"model.{name}: it has {str(said[name])[:16] or 'none'}, and what is installed {str(value)[:16] or 'none'}"
        for name, value in found.items()
        if said[name] != value
    ]


def _other_files(record: Record, found: Mapping[str, str]) -> list[str]:
    return [
        f"run.files.{name}: it has {digest[:16]}, and what lies here {found.get(name, '')[:16] or 'none'}"
        for name, digest in record.run.files.items()
        if found.get(name) != digest
    ]


def _compared(sample: Sample, prediction: Prediction | None, spelling: Spelling) -> Iterator[str]:
    answer = None if prediction is None else spelling.of(prediction.answer)
    if answer != sample.prediction:
        yield f"sample {sample.id}: it has {_quoted(sample.prediction)}, and the weights predict {_quoted(answer)}"
    score = getattr(prediction, "score", None)
    if sample.score is not None and score is not None and abs(score - sample.score) > TOLERANCE:
        yield f"sample {sample.id}: its score is {sample.score:.6f}, and the weights give {score:.6f}"


def _quoted(answer: str | None) -> str:
    return "no prediction" if answer is None else repr(answer[:_QUOTED])
