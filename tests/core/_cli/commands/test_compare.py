"""``nlptasks compare`` on records in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def test_it_prints_what_the_test_says(films, nlptasks) -> None:
    code, out, err = nlptasks("compare", films("old", 20), films("new", 2))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("A  old")
    assert lines[2] == "60 samples; films"
    row = next(line for line in lines if line.startswith("accuracy"))
    assert row.split()[:6] == ["accuracy", "A", "B", "0.6667", "0.9667", "+0.3000"]
    assert "<.0001" in row
    assert "18/42/0" in row
    assert row.endswith("B better")
    assert any(line.startswith("macro-f1") for line in lines)


def test_it_prints_json(films, nlptasks) -> None:
    code, out, _ = nlptasks("compare", films("a", 5), films("b", 6), films("c", 7), "--metric", "accuracy", "--json")
    found = json.loads(out)
    assert code == 0
    assert [(item["a"], item["b"]) for item in found["comparisons"]] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert found["comparisons"][0]["delta"] == pytest.approx(-1 / 60)
    assert found["comparisons"][0]["test"] == "mcnemar"
    assert {item["verdict"] for item in found["comparisons"]} == {"no difference shown"}
    assert (found["n"], found["primary"], found["worse"]) == (60, "accuracy", [])
    assert [item["system"] for item in found["records"]] == ["a", "b", "c"]


def test_it_fails_where_a_record_is_worse(films, nlptasks) -> None:
    old, new, same = films("old", 2), films("new", 20), films("same", 3)
    assert nlptasks("compare", old, new)[0] == 0
    code, out, err = nlptasks("compare", old, new, same, "--fail-if-worse", "--json")
    assert code == 3
    assert err.startswith("B is worse than A by accuracy: -0.3000 [")
    assert json.loads(out)["worse"] == [{"metric": "accuracy", "record": "B"}]
    assert nlptasks("compare", old, new, "--fail-if-worse", "--margin", "0.5")[0] == 0
    assert nlptasks("compare", new, old, "--fail-if-worse")[0] == 0
    assert nlptasks("compare", old, same, "--fail-if-worse")[0] == 0
    assert nlptasks("compare", old, new, "--fail-if-worse", "--metric", "macro-f1")[0] == 3


def test_a_margin_needs_its_gate(films, nlptasks) -> None:
    code, _, err = nlptasks("compare", films("a", 1), films("b", 2), "--margin", "0.1")
    assert code == 2
    assert "--margin says nothing without --fail-if-worse" in err


def test_it_lists_why_records_are_not_comparable(films, nlptasks, tmp_path: Path) -> None:
    first, other = films("a", 1), films("b", 2, limit=60)
    code, out, err = nlptasks("compare", first, other, "--metric", "bleu")
    assert (code, out) == (2, "")
    assert err.splitlines()[:4] == [
        "error: the records cannot be compared:",
        "  A: metric bleu: the record has no statistics of it (it has accuracy, macro-f1)",
        "  B: limit: 60; A has none",
        "  B: metric bleu: the record has no statistics of it (it has accuracy, macro-f1)",
    ]
    code, _, err = nlptasks("compare", first, str(tmp_path / "nothing"))
    assert code == 2
    assert "nothing" in err


def test_it_shows_sacrebleus_p_beside(films, nlptasks) -> None:
    _, out, _ = nlptasks("compare", films("old", 20), films("new", 2), "--paired-bs")
    assert "PAIRED-BS" in out
    assert "for compatibility" in out


def test_it_tells_seeds_and_samples_apart(films, nlptasks) -> None:
    runs = [films(f"run{seed}", 5 + seed, system="ours", seed=seed) for seed in range(2)]
    _, out, _ = nlptasks("compare", *runs, films("theirs", 9), "--metric", "accuracy")
    assert "accuracy of ours, 2 seeds (A, B): mean 0.9083; standard deviation between seeds 0.0118" in out
    assert "standard error of the samples" in out
