"""Descriptors of the metrics of language models, and of those of what is to be noted about predictions."""

from __future__ import annotations

import math

from nlptasks.plugin import LIKELIHOOD, STATE, MetricSpec

_GOLD = "It needs a head that tells the likelihood of the gold text, and judges no prediction."
_SUMMED = "Log-likelihoods and sizes are summed over all texts before they are divided."
_WORDS = "Words are what white space divides, in lower case; the mean of the predictions' proportions."
_SPACES = "Text without spaces between words is one word."
_SHORT = "It falls as predictions grow: compare predictions of about one length."

SPECS = (
    MetricSpec(
        name="bits-per-byte",
        summary="bits that the head needs for a byte of the gold text",
        object="nlptasks_metrics.language:BitsPerByte",
        range=(0.0, math.inf),
        higher_is_better=False,
        reads=LIKELIHOOD,
        conventions=("Bytes of the gold text in UTF-8.", _SUMMED),
        traps=(_GOLD, "Scripts with several bytes a character have fewer bits a byte: compare within one language."),
    ),
    MetricSpec(
        name="perplexity",
        summary="equally probable words that the head is as unsure as, a word of the gold text",
        object="nlptasks_metrics.language:Perplexity",
        range=(1.0, math.inf),
        higher_is_better=False,
        reads=LIKELIHOOD,
        conventions=("By the word (unit:word), not by the token: exp(nats / words).", _SUMMED),
        traps=(
            "Perplexities by the token, which model cards print, are much lower and depend on the tokenizer.",
            "Rank on bits-per-byte: it does not depend on what a word is.",
            _SPACES,
            _GOLD,
        ),
    ),
    MetricSpec(
        name="distinct-1",
        summary="mean proportion of different ones among the words of a prediction",
        object="nlptasks_metrics.language:Distinct1",
        conventions=(_WORDS, "A prediction without a word does not count."),
        traps=(_SHORT, "Random words score 1.", _SPACES),
    ),
    MetricSpec(
        name="distinct-2",
        summary="mean proportion of different ones among the pairs of neighbouring words of a prediction",
        object="nlptasks_metrics.language:Distinct2",
        conventions=(_WORDS, "A prediction of fewer than two words does not count."),
        traps=(_SHORT, "Random words score 1.", _SPACES),
    ),
    MetricSpec(
        name="repetition",
        summary="mean proportion of repeated ones among the runs of four words of a prediction",
        object="nlptasks_metrics.language:Repetition",
        higher_is_better=False,
        conventions=(_WORDS, "A prediction of fewer than four words does not count; without any that counts it is 0."),
        traps=(
            "It grows with the length of predictions.",
            "Saying nothing repeats nothing: read it beside coverage.",
            _SPACES,
        ),
    ),
    MetricSpec(
        name="coverage",
        summary="proportion of examples that the system predicted",
        object="nlptasks_metrics.state:Coverage",
        reads=STATE,
        conventions=("An empty prediction is a prediction.",),
        traps=("A score of an incomplete set of predictions is not comparable with one of a complete set.",),
    ),
    MetricSpec(
        name="truncation",
        summary="proportion of examples whose input or prediction was cut off at a limit",
        object="nlptasks_metrics.state:Truncation",
        higher_is_better=False,
        reads=STATE,
        conventions=("Input and prediction alike; both cut off count once.",),
        traps=("Answers from elsewhere do not tell: 0 is then not known rather than none.",),
    ),
)
