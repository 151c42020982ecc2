"""Commands as they are typed, run in this process, and records for them to work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._cli.app import App
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import matrices, open_metrics
from nlptasks._scoring.results import result
from nlptasks.records.schema import Dataset, Model, Record, Run, Sample
from nlptasks.records.store import read_record, write_record

GOLD = ["yes" if at % 3 else "no" for at in range(60)]
ROWS = [
    ("r1", "good", "positive", "positive"),
    ("r2", "bad", "negative", "positive"),
    ("r3", "ok", "positive", "negative"),
]

Nlptasks = Callable[..., tuple[int, str, str]]


@pytest.fixture
def mine(nlptasks: Nlptasks) -> str:
    """A file of three predictions of sentiment, one of them right."""
    rows = [",".join(row) for row in (("id", "text", "label", "prediction"), *ROWS)]
    Path("mine.csv").write_text("\n".join(rows) + "\n")
    return "mine.csv"


@pytest.fixture
def record(nlptasks: Nlptasks, mine: str) -> str:
    """The record of those predictions."""
    code, _, told = nlptasks("rescore", mine, "--task", "sentiment", "--name", "mine", "-o", "record")
    assert code == 0, told
    return "record"


@pytest.fixture
def cheat() -> Callable[[str, float], None]:
    """Writes into a record an accuracy that is not that of its samples."""

    def written(folder: str, value: float) -> None:
        opened = read_record(Path(folder))
        scores = dict(opened.record.scores)
        scores["accuracy"] = replace(scores["accuracy"], value=value)
        write_record(Path(folder), replace(opened.record, scores=scores), opened.samples, opened.stats, force=True)

    return written


@pytest.fixture(scope="module")
def registry() -> Registry:
    return App().plugins().registry


@pytest.fixture
def films(tmp_path: Path, registry: Registry) -> Callable[..., str]:
    """Writes a record of predictions of which some are wrong, and returns its folder."""

    def written(name: str, wrong: int, *, system: str = "", seed: int | None = None, limit: int = 0) -> str:
        samples = [
            Sample(
                id=str(at),
                inputs={"text": "word " * (at % 40)},
                gold=gold,
                prediction=("no" if gold == "yes" else "yes") if at < wrong else gold,
                meta={"topic": "\x1b[31mred" if at < 10 else "blue"},
            )
            for at, gold in enumerate(GOLD)
        ]
        opened = open_metrics(registry, ("accuracy", "macro-f1"), labels=("no", "yes"))
        stats = matrices(opened, samples)
        record = Record(
            task="sentiment",
            primary="accuracy",
            dataset=Dataset(name="films", sha256="0" * 64, n=60),
            model=Model(name=system or name),
            run=Run(seed=seed, limit=limit),
            labels=("no", "yes"),
            scores={metric: result(opened[metric], matrix, 60) for metric, matrix in stats.items()},
        )
        write_record(tmp_path / name, record, samples, stats)
        return str(tmp_path / name)

    return written


@pytest.fixture
def exchanged(nlptasks: Nlptasks, monkeypatch: pytest.MonkeyPatch) -> str:
    """A record made at a known time, to be written in the formats of other tools."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    Path("mine.csv").write_text("label,prediction\na,a\nb,a\n")
    assert nlptasks("rescore", "mine.csv", "--task", "classification", "-o", "record")[0] == 0
    return "record"
