"""Metrics, each a matrix of statistics and a function of its weighted sum."""

from __future__ import annotations

from nlptasks.plugin import MetricSpec, hookimpl


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
    ]
