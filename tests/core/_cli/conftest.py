"""The command line, called in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._cli.app import App
from nlptasks._cli.main import run_command
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import matrices, open_metrics
from nlptasks._scoring.results import result
from nlptasks.records.schema import Dataset, Model, Record, Run, Sample
from nlptasks.records.store import read_record, write_record

GOLD = ["yes" if at % 3 else "no" for at in range(60)]

#: Plugins of the zoo that do not load.
FAILING = (
    *("broken_import", "exits_at_import", "misspelt_hook", "wrong_descriptor", "raising_hook", "late_failure"),
    "raises_at_import",
)

Nlptasks = Callable[..., tuple[int, str, str]]


@pytest.fixture
def nlptasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Nlptasks:
    """Runs a command in an empty folder: its exit code, standard output and standard error."""
    config = tmp_path / "config.toml"
    config.touch()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("NLPTASKS_CONFIG", str(config))
    monkeypatch.setenv("NLPTASKS_PLUGINS", "")

    def run(*args: str) -> tuple[int, str, str]:
        code = run_command(args)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def failing() -> tuple[str, ...]:
    """The plugins of the zoo that do not load."""
    return FAILING


@pytest.fixture
def zoo(site):
    """Every bad plugin at once, and a good and a slow one."""
    for name in FAILING:
        site.add(name)
    site.add("good")
    site.add("slow_import")
    site.add("noisy_import", requires=["nlptasks-toolkit>=99"])
    site.add("rival", entry="mood")
    site.add_metadata("zoo-other", {"mood": "zoo_rival"})
    return site


@pytest.fixture(scope="module")
def registry() -> Registry:
    return App().plugins().registry


@pytest.fixture
def films(tmp_path: Path, registry: Registry) -> Callable[..., str]:
    """Writes a record of predictions of which some are wrong, and returns its folder."""

    def written(
        name: str, wrong: int, *, system: str = "", seed: int | None = None, limit: int = 0, clusters: int = 0
    ) -> str:
        samples = [
            Sample(
                id=str(at),
                inputs={"text": "word " * (at % 40)},
                gold=gold,
                prediction=("no" if gold == "yes" else "yes") if at < wrong else gold,
                meta={"topic": "\x1b[31mred" if at < 10 else "blue", "part": str(at % max(1, clusters))},
            )
            for at, gold in enumerate(GOLD)
        ]
        opened = open_metrics(registry, ("accuracy", "macro-f1"), labels=("no", "yes"))
        stats = matrices(opened, samples)
        record = Record(
            task="sentiment",
            primary="accuracy",
            dataset=Dataset(name="films", sha256="0" * 64, n=60, cluster="part" if clusters else ""),
            model=Model(name=system or name),
            run=Run(seed=seed, limit=limit),
            labels=("no", "yes"),
            scores={metric: result(opened[metric], matrix, 60) for metric, matrix in stats.items()},
        )
        write_record(tmp_path / name, record, samples, stats)
        return str(tmp_path / name)

    return written


@pytest.fixture
def cheat() -> Callable[[str, float], None]:
    """Writes into a record an accuracy that is not that of its samples."""

    def written(folder: str, value: float) -> None:
        opened = read_record(Path(folder))
        scores = dict(opened.record.scores)
        scores["accuracy"] = replace(scores["accuracy"], value=value)
        write_record(Path(folder), replace(opened.record, scores=scores), opened.samples, opened.stats, force=True)

    return written
