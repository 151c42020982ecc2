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


def test_many_records_have_one_table_and_their_pairs_on_request(films, nlptasks) -> None:
    records = [films("a", 30), films("b", 2), films("c", 9), films("d", 28)]
    code, out, _ = nlptasks("compare", *records)
    lines = out.splitlines()
    at = next(at for at, line in enumerate(lines) if "SYSTEM" in line)
    assert code == 0
    assert lines[at].split() == [
        *("SYSTEM", "ACCURACY", "TO", "THE", "BEST", "HOLM", "DETECTABLE", "BETTER", "THAN", "MACRO-F1"),
    ]
    assert [line.split()[:3] for line in lines[at + 1 : at + 5]] == [
        ["B", "b", "0.9667"],
        ["C", "c", "0.8500"],
        ["D", "d", "0.5333"],
        ["A", "a", "0.5000"],
    ]
    assert "-0.1167 [" in lines[at + 2]
    assert lines[at + 1].split()[-3:-1] == ["D", "A"], "the best one is better than these"
    assert "--pairs shows each pair" in out
    _, shown, _ = nlptasks("compare", *records, "--pairs")
    assert sum(line.startswith("accuracy ") for line in shown.splitlines()) == 6
    assert "VERDICT" in shown and "SYSTEM" not in shown


def test_a_gate_without_an_interval_is_not_passed(films, nlptasks) -> None:
    old, new = films("old", 2, clusters=2), films("new", 20, clusters=2)
    code, out, err = nlptasks("compare", old, new, "--fail-if-worse")
    assert code == 1
    assert "whether B is worse than A by accuracy cannot be decided: the difference has no interval" in err
    assert "fewer than 3 clusters" in err
    assert "with 2 clusters p is never below 0.500: no difference can be shown, however large" in out
    assert nlptasks("compare", old, films("same", 2, clusters=2), "--fail-if-worse")[0] == 0


def test_it_prints_json(films, nlptasks) -> None:
    code, out, _ = nlptasks("compare", films("a", 5), films("b", 6), films("c", 7), "--metric", "accuracy", "--json")
    found = json.loads(out)
    assert code == 0
    assert [(item["a"], item["b"]) for item in found["comparisons"]] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert found["comparisons"][0]["delta"] == pytest.approx(-1 / 60)
    assert found["comparisons"][0]["test"] == "mcnemar"
    assert found["comparisons"][0]["interval"] == "ci:bonett-price"
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
