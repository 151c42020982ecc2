"""A recipe out of a file: what a file may hold follows from the fields of the recipe."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from nlptasks.errors import UsageError
from nlptasks.training._recipe_reader import read
from nlptasks.training.recipes import Recipe, RecipeTask

HEAD = 'backbone = "bundled"\ntokens = 1_000\n'
TASK = '[[task]]\ntask = "sentiment"\nhead = "a"\ndata = ["x.csv"]\n'


@pytest.fixture
def recipe(tmp_path: Path) -> Any:
    def found(text: str) -> Recipe:
        (tmp_path / "recipe.toml").write_text(text)
        return read(tmp_path / "recipe.toml")

    return found


def test_what_is_left_out_has_the_default_of_its_field(recipe):
    made = recipe(HEAD + TASK)
    assert made == Recipe(
        backbone="bundled", tokens=1_000, tasks=(RecipeTask(task="sentiment", head="a", data=("x.csv",)),)
    )


def test_lists_become_tuples_and_whole_numbers_numbers(recipe):
    made = recipe(f"head_rate = 1\n{HEAD}{TASK}validation = ['y.csv', 'z.csv']\nweight = 2\n")
    assert made.tasks[0].validation == ("y.csv", "z.csv")
    assert [type(value) for value in (made.head_rate, made.tasks[0].weight)] == [float, float]


@pytest.mark.parametrize("field", [f for kind in (Recipe, RecipeTask) for f in fields(kind) if "low" in f.metadata])
def test_every_range_is_held(recipe, field):
    beyond = [field.metadata["low"] - 1, *([field.metadata["high"] + 1] if field.metadata.get("high") else [])]
    in_task = field.name in {item.name for item in fields(RecipeTask)}
    for value in beyond:
        line = f"{field.name} = {value}\n"
        head = "\n".join(old for old in HEAD.splitlines() if not old.startswith(f"{field.name} ")) + "\n"
        with pytest.raises(UsageError, match=rf"recipe\.toml:\d+: .*'{field.name}'"):
            recipe(head + (TASK + line if in_task else line + TASK))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "'task'"),
        (HEAD + TASK + "weight = 0\n", ":7: .*the key 'weight' and all other weights are 0"),
        (HEAD + TASK.replace('["x.csv"]', "[]"), ":6: .*'data'"),
        (HEAD + TASK + TASK.replace('"a"', '"A B"'), ":9: .*'head' must be lower-case"),
        (HEAD.replace("1_000", "true") + TASK, ":2: .*'tokens'"),
        ('tasks = "x"\n' + HEAD + TASK, ":1: .*'tasks' is not known"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(recipe, text, said):
    with pytest.raises(UsageError, match=rf"recipe\.toml.*{said}"):
        recipe(text)
