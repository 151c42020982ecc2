"""The front matter of model cards. Cards of others: ``test_foreign.py``."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from nlptasks._exchange.formats import exchange, imported
from nlptasks._exchange.model_index import HUB_TASKS, dump, load
from nlptasks.errors import UsageError


def test_the_front_matter_of_a_card(record):
    text = dump([record], 0)
    assert text.startswith("---\n")
    assert text.endswith("\n---\n")
    (model,) = yaml.safe_load(text.strip().strip("-"))["model-index"]
    (result,) = model["results"]
    assert (model["name"], result["task"]) == (
        "org/mine",
        {"type": "text-classification", "name": "sentiment"},
    )
    assert result["dataset"] == {
        "type": "org/films", "name": "films", "split": "test", "revision": "2",
        "args": {"sha256": "ab" * 32, "n": 40},
    }  # fmt: skip
    assert [(metric["type"], metric["value"]) for metric in result["metrics"]] == [
        ("accuracy", 0.75),
        ("macro-f1", 0.5),
    ]
    assert result["metrics"][0]["args"]["interval_95"] == [0.6, 0.85]
    assert "interval_95" not in result["metrics"][1]["args"]


def test_a_card_is_of_one_system(named):
    with pytest.raises(UsageError, match=r"a model card is of one model, and these records are of 2: 'a', 'b'"):
        dump([named("a", "x"), named("b", "x"), named("a", "y")], 0)


def test_cards_of_others_with_several_systems_are_read(named):
    cards = [yaml.safe_load(dump([named(name, "x")], 0).strip().strip("-")) for name in ("a", "b")]
    both = {key: [item for card in cards for item in card[key]] for key in ("model-index", "nlptasks")}
    text = f"---\n{yaml.safe_dump(both)}---\n"
    assert [record.model.name for record in load(text, "file", "").shown] == ["a", "b"]
    assert [record.model.name for record in imported(exchange("model-index"), text, file="f")] == ["a", "b"]


@pytest.mark.parametrize(("task", "type_"), [*HUB_TASKS.items(), ("mine", "mine")])
def test_tasks_have_the_names_of_the_hub_and_come_back(record, task, type_):
    found = load(dump([replace(record, task=task)], 0), "file", "")
    assert [shown.task for shown in found.shown] == [task]
    (model,) = yaml.safe_load(dump([replace(record, task=task)], 0).strip().strip("-"))["model-index"]
    assert model["results"][0]["task"] == {"type": type_, "name": task}


def test_words_around_the_front_matter_do_not_matter(record):
    text = dump([record], 0) + "# A card\n---\nmore: words\n"
    assert load(text, "file", "").shown == load(dump([record], 0), "file", "").shown
