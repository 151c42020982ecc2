"""Metrics, each a matrix of statistics and a function of its weighted sum."""

from __future__ import annotations

from nlptasks.plugin import MetricSpec, hookimpl

# Not the modules: one of them would hide nlptasks_metrics.labels.
from .specs.labels import SPECS as LABELS
from .specs.language import SPECS as LANGUAGE
from .specs.probabilities import SPECS as PROBABILITIES
from .specs.texts import SPECS as TEXTS


@hookimpl
def nlptasks_metrics() -> list[MetricSpec]:
    """The metrics of this plugin."""
    return [*LABELS, *PROBABILITIES, *TEXTS, *LANGUAGE]
