"""What an evaluation needs of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._settings.groups import TableSource
from nlptasks._tables.gold_samples import NO_ANSWER, NO_GOLD, GoldTable, read_gold_table
from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import sha256_of
from nlptasks.plugin import TaskSpec

TABLE = "key,text,label,place\na,good,pos,x\nb,bad,,y\na,so so,neg,\n"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture
def read(registry: Registry, tmp_path: Path) -> Any:
    def found(text: str, task: str = "sentiment", *, name: str = "t.csv", **more: Any) -> GoldTable:
        (tmp_path / name).write_text(text)
        asked = {key: more.pop(key) for key in ("meta", "limit") if key in more}
        counts = [more.pop("counts")] if "counts" in more else []
        source = TableSource(data=str(tmp_path / name), **more)
        return read_gold_table(registry, registry.get(TaskSpec, task).spec, source, *counts, **asked)

    return found


def test_rows_that_have_a_gold_answer_with_ids_and_further_columns(read, tmp_path):
    found = read(TABLE, id="key", meta=["place"])
    assert [(item.id, item.gold, item.text, item.meta, item.twice) for item in found.items] == [
        ("a", "positive", "pos", {"place": "x"}, False),
        ("a", "negative", "neg", {"place": ""}, True),
    ]
    assert found.skipped == {NO_GOLD: 1}
    assert found.columns == {"text": "text", "gold": "label"}
    assert found.sha256 == sha256_of(tmp_path / "t.csv")
    assert (found.guessed, found.rated) == (True, False)


def test_without_ids_rows_are_numbered_as_they_stand(read):
    assert [item.id for item in read(TABLE).items] == ["1", "3"]
    assert [item.id for item in read(TABLE.replace("key", "id")).items] == ["a", "a"]


def test_a_limit_is_of_rows_that_count(read):
    assert [item.id for item in read(TABLE, limit=1).items] == ["1"]


def test_what_a_cell_means_is_told_by_the_whole_column(read):
    found = read("text,rating\na,1\nb,10\n")
    assert ([item.gold for item in found.items], found.rated) == (["negative", "positive"], True)


def test_metrics_may_say_which_gold_answers_count(read):
    found = read(TABLE, counts=lambda gold: gold == "")
    assert [item.example.inputs["text"] for item in found.items] == ["bad"]
    assert found.skipped == {NO_ANSWER: 2}


def test_a_label_map_is_part_of_what_decided(read):
    found = read(TABLE, label_map=("pos=negative",))
    assert found.items[0].gold == "negative"
    assert found.columns["label_map"] == "pos=negative"


@pytest.mark.parametrize(
    ("text", "more", "error", "said"),
    [
        (TABLE, {"id": "kye"}, UsageError, r"t\.csv: no column 'kye'"),
        (TABLE, {"meta": ["plase"]}, UsageError, "no column 'plase'"),
        ("text,label\na,\n", {}, DataError, "no row has a gold answer in the column 'label'"),
        ("text,label\na,pos\nb,neg,more\n", {}, DataError, r"t\.csv:3: "),
        ("text\na\nb\n", {}, UsageError, "gold"),
    ],
)
def test_what_cannot_be_evaluated(read, text, more, error, said):
    with pytest.raises(error, match=said):
        read(text, **more)


def test_rows_that_cannot_be_read_are_counted_on_request(read):
    assert read("text,label\na,pos\nb,neg,more\n", on_error="skip").skipped == {"cannot be read": 1}


def test_a_pipe_has_no_bytes_that_can_be_named(registry):
    with pytest.raises(UsageError, match="an evaluation needs a file"):
        read_gold_table(registry, registry.get(TaskSpec, "sentiment").spec, TableSource(data="-"))
