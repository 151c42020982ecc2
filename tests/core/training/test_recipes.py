from __future__ import annotations

import json
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._training.recipe import RecipeRequest, train_recipe
from nlptasks.errors import DataError, UsageError
from nlptasks.plugin import BackboneSpec
from nlptasks.training.recipes import RECIPE, Recipe, RecipeJob, RecipeReport, RecipeTask, read_recipe, recipe_text
from nlptasks_formats import nlptasks_formats
from nlptasks_metrics import nlptasks_metrics
from nlptasks_tasks import sentiment

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


def test_everything_there_is(file):
    path = file(
        """
        backbone = "bundled"
        seed = 3
        tokens = 40_000
        batch_tokens = 512
        max_tokens = 128
        encoder_rate = 1e-4
        head_rate = 1
        warmup = 0.1
        evaluate_every = 10
        checkpoint_every = 20
        log_every = 30
        validation_rows = 40
        keep_embedding = 0.5
        patience = 2
        [[task]]
        task = "sentiment"
        head = "a"
        data = ["x.csv", "y.csv"]
        validation = ["z.csv"]
        weight = 2
        rows = 7
        columns = { text = "review" }
        gold = "stars"
        """
    )
    recipe = read_recipe(path)
    assert recipe == Recipe(
        backbone="bundled",
        seed=3,
        tokens=40_000,
        batch_tokens=512,
        max_tokens=128,
        encoder_rate=1e-4,
        head_rate=1.0,
        warmup=0.1,
        evaluate_every=10,
        checkpoint_every=20,
        log_every=30,
        validation_rows=40,
        keep_embedding=0.5,
        patience=2,
        tasks=(
            RecipeTask(
                task="sentiment",
                head="a",
                data=("x.csv", "y.csv"),
                validation=("z.csv",),
                weight=2.0,
                rows=7,
                columns={"text": "review"},
                gold="stars",
            ),
        ),
    )
    assert isinstance(recipe.head_rate, float)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (SMALL.replace("tokens", "token"), ":3: the key 'token' is not known; did you mean 'tokens'?"),
        (SMALL.replace("head =", "heads ="), ":6: task 1: the key 'heads' is not known; did you mean 'head'?"),
        (SMALL.replace('head = "feeling"', ""), ":4: task 1: has no 'head'"),
        (SMALL.replace('"feeling"', '""'), ":6: task 1: has no 'head'"),
        (SMALL.replace('"feeling"', '"a.b"'), ":6: task 1: the key 'head' must be lower-case .* is the text 'a.b'"),
        (SMALL.replace('backbone = "toy"', ""), "recipe.toml: has no 'backbone'"),
        (
            SMALL.replace("1_000", "0.5"),
            ":3: the key 'tokens' must be a whole number from 1, and this is the number 0.5",
        ),
        (
            SMALL.replace("1_000", "true"),
            ":3: the key 'tokens' must be a whole number .*, and this is the truth value True",
        ),
        (SMALL.replace("1_000", "0"), "'tokens' must be a whole number from 1, and this is the number 0"),
        ("warmup = 2\n" + SMALL, ":1: the key 'warmup' must be a number from 0 to 1, and this is the number 2"),
        ("encoder_rate = nan\n" + SMALL, "'encoder_rate' must be a number from 0, and this is the number nan"),
        (SMALL.replace('["a.jsonl"]', '"a.jsonl"'), ":7: .* 'data' must be a list .*, and this is the text 'a.jsonl'"),
        (SMALL.replace('["a.jsonl"]', "[]"), ":7: .* 'data' must be a list with a file or more, and this is a list"),
        (SMALL.replace('["a.jsonl"]', '["a",\n3]'), ":8: .* 'data' must be a list .*, and its item 2 is the number 3"),
        (SMALL + "weight = 0", ":8: task 1: the key 'weight' and all other weights are 0"),
        (
            SMALL + "columns = { text = 1 }",
            ":8: .* 'columns' must be a table of texts, and its key 'text' is the number 1",
        ),
        (SMALL + SMALL[SMALL.index("[[") :] + "wieght = 1", ":12: task 2: the key 'wieght' is not known; .* 'weight'"),
        ('backbone = "toy"', "has no 'task'"),
        ('backbone = "toy"\ntask = 1', ":2: the key 'task' must be one table or more, and this is the number 1"),
        ('backbone = "toy"\ntask = [1]', ":2: the key 'task' has the number 1 as item 1"),
        ("tokens = ", "is not a TOML file"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_key(file, wrong, said):
    path = file(wrong)
    with pytest.raises(UsageError, match=said) as caught:
        read_recipe(path)
    assert str(path) in caught.value.message
    assert caught.value.hint or "TOML" in said


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.lists(TEXTS.filter(bool), min_size=1, max_size=2).map(tuple)


@given(st.dictionaries(TEXTS, TEXTS, max_size=2), NAMES, TEXTS, st.booleans(), st.floats(0, 1), st.integers(1, 10**9))
def test_a_recipe_comes_back_from_its_text(tmp_path_factory, columns, names, gold, flag, share, tokens):
    part = RecipeTask(task="t", head="h", data=names, columns=columns, gold=gold, zero_shot=flag, licence=gold)
    recipe = Recipe(backbone="b", tasks=(part, replace(part, weight=share)), warmup=share, tokens=tokens)
    path = tmp_path_factory.mktemp("text") / "recipe.toml"
    path.write_text(recipe_text(recipe), encoding="utf-8")
    assert read_recipe(path) == recipe


def test_the_text_of_a_recipe_leaves_defaults_out():
    recipe = Recipe(backbone="b", tasks=(RecipeTask(task="t", head="h", data=("a.csv",)),), tokens=7)
    expected = 'backbone = "b"\ntokens = 7\n\n[[task]]\ntask = "t"\nhead = "h"\ndata = ["a.csv"]\n'
    assert recipe_text(recipe) == expected


def test_a_recipe_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"cannot read the recipe .*none\.toml: No such file"):
        read_recipe(tmp_path / "none.toml")


# ------------------------------------------------------------ the whole way


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
    with pytest.raises(DataError, match=r"(?s)a\.jsonl:6.*--skip-bad-rows"):
        train_recipe(registry(trainer), request, print)
    told: list[str] = []
    train_recipe(registry(trainer), replace(request, skip_bad_rows=True), told.append)
    assert "1 row left out: cannot be read" in told
    assert len(json.loads((data / "out" / "seen.json").read_text())["examples"]) == 4


def test_every_field_of_a_recipe_is_told_in_its_docstring():
    for kind in (Recipe, RecipeTask):
        assert all(f"        {item.name}: " in (kind.__doc__ or "") for item in fields(kind))


def test_the_command_takes_a_recipe_or_a_task(site, tmp_path):
    missing = site.run("train", "--output", "x", "--skip-bad-rows", "--recipe", "none.toml")
    assert missing.returncode == 2
    assert "cannot read the recipe none.toml" in missing.stderr
    assert "--recipe FILE" in site.run("train", "--help").stdout


def test_the_command_plots_a_log(site, tmp_path):
    (tmp_path / "log.jsonl").write_text('{"kind": "loss", "tokens": 5, "loss": {"a": 1.5}}\n', encoding="utf-8")
    plotted = site.run("train", "--plot", str(tmp_path))
    assert plotted.returncode == 0
    assert "loss a" in plotted.stderr
    assert (tmp_path / "training.png").exists()
    missing = site.run("train", "--plot", "nowhere")
    assert missing.returncode == 2
    assert "nowhere holds no log of a training" in missing.stderr
