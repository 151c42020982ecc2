"""Records as ``nlptasks eval`` leaves them, made by hand: small data, the real metrics, no model."""

from __future__ import annotations

from collections import Counter
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
from nlptasks._scoring.results import clusters_of
from nlptasks._scoring.score import score_samples
from nlptasks._scoring.slices import slices
from nlptasks.plugin import TaskSpec
from nlptasks.records.schema import Cost, Dataset, Machine, Model, Record, Run, Sample
from nlptasks.records.store import write_record

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
    """Predictions of which about a proportion is right, and the gold labels."""
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
        slice_by: Sequence[str] = (),
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
        known = {"name": dataset, "sha256": SHA, "n": n, "split": "test"} | (data or {})
        scored = score_samples(
            registry,
            metrics,
            samples,
            labels=labels,
            language=known.get("language", ""),
            cluster=known.get("cluster", ""),
            task=next((item.spec for item in registry.all(TaskSpec) if item.spec.name == task), None),
        )
        clusters = clusters_of(samples, known.get("cluster", ""))
        parts = slices(samples, scored.metrics, scored.stats, slice_by, clusters=clusters) if slice_by else {}
        found = {name: replace(result, **(results or {}).get(name, {})) for name, result in scored.scores.items()}
        counted = Counter(flag for item in samples for flag in item.flags)
        record = Record(
            task=task,
            primary=primary,
            dataset=Dataset(**known),
            model=Model(**({"name": system, "weights": system, "parameters": 22_700_000} | (model or {}))),
            run=Run(**({"argv": ("nlptasks", "eval", task, "--data", "reviews.csv")} | (run or {}))),
            machine=machine,
            scores=found,
            labels=labels,
            flags=dict(counted),
            slices=parts,
            cost=cost or Cost(seconds=n / 100, rows_per_second=100.0, p95_ms=12.0),
            **more,
        )
        write_record(folder, record, samples, scored.stats)
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
                slice_by=("length",),
                cost=Cost(seconds=n / fast, rows_per_second=fast),
            )
    return folder


@pytest.fixture(scope="session")
def board(registry, results) -> Board:
    """The board of those records."""
    return build(registry, results)


def panel(board: Board, dataset: str) -> Panel:
    """The panel of a data set."""
    return next(panel for task in board.tasks for panel in task.panels if panel.dataset.name == dataset)


@pytest.fixture
def two(make, answers, tmp_path):
    """A folder with two fine records, to which a test adds one."""
    folder = tmp_path / "results"
    for at, system in enumerate(("a", "b")):
        predictions, gold = answers(60, 0.8, seed=at)
        make(folder / system, system, predictions=predictions, gold=gold)
    return folder
