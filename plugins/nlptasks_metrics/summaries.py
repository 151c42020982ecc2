"""ROUGE (Lin 2004), computed by Google's rouge-score: the mean of F over the examples, from 0 to 1.

Tokens are runs of ``[a-z0-9]`` after lower-casing, stemmed by Porter's algorithm. A text in another script has none
and scores 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from rouge_score.rouge_scorer import RougeScorer

from nlptasks_metrics.targets import MeanOverExamples


class _Rouge(MeanOverExamples):
    """One kind of ROUGE; of several references the one with the highest F counts."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._scorer = RougeScorer([kind], use_stemmer=True)
        self.signature = f"stem:yes|lsum:newline|tok:ascii|agg:mean|lib:rouge-score|version:{version('rouge-score')}"

    def value(self, prediction: str, references: Sequence[str]) -> float:
        return float(self._scorer.score_multi(references, prediction)[self._kind].fmeasure)


class Rouge1(_Rouge):
    """F of the words that summary and reference share."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__("rouge1")


class Rouge2(_Rouge):
    """F of the pairs of neighbouring words that they share."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__("rouge2")


class RougeLsum(_Rouge):
    """F of the union of longest common subsequences, sentence by sentence; a sentence ends where its line does."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__("rougeLsum")
