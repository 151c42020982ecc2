"""Metrics of language models: how well they predict a text, and how little they repeat themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


class BitsPerByte:
    """Bits per UTF-8 byte of the gold texts (Gao et al. 2020, arXiv 2101.00027): lower is better.

    Unlike perplexity it does not depend on how a model cuts text into tokens. Statistics of an example: the negative
    log-likelihood of its text in nats, which comes as a decimal number in place of an answer, and its bytes.
    """

    binary = False

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:bits-per-byte|encoding:utf-8"

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        rows = [
            (float(nats), float(len(target.encode("utf-8", "replace"))))
            for nats, target in zip(predictions, targets, strict=True)
        ]
        return np.array(rows, dtype=np.float64).reshape(len(rows), 2)

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        nats, size = sums[..., 0], sums[..., 1]
        return np.divide(nats, math.log(2) * size, out=np.zeros_like(nats), where=size != 0)


class Distinct2:
    """Mean over the answers of the share of different ones among their pairs of neighbouring words.

    After Li et al. 2016 (arXiv 1510.03055), who count over all answers together and divide by words; words are what
    white space divides, in lower case. An answer of fewer than two words has no pair and does not count; without any
    that counts the value is 0. Statistics of an example: its share, and 1 where it counts.
    """

    binary = False

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:distinct-2|tok:space|case:lower|agg:mean"

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        rows = [_distinct(prediction.lower().split()) for prediction, _ in zip(predictions, targets, strict=True)]
        return np.array(rows, dtype=np.float64).reshape(len(rows), 2)

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        total, n = sums[..., 0], sums[..., 1]
        return np.divide(total, n, out=np.zeros_like(total), where=n != 0)


def _distinct(words: Sequence[str]) -> tuple[float, float]:
    pairs = list(pairwise(words))
    return (len(set(pairs)) / len(pairs), 1.0) if pairs else (0.0, 0.0)
