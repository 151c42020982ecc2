"""What is known of data before they are scored."""

from __future__ import annotations

from pathlib import Path

from nlptasks._scoring.datasets import data_of, dataset_of
from nlptasks._settings.groups import TableSource
from nlptasks.records.suites import Card, Suite


def test_the_card_is_told_but_for_what_the_file_says():
    card = Card(
        name="reviews", task="sentiment", file="r.csv", sha256="ab", n=9, split="test", cluster="shop", floor=0.5
    )
    suite = Suite(name="mine", summary="", version="2", datasets=(card,), ships=True, folder=Path())
    found = dataset_of(suite, card)
    assert (found.name, found.benchmark, found.split, found.cluster) == ("reviews", "mine 2", "test", "shop")
    assert (found.sha256, found.n, found.floor, found.ceiling) == ("", 0, 0.5, None)


def test_how_a_file_is_read_is_said_by_card_and_user():
    card = Card(
        name="r",
        task="sentiment",
        file="r.csv",
        sha256="ab",
        n=9,
        gold="stars",
        meta=("shop", "day"),
        cluster="shop",
        metrics=("kappa",),
        primary="kappa",
    )
    suite = Suite(name="mine", summary="", version="2", datasets=(card,), ships=True, folder=Path())
    found = data_of(suite, card, Path("r.csv"), TableSource(format="csv", gold="label"))
    assert (found.source.data, found.source.gold, found.source.format) == ("r.csv", "stars", "csv")
    assert (found.meta, found.own_metrics, found.primary) == (("shop", "day"), ("kappa",), "kappa")
    assert found.dataset == dataset_of(suite, card)
