"""Metrics, each a matrix of statistics and a function of its weighted sum."""

from __future__ import annotations

import math

from nlptasks.plugin import LIKELIHOOD, MetricSpec, hookimpl


@hookimpl
def nlptasks_metrics() -> list[MetricSpec]:
    """The metrics of this plugin."""
    return [
        MetricSpec(
            name="accuracy",
            summary="share of answers that equal the gold answer",
            object="nlptasks_metrics.labels:Accuracy",
        ),
        MetricSpec(
            name="macro-f1",
            summary="mean over the labels of the harmonic mean of precision and recall",
            object="nlptasks_metrics.labels:MacroF1",
        ),
        MetricSpec(
            name="exact-match",
            summary="share of answers that equal a gold answer, but for case, punctuation and articles",
            object="nlptasks_metrics.answers:ExactMatch",
        ),
        MetricSpec(
            name="squad-f1",
            summary="mean F1 of the words that answer and gold answer share",
            object="nlptasks_metrics.answers:SquadF1",
        ),
        MetricSpec(
            name="bleu",
            summary="n-grams of words that translation and reference share, with a penalty for being short",
            object="nlptasks_metrics.translation:Bleu",
            range=(0.0, 100.0),
        ),
        MetricSpec(
            name="chrf",
            summary="F-score of the n-grams of characters that translation and reference share",
            object="nlptasks_metrics.translation:Chrf",
            range=(0.0, 100.0),
        ),
        MetricSpec(
            name="rouge-1",
            summary="mean F1 of the words that summary and reference share",
            object="nlptasks_metrics.summaries:Rouge1",
        ),
        MetricSpec(
            name="rouge-2",
            summary="mean F1 of the pairs of neighbouring words that summary and reference share",
            object="nlptasks_metrics.summaries:Rouge2",
        ),
        MetricSpec(
            name="rouge-lsum",
            summary="mean F1 of the longest common subsequences of the sentences of summary and reference",
            object="nlptasks_metrics.summaries:RougeLsum",
        ),
        MetricSpec(
            name="bits-per-byte",
            summary="bits that the head needs for a byte of the gold text",
            object="nlptasks_metrics.language:BitsPerByte",
            range=(0.0, math.inf),
            higher_is_better=False,
            reads=LIKELIHOOD,
        ),
        MetricSpec(
            name="distinct-2",
            summary="mean share of different ones among the pairs of neighbouring words of an answer",
            object="nlptasks_metrics.language:Distinct2",
        ),
    ]
