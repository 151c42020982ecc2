"""Metrics of translations: sacrebleu's statistics per segment and its score of their sum, in per cent.

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
from sacrebleu.metrics.ter import TER

from nlptasks_metrics.languages import CHARACTERS, UNSPACED, code, cut
from nlptasks_metrics.targets import references

#: sacrebleu's tokenizers for languages that 13a does not cut into words, the first that is installed.
_TOKENIZERS = {
    "zh": ("zh",),
    "ja": ("ja-mecab", "char"),
    "ko": ("ko-mecab", "char"),
    **dict.fromkeys(UNSPACED - {"zh", "ja"}, ("char",)),
}

#: Languages whose characters TER can be asked to take apart.
_SPLIT_BY_TER = ("zh", "ja")

#: sacrebleu's word for a number of references that differs between segments.
_VARIES = -1


class _Sacrebleu:
    """A metric of sacrebleu. A target may hold several references, and not every target as many."""

    binary = False
    smooth = True

    def __init__(self, library: BLEU | CHRF | TER, width: int) -> None:
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
        """The library's own, for all references that were read so far, in whatever order; one where none were."""
        counts = self._counts or {1}
        self._library.num_refs = min(counts) if len(counts) == 1 else _VARIES
        return str(self._library.get_signature())

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        if len(predictions) != len(targets):  # sacrebleu drops what has no partner
            raise ValueError(f"{len(predictions)} predictions for {len(targets)} targets")
        if not targets:  # which sacrebleu refuses
            return np.zeros((0, self._width))
        golds = [references(target) for target in targets]  # as they are: the values are sacrebleu's to the last digit
        self._counts |= {len(gold) for gold in golds}
        streams = list(zip_longest(*golds))  # sacrebleu wants a stream per reference, None where there is none
        return np.array(self._library._extract_corpus_statistics(predictions, streams), dtype=np.float64)

    def refusal(self, target: str) -> str:
        """Why no translation could be right: the references are empty."""
        return "" if any(text.strip() for text in references(target)) else "it is empty"

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = sums.reshape(-1, self._width).tolist()
        values = [self._library._compute_score_from_stats(row).score for row in rows]
        return np.array(values, dtype=np.float64).reshape(sums.shape[:-1])


class Bleu(_Sacrebleu):
    """BLEU of the corpus, from 0 to 100: n-grams of 1 to 4 words in common, with a penalty for being short.

    Statistics of a segment: its length, the closest reference length, and for each of 4 orders the n-grams that are
    hit, and all. Text is passed as it reads: sacrebleu cuts it into words, with its tokenizer for the language of the
    translations. That is zh for Chinese, ja-mecab for Japanese and ko-mecab for Korean where sacrebleu's extras ja and
    ko are installed, else char; char for other languages without spaces between words; 13a for all others.

    Source: Papineni et al. 2002, doi 10.3115/1073083.1073135; sacrebleu (Post 2018, arXiv 1804.08771).
    """

    def __init__(self, labels: tuple[str, ...], *, language: str = "", tokenize: str = "") -> None:
        library = BLEU(tokenize=tokenize) if tokenize else _bleu(language)
        self._order = library.max_ngram_order
        super().__init__(library, 2 + 2 * self._order)

    def remark(self, targets: Sequence[str]) -> str:
        """That a right translation scores 0: no reference has as many words as the longest n-gram."""
        if not targets or any(self._words(text) >= self._order for target in targets for text in references(target)):
            return ""
        return f"no reference has {self._order} words, so a translation that equals all of them scores 0; see chrf"

    def _words(self, text: str) -> int:
        return len(self._library.tokenizer(text.rstrip()).split())


class Chrf(_Sacrebleu):
    """chrF2 of the corpus, from 0 to 100: F-score of n-grams of 1 to 6 characters, recall counting four times.

    Statistics of a segment: for each order the n-grams of the prediction, of the reference that suits it best, and of
    both. It needs no tokenizer, so it suits all languages.

    Source: Popović 2015, doi 10.18653/v1/W15-3049; sacrebleu (Post 2018, arXiv 1804.08771).
    """

    def __init__(self, labels: tuple[str, ...], *, word_order: int = CHRF.WORD_ORDER) -> None:
        library = CHRF(word_order=word_order)
        super().__init__(library, 3 * library.order)


class ChrfPlusPlus(Chrf):
    """chrF2++ of the corpus, from 0 to 100: chrF2 with n-grams of 1 and 2 words beside those of characters.

    Words are what white space divides, with a mark at either end apart.

    Source: Popović 2017, doi 10.18653/v1/W17-4770; sacrebleu (Post 2018, arXiv 1804.08771).
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, word_order=2)


class Ter(_Sacrebleu):
    """Translation edit rate of the corpus, in per cent of the references' words: lower is better, 0 is perfect.

    Edits are insertions, deletions, substitutions and shifts of words; of several references the one with the fewest
    counts, against their mean length. More edits than words make more than 100. Case does not count. Words are what
    white space divides; for Chinese and Japanese sacrebleu takes the characters apart.

    Statistics of a segment: its edits, and the mean length of its references.

    Source: Snover et al. 2006 (aclanthology.org/2006.amta-papers.25); sacrebleu (Post 2018, arXiv 1804.08771).
    """

    def __init__(self, labels: tuple[str, ...], *, language: str = "") -> None:
        split = code(language) in _SPLIT_BY_TER
        super().__init__(TER(normalized=split, asian_support=split), 2)


def _bleu(language: str) -> BLEU:
    """BLEU with the first tokenizer for a language that is installed."""
    usual = "char" if cut(language) == CHARACTERS else BLEU.TOKENIZER_DEFAULT
    *better, last = _TOKENIZERS.get(code(language), (usual,))
    for tokenize in better:
        try:
            return BLEU(tokenize=tokenize)
        except (RuntimeError, AssertionError):  # its extra is not installed, or with a foreign dictionary
            continue
    return BLEU(tokenize=last)
