"""How long an interval and a paired test of 10,570 answers take, the number in SQuAD's development set.

Exact match and F1 as they occur (few different values), and an F1 whose values all differ, for which nothing can be
counted together. The limit is for 2,000 resamples of exact match and F1; the exit code is 1 where they take longer.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from designs import Array, Share

from nlptasks.statistics import resampling, tests

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "speed"))

from machine import facts, shown

#: Answers, and the seconds that the intervals of exact match and F1 may take together.
_ANSWERS, _LIMIT = 10_570, 2.0


def systems(generator: np.random.Generator) -> dict[str, tuple[Array, Array]]:
    """Two systems' statistics of each kind."""
    return {
        "exact match": _two(generator, lambda: (generator.random(_ANSWERS) < 0.8).astype(np.float64)),
        "F1": _two(generator, lambda: _f1(generator)),
        "F1, all values differ": _two(generator, lambda: generator.random(_ANSWERS)),
    }


def _two(generator: np.random.Generator, draw: Callable[[], Array]) -> tuple[Array, Array]:
    first, other = draw(), draw()
    second = np.where(generator.random(_ANSWERS) < 0.3, other, first)
    ones = np.ones(_ANSWERS)
    return np.stack([first, ones], axis=1), np.stack([second, ones], axis=1)


def _f1(generator: np.random.Generator) -> Array:
    """F1 of answers of up to 8 words: 0 and 1 for most, fractions for the others."""
    words, gold = generator.integers(1, 9, (2, _ANSWERS))
    shared = np.minimum(generator.integers(0, 9, _ANSWERS), np.minimum(words, gold))
    found: Array = np.where(generator.random(_ANSWERS) < 0.7, 1.0, 2 * shared / (words + gold))
    return found


def _seconds(call: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return median(taken)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7, help="how often each is timed")
    repeats = parser.parse_args().repeats
    share = Share(binary=False)  # the bootstrap for exact match too, whose interval is Wilson's otherwise
    print(f"$ python benchmarks/statistics/bootstrap_speed.py --repeats {repeats}")
    print(shown(facts()))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{_ANSWERS:,} answers x 2 statistics; numpy {np.__version__}; {cores} of the cores used")
    print(f"medians of {repeats}, in seconds\n")
    print(f"{'':24}{f'interval ({resampling.RESAMPLES})':>18}{f'paired ({tests.ROUNDS})':>18}")
    took = {}
    for name, (first, second) in systems(np.random.default_rng(0)).items():
        took[name] = _seconds(lambda m=first: resampling.resampled(share, m), repeats)  # type: ignore[misc]
        test = _seconds(lambda a=first, b=second: tests.paired(share, a, b), repeats)  # type: ignore[misc]
        print(f"{name:24}{took[name]:18.3f}{test:18.3f}")
    both = took["exact match"] + took["F1, all values differ"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nexact match and an F1 whose values all differ: {both:.3f} s, limit {_LIMIT:g} s")
    print(f"peak of memory: {peak:.0f} MB")
    return 0 if both <= _LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
