"""Metrics of language models: how well they predict a text, and how little they repeat themselves."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlptasks_metrics.labels import ratio

#: Words of the runs that :class:`Repetition` looks for.
_RUN = 4


class _Likelihood(ABC):
    """A metric of the likelihood of the gold texts, which comes as a decimal number in place of an answer.

    Statistics of an example: the negative log-likelihood of its text in nats, and its size. A sum without size has no
    value: the score is not a number.
    """

    binary = False
    smooth = True

    @abstractmethod
    def _size(self, text: str) -> int:
        """Size of a text, in the unit that the likelihood is shared out to."""

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        rows = [(float(nll), float(self._size(target))) for nll, target in zip(predictions, targets, strict=True)]
        return np.array(rows, dtype=np.float64).reshape(len(rows), 2)


class BitsPerByte(_Likelihood):
    """Bits that the system needs for a byte of the gold texts in UTF-8, over all texts: lower is better.

    Unlike perplexity it depends neither on how a model cuts text into tokens nor on what a word is.

    Source: Gao et al. 2020, arXiv 2101.00027, section 3.1.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:bits-per-byte|encoding:utf-8"

    def _size(self, text: str) -> int:
        return len(text.encode("utf-8", "replace"))

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return ratio(sums[..., 0], math.log(2) * sums[..., 1], empty=np.nan)


class Perplexity(_Likelihood):
    """How many equally probable words the system is as unsure as, a word of the gold texts: lower is better.

    It is exp(nats / words) over all texts. Words are what white space divides, and not the tokens of a model, so that
    systems with different tokenizers can be compared.

    Source: Jelinek et al. 1977, doi 10.1121/1.2016299.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:perplexity|unit:word|tok:space"

    def _size(self, text: str) -> int:
        return len(text.split())

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(over="ignore"):  # what is beyond a float is infinite
            found: NDArray[np.float64] = np.exp(ratio(sums[..., 0], sums[..., 1], empty=np.nan))
        return found


class _OfRuns:
    """Mean over the predictions of a proportion of their runs of neighbouring words.

    Words are what white space divides, in lower case. An answer that is shorter than a run does not count; without any
    that counts the value is 0. Statistics of an example: its share, and 1 where it counts.
    """

    binary = False
    smooth = True

    def __init__(self, size: int, said: str) -> None:
        self._run = size
        self.signature = f"{said}|tok:space|case:lower|agg:mean"

    def _share(self, distinct: float) -> float:
        """The share, of the one of distinct runs."""
        return distinct

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        rows = [self._row(prediction.lower().split()) for prediction, _ in zip(predictions, targets, strict=True)]
        return np.array(rows, dtype=np.float64).reshape(len(rows), 2)

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return ratio(sums[..., 0], sums[..., 1])

    def _row(self, words: Sequence[str]) -> tuple[float, float]:
        runs = list(zip(*(words[at:] for at in range(self._run)), strict=False))
        return (self._share(len(set(runs)) / len(runs)), 1.0) if runs else (0.0, 0.0)


class Distinct1(_OfRuns):
    """Mean over the predictions of the proportion of different ones among their words.

    An answer without a word does not count. It falls as answers grow, so compare answers of about one length.

    Source: after Li et al. 2016, arXiv 1510.03055, who count over all answers together.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(1, "metric:distinct-1")


class Distinct2(_OfRuns):
    """Mean over the predictions of the proportion of different ones among their pairs of neighbouring words.

    An answer of fewer than two words has no pair and does not count. It falls as answers grow, so compare answers of
    about one length.

    Source: after Li et al. 2016, arXiv 1510.03055, who count over all answers together and divide by words.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(2, "metric:distinct-2")


class Repetition(_OfRuns):
    """Mean over the predictions of the proportion of repeated ones among their runs of four words: lower is better.

    It is 1 less the proportion of different runs. A prediction of fewer than four words has no run and does not count.

    Source: seq-rep-4 of Welleck et al. 2020, arXiv 1908.04319, there counted in tokens of the model.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(_RUN, f"metric:repetition|n:{_RUN}")

    def _share(self, distinct: float) -> float:
        return 1 - distinct
