"""``compare`` and ``slice`` on records in a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._cli.app import App
from nlptasks._cli.main import run_command
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import matrices, open_metrics
from nlptasks._scoring.results import result
from nlptasks.records.schema import Dataset, Model, Record, Run, Sample
from nlptasks.records.store import write_record

GOLD = ["yes" if at % 3 else "no" for at in range(60)]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return App().plugins().registry


@pytest.fixture
def make(tmp_path: Path, registry: Registry) -> Callable[..., str]:
    """Writes a record of answers of which some are wrong, and returns its folder."""

    def written(name: str, wrong: int, *, system: str = "", seed: int | None = None, limit: int = 0) -> str:
        samples = [
            Sample(
                id=str(at),
                inputs={"text": "word " * (at % 40)},
                gold=gold,
                prediction=("no" if gold == "yes" else "yes") if at < wrong else gold,
                meta={"topic": "\x1b[31mred" if at < 10 else "blue"},
            )
            for at, gold in enumerate(GOLD)
        ]
        opened = open_metrics(registry, ("accuracy", "macro-f1"), labels=("no", "yes"))
        stats = matrices(opened, samples)
        record = Record(
            task="sentiment",
            primary="accuracy",
            dataset=Dataset(name="films", sha256="0" * 64, n=60),
            model=Model(name=system or name),
            run=Run(seed=seed, limit=limit),
            labels=("no", "yes"),
            scores={metric: result(opened[metric], matrix, 60) for metric, matrix in stats.items()},
        )
        write_record(tmp_path / name, record, samples, stats)
        return str(tmp_path / name)

    return written


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command line in this process."""

    def run(*args: str) -> tuple[int, str, str]:
        code = run_command(args)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_compare_prints_what_the_test_says(make, said) -> None:
    code, out, err = said("compare", make("old", 20), make("new", 2))
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


def test_compare_prints_json(make, said) -> None:
    code, out, _ = said("compare", make("a", 5), make("b", 6), make("c", 7), "--metric", "accuracy", "--json")
    found = json.loads(out)
    assert code == 0
    assert [(item["a"], item["b"]) for item in found["comparisons"]] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert found["comparisons"][0]["delta"] == pytest.approx(-1 / 60)
    assert found["comparisons"][0]["test"] == "mcnemar"
    assert {item["verdict"] for item in found["comparisons"]} == {"no difference shown"}
    assert (found["n"], found["primary"], found["worse"]) == (60, "accuracy", [])
    assert [item["system"] for item in found["records"]] == ["a", "b", "c"]


def test_compare_fails_where_a_record_is_worse(make, said) -> None:
    old, new, same = make("old", 2), make("new", 20), make("same", 3)
    assert said("compare", old, new)[0] == 0
    code, out, err = said("compare", old, new, same, "--fail-if-worse", "--json")
    assert code == 3
    assert err.startswith("B is worse than A by accuracy: -0.3000 [")
    assert json.loads(out)["worse"] == [{"metric": "accuracy", "record": "B"}]
    assert said("compare", old, new, "--fail-if-worse", "--margin", "0.5")[0] == 0
    assert said("compare", new, old, "--fail-if-worse")[0] == 0
    assert said("compare", old, same, "--fail-if-worse")[0] == 0
    assert said("compare", old, new, "--fail-if-worse", "--metric", "macro-f1")[0] == 3


def test_a_margin_needs_its_gate(make, said) -> None:
    code, _, err = said("compare", make("a", 1), make("b", 2), "--margin", "0.1")
    assert code == 2
    assert "--margin says nothing without --fail-if-worse" in err


def test_compare_lists_why_records_are_not_comparable(make, said, tmp_path: Path) -> None:
    first, other = make("a", 1), make("b", 2, limit=60)
    code, out, err = said("compare", first, other, "--metric", "bleu")
    assert (code, out) == (2, "")
    assert err.splitlines()[:4] == [
        "error: the records cannot be compared:",
        "  A: metric bleu: the record has no statistics of it (it has accuracy, macro-f1)",
        "  B: limit: 60; A has none",
        "  B: metric bleu: the record has no statistics of it (it has accuracy, macro-f1)",
    ]
    code, _, err = said("compare", first, str(tmp_path / "nothing"))
    assert code == 2
    assert "nothing" in err


def test_compare_shows_sacrebleus_p_beside(make, said) -> None:
    _, out, _ = said("compare", make("old", 20), make("new", 2), "--paired-bs")
    assert "PAIRED-BS" in out
    assert "for compatibility" in out


def test_compare_tells_seeds_and_samples_apart(make, said) -> None:
    runs = [make(f"run{seed}", 5 + seed, system="ours", seed=seed) for seed in range(2)]
    _, out, _ = said("compare", *runs, make("theirs", 9), "--metric", "accuracy")
    assert "accuracy of ours, 2 seeds (A, B): mean 0.9083; standard deviation between seeds 0.0118" in out
    assert "standard error of the samples" in out


def test_slice_scores_the_parts(make, said) -> None:
    code, out, err = said("slice", make("a", 20), "--by", "length,label,meta.topic")
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


def test_slice_prints_json_for_each_record(make, said) -> None:
    records = [make("a", 20), make("b", 3)]
    code, out, _ = said("slice", *records, "--by", "label", "--metric", "macro-f1", "--json")
    found = json.loads(out)
    assert code == 0
    assert [item["system"] for item in found] == ["a", "b"]
    part = found[0]["slices"]["label"]["no"]["macro-f1"]
    assert (part["n"], part["few"]) == (20, True)
    assert part["signature"].endswith("ci:bootstrap|bs:2000|seed:12345")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--by", "topic"), "there is no slice 'topic'"),
        (("--by", ","), "--by names no slice"),
        (("--by", "label", "--metric", "bleu"), "no statistics of the metric 'bleu'"),
    ],
)
def test_slice_says_what_cannot_be_sliced(make, said, more: tuple[str, ...], message: str) -> None:
    code, out, err = said("slice", make("a", 20), *more)
    assert (code, out) == (2, "")
    assert message in err


def test_an_imported_number_has_no_parts(make, said, tmp_path: Path) -> None:
    from nlptasks.records.store import read_record

    record = replace(read_record(Path(make("a", 1))).record, digests={})
    write_record(tmp_path / "imported", record, [], {})
    code, _, err = said("slice", str(tmp_path / "imported"), "--by", "length")
    assert code == 2
    assert "it holds no samples" in err
