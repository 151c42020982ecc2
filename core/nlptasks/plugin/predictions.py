"""The types of predictions that heads return. Each knows the cells that it writes into an output table.

A task may bring a type of its own: a frozen class with ``suffixes``, ``cells()`` and ``canonical`` as below. These
members are optional; what is said of labels holds for any type that has them:

``answer: ClassVar[str]``
    The one of ``suffixes`` whose column holds ``canonical``, the answer that is scored; left out: the first.
``labelled: ClassVar[bool]``
    Whether answers are labels: gold cells are then matched whatever their case, and may be renamed by a label map.
``no_answer: ClassVar[tuple[str, ...]]``
    Gold answers which say that there is none; training leaves these rows out.
``score: float | None``
    The probability of the answer, 0 to 1, which records keep.
``scores: Mapping[str, float]``
    Probabilities by label, which records keep and metrics of probabilities read.
``fault(example, labels) -> str``
    What is wrong with a prediction for an example, by the labels of its head; empty: nothing. It is asked before a
    prediction is used, and a fault ends the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from nlptasks.plugin.notebook import HasColumns

#: A value of a table. Sequences and mappings are structures in formats that have them, and their JSON in others.
Cell = str | int | float | Sequence[Any] | Mapping[str, Any] | None

#: Decimals of a score in a table: what lies behind them depends on the batch that a text was in.
DECIMALS = 6


def _rounded(score: float) -> float:
    """A probability as a table holds it: the last bits of a softmax may lie behind 0 or 1."""
    if type(score) is float and 0.0 <= score <= 1.0:
        return round(score, DECIMALS)
    return round(min(max(float(score), 0.0), 1.0), DECIMALS)


@dataclass(frozen=True, slots=True)
class Label(HasColumns):
    """One label of a closed set.

    Args:
        label: The chosen label.
        score: Its probability, 0 to 1; ``None``: it has none, as a number in place of a label.
        scores: Probability of every label, summing to 1.
    """

    label: str
    score: float | None
    scores: Mapping[str, float] = field(default_factory=dict, repr=False)

    suffixes: ClassVar[tuple[str, ...]] = ("", "_score")
    labelled: ClassVar[bool] = True

    @property
    def canonical(self) -> str:
        """The text that is compared with the canonical gold one."""
        return self.label

    def cells(self) -> tuple[Cell, ...]:
        """Values of the output columns, in the order of ``suffixes``."""
        return self.label, None if self.score is None else _rounded(self.score)


@dataclass(frozen=True, slots=True)
class Span(HasColumns):
    """A piece of the input ``context``, or of any input of a task that has none, by character offsets.

    Args:
        text: The piece itself; empty where there is no answer.
        score: Its probability, 0 to 1.
        start: Offset of its first character in the original text; where there is no answer, it may be -1.
        end: Offset behind its last character; -1 where ``start`` is.
        alternatives: The next best answers, the best first; ``None`` where nobody asked for them.
    """

    text: str
    score: float
    start: int
    end: int
    alternatives: tuple[Span, ...] | None = None

    suffixes: ClassVar[tuple[str, ...]] = ("", "_score", "_start", "_end")
    no_answer: ClassVar[tuple[str, ...]] = ("", "[]")

    @property
    def canonical(self) -> str:
        """The text that is compared with the canonical gold one."""
        return self.text

    def cells(self) -> tuple[Cell, ...]:
        """Values of the output columns in the order of ``suffixes``, then the alternatives that were asked for."""
        cells = self.text, _rounded(self.score), self.start, self.end
        if self.alternatives is None:
            return cells
        names = ("answer", "score", "start", "end")
        others = [dict(zip(names, span.cells(), strict=False)) for span in self.alternatives]
        return *cells, others


@dataclass(frozen=True, slots=True)
class Text(HasColumns):
    """Text that was written or selected.

    Args:
        text: The text.
        others: Further texts for the same input, where several were asked for.
        unfinished: Whether the text, or a part of it, was cut at the most tokens before the backbone had ended it.
            Heads that are asked for so many tokens and no more (continuations) leave it.
    """

    text: str
    others: tuple[str, ...] = ()
    unfinished: bool = field(default=False, compare=False)

    suffixes: ClassVar[tuple[str, ...]] = ("",)

    @property
    def canonical(self) -> str:
        """The text that is compared with the canonical gold one."""
        return self.text

    def cells(self) -> tuple[Cell, ...]:
        """Values of the output columns: the text, then a column for each of the others."""
        return self.text, *self.others
