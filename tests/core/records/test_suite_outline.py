"""What a listing says of a suite is what a whole reading says, and costs less."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from nlptasks.errors import UsageError
from nlptasks.records import _suite_reader, suite_outline
from nlptasks.records.suite_outline import SuiteOutline, outline_of
from nlptasks.records.suites import Card

CARD = f"  - {{name: reviews, task: sentiment, file: r.csv, sha256: {'ab' * 32}}}\n"


@pytest.fixture
def outline(tmp_path: Path):
    def read(text: str) -> SuiteOutline:
        (tmp_path / "suite.yaml").write_text(text)
        return outline_of(tmp_path / "suite.yaml")

    return read


@pytest.mark.parametrize(
    ("head", "version", "ships"),
    [("", "1", True), ("version: 3\n", "3", True), ("version: ''\n", "1", True), ("ships: false\n", "1", False)],
)
def test_what_has_the_shape_is_not_checked_in_full(outline, monkeypatch, head, version, ships):
    monkeypatch.delattr(_suite_reader, "parse_suite")
    found = outline(f"name: mine\n{head}datasets:\n{CARD}")
    assert found == SuiteOutline(name="mine", version=version, ships=ships, datasets=("reviews",), tasks=("sentiment",))


@pytest.mark.parametrize(
    "text",
    [
        "name: mine\n",
        f"name: mine\nversoin: 1\ndatasets:\n{CARD}",
        "name: mine\ndatasets: []\n",
        "name: mine\ndatasets:\n  - {name: reviews, task: sentiment}\n",
        f"name: ' mine'\ndatasets:\n{CARD.replace('reviews', ' ')}",
        "- a\n",
    ],
)
def test_what_has_not_is_refused_with_its_place(outline, text):
    with pytest.raises(UsageError, match=r"suite\.yaml"):
        outline(text)


def test_the_keys_of_a_data_set_are_those_of_a_card():
    assert {field.name for field in fields(Card)} == suite_outline._CARD_KEYS
