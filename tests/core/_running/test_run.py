"""The runner in one process, on a tiny real backbone; tests/cli runs the command."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.observers import Observers
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._running.run import run
from nlptasks._settings.groups import SystemChoice, TableSource, TableTarget
from nlptasks._systems.session import Session
from nlptasks.errors import PluginError, UsageError
from nlptasks.models.encoder import TransformerEncoder
from nlptasks.models.pooling import join_means, mean_states
from nlptasks.plugin import ENCODE, BackboneSpec, HeadSpec
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import BackboneContext, Encoder, Example, HeadContext, HiddenStates, Window
from nlptasks.records.report import RunReport
from nlptasks.testing import write_tiny_checkpoint


@dataclass(frozen=True)
class Mean:
    """Answers by the sign of the mean state's first number."""

    context: HeadContext
    labels: tuple[str, ...] = ("negative", "positive")

    def windows(self, examples: list[Example]) -> list[list[Window]]:
        found: list[list[Window]] = self.context.backbone.tokenize([example.inputs["text"] for example in examples])
        return found

    def reduce(self, states: HiddenStates) -> Any:
        return mean_states(states)

    def read(self, example: Example, windows: Sequence[Window], reduced: Any) -> Label:
        return Label(self.labels[int(join_means(reduced)[0] > 0)], 0.75)


class Vandal(Mean):
    """Writes to the shared weights while it answers."""

    def read(self, example: Example, windows: Sequence[Window], reduced: Any) -> Label:
        next(self.context.backbone.model.parameters()).data.zero_()
        return super().read(example, windows, reduced)


def load_tiny(context: BackboneContext) -> Encoder:
    raise NotImplementedError("replaced by the fixture, which knows a folder")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Session:
    """The real plugins, with a tiny backbone as the only one and heads of this module."""
    folder = write_tiny_checkpoint(tmp_path / "tiny")
    monkeypatch.setattr(
        f"{__name__}.load_tiny",
        lambda context: TransformerEncoder(folder, name="tiny", device="cpu", runtime=context.runtime),
    )
    here = __name__
    registry = load_plugins(replace(Config(), disable=frozenset({"bundled", "progress"}))).registry
    backbone = BackboneSpec(name="tiny", summary="t", object=f"{here}:load_tiny", provides=frozenset({ENCODE}))
    encodes = frozenset({ENCODE})
    heads = [
        HeadSpec(name=name, task=task, summary="s", object=f"{here}:{kind}", needs=encodes)
        for name, task, kind in (
            ("mean", "sentiment", "Mean"),
            ("mean", "classification", "Mean"),
            ("vandal", "sentiment", "Vandal"),
        )
    ]
    return Session(Registry((*registry.items, *(Owned(spec, "t", "test") for spec in (backbone, *heads)))))


@pytest.fixture
def go(session: Session, tmp_path: Path) -> Callable[..., RunReport]:
    """Run some tasks on rows of ``text``."""

    def call(texts: list[str], heads: Mapping[str, str], runtime: Any = "auto", **settings: Any) -> RunReport:
        data = tmp_path / "rows.csv"
        with data.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["text"], *([text] for text in texts)])
        system = session.choose(session.tasks(list(heads)), SystemChoice(heads=heads, runtime=runtime))
        observers = Observers(load_plugins(Config(allow=frozenset())).manager, pytest.fail)
        target = TableTarget(output=str(tmp_path / "out.jsonl"), force=True)
        return run(session, system, TableSource(data=str(data), **settings), target, observers)

    return call


TEXTS = ["good phone", "", "the film is very bad " * 40, "good phone", "a great price", "   "]


def written(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]


def test_rows_keep_their_order_and_blank_ones_stay(go: Callable[..., RunReport], tmp_path: Path) -> None:
    report = go(TEXTS, {"sentiment": "mean"})
    rows = written(tmp_path)
    assert [row["text"] for row in rows] == TEXTS
    assert [bool(row["sentiment"]) for row in rows] == [True, False, True, True, True, False]
    assert (report.rows, report.skipped, report.long, report.cut) == (
        6,
        {"no text; kept without a prediction": 2},
        1,
        0,
    )
    assert report.tasks[0].predicted == sum(report.tasks[0].labels.values()) == 4
    assert report.tasks[0].confidence == 0.75


def test_the_report_says_what_the_output_could_not_hold(session: Session, tmp_path: Path) -> None:
    data, output = tmp_path / "rows.parquet", str(tmp_path / "out.jsonl")
    pq.write_table(pa.table({"text": ["good", "bad"], "ratio": [1.0, float("nan")]}), data)
    system = session.choose(session.tasks(["sentiment"]), SystemChoice(heads={"sentiment": "mean"}))
    observers = Observers(load_plugins(Config(allow=frozenset())).manager, pytest.fail)
    report = run(session, system, TableSource(data=str(data)), TableTarget(output=output), observers)
    assert report.notes == ("column 'ratio': 1 NaN or infinite number written as null",)


def test_two_tasks_in_one_run_answer_as_each_alone(go: Callable[..., RunReport], tmp_path: Path) -> None:
    both = go(TEXTS, {"sentiment": "mean", "classification": "mean"})
    rows = written(tmp_path)
    alone = go(TEXTS, {"sentiment": "mean"})
    assert [row["sentiment"] for row in rows] == [row["sentiment"] for row in written(tmp_path)]
    assert both.tokens == alone.tokens, "windows that both heads ask for go through the backbone once"


def test_many_rows_cross_blocks_in_order(go: Callable[..., RunReport], tmp_path: Path) -> None:
    texts = [f"phone {'very ' * (number % 30)}{number}" for number in range(700)]
    assert go(texts, {"sentiment": "mean"}).rows == 700
    assert [row["text"] for row in written(tmp_path)] == texts


def test_a_head_that_writes_to_the_backbone_is_found_out(go: Callable[..., RunReport], tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="changed the shared backbone during this run: test:vandal"):
        go(TEXTS, {"sentiment": "vandal"}, runtime="torch")
    assert not (tmp_path / "out.jsonl").exists()


def test_what_does_not_fit_is_refused_before_weights_load(session: Session) -> None:
    needy = HeadSpec(name="needy", task="sentiment", summary="s", object="x:y", needs=frozenset({"generate"}))
    registry = Registry((*session.registry.items, Owned(needy, "t", "test")))
    other = Session(registry, session.pool)
    with pytest.raises(UsageError, match="no backbone provides what the head 'needy' needs: generate"):
        other.choose(other.tasks(["sentiment"]), SystemChoice(heads={"sentiment": "needy"}))
    with pytest.raises(UsageError, match="the backbone 'tiny' cannot generate"):
        other.choose(other.tasks(["sentiment"]), SystemChoice(heads={"sentiment": "needy"}, backbone="tiny"))


def test_an_option_that_no_chosen_head_has_is_refused(session: Session) -> None:
    with pytest.raises(UsageError, match="--labels is"):
        session.choose(
            session.tasks(["classification"]),
            SystemChoice(heads={"classification": "mean"}, options={"labels": "a,b"}),
        )
