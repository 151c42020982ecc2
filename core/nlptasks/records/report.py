"""What a run tells at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlptasks.statistics.scoring import Score

__all__ = ["RunReport", "TaskReport"]


@dataclass(frozen=True, kw_only=True)
class TaskReport:
    """What one task's head did.

    Args:
        task: Name of the task.
        head: Qualified name of the head.
        columns: Its columns in the output.
        predicted: Rows that got a prediction.
        foreign: How many of their texts the head cannot read, by why: the language's ISO 639-1 code, or ``und-`` and
            the script; ``unknown`` where the backbone's tokenizer knows less than half of a text. What is predicted for
            them means nothing, however sure the head is.
        foreign_rows: The first rows with such a text, by the line or number that they have in the source.
        reader: What to type so that these texts are read: a backbone, with how to install it; empty: nothing
            installed reads them.
        labels: How often each label was predicted; empty where predictions are free text.
        confidence: Mean probability of the predictions; ``None`` where they have none.
        gold: The gold column; empty where the data have none.
        scores: Scores against it.
        confusion: How often each ``(prediction, gold)`` pair occurred, for tasks with labels.
        unscored: Why rows with a prediction were not scored, and how many.
    """

    task: str
    head: str
    columns: tuple[str, ...]
    predicted: int
    foreign: Mapping[str, int] = field(default_factory=dict)
    foreign_rows: tuple[str, ...] = ()
    reader: str = ""
    labels: Mapping[str, int] = field(default_factory=dict)
    confidence: float | None = None
    gold: str = ""
    scores: tuple[Score, ...] = ()
    confusion: Mapping[tuple[str, str], int] = field(default_factory=dict)
    unscored: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """What a run did.

    Args:
        source: What it read.
        output: Where its rows went.
        rows: Rows written.
        skipped: Why rows got no prediction or were left out, and how many.
        bad_rows: The first rows that could not be read or predicted, as ``file:line: reason``.
        rejected: Rows that were left out because they could not be.
        rejects: The file that tells them; empty: there is none.
        long: Texts that took several windows, being longer than the backbone reads at once.
        cut: Texts of which a head left a part unread.
        tokens: Tokens that went through the backbone.
        seconds: Wall-clock time of reading, predicting and writing, without loading.
        backbone: Name of the backbone; empty where no head needed one.
        digest: Its digest.
        notes: What was detected about the input, and which values the output's format could not hold as they were.
        tasks: A report a task.
    """

    source: str
    output: str
    rows: int
    skipped: Mapping[str, int]
    bad_rows: tuple[str, ...]
    long: int
    cut: int
    tokens: int
    seconds: float
    backbone: str
    digest: str
    notes: tuple[str, ...]
    tasks: tuple[TaskReport, ...]
    rejected: int = 0
    rejects: str = ""
