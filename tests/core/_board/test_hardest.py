"""The samples that systems found hardest."""

from __future__ import annotations

from nlptasks._board.board import build
from nlptasks._board.hardest import hardest

from .conftest import panel


def test_the_hardest_samples_come_first(board):
    found = panel(board, "reviews").errors
    assert found.samples and found.others == 200 - len(found.samples)
    assert [len(sample.predictions) for sample in found.samples] == [3] * len(found.samples)
    values = [sample.value for sample in found.samples]
    assert values == sorted(values) and values[0] == 0 and found.samples[0].kind == "all wrong"


def test_what_all_have_right_is_not_shown(registry, make, tmp_path):
    gold = ["negative", "positive"] * 10
    for system, wrong, sure in (("a", 3, 0.95), ("b", 1, 0.5)):
        predictions = [
            ("positive" if label == "negative" else "negative") if at < wrong else label
            for at, label in enumerate(gold)
        ]
        make(tmp_path / system, system, predictions=predictions, gold=gold, scores=[sure] * 20)
    found = panel(build(registry, tmp_path), "reviews").errors
    assert [(sample.id, sample.kind, sample.value) for sample in found.samples] == [
        ("1", "sure and wrong", 0.0),
        ("2", "sure and wrong", 0.5),
        ("3", "sure and wrong", 0.5),
    ]
    assert (found.others, found.systems) == (17, 0)
    best = found.samples[1].predictions[0]
    assert (best.system, best.text, best.right, best.score) == ("b", "positive", True, 0.5)


def test_a_sample_of_which_nothing_is_counted_is_hard_where_the_prediction_is_another(registry, make, tmp_path):
    gold, said = ["the cat", "", "a dog"], ["the cat", "", "no one"]
    make(
        tmp_path / "a",
        "a",
        predictions=said,
        gold=gold,
        task="translation",
        primary="chrf",
        metrics=("chrf",),
        labels=(),
    )
    found = panel(build(registry, tmp_path), "reviews").errors
    assert [sample.id for sample in found.samples] == ["3"]


def test_without_samples_there_is_nothing_to_show():
    assert hardest([], {}, "accuracy").samples == ()
