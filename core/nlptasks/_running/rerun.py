"""Predicts samples of a record again, from the weights: what an attestation is made of."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nlptasks._plugins.observers import Observers
from nlptasks._running import facts, provenance
from nlptasks._running.blocks import Block, PredictedBlock, cut
from nlptasks._running.driver import RowSource, drive
from nlptasks._running.engine import LocalEngine
from nlptasks._scoring.pinned import PinnedData
from nlptasks._scoring.spelling import Spelling
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.session import Session
from nlptasks.errors import DataError, UsageError
from nlptasks.plugin.options import from_values
from nlptasks.plugin.protocols import Example, Prediction
from nlptasks.plugin.specs import TaskSpec
from nlptasks.records.attestations import level
from nlptasks.records.digests import hashed
from nlptasks.records.schema import Record, Sample, Trust
from nlptasks.records.store import StoredRecord

#: Probabilities may differ by this much, by the type of the numbers: other batches, and another machine. Those of
#: bfloat16 were seen to differ by 8e-3 between the batches that a text was in.
TOLERANCES = {"bfloat16": 2e-2, "float16": 4e-3, "int8": 1e-1}
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
        rows: Samples that the record has.
        mismatches: What came out otherwise, a line each.
        seed: What seeded the draw of the samples.
        tolerance: By how much probabilities might differ.
    """

    predicted: int
    rows: int
    mismatches: tuple[str, ...]
    seed: int
    tolerance: float

    @property
    def trust(self) -> Trust:
        """The level that this gives; V0, none, where something came out otherwise or too few samples were drawn."""
        return "V0" if self.mismatches else level(self.rows, self.predicted)


def rerun(
    session: Session,
    opened: StoredRecord,
    count: int,
    choice: SystemChoice | None = None,
    *,
    seed: int | None = None,
    pinned: PinnedData | None = None,
    observers: Observers | None = None,
) -> Rerun:
    """Predict some samples again and compare.

    Args:
        session: What is installed.
        opened: The record with its samples.
        count: How many samples, sampled at random; as many as there are, or more: all.
        choice: The system in place of the record's: its head, its backbone and its device, where they are named.
        seed: Seeds the draw; ``None``: fresh randomness, so that nobody knows beforehand which samples are drawn.
        pinned: The data that withheld texts are taken from; ``None``: from nowhere.
        observers: Who is told how it goes; ``None``: nobody.

    Raises:
        UsageError: The record was not made by a head that is installed here, or it has no samples.
        DataError: A sample lacks what the task reads.
    """
    record = opened.record
    if not record.model.head or not opened.samples:
        raise UsageError(
            f"{opened.folder}: its predictions were made elsewhere, so that nothing here can make them again",
            hint="leave --rerun out; its trust level is V1 at most",
        )
    if record.withheld and pinned is None:
        raise UsageError(
            f"{opened.folder}: the texts of its data are withheld, so that they cannot be predicted again",
            hint="where the data are: --benchmark NAME --data-dir DIR",
        )
    held = pinned.restored(record, opened.samples) if record.withheld and pinned else opened.samples
    task = session.tasks([record.task])[0]
    system = session.choose([task], _choice(record, task.name, choice or SystemChoice()))
    loaded = session.load(system)
    model = facts.model_of(system, loaded, record.model.name)
    foreign = _foreign(record, {"weights": model.weights, "digest": model.digest, "dtype": model.dtype})
    foreign += _other_files(record, provenance.files(system))
    seed = secrets.randbits(63) if seed is None else seed
    tolerance = TOLERANCES.get(record.model.dtype, TOLERANCE)
    samples = [] if foreign else _sampled(held, count, seed)
    sink = _Comparison(Spelling(record.labels), tolerance, hashed=record.withheld and not record.labels)
    if samples:
        source = _source(opened.folder, task, samples)
        drive(source, loaded.heads, LocalEngine(loaded), [sink], observers=observers)
    return Rerun(
        predicted=len(samples),
        rows=len(opened.samples),
        mismatches=(*foreign, *sink.mismatches),
        seed=seed,
        tolerance=tolerance,
    )


