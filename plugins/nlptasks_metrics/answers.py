"""Metrics of extracted answers, as in SQuAD's two scripts, from 0 to 1 where those print 0 to 100.

A target with several gold answers is a JSON list of strings; the one that suits the prediction best counts. A missing
prediction is read as the empty text, so the denominator is all questions.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from types import MappingProxyType

from nlptasks_metrics.languages import CHARACTERS, code, cut
from nlptasks_metrics.targets import MeanOverExamples, references

_DELETE_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")

#: What MLQA deletes beside punctuation, by the language of the answers. Hindi has no articles; in Arabic the article is
#: a part of its word, and goes wherever its letters stand, as in MLQA's script.
_MLQA = MappingProxyType(
    {
        "ar": re.compile("ال"),
        "de": re.compile(r"\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b"),
        "es": re.compile(r"\b(un|una|unos|unas|el|la|los|las)\b"),
        "hi": re.compile(r"(?!)"),
        "vi": re.compile(r"\b(của|là|cái|chiếc|những)\b"),
    }
)

#: Letters of the scripts whose words no space divides, each a unit by itself: Thai, Lao, Tibetan, Burmese, Khmer, kana,
#: Han with its extensions.
_UNSPACED_LETTERS = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)


def normalize(answer: str) -> str:
    """Lower-case, delete ASCII punctuation, then articles, and squeeze white space (SQuAD's ``normalize_answer``)."""
    bare = unicodedata.normalize("NFC", answer).lower().translate(_DELETE_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def units(answer: str) -> list[str]:
    """Lower-case, delete the punctuation of all scripts, and cut: each character of a script without spaces by itself.

    Words of other scripts in the text stay whole, as in the scripts of CMRC 2018 and MLQA.
    """
    return _UNSPACED_LETTERS.sub(r" \g<0> ", _unpunctuated(answer)).split()


def _unpunctuated(answer: str) -> str:
    plain = unicodedata.normalize("NFC", answer).lower()
    return "".join(c for c in plain if not (unicodedata.category(c)[0] == "P" or c in string.punctuation))


def _rules(language: str) -> tuple[str, Callable[[str], list[str]]]:
    """What a signature calls the rules of a language, and what cuts an answer by them; empty: by those of SQuAD."""
    if cut(language) == CHARACTERS:
        return "unicode|tok:char", units
    articles = _MLQA.get(code(language))
    if articles is None:
        return "", lambda answer: normalize(answer).split()
    return f"mlqa-{code(language)}", lambda answer: articles.sub(" ", _unpunctuated(answer)).split()


class _Answers(MeanOverExamples):
    """What metrics of answers share: how an answer is cut in its language."""

    def __init__(self, name: str, norm: str, more: str, language: str) -> None:
        rules, self._cut = _rules(language)
        self.signature = f"metric:{name}|norm:{rules or norm}|refs:max{more}"

    def tokens(self, answer: str) -> list[str]:
        """What of an answer is compared."""
        return self._cut(answer)


class _Answerable(_Answers):
    """A metric for questions that all have an answer."""

    def counts(self, target: str) -> bool:
        """Whether a question has an answer; one without is left out."""
        return not _says_none(target)


class ExactMatch(_Answerable):
    """Proportion of answers that equal one of the gold answers after normalisation, by the rules of SQuAD 1.1.

    Normalisation lower-cases, deletes ASCII punctuation, then the words a, an and the, and squeezes white space. In a
    language without spaces between words it lower-cases and deletes punctuation and spaces; in Arabic, German, Hindi,
    Spanish and Vietnamese it deletes the punctuation of all scripts and the articles of the language, as in MLQA.

    Source: evaluate-v1.1.py of Rajpurkar et al. 2016, arXiv 1606.05250.
    """

    binary = True

    def __init__(self, labels: tuple[str, ...], *, language: str = "") -> None:
        super().__init__("exact-match", "squad-v1.1", "", language)

    def value(self, prediction: str, references: Sequence[str]) -> float:
        answer = self.tokens(prediction)
        return float(any(answer == self.tokens(gold) for gold in references))


class SquadF1(_Answerable):
    """Mean F1 of the words of the answer and of the gold answer that fits best, by the rules of SQuAD 1.1.

    Words are what is left after normalisation, each as often as it occurs. Two texts without any share nothing: 0,
    unless they are the same text ("?", "the"), which the script gives 0 as well. In a language without spaces between
    words each character is one, and Arabic, German, Hindi, Spanish and Vietnamese lose their own articles, as in MLQA
    (arXiv 1910.07475).

    Source: evaluate-v1.1.py of Rajpurkar et al. 2016, arXiv 1606.05250.
    """

    def __init__(self, labels: tuple[str, ...], *, language: str = "") -> None:
        super().__init__("squad-f1", "squad-v1.1", "", language)

    def value(self, prediction: str, references: Sequence[str]) -> float:
        answer = self.tokens(prediction)
        if not answer:
            return float(any(_same(prediction, gold) for gold in references if not self.tokens(gold)))
        return max(_token_f1(answer, self.tokens(gold)) for gold in references)


class _Unanswerable(_Answers):
    """A metric for data with questions that have no answer.

    A target says so with an empty text, ``[]``, or answers of which normalisation leaves nothing.
    """

    def counts(self, target: str) -> bool:
        """Whether a question counts: all do."""
        return True

    def references(self, target: str) -> tuple[str, ...]:
        golds = () if _says_none(target) else references(target)
        return tuple(gold for gold in golds if self.tokens(gold)) or ("",)


class SquadV2ExactMatch(_Unanswerable):
    """Proportion of answers that equal one of the gold answers after normalisation, by the rules of SQuAD 2.0.

    A question without an answer is answered rightly by a text that normalisation leaves nothing of.

    Source: evaluate-v2.0.py of Rajpurkar et al. 2018, arXiv 1806.03822. The script leaves out questions that the
    system did not answer at all; here they count as answered with the empty text.
    """

    binary = True

    def __init__(self, labels: tuple[str, ...], *, language: str = "") -> None:
        super().__init__("squad-v2-exact-match", "squad-v2", "|missing:empty", language)

    def value(self, prediction: str, references: Sequence[str]) -> float:
        answer = self.tokens(prediction)
        return float(any(answer == self.tokens(gold) for gold in references))


class SquadV2F1(_Unanswerable):
    """Mean F1 of the words of the answer and of the gold answer that fits best, by the rules of SQuAD 2.0.

    Where the question has no answer, or nothing was answered, it is 1 if neither side has a word, else 0. In a language
    without spaces between words each character is one, and Arabic, German, Hindi, Spanish and Vietnamese lose their own
    articles, as in MLQA (arXiv 1910.07475).

    Source: evaluate-v2.0.py of Rajpurkar et al. 2018, arXiv 1806.03822. The script leaves out questions that the
    system did not answer at all; here they count as answered with the empty text.
    """

    def __init__(self, labels: tuple[str, ...], *, language: str = "") -> None:
        super().__init__("squad-v2-f1", "squad-v2", "|missing:empty", language)

    def value(self, prediction: str, references: Sequence[str]) -> float:
        answer = self.tokens(prediction)
        golds = [self.tokens(gold) for gold in references]
        return max(_token_f1(answer, gold) if answer and gold else float(answer == gold) for gold in golds)


def _says_none(target: str) -> bool:
    return "".join(target.split()) in ("", "[]")


def _same(answer: str, gold: str) -> bool:
    """Whether texts of which normalisation leaves nothing are one, and there is one."""
    return (
        bool(answer.strip())
        and unicodedata.normalize("NFC", answer).split() == unicodedata.normalize("NFC", gold).split()
    )


def _token_f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of two multisets of tokens; 0 where both are empty, as under v1.1 (v2 makes that 1)."""
    shared = (Counter(answer) & Counter(gold)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(answer), shared / len(gold)
    return 2 * precision * recall / (precision + recall)
