"""``nlptasks slice`` on records in a folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks.records.store import read_record, write_record


def test_it_scores_the_parts(films, nlptasks) -> None:
    code, out, err = nlptasks("slice", films("a", 20), "--by", "length,label,meta.topic")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    rows = {tuple(line.split()[:2]): line.split()[2:] for line in out.splitlines()[2:-1]}
    assert list(rows) == [
        ("length", "0-15"),
        ("length", "16-63"),
        ("label", "no"),
        ("label", "yes"),
        ("meta.topic", "\\x1b[31mred"),
        ("meta.topic", "blue"),
    ]
    assert rows["meta.topic", "\\x1b[31mred"][:2] == ["accuracy", "0.0000"]
    assert rows["meta.topic", "\\x1b[31mred"][-2:] == ["10", "few"]
    assert rows["meta.topic", "blue"][-1] == "50"
    assert out.splitlines()[-1].startswith("few: below 30 samples")


def test_it_prints_json_for_each_record(films, nlptasks) -> None:
    records = [films("a", 20), films("b", 3)]
    code, out, _ = nlptasks("slice", *records, "--by", "label", "--metric", "macro-f1", "--json")
    found = json.loads(out)
    assert code == 0
    assert [item["system"] for item in found] == ["a", "b"]
    part = found[0]["slices"]["label"]["no"]["macro-f1"]
    assert (part["n"], part["few"]) == (20, True)
    assert part["signature"].endswith("ci:none|why:few-of-a-label")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--by", "topic"), "there is no slice 'topic'"),
        (("--by", ","), "--by names no slice"),
        (("--by", "label", "--metric", "bleu"), "no statistics of the metric 'bleu'"),
    ],
)
def test_it_says_what_cannot_be_sliced(films, nlptasks, more: tuple[str, ...], message: str) -> None:
    code, out, err = nlptasks("slice", films("a", 20), *more)
    assert (code, out) == (2, "")
    assert message in err


def test_an_imported_number_has_no_parts(films, nlptasks, tmp_path: Path) -> None:
    record = replace(read_record(Path(films("a", 1))).record, digests={})
    write_record(tmp_path / "imported", record, [], {})
    code, _, err = nlptasks("slice", str(tmp_path / "imported"), "--by", "length")
    assert code == 2
    assert "it holds no samples" in err
