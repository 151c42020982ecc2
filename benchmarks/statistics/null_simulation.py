"""Whether the statistics do what they say: false findings between equal systems, and intervals that hold the truth.

Two systems are drawn that are equal by construction, and tested; a good test finds a difference at 5 % in 5 % of the
trials. One system is drawn whose true value is known; a good 95 % interval holds it in 95 %. Each design says what is
expected of it: a range, or what is known to be wrong with the method there. The exit code is 1 where a design with a
range is outside it.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from designs import Array, Bleu, MacroF1, Share, bleus, clustered, f1s, labels, shares

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics import intervals, resampling
from nlptasks.statistics.tests import ROUNDS, paired, sacrebleu_paired_bs

#: What is asked for: share of false findings at 5 %, and of intervals that hold the truth, in percent.
FALSE, HELD = (4.0, 6.0), (93.5, 96.5)

#: Samples that the true value of a metric without a formula is computed on.
_POPULATION = 2_000_000

Draw = Callable[[np.random.Generator], tuple[list[Array], Sequence[int] | None]]
Trial = Callable[[list[Array], Sequence[int] | None, int], bool]


@dataclass(frozen=True)
class Design:
    """What is tried many times.

    Args:
        method: The test or the interval.
        data: What it is tried on.
        draw: Draws systems from a generator.
        trial: Whether a trial found a difference, or held the truth, given a seed.
        expected: Range in percent; ``None``: known to be wrong, see ``note``.
        note: What is to be known of it.
    """

    method: str
    data: str
    draw: Draw
    trial: Trial
    expected: tuple[float, float] | None
    note: str = ""


def tests() -> Iterator[Design]:
    """Two equal systems."""
    share, binary, bleu, macro = Share(binary=False), Share(binary=True), Bleu(binary=False), MacroF1(binary=False)
    f1_500, f1_100 = _free(lambda g: f1s(g, 500, 2)), _free(lambda g: f1s(g, 100, 2))
    bleu_500, macro_500 = _free(lambda g: bleus(g, 500, 2)), _free(lambda g: labels(g, 500, 2))
    often, seldom = (
        _free(lambda g: shares(g, 2_000, 2, right=0.75, alike=0.2)),
        _free(lambda g: shares(g, 872, 2, right=0.91, alike=0.39)),
    )
    many = _clusters(100, 10)
    yield Design("randomisation", "F1 of answers, n=500", f1_500, _found(share), FALSE)
    yield Design("randomisation", "F1 of answers, n=100", f1_100, _found(share), FALSE)
    yield Design("randomisation", "BLEU, n=500", bleu_500, _found(bleu), FALSE)
    yield Design("randomisation", "macro-F1 of 4 labels, n=500", macro_500, _found(macro), FALSE)
    yield Design("randomisation", "accuracy, n=2000, 30 % differ", often, _found(share), FALSE)
    yield Design("randomisation of clusters", "accuracy, 100 clusters of 10", many, _found(share), FALSE)
    yield Design("exact McNemar", "accuracy, n=2000, 30 % differ", often, _found(binary), FALSE)
    conservative = "exact, so conservative where few samples differ: 3.9 % by its distribution"
    yield Design("exact McNemar", "accuracy, n=872, 10 % differ", seldom, _found(binary), None, conservative)
    inflated = "compatibility mode: finds too much"
    yield Design("sacrebleu --paired-bs", "F1 of answers, n=500", f1_500, _sacrebleu(share), None, inflated)
    yield Design("sacrebleu --paired-bs", "BLEU, n=500", bleu_500, _sacrebleu(bleu), None, inflated)
    ignored = "what ignoring clusters does"
    yield Design(
        "randomisation of samples",
        "accuracy, 100 clusters of 10",
        many,
        _found(share, use_clusters=False),
        None,
        ignored,
    )


def interval_designs() -> Iterator[Design]:
    """One system whose true value is known, or the difference of two equal ones."""
    share, binary, bleu, macro = Share(binary=False), Share(binary=True), Bleu(binary=False), MacroF1(binary=False)
    few, small = "few samples: the bootstrap is too narrow", "few clusters: the bootstrap is too narrow"
    mean = 0.75  # of f1s
    of_bleu = _population(bleu, lambda g: bleus(g, _POPULATION, 1))
    of_macro = _population(macro, lambda g: labels(g, _POPULATION, 1))
    of_clusters = _population(share, lambda g: clustered(g, _POPULATION, 1, 1)[0])
    yield Design("Wilson", "accuracy 0.91, n=872", _hits(872, 0.91), _held(binary, 0.91), HELD)
    yield Design("Wilson", "accuracy 0.8, n=100", _hits(100, 0.8), _held(binary, 0.8), HELD)
    yield Design("bootstrap", "F1 of answers, n=1000", _free(lambda g: f1s(g, 1_000, 1)), _held(share, mean), HELD)
    yield Design("bootstrap", "F1 of answers, n=200", _free(lambda g: f1s(g, 200, 1)), _held(share, mean), HELD)
    yield Design("bootstrap", "F1 of answers, n=20", _free(lambda g: f1s(g, 20, 1)), _held(share, mean), None, few)
    yield Design("bootstrap", "BLEU, n=500", _free(lambda g: bleus(g, 500, 1)), _held(bleu, of_bleu), HELD)
    macro_1000 = _free(lambda g: labels(g, 1_000, 1))
    yield Design("bootstrap", "macro-F1 of 4 labels, n=1000", macro_1000, _held(macro, of_macro), HELD)
    yield Design("paired bootstrap", "F1 of answers, n=500", _free(lambda g: f1s(g, 500, 2)), _equal(share), HELD)
    yield Design("paired bootstrap", "BLEU, n=500", _free(lambda g: bleus(g, 500, 2)), _equal(bleu), HELD)
    yield Design(
        "cluster bootstrap", "accuracy, 200 clusters of 10", _clusters(200, 10), _held(share, of_clusters), HELD
    )
    held = _held(share, of_clusters)
    yield Design("cluster bootstrap", "accuracy, 15 clusters of 50", _clusters(15, 50), held, None, small)
    plain = _held(share, of_clusters, use_clusters=False)
    ignored = "what ignoring clusters does"
    yield Design("bootstrap of samples", "accuracy, 200 clusters of 10", _clusters(200, 10), plain, None, ignored)


def _free(draw: Callable[[np.random.Generator], list[Array]]) -> Draw:
    return lambda generator: (draw(generator), None)


def _hits(n: int, right: float) -> Draw:
    return _free(lambda generator: shares(generator, n, 1, right=right, alike=0.0))


def _clusters(count: int, size: int) -> Draw:
    def draw(generator: np.random.Generator) -> tuple[list[Array], Sequence[int]]:
        found, owner = clustered(generator, count, size, 2)
        return found, owner.tolist()

    return draw


def _population(metric: Metric, draw: Callable[[np.random.Generator], list[Array]]) -> float:
    return resampling.value(metric, draw(np.random.default_rng(999))[0])


def _found(metric: Metric, *, use_clusters: bool = True) -> Trial:
    """Whether the paired test says that the systems differ."""

    def trial(systems: list[Array], clusters: Sequence[int] | None, seed: int) -> bool:
        of = clusters if use_clusters else None
        return paired(metric, *systems, clusters=of, resamples=2, seed=seed).p < intervals.ALPHA

    return trial


def _sacrebleu(metric: Metric) -> Trial:
    def trial(systems: list[Array], _: Sequence[int] | None, seed: int) -> bool:
        return sacrebleu_paired_bs(metric, *systems, seed=seed) < intervals.ALPHA

    return trial


def _held(metric: Metric, truth: float, *, use_clusters: bool = True) -> Trial:
    """Whether the interval of the first system holds the truth."""

    def trial(systems: list[Array], clusters: Sequence[int] | None, seed: int) -> bool:
        of = clusters if use_clusters else None
        found = intervals.interval(metric, systems[0], clusters=of, seed=seed)
        return found.low <= truth <= found.high

    return trial


def _equal(metric: Metric) -> Trial:
    """Whether the interval of the difference holds 0."""

    def trial(systems: list[Array], _: Sequence[int] | None, seed: int) -> bool:
        low, high = intervals.ends(intervals.differences(metric, *systems, seed=seed))
        return low <= 0 <= high

    return trial


def share_of(design: Design, trials: int) -> float:
    """In how many percent of the trials the design's trial is true. The same data for designs with the same draw."""
    true = 0
    for seed in range(trials):
        systems, clusters = design.draw(np.random.default_rng([seed, 2]))
        true += design.trial(systems, clusters, seed)
    return 100 * true / trials


def report(designs: Iterator[Design], trials: int) -> bool:
    """Print a line for each design; return whether all with a range are in it."""
    kept = True
    for design in designs:
        got = share_of(design, trials)
        if design.expected is None:
            said = design.note
        else:
            low, high = design.expected
            inside = low <= got <= high
            kept &= inside
            said = f"{low:g} to {high:g}: {'yes' if inside else 'NO'}"
        print(f"{design.method:27}{design.data:33}{got:6.1f}  {said}", flush=True)
    return kept


def main() -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2_000, help="trials of each design")
    trials = parser.parse_args().trials
    print(f"$ python benchmarks/statistics/null_simulation.py --trials {trials}")
    print(f"numpy {np.__version__}; {resampling.RESAMPLES} resamples, {ROUNDS} rounds")
    errors = [100 * math.sqrt(share * (1 - share) / trials) for share in (0.05, 0.95)]
    print(f"\ntwo equal systems: p < 0.05 in so many percent of {trials} trials (standard error {errors[0]:.1f})")
    kept = report(tests(), trials)
    print(f"\n95 % intervals that hold the truth, in percent of {trials} trials (standard error {errors[1]:.1f})")
    kept &= report(intervals(), trials)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
