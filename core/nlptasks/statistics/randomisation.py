"""Approximate randomisation of all pairs of many systems at once, with few calls of the metric.

A round swaps the predictions of two systems on random samples (Noreen 1989). With ``M`` the mean of the two sums of
statistics, which no swap changes, and ``d`` what a swap moves, the difference of the scores is ``s(M + d) - s(M - d)``:
an odd function of ``d``, so what follows its linear term is of the third order. The linear term is a sum over samples,
one product of matrices for all pairs. The metric itself is asked only for rounds in which that does not tell whether
the difference is reached; where a pair's scores are not nearly linear, for all of its rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.resampling import SEED, Clusters, Matrix, cluster_sums, owners, values

Array = NDArray[np.float64]
Signs = NDArray[np.float32]

#: Rounds of the randomisation.
ROUNDS = 10_000

#: Differences below this are rounding: two sums of the same rows in another order.
ROUNDING = 1e-10

#: Of a metric that needs the rows themselves, a pair whose difference is reached this often in the first rounds gets no
#: others: its p is far from any limit, and such rounds are dear.
_FIRST, _OFTEN = 1_000, 100

#: A difference of so many standard deviations is reached in one of 3e7 rounds at most (Hoeffding 1963): none is drawn.
_FAR = 6.0

#: Rounds that measure how far the linear term is off.
_PROBES = 16

#: Swaps that are held in memory at a time.
_HELD = 8_000_000


@dataclass(frozen=True)
class _Pair:
    """Two systems.

    Args:
        moved: What each unit moves when it is not swapped, ``[units, k]``: half of the difference of its statistics.
        middle: Mean of their sums, ``[k]``.
        linear: What each unit adds to the linear term, ``[units]``.
        found: The difference of their scores, without its sign.
        margin: How far from ``found`` a linear term must be to be believed; infinite: never.
    """

    moved: Array
    middle: Array
    linear: Array
    found: float
    margin: float

    @property
    def far(self) -> bool:
        """Whether no round can be expected to reach the difference."""
        return self.found - self.margin > _FAR * float(np.linalg.norm(self.linear))


def randomised(
    metric: Metric,
    matrices: Sequence[Matrix],
    pairs: Sequence[tuple[int, int]] | None = None,
    *,
    clusters: Clusters | None = None,
    rounds: int = ROUNDS,
    seed: int = SEED,
) -> list[float]:
    """P of pairs of systems by approximate randomisation.

    Args:
        metric: The metric.
        matrices: Statistics of each system, ``[samples, k]``, row for row of the same samples.
        pairs: Numbers of the systems of each pair; ``None``: all pairs.
        clusters: What ties samples together: they are swapped together. ``None``: one by one.
        rounds: How often predictions are swapped.
        seed: Seeds the swaps.

    Returns:
        For each pair ``(c + 1) / (rounds + 1)`` with ``c`` the rounds whose difference is as large as the one found.
        Where the metric's value is no function of a sum and more than a tenth of the first 1,000 rounds reach it, of
        these rounds alone.
    """
    chosen = list(combinations(range(len(matrices)), 2)) if pairs is None else list(pairs)
    if hasattr(metric, "weighted"):
        return [_of_rows(metric, matrices[a], matrices[b], clusters, rounds, seed) for a, b in chosen]
    owner, count = owners(clusters, len(matrices[0]))
    units = list(matrices) if clusters is None else [cluster_sums(matrix, owner, count) for matrix in matrices]
    probes = _signs(np.random.default_rng(seed + 1), _PROBES, count)
    found = [_pair(metric, units, a, b, probes) for a, b in chosen]
    undecided = [pair for pair in found if pair.found > ROUNDING and not pair.far]
    reached = iter(_count(metric, undecided, rounds, np.random.default_rng(seed)))
    return [
        1.0 if pair.found <= ROUNDING else ((0 if pair.far else next(reached)) + 1) / (rounds + 1) for pair in found
    ]


def _of_rows(metric: Metric, a: Matrix, b: Matrix, clusters: Clusters | None, rounds: int, seed: int) -> float:
    """P of a pair for a metric that needs the rows themselves: both systems' are weighed with 0 and 1."""
    owner, units = owners(clusters, len(a))
    pool, here = np.vstack([a, b]), np.ones((1, len(a)))
    there = np.zeros((1, len(a)))
    found = abs(
        float((values(metric, np.hstack([there, here]), pool) - values(metric, np.hstack([here, there]), pool))[0])
    )
    if not found > ROUNDING:
        return 1.0
    generator = np.random.default_rng(seed)
    reached = done = 0
    for part in (min(rounds, _FIRST), rounds - min(rounds, _FIRST)):
        if done and reached >= _OFTEN:
            break
        for signs in _chunks(generator, part, units, wide=4 * len(a)):
            here = (signs[:, owner] > 0).astype(np.float64)
            there = 1 - here
            first = values(metric, np.hstack([here, there]), pool)
            second = values(metric, np.hstack([there, here]), pool)
            reached += int(np.sum(np.abs(second - first) >= found - ROUNDING))
        done += part
    return (reached + 1) / (done + 1)


