"""Statistics of scores: intervals, paired tests and what a data set can tell apart, for any metric's matrix.

A metric is a matrix of sufficient statistics, a row a sample (see :class:`nlptasks.contracts.Metric`), so everything
here is arithmetic on weights of its rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nlptasks.contracts import Metric

Matrix = NDArray[np.float64]


def values(metric: Metric, weights: NDArray[np.float64] | NDArray[np.int64], matrix: Matrix) -> NDArray[np.float64]:
    """Value of a metric for each of some weightings of its rows.

    Args:
        metric: The metric. One whose value is no function of a sum (area under a curve) has the method
            ``weighted(weights, matrix)``, which does the same as this function.
        weights: How often each row counts, ``[draws, samples]`` or ``[samples]``.
        matrix: Its statistics, ``[samples, k]``.

    Returns:
        ``[draws]``, or a scalar array.
    """
    weighted = getattr(metric, "weighted", None)
    found: NDArray[np.float64] = weighted(weights, matrix) if weighted else metric.score(weights @ matrix)
    return found
