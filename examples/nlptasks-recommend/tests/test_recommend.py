"""What is recommended, how it is scored, and what is refused."""

import csv
import json

import numpy as np
import pytest
from click.testing import CliRunner
from nlptasks_recommend import nlptasks_commands
from nlptasks_recommend.command import recommend
from nlptasks_recommend.index import Index, coverage, ndcg, recall

from nlptasks.errors import DataError
from nlptasks.testing import check_command

ITEMS = [
    ("lamp", "A desk lamp with a warm light and a long arm."),
    ("tent", "A tent for two people, light to carry in the mountains."),
    ("pan", "A heavy iron pan for steaks and eggs."),
    ("boots", "Boots for hiking over rocks and through snow."),
    ("kettle", "A kettle that boils water for tea in two minutes."),
]
QUERIES = [
    ("q1", "I want to go hiking in the snow.", "boots tent"),
    ("q2", "I need hot water for my tea.", "kettle"),
    ("q3", "Something to fry eggs in.", "pan"),
]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, header, rows in (("items", ["id", "text"], ITEMS), ("queries", ["id", "text", "wanted"], QUERIES)):
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    return tmp_path


def test_it_passes_the_check_of_commands():
    for spec in nlptasks_commands():
        check_command(spec)


def test_what_it_recommends_and_how_that_is_scored(shop):
    done = CliRunner().invoke(recommend, ["items.csv", "--for", "queries.csv", "--wanted", "wanted", "-k", "2"])
    assert done.exit_code == 0, done.output
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["query"] for row in found] == ["q1", "q2", "q3"]
    assert {item["id"] for item in found[0]["items"]} == {"boots", "tent"}
    assert [row["items"][0]["id"] for row in found[1:]] == ["kettle", "pan"]
    assert done.stderr.startswith("3 queries, 5 items: recall@2 1.000, nDCG@2 ")


def test_the_nearest_are_those_of_the_definition():
    draw = np.random.default_rng(0)
    items, queries = draw.normal(size=(200, 8)).astype("f4"), draw.normal(size=(20, 8)).astype("f4")
    centred, asked = items - items.mean(axis=0), queries - items.mean(axis=0)
    cosines = asked @ centred.T / np.linalg.norm(asked, axis=1)[:, None] / np.linalg.norm(centred, axis=1)
    for row, found in zip(cosines, Index(items).nearest(queries, 7), strict=True):
        assert [item for item, _ in found] == np.argsort(-row)[:7].tolist()
        assert [cosine for _, cosine in found] == pytest.approx(sorted(row, reverse=True)[:7], abs=1e-5)


def test_more_items_than_there_are():
    assert [len(found) for found in Index(np.eye(3, dtype="f4")).nearest(np.eye(3, dtype="f4"), 9)] == [3, 3, 3]


def test_scores():
    found, wanted = [["a", "b"], ["c", "d"]], [{"b"}, {"c", "x"}]
    assert recall(found, wanted) == (1 + 0.5) / 2
    discount = 1 / np.log2(3)
    assert ndcg(found, wanted) == pytest.approx((discount + 1 / (1 + discount)) / 2)
    assert coverage(found, 8) == 0.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,text\n", "it has no row"),
        ("id,words\n1,a\n", "it has no column 'text'"),
        ("id,text\n1,a\n2, \n", "the column 'text' is empty"),
    ],
)
def test_what_is_refused(shop, text, said):
    (shop / "items.csv").write_text(text)
    done = CliRunner().invoke(recommend, ["items.csv", "--for", "queries.csv"])
    assert isinstance(done.exception, DataError)
    assert said in str(done.exception)
