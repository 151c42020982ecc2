"""The check that every benchmark must pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from nlptasks._plugins.registry import Owned, Registry
from nlptasks.plugin import BenchmarkSpec
from nlptasks.records.suites import check_hash, find, open_suite
from nlptasks.testing._steady import told, warm

__all__ = ["check_benchmark"]


def check_benchmark(
    benchmark: BenchmarkSpec, *, tasks: Collection[str] | None = None, metrics: Collection[str] | None = None
) -> None:
    """Check what every benchmark must be.

    Its suite can be read and has data sets of different names; files that ship with it are there and are the ones that
    it pins; the tasks and metrics that it names exist; a floor lies below its ceiling.

    Args:
        benchmark: The benchmark.
        tasks: The tasks that are installed; ``None``: not looked at.
        metrics: The metrics that are installed; ``None``: not looked at.

    Raises:
        AssertionError: It is not; the message says what is wrong.
    """
    registry = Registry((Owned(benchmark, "under-test", "under-test"),))
    with told("the suite"), warm():
        suite = open_suite(registry, benchmark.name)
    assert suite.datasets, "the suite has no data set"
    twice = [name for name, count in Counter(card.name for card in suite.datasets).items() if count > 1]
    assert not twice, f"two data sets are called {twice[0]!r}"
    for card in suite.datasets:
        known = tasks is None or card.task in tasks
        assert known, f"the data set {card.name!r} is for the task {card.task!r}, which is not installed"
        for name in card.metrics if metrics is not None else ():
            assert name in (metrics or ()), (
                f"the data set {card.name!r} names the metric {name!r}, which is not installed"
            )
        ordered = card.floor is None or card.ceiling is None or card.floor != card.ceiling
        assert ordered, f"the floor and the ceiling of the data set {card.name!r} are one number"
        if suite.ships and not card.retired:
            with told(f"the data set {card.name!r}"):
                path = find(suite, card)
                assert path is not None, f"the data set {card.name!r} ships no file {card.file!r}"
                check_hash(suite, card, path)
