"""What is told of the rows of a training, by every method."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._tables.training_rows import GoldReader
from nlptasks._training.rows import read_rows
from nlptasks.errors import DataError
from nlptasks_tasks import classification

ROWS = [
    *((f"my parcel is late {sign}", label) for sign, label in (("a", "Shipping"), ("b", "shipping"), ("c", "nan"))),
    *((f"money back {sign}", "billing") for sign in "abcdef"),
    ("MY PARCEL is late: a", "Shipping"),
]

Write = Callable[[str, list[tuple[str, str]]], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def call(name: str, rows: list[tuple[str, str]]) -> str:
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("text", "label"), *rows])
        return str(tmp_path / name)

    return call


@pytest.fixture(scope="module")
def registry():
    return load_plugins(replace(Config(), disable=frozenset({"bundled", "progress"}))).registry


def reader(registry) -> GoldReader:
    return GoldReader(registry=registry, task=classification.SPEC, skipped=Counter())


def test_labels_and_repeats_are_said_before_anything_is_trained(registry, write: Write) -> None:
    told: list[str] = []
    read = reader(registry)
    rows, held = read_rows(read, [write("d.csv", ROWS)], [], 0, told.append)
    assert len(rows) + len(held) == 9
    assert told[0].startswith("gold column 'label': labels that differ in case alone are different labels (Shipping/")
    assert told[1].startswith("9 rows, 1 of them with the text of another row")
    assert told[2].startswith("no row is held out of 'Shipping', 'shipping': too few different texts")
    assert read.skipped == {"the gold answer 'nan' stands for none (--keep-na takes it for a label)": 1}


def test_a_validation_file_that_shares_texts_is_said(registry, write: Write) -> None:
    told: list[str] = []
    data, other = write("d.csv", ROWS), write("v.csv", [("Money back: A!", "billing"), ("something new", "billing")])
    rows, held = read_rows(reader(registry), [data], [other], 0, told.append)
    assert (len(rows), [example.inputs["text"] for example in held]) == (9, ["something new"])
    assert "1 of 2 validation rows left out: the text repeats one of the training data, or nearly" in told
    with pytest.raises(DataError, match="all texts of the validation data stand in the training data too") as error:
        read_rows(reader(registry), [data], [data], 0, told.append)
    assert "leave --validation out" in error.value.hint
