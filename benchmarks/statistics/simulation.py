"""Whether the statistics do what they say, for every kind of metric: intervals, tests, and power.

Systems are drawn whose true values are known. A good 95 % interval holds the truth in 93 to 97 % of the trials in which
it is given; a good test tells two equal systems apart at 5 % in 5 % of the trials, or in fewer where samples are few;
a difference that is said to be found with 80 % power is found so often. The exit code is 1 where one is outside.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from designs import Array, Family, Mean, families, hits, long_tails, rare_gains, sizes

from nlptasks.statistics.intervals import ALPHA, interval
from nlptasks.statistics.power import detectable_of, limits
from nlptasks.statistics.tests import holm, paired, paired_all

#: What is asked for, in percent: intervals that hold the truth, most false findings, and differences that are found.
HELD, FALSE, FOUND = (93.0, 97.0), 6.0, (72.0, 95.0)

#: Samples, and clusters of 20 samples.
SAMPLES, CLUSTERS = (30, 100, 500), (2, 3, 4, 6, 10, 20, 30)

#: Rounds of the randomisation here; a p of 5 % needs no more.
ROUNDS = 999

#: Intervals that are given in fewer percent of the trials are not judged: that there is one already says much.
SELDOM = 5.0

_CLUSTERED = ("accuracy 0.8", "macro-f1 balanced", "mcc 0.8", "squad-f1 .75", "rouge", "bleu", "perplexity", "auc .8")


@dataclass(frozen=True)
class Cell:
    """What trials came to.

    Args:
        true: Trials in which the interval held the truth, or the test found a difference.
        given: Trials that had an interval, or a test.
        trials: All.
        why: How often each reason stood for the others.
        allowed: Lowest and highest good percentage.
    """

    true: int
    given: int
    trials: int
    why: Counter[str]
    allowed: tuple[float, float]

    @property
    def good(self) -> bool:
        """Whether the percentage is one of those allowed, but for what chance makes of as many trials."""
        if 100 * self.given < SELDOM * self.trials:
            return True
        low, high = self.allowed
        at, error = 100 * self.true / self.given, 200 * math.sqrt(0.05 * 0.95 / self.given)
        return low - error <= at <= high + error

    def __str__(self) -> str:
        """The percentage; in brackets in how many percent of trials there was one, or why there was none."""
        why = max(self.why, key=lambda word: self.why[word], default="")
        if 100 * self.given < SELDOM * self.trials:
            return f"none: {why}"
        part = "" if self.given == self.trials else f" ({100 * self.given / self.trials:.0f} %)"
        return f"{100 * self.true / self.given:.1f}{part}{'' if self.good else ' NO'}"


#: Whether a trial came out true; ``None`` with a reason where there was nothing to judge.
Trial = Callable[[np.random.Generator], tuple[bool | None, str]]


def tried(trial: Trial, trials: int, allowed: tuple[float, float]) -> Cell:
    """Try many times, each from a seed of its own."""
    true, given, why = 0, 0, Counter[str]()
    for seed in range(trials):
        found, reason = trial(np.random.default_rng([seed, 7]))
        if found is None:
            why[reason] += 1
        else:
            given, true = given + 1, true + found
    return Cell(true, given, trials, why, allowed)


def drawn(
    family: Family, generator: np.random.Generator, n: int, systems: int, *, clusters: bool, uneven: bool = False
) -> tuple[list[Array], list[int] | None]:
    """Systems on ``n`` samples, or on ``n`` clusters."""
    if not clusters:
        return family.systems(generator, n, systems), None
    found, owner = family.clustered(generator, sizes(n, uneven=uneven, generator=generator), systems)
    return found, owner.tolist()


def held(family: Family, truth: float, n: int, *, clusters: bool = False, uneven: bool = False) -> Trial:
    """Whether the interval of a score holds the truth."""

    def trial(generator: np.random.Generator) -> tuple[bool | None, str]:
        (matrix,), owner = drawn(family, generator, n, 1, clusters=clusters, uneven=uneven)
        found = interval(family.metric, matrix, clusters=owner, scale=family.range)
        if math.isnan(found.low):
            return None, found.method.partition("|why:")[2].partition("|")[0]
        return found.low <= truth <= found.high, ""

    return trial


def pair(family: Family, n: int, *, clusters: bool = False, interval_of: bool = False) -> Trial:
    """Whether a test finds a difference of two equal systems, or the interval of the difference holds 0."""

    def trial(generator: np.random.Generator) -> tuple[bool | None, str]:
        systems, owner = drawn(family, generator, n, 2, clusters=clusters)
        found = paired(family.metric, *systems, clusters=owner, resamples=2, rounds=1 if interval_of else ROUNDS)
        if interval_of and math.isnan(found.low):
            return None, found.method.partition("|why:")[2].partition("|")[0]
        if interval_of:
            return found.low <= 0 <= found.high, ""
        return (None, "undefined") if math.isnan(found.p) else (found.p < ALPHA, "")

    return trial


def skewed(draw: Callable[[int, np.random.Generator], list[Array]], n: int, *, interval_of: bool) -> Trial:
    """As :func:`pair`, of two systems of equal means and skewed differences."""

    def trial(generator: np.random.Generator) -> tuple[bool | None, str]:
        found = paired(Mean(), *draw(n, generator), resamples=2, rounds=1 if interval_of else ROUNDS)
        return (found.low <= 0 <= found.high) if interval_of else found.p < ALPHA, ""

    return trial


def family_error(n: int, systems: int) -> Trial:
    """Whether any of the pairs of equal systems is told apart after Holm's correction."""
    draw = hits(0.8)

    def trial(generator: np.random.Generator) -> tuple[bool | None, str]:
        matrices = draw(generator, generator.normal(size=n), systems)
        found = paired_all(_accuracy(), [[one] for one in matrices], resamples=2)
        return min(holm([item.p for item in found])) < ALPHA, ""

    return trial


