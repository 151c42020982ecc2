from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._settings.groups import TableSource
from nlptasks._tables.training_rows import GoldReader
from nlptasks.errors import DataError, UsageError
from nlptasks.plugin import TaskSpec


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


def reader(registry: Registry, task: str, **source: Any) -> GoldReader:
    spec = registry.get(TaskSpec, task).spec
    return GoldReader(registry=registry, task=spec, skipped=Counter(), source=TableSource(**source))


def table(path: Path, *golds: str, column: str = "label") -> str:
    path.write_text("\n".join([f"text,{column}", *(f"a text,{gold}" for gold in golds)]) + "\n", encoding="utf-8")
    return str(path)


def golds(read: GoldReader, *paths: str, held_out: bool = False) -> list[str | None]:
    return [example.gold for example in read.examples(paths, held_out=held_out)]


def test_one_label_in_several_spellings(registry, tmp_path):
    read = reader(registry, "classification")
    train = table(tmp_path / "train.csv", "1.0", "1", "US", "us", "cafe\u0301", "caf\u00e9")
    assert golds(read, train) == ["1", "1", "US", "us", "caf\u00e9", "caf\u00e9"]
    assert any("(US/us)" in note for note in read.notes)
    held = table(tmp_path / "held.csv", "1.0", "US", "Us", "CAF\u00c9", "other")
    assert golds(read, held, held_out=True) == ["1", "US", "Us", "caf\u00e9", "other"]


def test_the_scale_of_ratings_is_told_by_all_files(registry, tmp_path):
    files = [table(tmp_path / f"{name}.csv", name, column="rating") for name in ("4", "10")]
    read = reader(registry, "sentiment")
    assert golds(read, *files) == ["negative", "positive"]
    assert any("from 1 to 10" in note for note in read.notes)


def test_a_label_map(registry, tmp_path):
    read = reader(registry, "classification", label_map=("sport=Sports",))
    assert golds(read, table(tmp_path / "x.csv", "Sport", "World")) == ["Sports", "World"]


def test_references_are_read_or_refused(registry, tmp_path):
    path = table(tmp_path / "x.csv", "\"['b', None]\"", "\"['b' ... 'c']\"", column="target")
    with pytest.raises(DataError, match=r"x\.csv:3: column 'target'.*cut short"):
        golds(reader(registry, "translation"), path)
    read = reader(registry, "translation", skip_bad_rows=True)
    assert golds(read, path) == ['["b"]']
    assert read.skipped == {"cannot be read": 1}


@pytest.mark.parametrize("name", ["-", "/dev/null", "pipe.csv"])
def test_a_stream_is_refused_and_not_waited_for(registry, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.csv")
    with pytest.raises(UsageError, match=r"more than once, and .* only once"):
        reader(registry, "sentiment").check(name)
