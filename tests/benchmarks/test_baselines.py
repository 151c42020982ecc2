"""The simple systems that stand on the board."""

from __future__ import annotations

import importlib.util
import json
import math
import sys
from pathlib import Path
from types import ModuleType

import pytest

from nlptasks._tables.gold_samples import Item
from nlptasks.plugin.protocols import Example

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "baselines.py"


@pytest.fixture(scope="module")
def baselines() -> ModuleType:
    spec = importlib.util.spec_from_file_location("baselines", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def item(name: str, gold: str, **inputs: str) -> Item:
    return Item(id=name, example=Example(inputs), gold=gold, text=gold, meta={}, twice=False)


def test_the_most_frequent_label_and_of_several_the_first(baselines: ModuleType) -> None:
    train = [item(str(at), gold, text="x") for at, gold in enumerate("bbaac")]
    assert list(baselines.majority(train, train[:2])) == [("a", None), ("a", None)]


def test_words_tell_the_label(baselines: ModuleType) -> None:
    train = [item(str(at), "good" if at % 2 else "bad", text="fine day" if at % 2 else "dull rain") for at in range(20)]
    found = baselines.tfidf(train, [item("1", "?", text="a fine day"), item("2", "?", text="dull rain again")])
    assert [answer for answer, _ in found] == ["good", "bad"]


def test_the_nearest_rows_tell_the_label(baselines: ModuleType) -> None:
    texts = {
        "sport": ["The team won the match.", "A goal in the last minute."],
        "food": ["Boil the rice.", "Salt the soup."],
    }
    train = [item(text, label, text=text) for label, found in texts.items() for text in found * 5]
    found = baselines.knn(train, [item("1", "?", text="Fry the onions."), item("2", "?", text="The striker scored.")])
    assert [answer for answer, _ in found] == ["food", "sport"]


def test_the_sentence_that_is_nearest_to_the_question(baselines: ModuleType) -> None:
    context = "The tower is tall. The river Seine flows by the park. It was hot."
    found = list(baselines.tfidf_sentence([], [item("1", "?", question="Which river flows by?", context=context)]))
    assert found == [("The river Seine flows by the park.", None)]


def test_the_first_sentences(baselines: ModuleType) -> None:
    document = "One came. Two went. Three stayed. Four left."
    assert list(baselines.lead_3([], [item("1", "?", document=document)])) == [
        ("One came. Two went. Three stayed.", None)
    ]
    assert list(baselines.lead_3([], [item("1", "?", document="no end")])) == [("no end", None)]


def test_the_model_of_bytes_is_a_distribution(baselines: ModuleType) -> None:
    model = baselines.Ngram(["the cat sat on the mat", "the dog sat"])
    for context in (b"", b"th", b"the c", b"\xff\xfe"):
        assert math.fsum(model._probability(context, byte) for byte in range(256)) == pytest.approx(1)
    assert model.nll("the cat") < model.nll("tac eht") < len("tac eht") * math.log(256) * 2


def test_it_writes_a_file_for_each_data_set(
    baselines: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["baselines.py", "smoke", "--output", str(tmp_path)])
    baselines.main()
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.jsonl")}
    assert any(name.endswith("lead-3.jsonl") for name in written)
    rows = [json.loads(line) for line in next(tmp_path.rglob("copy-source.jsonl")).read_text().splitlines()]
    assert len(rows) == 30
    assert set(rows[0]) == {"id", "prediction"}
