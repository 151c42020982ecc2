"""The check of metrics."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
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


class WholeLists:
    """Gold answers that are lists, and no lists of reference answers: they are right as a whole."""

    binary = False
    signature = "metric:whole-lists"

    def __init__(self, labels: tuple[str, ...]) -> None:
        pass

    def stats(self, predictions, targets):
        pairs = [(json.loads(p), json.loads(t)) for p, t in zip(predictions, targets, strict=True)]
        return np.array([[p == t, 1] for p, t in pairs], dtype=float).reshape(-1, 2)

    def score(self, sums):
        return np.divide(sums[..., 0], sums[..., 1], out=np.zeros(sums.shape[:-1]), where=sums[..., 1] != 0)


def test_a_gold_answer_that_is_a_list_of_other_things_than_texts_is_given_whole() -> None:
    spec = replace(metrics.metric(WholeLists), object=f"{__name__}:WholeLists")
    check_metric(spec, golds=['[[0, 6, "LOC"]]', "[[1, 2]]", "[]"])
