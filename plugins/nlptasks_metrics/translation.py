"""Metrics of translations: sacrebleu's statistics per segment and its score of their sum, from 0 to 100.

sacrebleu publishes no function for the statistics alone, so the metrics call the two of its methods that
``corpus_score`` and its bootstrap are made of; a test holds them equal to ``corpus_score``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from nlptasks_metrics.targets import references

#: sacrebleu's word for a number of references that differs between segments.
_VARIES = -1


class _Sacrebleu:
    """A metric of sacrebleu. A target may hold several references, and not every target as many."""

    binary = False

    def __init__(self, library: BLEU | CHRF, width: int) -> None:
        """Wrap a metric of sacrebleu.

        Args:
            library: The metric.
            width: Statistics of a segment.
        """
        self._library: Any = library  # its metrics type a stream of references without the gaps that they allow
        self._width = width
        self._counts: set[int] = set()

    @property
    def signature(self) -> str:
        """The library's own, for the references that were read so far; one reference where none were."""
        counts = self._counts or {1}
        self._library.num_refs = min(counts) if len(counts) == 1 else _VARIES
        return str(self._library.get_signature())

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        if len(predictions) != len(targets):  # sacrebleu drops what has no partner
            raise ValueError(f"{len(predictions)} predictions for {len(targets)} targets")
        if not targets:  # which sacrebleu refuses
            return np.zeros((0, self._width))
        golds = [references(target) for target in targets]
        self._counts |= {len(gold) for gold in golds}
        streams = list(zip_longest(*golds))  # sacrebleu wants a stream per reference, None where there is none
        return np.array(self._library._extract_corpus_statistics(predictions, streams), dtype=np.float64)

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = sums.reshape(-1, self._width).tolist()
        values = [self._library._compute_score_from_stats(row).score for row in rows]
        return np.array(values, dtype=np.float64).reshape(sums.shape[:-1])


class Bleu(_Sacrebleu):
    """BLEU of the corpus (Papineni et al. 2002; Post 2018).

    Statistics of a segment: its length, the closest reference length, and for each of 4 orders the n-grams that are
    hit, and all. Text is passed as it reads: sacrebleu tokenizes it. The tokenizer 13a leaves text without spaces
    between words (Chinese, Japanese) whole; chrF suits those.
    """

    def __init__(self, labels: tuple[str, ...], *, tokenize: str = BLEU.TOKENIZER_DEFAULT) -> None:
        library = BLEU(tokenize=tokenize)
        super().__init__(library, 2 + 2 * library.max_ngram_order)


class Chrf(_Sacrebleu):
    """The character n-gram F-score chrF2 of the corpus (Popović 2015); with ``word_order=2`` chrF2++ (Popović 2017).

    Statistics of a segment: for each order the n-grams of the prediction, of the reference that suits it best, and of
    both.
    """

    def __init__(self, labels: tuple[str, ...], *, word_order: int = CHRF.WORD_ORDER) -> None:
        library = CHRF(word_order=word_order)
        super().__init__(library, 3 * library.order)
