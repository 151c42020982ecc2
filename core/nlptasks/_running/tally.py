"""Counts what a task's predictions look like and how they compare with the gold answers.

A tally of two parts of a table can be merged into that of the whole, in whatever order the parts come, and can be
written as JSON in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlptasks._running.foreign import ForeignTexts
from nlptasks._tables.columns import REMEMBERED
from nlptasks._tables.remembered import RememberedCells
from nlptasks.plugin.protocols import Prediction

#: Stands for the gold cells of a task with labels that are too many to remember.
OTHER = "\0"

#: Parts of a probability that are counted: whole numbers add up to the same in any order.
_PARTS = 10**9


@dataclass
class Tally:
    """The running counts of one task.

    Args:
        closed: Whether the head predicts one of a closed set of labels; then only counts are kept, and no more of them
            than there are labels times gold cells that are remembered.
        predicted: Rows with a prediction.
        labels: How often each label was predicted; empty where the set is not closed.
        pairs: How often each prediction met each cell of the gold column.
        nll: How often each negative log-likelihood, as Python writes it, was that of each gold text.
        without_gold: Rows with a prediction whose gold cell is empty.
        remembered: Most gold cells that are remembered.
        foreign: The texts that the head cannot read.
    """

    closed: bool
    predicted: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    nll: Counter[tuple[str, str]] = field(default_factory=Counter)
    without_gold: int = 0
    remembered: int = REMEMBERED
    foreign: ForeignTexts = field(default_factory=ForeignTexts)
    _parts: int = 0
    _scored: int = 0
    _cells: RememberedCells = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._cells = RememberedCells(self.remembered)

    @property
    def confidence(self) -> float | None:
        """Mean probability of the predictions; ``None`` where there is none."""
        return self._parts / _PARTS / self._scored if self._scored else None

    @property
    def cells(self) -> frozenset[str]:
        """The gold cells that are remembered."""
        return frozenset(self._cells)

    def add(self, predictions: Sequence[Prediction | None], *, cells: Sequence[str] | None = None) -> None:
        """Count a block of rows.

        Args:
            predictions: A prediction for each row.
            cells: The gold cell of each row, stripped; ``None`` where there is no gold column.
        """
        there = [prediction for prediction in predictions if prediction is not None]
        self.predicted += len(there)
        scores = [score for score in (getattr(prediction, "score", None) for prediction in there) if score is not None]
        self._parts += sum([round(score * _PARTS) for score in scores])
        self._scored += len(scores)
        if self.closed:
            self.labels.update([prediction.canonical for prediction in there])
        if cells is not None:
            for prediction, cell in zip(predictions, cells, strict=True):
                if prediction is not None:
                    self._compare(prediction.canonical, cell)

    def add_likelihood(self, nll: float, text: str) -> None:
        """Count how probable a gold text is to the head."""
        self.nll[repr(nll), text] += 1

    def merge(self, other: Tally) -> None:
        """Add the counts of another part of the same table."""
        self.predicted += other.predicted
        self.without_gold += other.without_gold
        self._parts += other._parts
        self._scored += other._scored
        for mine, theirs in ((self.labels, other.labels), (self.pairs, other.pairs), (self.nll, other.nll)):
            mine.update(theirs)  # type: ignore[arg-type]  # each pair is of one type
        self.foreign.merge(other.foreign)
        for cell in other._cells:
            self._remember(cell)

    def to_json(self) -> dict[str, Any]:
        """The counts in types that JSON has."""
        return {
            "closed": self.closed,
            "predicted": self.predicted,
            "probability": self._parts,
            "scored": self._scored,
            "labels": dict(sorted(self.labels.items())),
            "pairs": [[*pair, count] for pair, count in sorted(self.pairs.items())],
            "nll": [[*pair, count] for pair, count in sorted(self.nll.items())],
            "without gold": self.without_gold,
            "remembered": self.remembered,
            "cells": list(self._cells),
            "foreign": self.foreign.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Tally:
        """The tally that :meth:`to_json` wrote."""
        found = cls(
            closed=data["closed"],
            predicted=data["predicted"],
            labels=Counter(data["labels"]),
            pairs=Counter({(one, other): count for one, other, count in data["pairs"]}),
            nll=Counter({(one, other): count for one, other, count in data["nll"]}),
            without_gold=data["without gold"],
            remembered=data["remembered"],
            foreign=ForeignTexts.from_json(data["foreign"]),
            _parts=data["probability"],
            _scored=data["scored"],
        )
        for cell in data["cells"]:
            found._remember(cell)
        return found

    def _compare(self, answer: str, cell: str) -> None:
        if not cell:
            self.without_gold += 1
            return
        gone = self._cells.add(cell)
        if gone is not None and self.closed:
            if gone == cell:
                cell = OTHER  # no column of labels holds so many different ones
            else:
                self._forget(gone)
        self.pairs[answer, cell] += 1

    def _remember(self, cell: str) -> None:
        """Remember a gold cell that is counted already."""
        gone = self._cells.add(cell)
        if gone is not None and self.closed:
            self._forget(gone)

    def _forget(self, gone: str) -> None:
        """Count a cell that is not remembered any more among the others."""
        for pair in [pair for pair in self.pairs if pair[1] == gone]:
            self.pairs[pair[0], OTHER] += self.pairs.pop(pair)
