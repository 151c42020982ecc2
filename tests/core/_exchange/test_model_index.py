"""The front matter of model cards. Cards of others: ``test_foreign.py``."""

from __future__ import annotations

import yaml

from nlptasks._exchange.model_index import dump, load


def test_the_front_matter_of_a_card(record):
    text = dump([record], 0)
    assert text.startswith("---\n")
    assert text.endswith("\n---\n")
    (model,) = yaml.safe_load(text.strip().strip("-"))["model-index"]
    (result,) = model["results"]
    assert (model["name"], result["task"]["type"]) == ("org/mine", "sentiment")
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


def test_systems_stand_apart(named):
    found = load(dump([named("a", "x"), named("b", "x"), named("a", "y")], 0), "file", "")
    assert [(record.model.name, record.dataset.name) for record in found.shown] == [("a", "x"), ("a", "y"), ("b", "x")]
    assert len(found.whole) == 3


def test_words_around_the_front_matter_do_not_matter(record):
    text = dump([record], 0) + "# A card\n---\nmore: words\n"
    assert load(text, "file", "").shown == load(dump([record], 0), "file", "").shown
