"""ROUGE (Lin 2004), computed by Google's rouge-score: the mean of F over the examples, from 0 to 1.

Words are runs of ``[a-z0-9]`` after lower-casing, stemmed by Porter's algorithm, as in nearly all papers. A language
without these letters has no such word, and would score 0; for it, words are runs of letters and digits, or single
characters where the language has no spaces between words. The signature says which: ``tok:ascii``, ``tok:word`` or
``tok:char``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib.metadata import version

from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenizers import DefaultTokenizer, Tokenizer

from nlptasks_metrics.languages import NOT_LATIN, UNSPACED, code
from nlptasks_metrics.targets import MeanOverExamples


class _Words(Tokenizer):  # type: ignore[misc]  # the library is not typed
    """Runs of letters, their marks, and digits of any script, in lower case."""

    def tokenize(self, text: str) -> list[str]:
        return "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text.lower()).split()


class _Characters(_Words):
    """Each letter, mark and digit by itself, in lower case."""

    def tokenize(self, text: str) -> list[str]:
        return [character for word in super().tokenize(text) for character in word]


class _Rouge(MeanOverExamples):
    """One kind of ROUGE; of several references the one with the highest F counts."""

    def __init__(self, kind: str, language: str) -> None:
        self._kind = kind
        found = code(language)
        name = "char" if found in UNSPACED else "word" if found in NOT_LATIN else "ascii"
        tokenizer = {"char": _Characters(), "word": _Words(), "ascii": DefaultTokenizer(use_stemmer=True)}[name]
        self._scorer = RougeScorer([kind], tokenizer=tokenizer)
        stem = "yes" if name == "ascii" else "no"
        library = f"lib:rouge-score|version:{version('rouge-score')}"
        self.signature = f"stem:{stem}|lsum:newline|tok:{name}|agg:mean|{library}"

    def value(self, prediction: str, references: Sequence[str]) -> float:
        return float(self._scorer.score_multi(references, prediction)[self._kind].fmeasure)


class Rouge1(_Rouge):
    """ROUGE-1: mean F1 of the words that summary and reference share.

    Source: Lin 2004 (aclanthology.org/W04-1013), as Google's rouge-score computes it.
    """

    def __init__(self, labels: tuple[str, ...], *, language: str = "") -> None:
        super().__init__("rouge1", language)


class Rouge2(_Rouge):
    """ROUGE-2: mean F1 of the pairs of neighbouring words that summary and reference share.

    Source: Lin 2004 (aclanthology.org/W04-1013), as Google's rouge-score computes it.
    """

    def __init__(self, labels: tuple[str, ...], *, language: str = "") -> None:
        super().__init__("rouge2", language)


class RougeL(_Rouge):
    """ROUGE-L: mean F1 of the longest common subsequence of the whole texts.

    Source: Lin 2004 (aclanthology.org/W04-1013), as Google's rouge-score computes it.
    """

    def __init__(self, labels: tuple[str, ...], *, language: str = "") -> None:
        super().__init__("rougeL", language)


class RougeLsum(_Rouge):
    """ROUGE-Lsum: mean F1 of the union of longest common subsequences, sentence by sentence.

    A sentence ends where its line does.

    Source: Lin 2004 (aclanthology.org/W04-1013), section 3.2, as Google's rouge-score computes it.
    """

    def __init__(self, labels: tuple[str, ...], *, language: str = "") -> None:
        super().__init__("rougeLsum", language)