def powered(n: int, systems: int) -> Trial:
    """Whether a system that is better by what was said to be detectable is found, after Holm's correction.

    A first draw of the systems says what is detectable of the first two; a second one makes the second better by that.
    """

    def trial(generator: np.random.Generator) -> tuple[bool | None, str]:
        easy = [0.6] * systems
        found = paired_all(_accuracy(), [[one] for one in _of(easy, n, generator)], resamples=2)
        wanted = detectable_of(found[0], alpha=limits([item.p for item in found])[0])
        if math.isnan(wanted) or wanted > 0.39:
            return None, "none detectable"
        easy[1] += wanted
        again = paired_all(_accuracy(), [[one] for one in _of(easy, n, generator)], resamples=2)
        return holm([item.p for item in again])[0] < ALPHA, ""

    return trial


def _of(right: Sequence[float], n: int, generator: np.random.Generator) -> list[Array]:
    """Systems on the same samples, each with its own proportion of hits."""
    hardness = generator.normal(size=n)
    state = generator.integers(2**31)
    return [hits(one)(np.random.default_rng([int(state), at]), hardness, 1)[0] for at, one in enumerate(right)]


def _accuracy() -> Mean:
    from nlptasks_metrics.labels import Accuracy

    return Accuracy(())  # type: ignore[return-value]


def table(title: str, heads: Sequence[str], rows: Iterator[tuple[str, list[Cell]]], *, wide: int = 24) -> bool:
    """Print a table; return whether all of its cells are good."""
    print(f"\n{title}\n{'':28}" + "".join(f"{head:<{wide}}" for head in heads).rstrip(), flush=True)
    kept = True
    for name, cells in rows:
        kept &= all(cell.good for cell in cells)
        print(f"{name:28}" + "".join(f"{cell!s:<{wide}}" for cell in cells).rstrip(), flush=True)
    return kept


