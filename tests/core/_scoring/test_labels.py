"""The label set of scores is that of the gold answers."""

from __future__ import annotations

from nlptasks._scoring.labels import label_set


def test_each_gold_label_is_there_once_and_in_order() -> None:
    assert label_set(iter(["b", "a", "b"])) == ("a", "b")
    assert label_set({"b": 2, "a": 1}) == ("a", "b")
    assert label_set([]) == ()
