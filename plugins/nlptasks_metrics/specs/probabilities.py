"""Descriptors of the metrics of probabilities."""

from __future__ import annotations

import math

from nlptasks.plugin import PROBABILITIES, MetricSpec

_MISSING = "A label without a probability has 0; probabilities that sum to more than 1 are divided by their sum."
_RANKS = "It tells how labels are ranked and not how good the predictions or the probabilities are."
_CURVE = "With two labels the last one is the positive one; with more, each is judged against the rest and averaged."
_ABSENT = "Labels that no example, or every example, has are left out of the average; scikit-learn has no value then."
_OPEN = "Without a closed set of two labels or more it has no value."
_OVERFIT = "A temperature fitted on the same data makes it look better than it is."

SPECS = (
    MetricSpec(
        name="auc",
        summary="area under the ROC curve of the labels' probabilities",
        object="nlptasks_metrics.ranking:Auc",
        reads=PROBABILITIES,
        conventions=(_CURVE, "Equal probabilities count half.", _ABSENT, _MISSING),
        traps=(
            _RANKS,
            "Its value is no function of a sum: use nlptasks.statistics.resampling.values, not score.",
            _OPEN,
        ),
    ),
    MetricSpec(
        name="average-precision",
        summary="area under the curve of precision against recall, not interpolated",
        object="nlptasks_metrics.ranking:AveragePrecision",
        reads=PROBABILITIES,
        conventions=(_CURVE, "Labels that no example has are left out of the average.", _MISSING),
        traps=(
            _RANKS,
            "Chance scores the label's proportion, so values of data sets with other proportions differ.",
            _OPEN,
        ),
    ),
    MetricSpec(
        name="brier",
        summary="mean squared error of the labels' probabilities",
        object="nlptasks_metrics.probabilities:Brier",
        range=(0.0, 2.0),
        higher_is_better=False,
        reads=PROBABILITIES,
        conventions=(
            "Halved with two labels, from 0 to 1; summed over more, from 0 to 2: see the signature.",
            _MISSING,
        ),
        traps=("Values of data sets with different numbers of labels are not comparable.", _OVERFIT),
    ),
    MetricSpec(
        name="ece",
        summary="expected calibration error: distance of confidence from accuracy",
        object="nlptasks_metrics.probabilities:Ece",
        higher_is_better=False,
        reads=PROBABILITIES,
        conventions=(
            "15 bins of equal width by the largest probability; distances are not squared.",
            "It judges the label with the largest probability, which a head with a threshold need not predict.",
            _MISSING,
        ),
        traps=(
            "It is biased upwards, the more so the fewer examples there are, so it has no interval.",
            "Always predicting the majority label with its proportion as probability is perfectly calibrated.",
            "A sum of nothing has no value.",
            _OVERFIT,
        ),
    ),
    MetricSpec(
        name="log-loss",
        summary="mean negative logarithm of the gold label's probability, in nats",
        object="nlptasks_metrics.probabilities:LogLoss",
        range=(0.0, math.inf),
        higher_is_better=False,
        reads=PROBABILITIES,
        conventions=("Natural logarithm.", "Probabilities are kept 2.2e-16 away from 0 and 1.", _MISSING),
        traps=("One gold label with probability 0 costs 36 nats and can decide the mean.", _OVERFIT),
    ),
)