def scores(trials: int) -> bool:
    """Intervals of scores."""
    known = [(family, family.truth()) for family in families()]
    of_samples = (
        (family.name, [tried(held(family, truth, n), trials, HELD) for n in SAMPLES]) for family, truth in known
    )
    kept = table(f"intervals of scores that hold the truth, {trials} trials", [f"n={n}" for n in SAMPLES], of_samples)
    for uneven in (False, True):
        rows = (
            (
                family.name,
                [tried(held(family, truth, n, clusters=True, uneven=uneven), trials // 2, HELD) for n in CLUSTERS],
            )
            for family, truth in known
            if not uneven or family.name.startswith(_CLUSTERED)
        )
        kind = "of 3 to about 90 samples" if uneven else "of 20 samples"
        heads = [f"{n} clusters" for n in CLUSTERS]
        kept &= table(f"the same of clusters {kind}, {trials // 2} trials", heads, rows, wide=21)
    return kept


def tests(trials: int) -> bool:
    """Tests of two equal systems, and intervals of their difference."""
    heads = [f"n={n}" for n in SAMPLES]
    kept = True
    for interval_of, title, allowed in (
        (False, "two equal systems that are told apart at 5 %", (0.0, FALSE)),
        (True, "intervals of the difference that hold 0", (93.0, 100.0)),
    ):
        rows = (
            (one.name, [tried(pair(one, n, interval_of=interval_of), trials // 4, allowed) for n in SAMPLES])
            for one in families()
        )
        kept &= table(f"{title}, {trials // 4} trials", heads, rows)
        odd = (
            (
                name,
                [
                    tried(skewed(draw, n, interval_of=interval_of), trials, (allowed[0] - interval_of, allowed[1]))
                    for n in SAMPLES
                ],
            )
            for name, draw in (("few large gains", rare_gains), ("long tails", long_tails))
        )
        kept &= table(f"the same, of skewed differences, {trials} trials", heads, odd)
        clustered = (
            (
                one.name,
                [tried(pair(one, n, clusters=True, interval_of=interval_of), trials // 4, allowed) for n in CLUSTERS],
            )
            for one in families()
            if one.name.startswith(_CLUSTERED[:-1])
        )
        heads_of = [f"{n} clusters" for n in CLUSTERS]
        kept &= table(f"the same of clusters of 20 samples, {trials // 4} trials", heads_of, clustered, wide=21)
    return kept


def many(trials: int) -> bool:
    """Holm's correction, and what is said to be detectable after it."""
    heads = ["n=100", "n=500", "n=2000"]
    rows = (
        (f"{count} systems", [tried(family_error(n, count), trials, (0.0, FALSE)) for n in (100, 500, 2000)])
        for count in (2, 5, 10)
    )
    kept = table(f"equal systems of which any two are told apart, {trials} trials", heads, rows)
    rows = (
        (f"{count} systems", [tried(powered(n, count), trials, FOUND) for n in (100, 500, 2000)])
        for count in (2, 5, 10)
    )
    return kept & table(f"differences as large as said to be detectable that are found, {trials} trials", heads, rows)


def main() -> int:
    """Simulate and print."""
    parts = {"scores": scores, "tests": tests, "many": many}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1_000, help="trials of each design; some take a part of them")
    parser.add_argument("--only", choices=parts, help="one part")
    given = parser.parse_args()
    only = f" --only {given.only}" if given.only else ""
    print(f"$ python benchmarks/statistics/simulation.py --trials {given.trials}{only}")
    print(
        f"numpy {np.__version__}, scipy {scipy.__version__}; in percent; 'NO' is outside of what is asked for by more"
    )
    print("than two standard errors; '(60 %)': there is an interval in so many percent of trials")
    chosen = [given.only] if given.only else list(parts)
    kept = [parts[name](given.trials) for name in chosen]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
