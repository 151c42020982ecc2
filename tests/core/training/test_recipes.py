"""Recipes: what a file may hold, and what is told where it holds something else."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.errors import UsageError
from nlptasks.training.recipes import Recipe, RecipeTask, read_recipe, recipe_text

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


def test_every_field_of_a_recipe_is_told_in_its_docstring():
    for kind in (Recipe, RecipeTask):
        assert all(f"        {item.name}: " in (kind.__doc__ or "") for item in fields(kind))
