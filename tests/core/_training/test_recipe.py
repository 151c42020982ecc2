"""Fine-tuning by a recipe: what a backbone's trainer is given, and what is refused before that."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._training.recipe import RecipeRequest, scorer, train_recipe
from nlptasks.errors import DataError, UsageError
from nlptasks.plugin import BackboneSpec
from nlptasks.training.recipes import RECIPE, RecipeJob, RecipeReport
from nlptasks_formats import nlptasks_formats
from nlptasks_metrics import nlptasks_metrics
from nlptasks_tasks import classification, sentiment

SMALL = """
backbone = "toy"
tokens = 1_000
[[task]]
task = "sentiment"
head = "feeling"
data = ["a.jsonl"]
"""


@pytest.fixture
def file(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "recipe.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def toy_trainer(job: RecipeJob) -> RecipeReport:
    """Keeps what it was given where the test finds it."""
    (task,) = job.tasks
    seen = {
        "examples": [[dict(example.inputs), example.gold] for example in task.examples],
        "validation": [[dict(example.inputs), example.gold] for example in task.validation],
        "files": [[file.name, len(file.sha256)] for file in task.files],
        "scores": task.score(["positive", "positive"], ["positive", "negative"], ["negative", "positive"]),
        "prediction": task.prediction.__name__,
        "source": job.source,
        "start": str(job.start),
    }
    (job.output / "seen.json").write_text(json.dumps(seen), encoding="utf-8")
    return RecipeReport(tokens=job.recipe.tokens, steps=1, seconds=0.5, scores={"toy": 1.0})


def registry(trainer: str) -> Registry:
    backbone = BackboneSpec(
        name="toy", summary="a toy", object="toy:load", provides=frozenset({"encode"}), trainer=trainer
    )
    specs = [backbone, sentiment.SPEC, *nlptasks_formats(), *nlptasks_metrics()]
    return Registry(tuple(Owned(spec, "toy", "toy") for spec in specs))


@pytest.fixture
def data(tmp_path):
    rows = [{"review": "good", "stars": 5}, {"review": "so so", "stars": 3}, {"review": " ", "stars": 1}]
    rows += [{"review": "bad", "stars": 1}, {"review": "unread", "stars": 1}]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def trainer(monkeypatch):
    monkeypatch.setitem(sys.modules, "toy_recipe_trainer", sys.modules[__name__])
    return "toy_recipe_trainer:toy_trainer"


def test_a_trainer_gets_the_recipe_and_the_data(file, data, trainer):
    more = 'validation = ["a.jsonl"]\nrows = 3\ncolumns = { text = "review" }\ngold = "stars"'
    request = RecipeRequest(recipe=file(SMALL + more), output=data / "out" / "deep", data_dir=data)
    told: list[str] = []
    report = train_recipe(registry(trainer), request, told.append)
    seen = json.loads((data / "out" / "deep" / "seen.json").read_text())
    assert seen["examples"] == [
        [{"text": "good"}, "positive"],
        [{"text": "so so"}, "neutral"],
        [{"text": "bad"}, "negative"],
    ]
    assert seen["validation"] == [[{"text": "unread"}, "negative"]]  # the others are trained on
    assert seen["files"] == [["a.jsonl", 64], ["a.jsonl", 64]]
    assert list(seen["scores"]) == [*sentiment.SPEC.metrics, *(f"{name}-baseline" for name in sentiment.SPEC.metrics)]
    assert seen["scores"]["accuracy"] == 0.5
    assert seen["prediction"] == "Label"
    assert seen["source"] == SMALL + more
    assert report.tokens == 1_000
    assert told[0].startswith("sentiment: gold column 'stars': its numbers are on a scale from 1 to 5")
    assert told[-2:] == [
        "sentiment: 3 of 4 validation rows left out: the text repeats one of the training data, or nearly",
        "2 rows left out: no text",
    ]


def test_a_recipe_in_a_pipe_is_refused(data):
    os.mkfifo(data / "recipe.toml")
    request = RecipeRequest(recipe=data / "recipe.toml", output=data / "out", data_dir=data)
    with pytest.raises(UsageError, match=r"recipe\.toml is a pipe or a device"):
        train_recipe(registry(""), request, print)


def test_a_recipe_goes_on_from_the_folder_of_an_earlier_training(file, data, trainer):
    columns = 'columns = { text = "review" }\ngold = "stars"'
    before = data / "before"
    before.mkdir()
    (before / RECIPE).write_text(SMALL)
    request = RecipeRequest(recipe=file(SMALL + columns), output=data / "out", data_dir=data, start=str(before))
    train_recipe(registry(trainer), request, print)
    assert json.loads((data / "out" / "seen.json").read_text())["start"] == str(before)
    with pytest.raises(UsageError, match="holds the backbone that training goes on from"):
        train_recipe(registry(trainer), replace(request, output=before), print)
    with pytest.raises(UsageError, match="is no folder that a training of the backbone 'toy' left"):
        train_recipe(registry(trainer), replace(request, start=str(data / "none")), print)


def test_a_backbone_without_a_trainer_is_refused(file, data):
    request = RecipeRequest(recipe=file(SMALL), output=data / "out", data_dir=data)
    with pytest.raises(UsageError, match="the backbone 'toy' cannot be fine-tuned"):
        train_recipe(registry(""), request, print)
    assert not (data / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"toy"', '"tow"', "no backbone named 'tow'; did you mean 'toy'"),
        ('"sentiment"', '"sentimant"', "no task named 'sentimant'"),
        ("a.jsonl", "b.jsonl", r"there is no file .*b\.jsonl"),
        ('data = ["a.jsonl"]', 'data = ["a.jsonl"]\ngold = "label"', "no column 'label'"),
    ],
)
def test_what_is_not_there_is_named_before_anything_is_read(file, data, trainer, old, new, said):
    request = RecipeRequest(recipe=file(SMALL.replace(old, new)), output=data / "out", data_dir=data)
    with pytest.raises(UsageError, match=said):
        train_recipe(registry(trainer), request, print)
    assert not (data / "out").exists()


def test_a_damaged_row_is_an_error_or_left_out_and_counted(file, data, trainer):
    with (data / "a.jsonl").open("a", encoding="utf-8") as stream:
        stream.write("{damaged\n")
    request = RecipeRequest(
        recipe=file(SMALL + 'columns = { text = "review" }\ngold = "stars"'), output=data / "out", data_dir=data
    )
    with pytest.raises(DataError, match=r"(?s)a\.jsonl:6.*--on-error skip"):
        train_recipe(registry(trainer), request, print)
    told: list[str] = []
    train_recipe(registry(trainer), replace(request, skip_bad_rows=True), told.append)
    assert "1 row left out: cannot be read" in told
    assert len(json.loads((data / "out" / "seen.json").read_text())["examples"]) == 4


@pytest.fixture(scope="module")
def installed() -> Registry:
    return load_plugins(replace(Config(), disable=frozenset({"bundled", "progress"}))).registry


def test_scores_of_labels_have_the_trivial_baseline_behind_them(installed) -> None:
    score = scorer(installed, classification.SPEC)
    found = score(["a", "a", "b"], ["a", "a", "new"], ("a", "b"))
    assert list(found) == ["macro-f1", "accuracy", "macro-f1-baseline", "accuracy-baseline"]
    assert found["accuracy"] == found["accuracy-baseline"] == pytest.approx(2 / 3)
    assert score(["a"], ["new"], ("a", "b"))["accuracy-baseline"] == 1
