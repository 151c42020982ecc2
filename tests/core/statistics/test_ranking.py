from __future__ import annotations

import numpy as np
import pytest

from nlptasks.statistics.ranking import Contest, aggregate, apart, contest, rank_intervals, tie_lines
from nlptasks_metrics.labels import Accuracy


def hits(share: float, n: int = 200) -> np.ndarray:
    right = (np.arange(n) * 0.6180339887 % 1 < share).astype(float)
    return np.stack([right, np.ones(n)], axis=1)


def on(name: str, n: int = 200, **shares: float) -> Contest:
    matrices = {system: hits(share, n) for system, share in shares.items()}
    return contest(name, Accuracy(()), matrices, floor=0.5, ceiling=1.0, resamples=400)


FIRST = on("first", good=0.9, fair=0.8, poor=0.5)
SECOND = on("second", good=0.8, fair=0.85, poor=0.5)


def test_scores_are_normalised_between_floor_and_ceiling() -> None:
    joined = aggregate([FIRST, SECOND])
    assert list(joined) == ["good", "fair", "poor"]
    assert joined["good"] == pytest.approx((0.8 + 0.6) / 2, abs=0.01)
    assert joined["poor"] == pytest.approx(0.0, abs=0.01)


def test_borda_counts_the_systems_that_are_beaten() -> None:
    assert aggregate([FIRST, SECOND], how="borda") == {"fair": 0.75, "good": 0.75, "poor": 0.0}
    tied = on("tied", one=0.8, other=0.8)
    assert aggregate([tied], how="borda") == {"one": 0.5, "other": 0.5}


def test_win_is_the_probability_to_beat_another() -> None:
    joined = aggregate([FIRST, SECOND], how="win")
    assert joined["poor"] == pytest.approx(0.0, abs=0.01)
    assert 0.5 < joined["good"] < 1
    assert sum(joined.values()) == pytest.approx(1.5)


def test_lower_may_be_better() -> None:
    draws = {"low": np.full(9, 1.0), "high": np.full(9, 2.0)}
    found = Contest(name="c", values={"low": 1.0, "high": 2.0}, draws=draws, higher_is_better=False, floor=3, ceiling=0)
    for how in ("normalised", "borda", "win"):
        assert next(iter(aggregate([found], how=how))) == "low"
        assert rank_intervals([found], how=how)[0].low == 1


def test_a_rank_is_as_sure_as_its_samples() -> None:
    sure = rank_intervals([on("large", 4_000, good=0.9, fair=0.8, poor=0.5)])
    assert [(item.system, item.rank, item.low, item.high) for item in sure] == [
        ("good", 1, 1, 1),
        ("fair", 2, 2, 2),
        ("poor", 3, 3, 3),
    ]
    close = {item.system: item for item in rank_intervals([on("small", 40, good=0.82, fair=0.8, poor=0.3)])}
    assert (close["good"].low, close["good"].high) == (1, 2)
    assert (close["poor"].low, close["poor"].high) == (3, 3)


def test_equal_systems_share_ranks() -> None:
    one, other = rank_intervals([on("tied", one=0.8, other=0.8)])
    assert (one.rank, one.low, one.high) == (other.rank, other.low, other.high) == (1, 1, 2)


def test_drawing_data_sets_makes_ranks_less_sure() -> None:
    both = [on("first", 4_000, a=0.9, b=0.8), on("second", 4_000, a=0.7, b=0.75)]
    fixed = rank_intervals(both, over_datasets=False)
    drawn = rank_intervals(both)
    assert [(item.low, item.high) for item in fixed] == [(1, 1), (2, 2)]
    assert [(item.low, item.high) for item in drawn] == [(1, 2), (1, 2)]


@pytest.mark.parametrize("how", ["normalised", "borda", "win"])
def test_a_missing_data_set_bounds_the_rank_and_is_no_average(how: str) -> None:
    partly = on("second", 4_000, fair=0.85, poor=0.5)
    found = {
        item.system: item
        for item in rank_intervals(
            [on("first", 4_000, good=0.9, fair=0.8, poor=0.55), partly], how=how, over_datasets=False
        )
    }
    good = found["good"]
    assert (good.value, good.rank, good.missing) == (None, None, ("second",))
    assert good.low == 1
    assert good.high >= 2
    assert found["fair"].low == 1
    assert found["fair"].rank == 1
    assert list(aggregate([FIRST, partly], how=how))[-1] == "good"


def test_systems_are_told_apart_where_the_samples_allow() -> None:
    large = on("large", 4_000, good=0.9, fair=0.895, poor=0.5)
    found = apart([large], ["good", "fair", "poor"])
    np.testing.assert_array_equal(found, found.T)
    assert found[0, 2] and found[1, 2] and not found.diagonal().any()
    lacking = [large, on("other", good=0.9, fair=0.8)]
    assert not apart(lacking, ["good", "fair", "poor"])[:, 2].any()


def test_tie_lines_join_the_longest_runs() -> None:
    differ = np.zeros((4, 4), dtype=bool)
    differ[0, 2] = differ[2, 0] = differ[0, 3] = differ[3, 0] = True
    assert tie_lines(differ) == [(0, 1), (1, 3)]
    assert tie_lines(~np.eye(3, dtype=bool)) == []


def test_what_cannot_be_joined() -> None:
    with pytest.raises(ValueError, match="one data set or more"):
        aggregate([])
    bare = Contest(name="bare", values={"a": 1.0}, draws={"a": np.ones(3)})
    with pytest.raises(ValueError, match="bare: a normalised mean needs a floor"):
        aggregate([bare])
    with pytest.raises(ValueError, match="as many resamples"):
        rank_intervals([bare, FIRST], how="borda")
