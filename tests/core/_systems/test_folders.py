"""The folders that training leaves, read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nlptasks._systems.folders import CARD, trained_head
from nlptasks.errors import UsageError
from nlptasks.plugin import Column, TaskSpec

TASK = TaskSpec(
    name="mood",
    summary="s",
    inputs=(Column(name="text"),),
    gold=Column(name="label"),
    prediction="a:b",
    output="label",
    metrics=("accuracy",),
    primary="accuracy",
    baseline="majority",
    examples=(),
)


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
    (tmp_path / CARD).write_text(json.dumps({"task": "mood", "head": "acme:mood", **change}), encoding="utf-8")
    with pytest.raises(UsageError, match=f"{CARD}: {said}"):
        trained_head(tmp_path, TASK)


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, '{"a":' * 100_000, "\udcff"])
def test_a_card_that_is_no_json(tmp_path: Path, text: str) -> None:
    (tmp_path / CARD).write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(UsageError, match="is not the folder of a trained head"):
        trained_head(tmp_path, TASK)


def test_a_card_that_is_in_order(tmp_path: Path) -> None:
    card = {"task": "mood", "head": "acme:mood", "backbone": {"name": "house", "folder": "backbone"}}
    (tmp_path / CARD).write_text(json.dumps(card), encoding="utf-8")
    found = trained_head(tmp_path, TASK)
    assert (found.head, found.backbone, found.own_backbone) == ("acme:mood", "house", tmp_path / "backbone")
