"""Answers samples of a record again, from the weights: what the trust levels V2 and V3 say."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlptasks._running import facts
from nlptasks._running.predict import predict
from nlptasks._scoring.spelling import Spelling
from nlptasks._systems.session import Session
from nlptasks.errors import UsageError
from nlptasks.plugin.protocols import Example, Prediction
from nlptasks.records.schema import Record, Sample, Trust
from nlptasks.records.store import StoredRecord

#: Scores may differ by this much: other batches, and another machine.
TOLERANCE = 1e-4

#: Characters of an answer that a complaint quotes.
_QUOTED = 60


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """What came of it.

    Args:
        answered: Samples that were answered again.
        mismatches: What came out otherwise, a line each.
        trust: The level that holds: V3 where all samples were answered, V2 where some were; V1 where something came
            out otherwise.
    """

    answered: int
    mismatches: tuple[str, ...]
    trust: Trust


def rerun(
    session: Session,
    opened: StoredRecord,
    count: int,
    *,
    head: str = "",
    backbone: str = "",
    seed: int = 0,
    device: str = "auto",
) -> Rerun:
    """Answer some samples again and compare.

    Args:
        session: What is installed.
        opened: The record with its samples.
        count: How many samples, drawn at random; as many as there are, or more: all.
        head: The head, or the folder of a trained one; empty: the installed one that the record names.
        backbone: The backbone; empty: the one that the record names.
        seed: Seeds the draw.
        device: See :class:`nlptasks.plugin.protocols.BackboneContext`.

    Raises:
        UsageError: The record was not made by a head that is installed here, or it has no samples.
    """
    record = opened.record
    if not record.model.head or not opened.samples:
        raise UsageError(
            f"{opened.folder}: its answers were made elsewhere, so that nothing here can make them again",
            hint="leave --rerun out; its trust level is V1 at most",
        )
    if record.withheld:
        raise UsageError(
            f"{opened.folder}: the texts of its data are withheld, so that they cannot be answered again",
            hint=f"evaluate again where the data are, and compare: {' '.join(record.run.argv)}",
        )
    task = session.tasks([record.task])[0]
    options = {**record.run.decoding, **({} if record.run.seed is None else {"seed": record.run.seed})}
    plan = session.plan(
        [task],
        heads={task.name: head or record.model.head},
        backbone=backbone or record.model.backbone,
        options={name: tuple(value) if isinstance(value, list) else value for name, value in options.items()},
    )
    loaded = session.open(plan, device=device, dtype=record.model.dtype or "auto")
    model = facts.model_of(plan, loaded, record.model.name)
    foreign = _foreign(record, {"weights": model.weights, "digest": model.digest, "dtype": model.dtype})
    if foreign:
        return Rerun(answered=0, mismatches=tuple(foreign), trust="V1")
    samples = _drawn(opened.samples, count, seed)
    answers = predict(loaded.tasks, loaded.backbone, [[Example(sample.inputs) for sample in samples]]).predictions[0]
    spelling = Spelling(record.labels)
    mismatches = tuple(
        line
        for sample, prediction in zip(samples, answers, strict=True)
        for line in _compared(sample, prediction, spelling)
    )
    whole: Trust = "V3" if len(samples) == len(opened.samples) else "V2"
    return Rerun(answered=len(samples), mismatches=mismatches, trust="V1" if mismatches else whole)


def _drawn(samples: Sequence[Sample], count: int, seed: int) -> list[Sample]:
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


def _compared(sample: Sample, prediction: Prediction | None, spelling: Spelling) -> Iterator[str]:
    answer = None if prediction is None else spelling.of(prediction.answer)
    if answer != sample.prediction:
        yield f"sample {sample.id}: it has {_quoted(sample.prediction)}, and the weights answer {_quoted(answer)}"
    score = getattr(prediction, "score", None)
    if sample.score is not None and score is not None and abs(score - sample.score) > TOLERANCE:
        yield f"sample {sample.id}: its score is {sample.score:.6f}, and the weights give {score:.6f}"


def _quoted(answer: str | None) -> str:
    return "no answer" if answer is None else repr(answer[:_QUOTED])
