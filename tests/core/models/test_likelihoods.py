"""Runs that score how probable gold texts are, on a tiny real decoder and the real plugins."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.observers import Observers
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._running.run import run
from nlptasks._settings.groups import SystemChoice, TableSource, TableTarget
from nlptasks._systems.session import Session
from nlptasks._tables.columns import is_blank
from nlptasks.errors import PluginError
from nlptasks.models.generation import Generator, Instruction
from nlptasks.plugin import ENCODE, GENERATE, SCORE, BackboneSpec, HeadSpec
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import BackboneContext, Example, HeadContext, HiddenStates, Window
from nlptasks.records.report import RunReport
from nlptasks_tasks.generation import SPEC as GENERATION
from nlptasks_tasks.qa import SPEC as QA

WRITE = Instruction("generation", "en")
ROWS = [{"prompt": "the film", "continuation": " is good"}, {"prompt": "", "continuation": "a  "}, {"prompt": "not"}]


class Echo:
    """Answers with the prompt, and says of each text what its class says."""

    labels: tuple[str, ...] = ()
    nll: tuple[float, ...] = ()

    def __init__(self, context: HeadContext) -> None:
        pass

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        assert all(example.gold is None for example in examples)
        return [[] for _ in examples]

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        return []

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Text:
        return Text(example.inputs["prompt"])


class Telling(Echo):
    def likelihoods(self, examples: Sequence[Example], texts: Sequence[str]) -> Sequence[float]:
        return self.nll


class Short(Telling):
    nll = (1.0,)


class Negative(Telling):
    nll = (-1.0, 1.0)


class Endless(Telling):
    nll = (math.inf, 1.0)


def load_tiny(context: BackboneContext) -> Generator:
    raise NotImplementedError("replaced by the fixture, which has a generator")


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch, generator: Generator, tmp_path: Path) -> Callable[..., RunReport]:
    """Run generation on some rows."""
    here = __name__
    monkeypatch.setattr(f"{here}.load_tiny", lambda _: generator)
    registry = load_plugins(replace(Config(), disable=frozenset({"bundled", "progress"}))).registry
    provides = frozenset({ENCODE, GENERATE, SCORE})
    own = [
        BackboneSpec(name="tiny", summary="t", object=f"{here}:load_tiny", provides=provides),
        *(
            HeadSpec(name=kind.__name__.lower(), task="generation", summary="s", object=f"{here}:{kind.__name__}")
            for kind in (Echo, Short, Negative, Endless)
        ),
    ]
    session = Session(Registry((*registry.items, *(Owned(spec, "t", "test") for spec in own))))

    def call(rows: list[dict[str, str]], head: str = "nlptasks:decoder", /, **settings: Any) -> RunReport:
        data = tmp_path / "rows.jsonl"
        data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        choice = SystemChoice(heads={"generation": head}, options=settings.pop("options", {}))
        system = session.choose(session.tasks(["generation"]), choice)
        observers = Observers(load_plugins(Config(allow=frozenset())).manager, pytest.fail)
        target = TableTarget(output=str(tmp_path / "out.jsonl"), force=True)
        return run(session, system, TableSource(data=str(data), **settings), target, observers)

    return call


def written(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]


def scores(report: RunReport) -> dict[str, float]:
    return {score.metric: score.value for score in report.tasks[0].scores}


def bits(generator: Generator, prompts: list[str], texts: list[str]) -> float:
    nll = sum(item.nll for item in generator.likelihoods(prompts, texts, WRITE))
    return nll / math.log(2) / sum(len(text.encode()) for text in texts)


def test_gold_texts_are_scored_as_they_stand(
    go: Callable[..., RunReport], generator: Generator, tmp_path: Path
) -> None:
    report = go(ROWS, options={"max_new_tokens": 8})
    assert scores(report)["bits-per-byte"] == pytest.approx(bits(generator, ["the film", ""], [" is good", "a  "]))
    assert [score.n for score in report.tasks[0].scores] == [2, 2]
    assert (report.skipped, report.tasks[0].predicted, report.tasks[0].unscored) == ({}, 3, {"no gold answer": 1})
    assert [row["prompt"] for row in written(tmp_path)] == ["the film", "", "not"]


def test_whole_texts_behind_an_empty_prompt(go: Callable[..., RunReport], generator: Generator, tmp_path: Path) -> None:
    texts = ["the film is good", "ü" * 300]
    report = go([{"text": text} for text in texts], gold="text", options={"max_new_tokens": 0})
    assert scores(report)["bits-per-byte"] == pytest.approx(bits(generator, ["", ""], texts))
    assert [row["generation"] for row in written(tmp_path)] == ["", ""]
    assert report.notes[-1] == "no column 'prompt': it is empty in every row"


def test_a_template_writes_the_prompt(go: Callable[..., RunReport], generator: Generator) -> None:
    rows = [{"title": "A {film}", "text": "good", "gold": " bad"}]
    report = go(rows, columns={"prompt": r"{title}\n{text}"}, options={"max_new_tokens": 0})
    assert scores(report)["bits-per-byte"] == pytest.approx(bits(generator, ["A {film}\ngood"], [" bad"]))


def test_each_sample_has_a_column(go: Callable[..., RunReport], tmp_path: Path) -> None:
    report = go(ROWS[:1], options={"num_samples": 3, "max_new_tokens": 6})
    assert report.tasks[0].columns == ("generation", "generation_2", "generation_3")
    assert list(written(tmp_path)[0])[2:] == list(report.tasks[0].columns)


def test_a_head_that_cannot_tell_has_the_other_scores(go: Callable[..., RunReport]) -> None:
    assert scores(go(ROWS, "echo")) == {"distinct-2": 1}


@pytest.mark.parametrize("head", ["short", "negative", "endless"])
def test_a_head_that_tells_nonsense_is_named(go: Callable[..., RunReport], head: str) -> None:
    with pytest.raises(PluginError, match=rf"the head test:{head} failed: ValueError: likelihoods\(\) gave"):
        go(ROWS, head)


def test_without_gold_nobody_is_asked(go: Callable[..., RunReport]) -> None:
    assert go([{"prompt": "good film"}], "short").tasks[0].scores == ()


def test_an_optional_input_may_be_blank() -> None:
    assert not is_blank(GENERATION, Example({"prompt": " "}))
    assert is_blank(QA, Example({"question": " ", "context": "a"}))
