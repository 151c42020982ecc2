"""Which records may be compared, and which not, and why."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._board.board import build
from nlptasks._board.loading import Header, difference, groups
from nlptasks._board.plain import as_json_text
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.records.attestations import Attestation
from nlptasks.records.schema import Dataset, Model, Record, Result, Run

from .conftest import panel


def test_an_imported_number_is_shown_and_ranked_only_when_asked(registry, make, two):
    gold = ["negative"] * 60
    made = make(two / "paper", "paper", predictions=gold, gold=gold)
    record = json.loads((made / "record.json").read_text())
    record["digests"] = {}
    (made / "record.json").write_text(json.dumps(record))
    shown = panel(build(registry, two), "reviews").rows[-1]
    assert (shown.system, shown.place.rank, shown.place.score) == ("paper", None, 1.0)
    assert "imported number" in shown.reason
    first = panel(build(registry, two, min_trust="V0"), "reviews").rows[0]
    assert (first.system, first.place.position, first.trust) == ("paper", 1, "V0")


def test_the_same_evaluation_twice_counts_once(registry, two):
    shutil.copytree(two / "a", two / "copy")
    (out,) = build(registry, two).left_out
    assert out.reason == "the same evaluation as a"


def test_a_damaged_record_is_listed_or_an_error(registry, two):
    (two / "a" / "samples.jsonl.gz").write_bytes(gzip.compress(b"{}\n"))
    (two / "b" / "record.json").write_text("{")
    with pytest.raises(UsageError, match="no such folder"):
        build(registry, two / "nowhere")
    with pytest.raises(NlptasksError, match="no JSON"):
        build(registry, two, strict=True)
    board_of = build(registry, two)
    assert {item.record: item.reason.partition(":")[0] for item in board_of.left_out} == {
        "a": "damaged",
        "b": "damaged",
    }
    assert str(two) not in as_json_text(board_of)


def test_only_one_task(registry, make, answers, two):
    predictions, gold = answers(30, 0.8)
    make(two / "other", "x", predictions=predictions, gold=gold, task="classification")
    assert [task.name for task in build(registry, two).tasks] == ["classification", "sentiment"]
    assert [task.name for task in build(registry, two, task="sentiment").tasks] == ["sentiment"]
    with pytest.raises(UsageError, match="no record of the task 'qa'"):
        build(registry, two, task="qa")


def test_in_what_two_kinds_differ():
    mine, theirs = ("a" * 64, "accuracy", "x"), ("b" * 64, "macro-f1", "")
    assert difference(mine, theirs) == (
        "not comparable: other data (SHA-256 aaaaaaaaaaaa, most have bbbbbbbbbbbb); "
        "another primary metric (accuracy, most have macro-f1); another signature (x, most have none)"
    )


def header(path: str, *, sha256: str = "ab" * 32, **more: object) -> Header:
    record = Record(
        task="sentiment",
        primary="accuracy",
        dataset=Dataset(name="reviews", sha256=sha256, n=2),
        model=Model(name=path),
        scores={"accuracy": Result(value=0.5, n=2, signature="s")},
        **{"digests": {"samples": "x"}, **more},
    )
    return Header(path=path, folder=Path(path), record=record)


def test_the_kind_that_most_have_is_ranked():
    headers = [
        header("a"),
        header("b"),
        header("c", sha256="ff" * 32),
        header("d", run=Run(limit=1)),
        header("e", digests={}),
    ]
    ((task, group, out),) = groups(headers, min_trust="V1")
    assert task == "sentiment"
    assert [item.path for item in group.ranked] == ["a", "b"]
    assert [(item.path, reason) for item, reason in group.shown] == [
        ("e", "V0: an imported number, which was not computed here (ranked from V1)")
    ]
    assert [item.record for item in out] == ["d", "c"]


def test_of_several_runs_of_a_system_and_seed_the_most_trusted_counts():
    first, second = header("a"), header("b")
    whole = {"record": "x", "digest": "x", "rows": 2, "checked": 2, "seed": 0, "tolerance": 0.0, "by": "x", "time": "x"}
    second = replace(second, attestation=Attestation(**whole))
    model = Model(name="one")
    same = [replace(item, record=replace(item.record, model=model)) for item in (first, second)]
    ((_, group, out),) = groups(same, min_trust="V1")
    assert [item.path for item in group.ranked] == ["b"]
    assert [item.reason for item in out] == ["the same evaluation as b"]
