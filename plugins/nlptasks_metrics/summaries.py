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

from nlptasks_metrics.languages import CHARACTERS, LATIN, WORDS, cut
from nlptasks_metrics.targets import MeanOverExamples


class _Words(Tokenizer):  # type: ignore[misc]  # the library is not typed
    """Runs of letters, their marks, and digits of any script, in lower case."""

    def tokenize(self, text: str) -> list[str]:
        plain = unicodedata.normalize("NFC", text).lower()
        return "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain).split()


class _Characters(_Words):
    """Each letter, mark and digit by itself, in lower case."""

    def tokenize(self, text: str) -> list[str]:
        return [character for word in super().tokenize(text) for character in word]


class _Latin(DefaultTokenizer):  # type: ignore[misc]  # the library is not typed
    """The library's own tokenizer, to which ``é`` in two code points is the letter that it is in one."""

    def tokenize(self, text: str) -> list[str]:
        return list(super().tokenize(unicodedata.normalize("NFC", text)))


class _Rouge(MeanOverExamples):
    """One kind of ROUGE; of several references the one with the highest F counts."""

    def __init__(self, kind: str, language: str) -> None:
        self._kind = kind
        name = cut(language)
        self._tokenizer: Tokenizer = {CHARACTERS: _Characters, WORDS: _Words, LATIN: lambda: _Latin(use_stemmer=True)}[
            name
        ]()
        self._scorer = RougeScorer([kind], tokenizer=self._tokenizer)
        self._name = name
        stem = "yes" if name == LATIN else "no"
        library = f"lib:rouge-score|version:{version('rouge-score')}"
        self.signature = f"stem:{stem}|lsum:newline|tok:{name}|agg:mean|{library}"

    def refusal(self, target: str) -> str:
        """Why no summary could be right: the references have no word that is counted."""
        if any(self.words(text) for text in self.references(target)):
            return ""
        return f"it has no word that tok:{self._name} counts; --language CODE says how words are cut"

    def words(self, text: str) -> int:
        """How many words of a text are counted."""
        return len(self._tokenizer.tokenize(text))

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

    def remark(self, targets: Sequence[str]) -> str:
        """How many references have no pair of words, so that even their own text scores 0."""
        single = sum(not any(self.words(text) > 1 for text in self.references(target)) for target in targets)
        if not single:
            return ""
        have = "reference has" if single == 1 else "references have"
        return f"{single:,} {have} a single word, and a summary that equals it scores 0; see rouge-1"


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
