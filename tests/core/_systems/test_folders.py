"""What a training leaves in a folder, as later commands find it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nlptasks._systems.folders import CARD, NamedBackbone, head_folder, named_backbone, trained_head
from nlptasks.errors import UsageError
from nlptasks_tasks.qa import SPEC as QA
from nlptasks_tasks.sentiment import SPEC as SENTIMENT

RECIPE = '[[task]]\ntask = "sentiment"\nhead = "binary"\ndata = ["x.csv"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a trained head, in the working directory."""
    monkeypatch.chdir(tmp_path)
    return write("mine")


def write(name: str, *, inner: str = "", trains: str = "encoder") -> Path:
    made = Path(name)
    made.mkdir()
    backbone = {"name": "bundled", **({"folder": inner} if inner else {})}
    (made / CARD).write_text(json.dumps({"head": "nlptasks:binary", "task": "sentiment", "backbone": backbone}))
    if inner:
        (made / inner).mkdir()
        (made / inner / "recipe.toml").write_text(f'backbone = "bundled"\ntrains = "{trains}"\ntokens = 10\n{RECIPE}')
    return made


def test_which_names_are_folders(folder):
    assert head_folder("mine") == Path("mine")
    assert head_folder("binary") is None
    assert head_folder("") is None
    assert head_folder("some/where") == Path("some/where")


def test_the_card_says_what_it_is(folder):
    found = trained_head(folder, SENTIMENT)
    assert (found.head, found.backbone, found.own_backbone) == ("nlptasks:binary", "bundled", None)


def test_a_head_of_another_task(folder):
    with pytest.raises(UsageError, match="mine holds a head for the task 'sentiment', not 'qa'") as caught:
        trained_head(folder, QA)
    assert caught.value.hint == "nlptasks run sentiment --head mine --data FILE"


@pytest.mark.parametrize(
    ("card", "said"), [(None, "No such file"), ("{", "line 1"), ("[]", "it names no head"), ('{"head": 1}', "no head")]
)
def test_what_is_no_trained_head(folder, card, said):
    (folder / CARD).unlink()
    if card is not None:
        (folder / CARD).write_text(card)
    with pytest.raises(UsageError, match=f"mine is not the folder of a trained head: .*{said}"):
        trained_head(folder, SENTIMENT)


def test_a_name_is_a_name():
    assert named_backbone((), "bundled") == NamedBackbone(name="bundled")
    assert named_backbone((), "") == NamedBackbone()


def test_a_head_with_a_backbone_of_its_own_brings_it(folder):
    head = trained_head(write("own", inner="backbone", trains="decoder"), SENTIMENT)
    found = named_backbone([head], "")
    assert (found.name, found.folder, found.made) == ("bundled", Path("own/backbone"), {"generate", "score"})
    assert named_backbone([head], "own") == named_backbone([head], "own/backbone") == found
    assert named_backbone([trained_head(folder, SENTIMENT)], "own").folder == Path("own/backbone")
    with pytest.raises(UsageError, match="has a backbone of its own, and --backbone names another: bundled"):
        named_backbone([head], "bundled")


def test_one_run_opens_one_backbone(folder):
    heads = [trained_head(write(name, inner="backbone"), SENTIMENT) for name in ("one", "two")]
    with pytest.raises(UsageError, match="the heads in one and two have each a backbone of their own"):
        named_backbone(heads, "")
    with pytest.raises(UsageError, match="mine holds a head without a backbone of its own") as caught:
        named_backbone((), "mine")
    assert caught.value.hint == "--backbone bundled, or the folder as --head mine"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"head": None}, "it names no head"),
        ({"backbone": "5.24.0"}, "its 'backbone' is no mapping"),
        ({"backbone": ["x"]}, "its 'backbone' is no mapping"),
        ({"backbone": {"name": 3}}, "its backbone has a 'name' that is no text"),
        ({"backbone": {"name": "x", "folder": {}}}, "its backbone has a 'folder' that is no text"),
        ({"data": 3}, "its 'data' is no list"),
        ({"validation": {"a": 1}}, "its 'validation' is no list"),
    ],
)
def test_a_card_that_is_damaged_is_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    (tmp_path / CARD).write_text(json.dumps({"task": "sentiment", "head": "acme:mood", **change}), encoding="utf-8")
    with pytest.raises(UsageError, match=f"{CARD}: {said}"):
        trained_head(tmp_path, SENTIMENT)


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, '{"a":' * 100_000, "\udcff"])
def test_a_card_that_is_no_json(tmp_path: Path, text: str) -> None:
    (tmp_path / CARD).write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(UsageError, match="is not the folder of a trained head"):
        trained_head(tmp_path, SENTIMENT)


def test_a_card_that_is_in_order(tmp_path: Path) -> None:
    card = {"task": "sentiment", "head": "acme:mood", "backbone": {"name": "house", "folder": "backbone"}}
    (tmp_path / CARD).write_text(json.dumps(card), encoding="utf-8")
    found = trained_head(tmp_path, SENTIMENT)
    assert (found.head, found.backbone, found.own_backbone) == ("acme:mood", "house", tmp_path / "backbone")