def _signs(generator: np.random.Generator, rounds: int, units: int) -> Signs:
    """Whether each unit stays (1) or is swapped (-1), ``[rounds, units]``. The rounding of float32 is below margins."""
    return np.float32(2) * generator.integers(0, 2, size=(rounds, units), dtype=np.int8) - np.float32(1)


def _pair(metric: Metric, units: Sequence[Array], one: int, two: int, probes: Signs) -> _Pair:
    moved = (units[one] - units[two]) / 2
    middle = (units[one].sum(axis=0) + units[two].sum(axis=0)) / 2
    linear = 2 * moved @ _gradient(metric, middle)
    found = abs(float(_exact(metric, moved, middle, np.ones((1, len(moved)), dtype=np.float32))[0]))
    pair = _Pair(moved, middle, linear, found, np.inf)
    deviation = float(np.linalg.norm(linear))
    if not np.isfinite(deviation) or not deviation:
        return pair
    # What is off grows by the third power of how far out a round is.
    sizes = probes @ linear
    off = np.abs(_exact(metric, moved, middle, probes) - sizes) / np.maximum(1.0, np.abs(sizes) / deviation) ** 3
    margin = max(2 * float(off.max()) * max(1.0, found / deviation) ** 3, 1e-3 * found)
    return pair if not margin < 0.9 * max(found, deviation) else _Pair(moved, middle, linear, found, margin)


def _gradient(metric: Metric, at: Array) -> Array:
    """Slope of a metric's value by each statistic, from central differences; from 0 it goes up alone.

    Most statistics count something, and a metric need know no counts below 0.
    """
    step = 1e-4 * np.maximum(np.abs(at), 1.0)
    below = np.where(at < 0, step, np.minimum(step, at))
    up, down = np.split(metric.score(np.concatenate([at + np.diag(step), at - np.diag(below)])), 2)
    slope: Array = (up - down) / (step + below)
    return slope


def _exact(metric: Metric, moved: Array, middle: Array, signs: Signs) -> Array:
    """Differences of the scores after swaps, ``[rounds]``."""
    shift = signs @ moved
    difference: Array = metric.score(middle + shift) - metric.score(middle - shift)
    return difference


def _count(metric: Metric, pairs: Sequence[_Pair], rounds: int, generator: np.random.Generator) -> list[int]:
    """In how many rounds the difference of each pair is reached; the rounds are the same for all of them."""
    reached = [0] * len(pairs)
    if not pairs:
        return reached
    linear = np.stack([np.nan_to_num(pair.linear) for pair in pairs], axis=1).astype(np.float32)
    for signs in _chunks(generator, rounds, len(linear)):
        sizes = np.abs(signs @ linear).astype(np.float64)
        for at, pair in enumerate(pairs):
            unsure = ~(np.abs(sizes[:, at] - pair.found) > pair.margin)
            reached[at] += int(np.sum((sizes[:, at] > pair.found) & ~unsure))
            if unsure.any():
                moving = pair.moved.any(axis=1)
                exact = np.abs(_exact(metric, pair.moved[moving], pair.middle, signs[np.ix_(unsure, moving)]))
                reached[at] += int(np.sum(exact >= pair.found - ROUNDING))
    return reached


def _chunks(generator: np.random.Generator, rounds: int, units: int, *, wide: int = 0) -> Iterator[Signs]:
    size = max(1, min(rounds, _HELD // max(units, wide, 1)))
    for done in range(0, rounds, size):
        yield _signs(generator, min(size, rounds - done), units)
