"""The check of metrics."""

from __future__ import annotations

import pytest

from nlptasks.testing import check_metric

from . import faults
from .faults import metrics


@pytest.mark.parametrize("fault", faults.of("metric"))
def test_a_planted_fault_is_caught_and_named(fault: faults.Fault) -> None:
    with pytest.raises(AssertionError) as caught:
        check_metric(fault.planted)
    assert fault.says in str(caught.value)


def test_an_honest_one_passes() -> None:
    check_metric(metrics.metric(metrics.Hits))
