"""The types of predictions that heads return. Each knows the cells that it writes into an output table."""

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
