"""Names of systems that a reader takes for others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._board.checking.names import alike, shared, skeleton
from nlptasks._board.loading import Header
from nlptasks.records.schema import Dataset, Model, Record, Result


def header(path: str, name: str, **model: str) -> Header:
    record = Record(
        task="sentiment",
        primary="accuracy",
        dataset=Dataset(name="reviews", sha256="ab", n=2),
        model=Model(name=name, **model),  # type: ignore[arg-type]
        scores={"accuracy": Result(value=0.5, n=2, signature="s")},
    )
    return Header(path=path, folder=Path(path), record=record)


@pytest.mark.parametrize("other", ["Bundled", "bundlеd", "bundled ", " bundled", "bun\u200bdled", "bund1ed", "bündled"])
def test_what_looks_the_same_has_one_skeleton(other):
    assert skeleton(other) == skeleton("bundled")
    assert [item.path for item, _ in alike([header("a", "bundled"), header("b", other)])]


@pytest.mark.parametrize("other", ["bundled 2", "模型二", "bundle"])
def test_other_names_are_others(other):
    assert skeleton(other) not in (skeleton("bundled"), skeleton("模型一"))
    assert list(alike([header("a", "bundled"), header("b", other), header("c", "模型一")])) == []


def test_one_name_is_of_one_system_on_a_data_set():
    one, seed, other = header("a", "mine", head="x"), header("b", "mine", head="x"), header("c", "mine", head="y")
    assert list(shared([one, seed])) == []
    assert [item.path for item, _ in shared([one, seed, other])] == ["c"]
    elsewhere = replace(other.record, dataset=replace(other.record.dataset, name="films"))
    assert list(shared([one, replace(other, record=elsewhere)])) == []
