"""Descriptors of the metrics of texts: extracted answers, translations and summaries."""

from __future__ import annotations

import math

from nlptasks.plugin import MetricSpec

_NORMAL = "Lower case; ASCII punctuation and the words a, an, the are deleted; the best of several gold answers counts."
_ENGLISH = (
    "The normalisation is made for English: articles of other languages and other punctuation stay, but for Arabic, "
    "German, Hindi, Spanish and Vietnamese, which are cut as in MLQA (norm:mlqa-de, ...) where the language is told."
)
_HUNDRED = "From 0 to 1; papers print it times 100."
_ALL = "The denominator is all questions: a missing answer is the empty text."
_CHARACTERS = (
    "Words are what white space divides; by the language of the data, each character in Chinese, Japanese, Thai, ... "
    "(tok:char)."
)
_EMPTY = "A gold answer that is empty, or an empty list, says that the question has no answer."

_DETOKENISED = "Texts are passed as they read, not cut into words before."
_NREFS = "The number of references is in the signature; several are a JSON list in the gold cell."
_CORPUS = "It is computed over the whole data, and is no mean of values of segments."
_COPY = "Where source and target language are close, copying the source scores well above 0."

_F = "The mean of the examples' F1, not the median of a bootstrap; of several references the best counts."
_TOK = (
    "tok:ascii keeps runs of a to z and 0 to 9, stemmed; with the language of the data, scripts without these letters "
    "get tok:word, and languages without spaces tok:char, both without stemming."
)
_SCRIPT = "A reference without one word that its tokenizer counts is refused: no summary could be right."
_TOKENS = "Values of different tokenizers are not comparable; the signature names the tokenizer."


def _rouge(name: str, kind: str, summary: str, *, conventions: tuple[str, ...], traps: tuple[str, ...]) -> MetricSpec:
    return MetricSpec(
        name=name,
        summary=summary,
        object=f"nlptasks_metrics.summaries:{kind}",
        by_language=True,
        conventions=(*conventions, _F, _TOK, _HUNDRED),
        traps=(*traps, _SCRIPT, _TOKENS),
    )


SPECS = (
    MetricSpec(
        name="exact-match",
        summary="proportion of answers that equal a gold answer, but for case, punctuation and articles",
        object="nlptasks_metrics.answers:ExactMatch",
        by_language=True,
        conventions=("SQuAD 1.1's rules.", _NORMAL, _ALL, _HUNDRED),
        traps=("Questions without an answer need squad-v2-exact-match.", _ENGLISH),
    ),
    MetricSpec(
        name="squad-f1",
        summary="mean F1 of the words that answer and gold answer share",
        object="nlptasks_metrics.answers:SquadF1",
        by_language=True,
        conventions=("SQuAD 1.1's rules: two texts without words score 0.", _NORMAL, _ALL, _HUNDRED),
        traps=(
            _CHARACTERS,
            "Questions without an answer need squad-v2-f1.",
            _ENGLISH,
        ),
    ),
    MetricSpec(
        name="squad-v2-exact-match",
        summary="exact-match for data with questions that have no answer",
        object="nlptasks_metrics.answers:SquadV2ExactMatch",
        by_language=True,
        conventions=("SQuAD 2.0's rules.", _EMPTY, _NORMAL, _ALL, _HUNDRED),
        traps=(
            "Never answering scores the proportion of questions without an answer: half of SQuAD 2.0's.",
            "The official script leaves out missing predictions, which scores an incomplete file too high.",
            _ENGLISH,
        ),
    ),
    MetricSpec(
        name="squad-v2-f1",
        summary="squad-f1 for data with questions that have no answer",
        object="nlptasks_metrics.answers:SquadV2F1",
        by_language=True,
        conventions=("SQuAD 2.0's rules: two texts without words score 1.", _EMPTY, _NORMAL, _ALL, _HUNDRED),
        traps=(
            "Never answering scores the proportion of questions without an answer: half of SQuAD 2.0's.",
            "The official script leaves out missing predictions, which scores an incomplete file too high.",
            _ENGLISH,
        ),
    ),
    MetricSpec(
        name="bleu",
        summary="n-grams of words that translation and reference share, with a penalty for being short",
        object="nlptasks_metrics.translation:Bleu",
        range=(0.0, 100.0),
        by_language=True,
        conventions=(
            "sacrebleu's signature and arithmetic: 4 orders, exponential smoothing, case counts.",
            "Tokenizer by language: 13a; zh; ja-mecab and ko-mecab where installed, else char.",
            _DETOKENISED,
            _NREFS,
        ),
        traps=(
            _TOKENS,
            "With the wrong language, text without spaces between words stays whole and scores near 0.",
            _CORPUS,
            _COPY,
        ),
    ),
    MetricSpec(
        name="chrf",
        summary="F-score of the n-grams of characters that translation and reference share",
        object="nlptasks_metrics.translation:Chrf",
        range=(0.0, 100.0),
        conventions=(
            "chrF2: recall counts four times as much as precision (beta 2), spaces not.",
            _DETOKENISED,
            _NREFS,
        ),
        traps=("From 0 to 100 here, from 0 to 1 in other tools.", _CORPUS, _COPY),
    ),
    MetricSpec(
        name="chrfpp",
        summary="chrF++: chrf with n-grams of one and two words beside those of characters",
        object="nlptasks_metrics.translation:ChrfPlusPlus",
        range=(0.0, 100.0),
        conventions=("chrF2++: beta 2, 6 orders of characters and 2 of words.", _DETOKENISED, _NREFS),
        traps=("Words are what white space divides: for Chinese or Japanese use chrf.", _CORPUS, _COPY),
    ),
    MetricSpec(
        name="ter",
        summary="edits that make the reference of the translation, in per cent of the reference's words",
        object="nlptasks_metrics.translation:Ter",
        range=(0.0, math.inf),
        higher_is_better=False,
        by_language=True,
        conventions=(
            "sacrebleu's port of Tercom; case does not count, punctuation does.",
            "Chinese and Japanese characters are taken apart (norm:yes, asian:yes).",
            _NREFS,
        ),
        traps=(
            "Lower is better, and it goes beyond 100.",
            "An empty translation scores 100, which is better than a long wrong one.",
            "Thai, Lao, Khmer and Burmese are not cut into words.",
            _CORPUS,
        ),
    ),
    _rouge(
        "rouge-1",
        "Rouge1",
        "mean F1 of the words that summary and reference share",
        conventions=(),
        traps=("It does not see the order of the words.",),
    ),
    _rouge(
        "rouge-2",
        "Rouge2",
        "mean F1 of the pairs of neighbouring words that summary and reference share",
        conventions=(),
        traps=("A text of one word has no pair and scores 0, even against itself.",),
    ),
    _rouge(
        "rouge-l",
        "RougeL",
        "mean F1 of the longest common subsequence of summary and reference",
        conventions=("The texts are taken whole.",),
        traps=("What papers call ROUGE-L on CNN/DailyMail is rouge-lsum.",),
    ),
    _rouge(
        "rouge-lsum",
        "RougeLsum",
        "mean F1 of the longest common subsequences of the sentences of summary and reference",
        conventions=("A sentence ends where its line does (lsum:newline).",),
        traps=("Without a line end between sentences it is rouge-l.",),
    ),
)