def _choice(record: Record, task: str, choice: SystemChoice) -> SystemChoice:
    """The record's own system, but for what the user named."""
    options = {**record.run.decoding, **({} if record.run.seed is None else {"seed": record.run.seed})}
    placed = from_values(SystemChoice, {"precision": record.model.dtype or "auto"})
    return replace(
        choice,
        heads={task: choice.heads.get(task) or record.model.head},
        backbone=choice.backbone or record.model.backbone,
        options={name: tuple(value) if isinstance(value, list) else value for name, value in options.items()},
        precision=placed.precision,
    )


def _source(folder: Path, task: TaskSpec, samples: Sequence[Sample]) -> RowSource[Sample]:
    examples = [_example(folder, task, sample) for sample in samples]
    return RowSource(
        name=str(folder),
        blocks=_blocks(samples, examples),
        place=lambda sample: f"the sample {sample.id!r}",
        rows=len(samples),
    )


def _example(folder: Path, task: TaskSpec, sample: Sample) -> Example:
    """What the task reads of a sample; a column that may be missing is empty then, as where a table lacks it."""
    if lacks := [c.name for c in task.inputs if not c.optional and c.name not in sample.inputs]:
        raise DataError(
            folder,
            f"the sample {sample.id!r} has no '{lacks[0]}', which '{task.name}' reads",
            hint=f"it has {', '.join(sample.inputs) or 'no inputs'}; evaluate again",
        )
    return Example({column.name: sample.inputs.get(column.name, "") for column in task.inputs})


def _blocks(samples: Sequence[Sample], examples: Sequence[Example]) -> Iterator[Block[Sample]]:
    first = 0
    for block in cut(samples, lambda sample: sum(map(len, sample.inputs.values())), first=_BLOCK, largest=_BLOCK):
        yield Block(rows=block, examples=[examples[first : first + len(block)]], first=first)
        first += len(block)


@dataclass(frozen=True)
class _Comparison:
    """The sink that compares predictions with those of a record."""

    spelling: Spelling
    tolerance: float
    hashed: bool = False
    mismatches: list[str] = field(default_factory=list)

    def take(self, done: PredictedBlock[Sample]) -> None:
        """Compare a block."""
        for sample, prediction in zip(done.block.rows, done.made.by_head[0], strict=True):
            self.mismatches.extend(self._compared(sample, prediction))

    def finish(self) -> None:
        """Nothing is left to do."""

    def _compared(self, sample: Sample, prediction: Prediction | None) -> Iterator[str]:
        found = None if prediction is None else self.spelling.of(prediction.canonical)
        if self.hashed and found is not None:
            found = hashed(found)
        if found != sample.prediction:
            if _tied(sample, found, getattr(prediction, "scores", None), self.spelling, self.tolerance):
                return
            yield f"sample {sample.id}: it has {_quoted(sample.prediction)}, and the weights predict {_quoted(found)}"
        score = getattr(prediction, "score", None)
        if sample.score is not None and score is not None and abs(score - sample.score) > self.tolerance:
            yield f"sample {sample.id}: its score is {sample.score:.6f}, and the weights give {score:.6f}"


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


def _tied(sample: Sample, found: str | None, now: object, spelling: Spelling, tolerance: float) -> bool:
    """Whether two labels were so nearly equally probable, then and now, that rounding decides between them."""
    if not sample.probabilities or not isinstance(now, Mapping) or sample.prediction is None or found is None:
        return False
    after = {spelling.of(label): probability for label, probability in now.items()}
    before = sample.probabilities
    if before.keys() != after.keys() or not {sample.prediction, found} <= after.keys():
        return False
    steady = all(abs(before[label] - after[label]) <= tolerance for label in after)
    least = min(after[sample.prediction], after[found])
    return steady and max(after.values()) - least <= 2 * tolerance


def _quoted(answer: str | None) -> str:
    return "no prediction" if answer is None else repr(answer[:_QUOTED])
