"""Records as ``nlptasks eval`` leaves them, made by hand: small data, the real metrics, no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlptasks._board.board import Board, build
from nlptasks._board.panels import Panel
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import matrices, open_metrics
from nlptasks.records.schema import Cost, Dataset, Machine, Model, Record, Result, Run, Sample
from nlptasks.records.store import write_record
from nlptasks.statistics.resampling import value

LABELS = ("negative", "positive")
SHA = "ab" * 32
HERE = Machine(python="3.11.9", platform="Linux", cpu="A CPU", cores=2, ram_gib=8.0)

Make = Callable[..., Path]
Answers = Callable[..., tuple[list[str], list[str]]]


@pytest.fixture(scope="session")
def registry() -> Registry:
    """What is installed."""
    return load_plugins(Config()).registry


@pytest.fixture(scope="session")
def answers() -> Answers:
    """A function that makes predictions."""
    return _answers


def _answers(n: int, right: float, seed: int = 0) -> tuple[list[str], list[str]]:
    """Predictions of which about a share is right, and the gold labels."""
    generator = np.random.default_rng(1)
    gold = [LABELS[at] for at in generator.integers(0, 2, n)]
    hit = np.random.default_rng(seed + 2).random(n) < right
    hit[0] = False  # one sample that every system has wrong
    return [label if ok else LABELS[1 - LABELS.index(label)] for label, ok in zip(gold, hit, strict=True)], gold


@pytest.fixture(scope="session")
def make(registry: Registry) -> Make:
    """Write a record; whatever is given replaces what a record of sentiment would have."""

    def write(
        folder: Path,
        system: str,
        *,
        predictions: Sequence[str | None],
        gold: Sequence[str],
        dataset: str = "reviews",
        task: str = "sentiment",
        primary: str = "accuracy",
        metrics: Sequence[str] = ("accuracy", "macro-f1"),
        labels: tuple[str, ...] = LABELS,
        ids: Sequence[str] = (),
        texts: Sequence[str] = (),
        scores: Sequence[float] = (),
        flags: Sequence[tuple[str, ...]] = (),
        meta: Sequence[dict[str, str]] = (),
        data: dict[str, Any] | None = None,
        model: dict[str, Any] | None = None,
        run: dict[str, Any] | None = None,
        results: dict[str, dict[str, Any]] | None = None,
        cost: Cost | None = None,
        machine: Machine = HERE,
        **more: Any,
    ) -> Path:
        n = len(gold)
        samples = [
            Sample(
                id=ids[at] if ids else str(at + 1),
                inputs={"text": texts[at] if texts else f"text {at + 1}"},
                gold=gold[at],
                prediction=predictions[at],
                score=scores[at] if scores else None,
                flags=flags[at] if flags else (),
                meta=meta[at] if meta else {},
            )
            for at in range(n)
        ]
        language = (data or {}).get("language", "")
        opened = open_metrics(registry, metrics, labels=labels, language=language)
        stats = matrices(opened, samples)
        found = {
            name: Result(
                value=(score := value(opened[name].metric, matrix)),
                low=max(score - 0.05, opened[name].spec.range[0]),
                high=min(score + 0.05, opened[name].spec.range[1]),
                n=n,
                signature=opened[name].metric.signature,
                higher_is_better=opened[name].spec.higher_is_better,
                scale=opened[name].spec.range,
                baseline=0.5,
                detectable=0.07,
            )
            for name, matrix in stats.items()
        }
        for name, values in (results or {}).items():
            found[name] = replace(found[name], **values)
        counted = {flag: sum(flag in item.flags for item in samples) for flag in ("truncated_output",)}
        record = Record(
            task=task,
            primary=primary,
            dataset=Dataset(**({"name": dataset, "sha256": SHA, "n": n, "split": "test"} | (data or {}))),
            model=Model(**({"name": system, "weights": system, "parameters": 22_700_000} | (model or {}))),
            run=Run(**({"argv": ("nlptasks", "eval", task, "--data", "reviews.csv")} | (run or {}))),
            machine=machine,
            scores=found,
            labels=labels,
            flags=counted,
            cost=cost or Cost(seconds=1.0, rows_per_second=100.0, p95_ms=12.0),
            **more,
        )
        write_record(folder, record, samples, stats)
        return folder

    return write


@pytest.fixture(scope="session")
def results(make: Make, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three systems on two data sets of sentiment; one of them lacks the second."""
    folder = tmp_path_factory.mktemp("records") / "results"
    for at, (system, right, fast) in enumerate([("good", 0.94, 50.0), ("near", 0.91, 200.0), ("poor", 0.6, 400.0)]):
        for dataset, n in (("reviews", 200), ("films", 80)):
            if (system, dataset) == ("near", "films"):
                continue
            predictions, gold = _answers(n, right, seed=at)
            make(
                folder / f"{dataset}-{system}",
                system,
                predictions=predictions,
                gold=gold,
                dataset=dataset,
                data={"sha256": SHA if dataset == "reviews" else "cd" * 32},
                cost=Cost(seconds=1.0, rows_per_second=fast),
                slices={
                    "length": {
                        "short": {
                            "accuracy": Result(value=right, low=right - 0.1, high=right, n=n // 2, signature="x")
                        },
                        "long": {"accuracy": Result(value=right, n=n // 2, signature="x")},
                    }
                },
            )
    return folder


@pytest.fixture(scope="session")
def board(registry, results) -> Board:
    """The board of those records."""
    return build(registry, results)


def panel(board: Board, dataset: str) -> Panel:
    """The panel of a data set."""
    return next(panel for task in board.tasks for panel in task.panels if panel.dataset == dataset)


@pytest.fixture
def two(make, answers, tmp_path):
    """A folder with two fine records, to which a test adds one."""
    folder = tmp_path / "results"
    for at, system in enumerate(("a", "b")):
        predictions, gold = answers(60, 0.8, seed=at)
        make(folder / system, system, predictions=predictions, gold=gold)
    return folder
