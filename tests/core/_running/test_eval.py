"""An evaluation in one process, with a head that needs no model. The command, and kills: ``test_eval.py`` of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.observers import Observers
from nlptasks._running.eval import Evaluated, evaluate
from nlptasks._running.jobs import file_jobs
from nlptasks._settings.groups import Evaluation, RecordTarget, SystemChoice, TableSource
from nlptasks.errors import PluginError, UsageError
from nlptasks.records.store import read_record

ROWS = [("good", "positive"), ("bad", "negative"), ("good too", "negative"), ("", "positive")]


@pytest.fixture
def evaluated(here, tmp_path, monkeypatch):
    """Evaluates the head on those rows."""
    monkeypatch.chdir(tmp_path)
    observers = Observers(load_plugins(Config(allow=frozenset())).manager, pytest.fail)

    def call(*more: tuple[str, str], evaluation: Evaluation | None = None, **target: object) -> Evaluated:
        lines = [f"r{at},{text},{label}" for at, (text, label) in enumerate([*ROWS, *more])]
        Path("rows.csv").write_text("\n".join(["id,text,label", *lines]) + "\n")
        (job,) = file_jobs(
            here,
            here.tasks(["sentiment"])[0],
            TableSource(data="rows.csv"),
            SystemChoice(heads={"sentiment": "worded"}),
            RecordTarget(**{"output": "mine", **target}),
            evaluation or Evaluation(),
        )
        return evaluate(here, job.system, job.request, observers)

    return call


def test_a_record_is_left_and_no_journal(evaluated):
    done = evaluated()
    opened = read_record(Path("mine"))
    assert opened.record == done.record
    assert [sample.prediction for sample in opened.samples] == ["positive", "negative", "positive", None]
    assert opened.record.scores["accuracy"].value == 0.5
    assert opened.record.flags["missing"] == 1
    assert (opened.record.model.head, opened.record.model.name) == ("acme:worded", "worded")
    assert sorted(path.name for path in Path().iterdir()) == ["mine", "rows.csv"]


def test_what_was_done_before_is_not_done_again(evaluated):
    first = evaluated()
    again = evaluated()
    assert (again.done_before, again.record) == (True, first.record)
    named = evaluated(name="other")
    assert not named.done_before
    assert named.anew == ("model.name",)
    assert named.record.scores == first.record.scores
    assert evaluated(name="other", force=True).anew == ()


def test_another_evaluation_is_not_replaced_unasked(evaluated):
    evaluated()
    with pytest.raises(UsageError, match="mine"):
        evaluated(("good", "positive"))
    assert evaluated(("good", "positive"), force=True).record.dataset.n == 5
    Path("folder").mkdir()
    with pytest.raises(UsageError, match="folder exists and is no record"):
        evaluated(output="folder")


def test_slices_and_a_limit(evaluated):
    record = evaluated(evaluation=Evaluation(slices=("label",), limit=3)).record
    assert (record.dataset.n, record.run.limit) == (3, 3)
    assert {name: part["accuracy"].value for name, part in record.slices["label"].items()} == {
        "negative": 0.5, "positive": 1.0
    }  # fmt: skip


def test_a_head_that_fails_at_once_leaves_nothing(evaluated):
    with pytest.raises(PluginError, match="acme:worded"):
        evaluated(("fail", "positive"), output="deep/er/mine")
    assert [path.name for path in Path().iterdir()] == ["rows.csv"]
    assert replace(evaluated(output="other").record).dataset.n == 4
