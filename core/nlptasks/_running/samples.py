"""What a system made of the rows of an evaluation, and the samples that come of it.

Outcomes are all that needs a model, and hold nothing of the data. Samples are made of them and the data, so that what
the user asks beside the predictions may change from one run to the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Annotated

from pydantic import ConfigDict, Strict
from pydantic.dataclasses import dataclass

from nlptasks._scoring.spelling import Spelling
from nlptasks._tables.gold_samples import Item
from nlptasks.plugin.predictions import DECIMALS
from nlptasks.plugin.protocols import Prediction
from nlptasks.records.canonical import Json, canonical
from nlptasks.records.schema import FLAGS, Record, Sample

_Number = Annotated[float, Strict()]
_Truth = Annotated[bool, Strict()]


@dataclass(config=ConfigDict(extra="forbid", allow_inf_nan=False), frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a system made of one row.

    Args:
        prediction: The prediction; ``None``: it gave none.
        score: Its probability, where there is one.
        probabilities: Probability of each label, where there are such.
        nll: Negative log-likelihood of the gold text, where the head tells it.
        unread: Whether a part of the input was left unread.
        foreign: Whether the input is in a language or in characters that the head does not read.
        unfinished: Whether the prediction ends before its end.
    """

    prediction: str | None = None
    score: _Number | None = None
    probabilities: Mapping[str, _Number] | None = None
    nll: _Number | None = None
    unread: _Truth = False
    foreign: _Truth = False
    unfinished: _Truth = False

    def as_json(self) -> dict[str, Json]:
        """Its fields, without those that say nothing."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in values if value not in (None, False)}


def outcome(prediction: Prediction | None, nll: float | None, *, unread: bool, foreign: bool) -> Outcome:
    """What a head returned, rounded as records are."""
    score = getattr(prediction, "score", None)
    scores: Mapping[str, float] | None = getattr(prediction, "scores", None)
    return Outcome(
        prediction=None if prediction is None else prediction.canonical,
        score=None if score is None else round(float(score), DECIMALS),
        probabilities={label: round(value, DECIMALS) for label, value in scores.items()} if scores else None,
        nll=None if nll is None else round(nll, DECIMALS),
        unread=unread,
        foreign=foreign,
        unfinished=bool(getattr(prediction, "unfinished", False)),
    )


def outcomes_of(record: Record, samples: Iterable[Sample]) -> list[Outcome] | None:
    """What the system of a record made of its rows; ``None`` where texts are withheld, so that hashes stand there."""
    if record.withheld and not record.labels:
        return None
    return [
        Outcome(
            prediction=sample.prediction,
            score=sample.score,
            probabilities=sample.probabilities,
            nll=sample.nll,
            unread="truncated_input" in sample.flags,
            foreign="foreign_input" in sample.flags,
            unfinished="truncated_output" in sample.flags,
        )
        for sample in samples
    ]


def samples_of(items: Sequence[Item], outcomes: Sequence[Outcome], labels: tuple[str, ...]) -> Iterator[Sample]:
    """The samples of some rows. Labels are spelt as the data spell them, where only case tells them apart.

    Args:
        items: The rows.
        outcomes: What the system made of each.
        labels: The closed set of labels; empty: none.
    """
    spelling = Spelling(labels)
    for item, made in zip(items, outcomes, strict=True):
        yield _sample(item, made, labels, spelling)


def inputs_digest(items: Iterable[Item]) -> str:
    """SHA-256 of what the head reads of some rows: whatever decided how a table is read shows in it."""
    return _digest(canonical(dict(item.example.inputs)) for item in items)


def golds_digest(items: Iterable[Item]) -> str:
    """SHA-256 of the texts of some rows whose likelihood is asked for."""
    return _digest(canonical(item.text) for item in items)


def _digest(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(f"{line}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _sample(item: Item, made: Outcome, labels: tuple[str, ...], spelling: Spelling) -> Sample:
    answer = None if made.prediction is None else spelling.of(made.prediction)
    probabilities = made.probabilities
    state = {
        "missing": answer is None,
        "empty": answer is not None and not answer.strip(),
        "truncated_input": made.unread,
        "foreign_input": made.foreign,
        "truncated_output": made.unfinished,
        "invalid_label": bool(labels) and answer is not None and answer not in labels,
        "duplicate_id": item.twice,
    }
    return Sample(
        id=item.id,
        inputs=dict(item.example.inputs),
        gold=item.gold,
        prediction=answer,
        score=made.score,
        probabilities={spelling.of(label): value for label, value in probabilities.items()} if probabilities else None,
        nll=made.nll,
        flags=tuple(name for name in FLAGS if state[name]),
        meta=dict(item.meta),
    )
