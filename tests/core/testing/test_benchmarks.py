"""The check of benchmarks."""

from __future__ import annotations

import hashlib

import pytest

from nlptasks.plugin import BenchmarkSpec
from nlptasks.testing import check_benchmark

ROWS = "text,label\nIt works.,positive\n"
PINNED = hashlib.sha256(ROWS.encode()).hexdigest()


@pytest.fixture
def benchmark(tmp_path, monkeypatch):
    """Makes a benchmark of a package of its own, with a change of its suite."""
    package = tmp_path / f"suites_{tmp_path.name}"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "rows.csv").write_text(ROWS)
    monkeypatch.syspath_prepend(tmp_path)

    def made(**change: str) -> BenchmarkSpec:
        card = {"name": "reviews", "task": "sentiment", "file": "rows.csv", "sha256": PINNED, **change}
        name = card.pop("suite", "mine")
        lines = [f"name: {name}", "summary: s", 'version: "1"', "ships: true", "datasets:"]
        lines += [f"{'  -' if not at else '   '} {key}: {value}" for at, (key, value) in enumerate(card.items())]
        (package / "mine.yaml").write_text("\n".join(lines) + "\n")
        return BenchmarkSpec(name="mine", summary="s", suite=f"{package.name}:mine.yaml")

    return made


def test_an_honest_one_passes(benchmark) -> None:
    check_benchmark(benchmark(), tasks={"sentiment"}, metrics={"accuracy"})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sha256": "0" * 64}, "sha256"),
        ({"file": "gone.csv"}, "gone.csv"),
        ({"task": "moods"}, "is for the task 'moods', which is not installed"),
        ({"metrics": "[bleu]"}, "names the metric 'bleu', which is not installed"),
        ({"suite": "other"}, "its suite calls itself 'other'"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_planted_fault_is_caught_and_named(benchmark, change, says) -> None:
    with pytest.raises(AssertionError, match=says):
        check_benchmark(benchmark(**change), tasks={"sentiment"}, metrics={"accuracy"})
