"""Metrics of extracted answers, as in SQuAD's two scripts, from 0 to 1 where those print 0 to 100.

A target with several gold answers is a JSON list of strings; the one that suits the prediction best counts. A missing
prediction is read as the empty text, so the denominator is all questions.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

from nlptasks_metrics.targets import MeanOverExamples, references

_DELETE_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalize(answer: str) -> str:
    """Lower-case, delete ASCII punctuation, then articles, and squeeze white space (SQuAD's ``normalize_answer``)."""
    bare = answer.lower().translate(_DELETE_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


class ExactMatch(MeanOverExamples):
    """Share of answers that equal one of the gold answers after normalisation, by the rules of SQuAD 1.1.

    Normalisation lower-cases, deletes ASCII punctuation, then the words a, an and the, and squeezes white space.

    Source: evaluate-v1.1.py of Rajpurkar et al. 2016, arXiv 1606.05250.
    """

    binary = True

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:exact-match|norm:squad-v1.1|refs:max"

    def value(self, prediction: str, references: Sequence[str]) -> float:
        answer = normalize(prediction)
        return float(any(answer == normalize(gold) for gold in references))


class SquadF1(MeanOverExamples):
    """Mean F1 of the words of the answer and of the gold answer that fits best, by the rules of SQuAD 1.1.

    Words are what is left after normalisation, each as often as it occurs. Two texts without any share nothing: 0.

    Source: evaluate-v1.1.py of Rajpurkar et al. 2016, arXiv 1606.05250.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:squad-f1|norm:squad-v1.1|refs:max"

    def value(self, prediction: str, references: Sequence[str]) -> float:
        answer = normalize(prediction).split()
        return max(_token_f1(answer, normalize(gold).split()) for gold in references)


class _Unanswerable(MeanOverExamples):
    """A metric for data with questions that have no answer.

    A target says so with an empty text, ``[]``, or answers of which normalisation leaves nothing.
    """

    def references(self, target: str) -> tuple[str, ...]:
        golds = () if "".join(target.split()) in ("", "[]") else references(target)
        return tuple(gold for gold in golds if normalize(gold)) or ("",)


class SquadV2ExactMatch(_Unanswerable):
    """Share of answers that equal one of the gold answers after normalisation, by the rules of SQuAD 2.0.

    A question without an answer is answered rightly by a text that normalisation leaves nothing of.

    Source: evaluate-v2.0.py of Rajpurkar et al. 2018, arXiv 1806.03822. The script leaves out questions that the
    system did not answer at all; here they count as answered with the empty text.
    """

    binary = True

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:squad-v2-exact-match|norm:squad-v2|refs:max|missing:empty"

    def value(self, prediction: str, references: Sequence[str]) -> float:
        answer = normalize(prediction)
        return float(any(answer == normalize(gold) for gold in references))


class SquadV2F1(_Unanswerable):
    """Mean F1 of the words of the answer and of the gold answer that fits best, by the rules of SQuAD 2.0.

    Where the question has no answer, or nothing was answered, it is 1 if neither side has a word, else 0.

    Source: evaluate-v2.0.py of Rajpurkar et al. 2018, arXiv 1806.03822. The script leaves out questions that the
    system did not answer at all; here they count as answered with the empty text.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:squad-v2-f1|norm:squad-v2|refs:max|missing:empty"

    def value(self, prediction: str, references: Sequence[str]) -> float:
        answer = normalize(prediction).split()
        golds = [normalize(gold).split() for gold in references]
        return max(_token_f1(answer, gold) if answer and gold else float(answer == gold) for gold in golds)


def _token_f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of two multisets of tokens; 0 where both are empty, as under v1.1 (v2 makes that 1)."""
    shared = (Counter(answer) & Counter(gold)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(answer), shared / len(gold)
    return 2 * precision * recall / (precision + recall)
