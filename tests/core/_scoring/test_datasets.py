"""What a record says of the data set of a suite."""

from __future__ import annotations

from pathlib import Path

from nlptasks._scoring.datasets import dataset_of
from nlptasks.records.suites import Card, Suite


def test_the_card_is_told_but_for_what_the_file_says():
    card = Card(
        name="reviews", task="sentiment", file="r.csv", sha256="ab", n=9, split="test", cluster="shop", floor=0.5
    )
    suite = Suite(name="mine", summary="", version="2", datasets=(card,), ships=True, folder=Path())
    found = dataset_of(suite, card)
    assert (found.name, found.benchmark, found.split, found.cluster) == ("reviews", "mine 2", "test", "shop")
    assert (found.sha256, found.n, found.floor, found.ceiling) == ("", 0, 0.5, None)
