from __future__ import annotations

import pytest

from nlptasks.statistics.scoring import score_pairs
from nlptasks_metrics.state import Coverage, Truncation

STATES = [
    "",
    "missing",
    "truncated_input",
    "empty truncated_output",
    "truncated_input truncated_output",
    "duplicate_id",
]


@pytest.mark.parametrize(("metric", "share"), [(Coverage(()), 5 / 6), (Truncation(()), 3 / 6)])
def test_shares_of_what_is_noted(metric: Coverage | Truncation, share: float) -> None:
    score = score_pairs("m", metric, {(state, "x"): 10 for state in STATES})
    assert score.value == pytest.approx(share)
    assert score.signature.endswith("|ci:wilson")
    assert score.low < share < score.high
