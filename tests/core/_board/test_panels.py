"""One data set of a task: its systems ranked and tested in pairs."""

from __future__ import annotations

import pytest

from nlptasks._board.board import build

from .conftest import panel


def test_systems_are_ranked_with_intervals_and_tie_lines(board):
    found = panel(board, "reviews")
    assert [row.system for row in found.rows] == ["good", "near", "poor"]
    assert [row.place.rank for row in found.rows] == [(1, 2), (1, 2), (3, 3)]
    assert found.ties == ((1, 2),)
    assert found.dataset.floor == 0.52
    assert [row.parameters for row in found.rows] == [22_700_000] * 3


def test_pairs_are_tested_and_mirror_each_other(board):
    pairs = panel(board, "reviews").pairs
    assert pairs.test == "McNemar's exact test"
    assert pairs.delta[0][2] == -pairs.delta[2][0] > 0.2
    assert pairs.p[0][2] < 0.001 < 0.05 < pairs.p[0][1]
    assert pairs.win[0][2] == 1
    assert pairs.win[0][1] + pairs.win[1][0] == pytest.approx(1)


def test_clusters_make_the_interval_wider(registry, make, answers, tmp_path):
    predictions, gold = answers(200, 0.7)
    by_hit = sorted(zip(predictions, gold, strict=True), key=lambda pair: pair[0] == pair[1])
    ranks = {}
    for name, cluster in (("alone", ""), ("together", "article")):
        for system, seed in (("a", 0), ("b", 1)):
            other, _ = answers(200, 0.6 if system == "b" else 0.7, seed=seed)
            predicted = [pair[0] for pair in by_hit] if system == "a" else other
            make(
                tmp_path / name / system,
                system,
                predictions=predicted,
                gold=[pair[1] for pair in by_hit],
                meta=[{"article": str(at // 20)} for at in range(200)],
                data={"cluster": cluster},
            )
        pairs = panel(build(registry, tmp_path / name), "reviews").pairs
        ranks[name] = pairs.high[0][1] - pairs.low[0][1]
        assert pairs.test.startswith("McNemar" if name == "alone" else "approximate randomisation")
    assert ranks["together"] > ranks["alone"]


def test_lower_is_better(registry, make, answers, tmp_path):
    gold = [f"the {at} house stands on a hill" for at in range(60)]
    near = [text.replace("hill", "rock") if at % 3 else text for at, text in enumerate(gold)]
    far = [text.replace("house stands", "dog sits").replace("hill", "rock") for text in gold]
    for name, given in (("second", far), ("first", near)):
        how = {"task": "translation", "metrics": ("ter",), "primary": "ter", "labels": (), "data": {"language": "en"}}
        make(tmp_path / name, name, predictions=given, gold=gold, **how)
    found = panel(build(registry, tmp_path), "reviews")
    assert [row.system for row in found.rows] == ["first", "second"]
    assert found.rows[0].place.score < found.rows[1].place.score and found.pairs.delta[0][1] > 0
