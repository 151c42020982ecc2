"""What is ranked, what is not, and why."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from pathlib import Path

import pytest

from nlptasks._board.board import Board, build
from nlptasks._board.plain import as_csv, as_json_text, as_markdown, as_text
from nlptasks._board.writing import check_output, render
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.records.schema import Cost


@pytest.fixture(scope="module")
def board(registry, results) -> Board:
    return build(registry, results)


def panel(board, dataset):
    return next(panel for task in board.tasks for panel in task.panels if panel.dataset == dataset)


def test_systems_are_ranked_with_intervals_and_tie_lines(board):
    found = panel(board, "reviews")
    assert [row.system for row in found.rows] == ["good", "near", "poor"]
    assert [row.rank for row in found.rows] == [(1, 2), (1, 2), (3, 3)]
    assert found.ties == ((1, 2),)
    assert found.floor == 0.52
    assert [row.parameters for row in found.rows] == [22_700_000] * 3


def test_pairs_are_tested_and_mirror_each_other(board):
    pairs = panel(board, "reviews").pairs
    assert pairs.test == "McNemar's exact test"
    assert pairs.delta[0][2] == -pairs.delta[2][0] > 0.2
    assert pairs.p[0][2] < 0.001 < 0.05 < pairs.p[0][1]
    assert pairs.win[0][2] == 1
    assert pairs.win[0][1] + pairs.win[1][0] == pytest.approx(1)


def test_a_missing_data_set_gives_ranks_and_no_total(board):
    (task,) = board.tasks
    by_name = {row.system: row for row in task.standings}
    assert by_name["near"].score is None and by_name["near"].position is None
    assert by_name["near"].missing == ("films",)
    # With the ceiling on what is missing it could be the first, with the worst score there behind the others.
    assert by_name["near"].rank == (1, 3)
    assert [row.system for row in task.standings] == ["good", "poor", "near"]
    assert by_name["good"].score == pytest.approx(
        sum(
            (row.score - panel.floor) / (1 - panel.floor)
            for panel in task.panels
            for row in panel.rows
            if row.system == "good"
        )
        / 2,
        abs=1e-6,
    )


def test_slices_and_hard_samples(board):
    found = panel(board, "reviews")
    (by_length,) = found.slices
    assert by_length.values == ("0-15",)
    assert by_length.rows["good"][0].value == found.rows[0].score
    assert found.errors.samples and found.errors.others == 200 - len(found.errors.samples)
    assert [len(sample.answers) for sample in found.errors.samples] == [3] * len(found.errors.samples)
    values = [sample.value for sample in found.errors.samples]
    assert values == sorted(values) and values[0] == 0 and found.errors.samples[0].kind == "all wrong"


def test_the_same_folder_elsewhere_gives_the_same_bytes(registry, results, board, tmp_path):
    copy = tmp_path / "another" / "name"
    shutil.copytree(results, copy)
    again = build(registry, copy)
    for suffix in ("", ".html", ".md", ".csv", ".json"):
        text = render(again, suffix)
        assert text == render(board, suffix)
        assert str(results) not in text and str(tmp_path) not in text


def test_forms(board):
    assert json.loads(as_json_text(board))["schema"] == "nlptasks.board"
    rows = list(csv.DictReader(io.StringIO(as_csv(board))))
    assert [(row["dataset"], row["system"], row["position"]) for row in rows][:3] == [
        ("films", "good", "1"),
        ("films", "poor", "2"),
        ("reviews", "good", "1"),
    ]
    assert "| 1 | 1–2 | good |" in as_markdown(board)
    assert "Not told apart: 1–2." in as_text(board)


@pytest.fixture
def two(make, answers, tmp_path):
    """A folder with two fine records, to which a test adds one."""
    folder = tmp_path / "results"
    for at, system in enumerate(("a", "b")):
        predictions, gold = answers(60, 0.8, seed=at)
        make(folder / system, system, predictions=predictions, gold=gold)
    return folder


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"run": {"limit": 60}}, "--limit 60: it was run on a part of the data"),
        ({"data": {"sha256": "ff" * 32}}, "other data (SHA-256 ffffffffffff, most have abababababab)"),
        ({"results": {"accuracy": {"signature": "x"}}}, "another signature (x, most have metric:accuracy|ci:wilson)"),
        ({"primary": "macro-f1"}, "another primary metric (macro-f1, most have accuracy)"),
        ({"results": {"accuracy": {"value": 0.99}}}, "scores.accuracy.value: it says 0.99, and its samples give 0.8"),
        ({"ids": [f"x{at}" for at in range(60)]}, "60 ids are missing"),
    ],
    ids=["limit", "data", "signature", "primary", "altered", "ids"],
)
def test_what_is_left_out_and_why(registry, make, answers, two, more, reason):
    predictions, gold = answers(60, 0.8, seed=9)
    make(two / "c", "c", predictions=predictions, gold=gold, **more)
    board = build(registry, two)
    assert [row.system for row in panel(board, "reviews").rows] == ["a", "b"] or {"a", "b"} == {
        row.system for row in panel(board, "reviews").rows
    }
    (out,) = board.left_out
    assert (out.record, out.system) == ("c", "c")
    assert reason in out.reason
    assert reason.split(",")[0].split("(")[0] in as_text(board)


def test_an_imported_number_is_shown_and_ranked_only_when_asked(registry, make, two):
    gold = ["negative"] * 60
    made = make(two / "paper", "paper", predictions=gold, gold=gold)
    record = json.loads((made / "record.json").read_text())
    record["digests"] = {}
    (made / "record.json").write_text(json.dumps(record))
    shown = panel(build(registry, two), "reviews").rows[-1]
    assert (shown.system, shown.rank, shown.score) == ("paper", None, 1.0)
    assert "imported number" in shown.reason
    first = panel(build(registry, two, min_trust="V0"), "reviews").rows[0]
    assert (first.system, first.position, first.trust) == ("paper", 1, "V0")


def test_seeds_are_one_system(registry, make, answers, two):
    for seed in (1, 2, 3):
        predictions, gold = answers(60, 0.7, seed=20 + seed)
        make(two / f"s{seed}", "seeded", predictions=predictions, gold=gold, run={"seed": seed})
    row = next(row for row in panel(build(registry, two), "reviews").rows if row.system == "seeded")
    assert row.seeds == 3 and row.seed_sd > 0 and row.low < row.score < row.high
    assert row.records == ("s1", "s2", "s3")


def test_the_same_evaluation_twice_counts_once(registry, two):
    shutil.copytree(two / "a", two / "copy")
    (out,) = build(registry, two).left_out
    assert out.reason == "the same evaluation as a"


def test_a_record_in_another_order_is_lined_up(registry, make, answers, two):
    predictions, gold = answers(60, 0.8, seed=0)
    ids = [str(at + 1) for at in range(60)]
    make(two / "c", "c", predictions=predictions[::-1], gold=gold[::-1], ids=ids[::-1])
    found = panel(build(registry, two), "reviews")
    pairs = found.pairs
    a, c = pairs.systems.index("a"), pairs.systems.index("c")
    assert pairs.delta[a][c] == 0 and pairs.p[a][c] == 1
    assert all(
        {answer.system: answer.text for answer in sample.answers}["a"]
        == {answer.system: answer.text for answer in sample.answers}["c"]
        for sample in found.errors.samples
    )


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


def test_clusters_make_the_interval_wider(registry, make, answers, tmp_path):
    predictions, gold = answers(200, 0.7)
    by_hit = sorted(zip(predictions, gold, strict=True), key=lambda pair: pair[0] == pair[1])
    ranks = {}
    for name, cluster in (("alone", ""), ("together", "article")):
        for system, seed in (("a", 0), ("b", 1)):
            other, _ = answers(200, 0.6 if system == "b" else 0.7, seed=seed)
            predicted = [pair[0] for pair in by_hit] if system == "a" else other
            make(
                tmp_path / name / system,
                system,
                predictions=predicted,
                gold=[pair[1] for pair in by_hit],
                meta=[{"article": str(at // 20)} for at in range(200)],
                data={"cluster": cluster},
            )
        pairs = panel(build(registry, tmp_path / name), "reviews").pairs
        ranks[name] = pairs.high[0][1] - pairs.low[0][1]
        assert pairs.test.startswith("McNemar" if name == "alone" else "approximate randomisation")
    assert ranks["together"] > ranks["alone"]


def test_lower_is_better(registry, make, answers, tmp_path):
    gold = [f"the {at} house stands on a hill" for at in range(60)]
    near = [text.replace("hill", "rock") if at % 3 else text for at, text in enumerate(gold)]
    far = [text.replace("house stands", "dog sits").replace("hill", "rock") for text in gold]
    for name, given in (("second", far), ("first", near)):
        how = {"task": "translation", "metrics": ("ter",), "primary": "ter", "labels": (), "data": {"language": "en"}}
        make(tmp_path / name, name, predictions=given, gold=gold, **how)
    found = panel(build(registry, tmp_path), "reviews")
    assert [row.system for row in found.rows] == ["first", "second"]
    assert found.rows[0].score < found.rows[1].score and found.pairs.delta[0][1] > 0


def test_only_one_task(registry, make, answers, two):
    predictions, gold = answers(30, 0.8)
    make(two / "other", "x", predictions=predictions, gold=gold, task="classification")
    assert [task.name for task in build(registry, two).tasks] == ["classification", "sentiment"]
    assert [task.name for task in build(registry, two, task="sentiment").tasks] == ["sentiment"]
    with pytest.raises(UsageError, match="no record of the task 'qa'"):
        build(registry, two, task="qa")


@pytest.mark.parametrize("name", ["board", "board.pdf"])
def test_a_form_that_is_not_known(name):
    with pytest.raises(UsageError, match="a board cannot be written as"):
        check_output(name, force=False)


HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>|\u202etxt.exe\x1b[31m\n# heading"


def test_hostile_names_change_no_form(registry, make, answers, two):
    predictions, gold = answers(60, 0.8, seed=3)
    make(two / "evil", HOSTILE, predictions=predictions, gold=gold, cost=Cost())
    board_of = build(registry, two)
    for suffix in ("", ".md", ".csv", ".json", ".html"):
        text = render(board_of, suffix)
        assert ("\u202e" not in text and "\x1b" not in text and "<script>alert" not in text) or suffix in (
            "",
            ".csv",
            ".json",
        )
        assert "\u202e" not in text and "\x1b" not in text
        assert "\n# heading" not in text
    assert any(row["system"].startswith("'=cmd") for row in csv.DictReader(io.StringIO(as_csv(board_of))))
    line = next(line for line in as_markdown(board_of).splitlines() if "calc" in line and line.startswith("|"))
    assert line.replace("\\|", "").count("|") == 10


def test_an_empty_folder_and_one_without_anything_comparable(registry, make, answers, tmp_path: Path):
    with pytest.raises(UsageError, match="no record in it"):
        build(registry, tmp_path)
    predictions, gold = answers(30, 0.8)
    make(tmp_path / "a", "a", predictions=predictions, gold=gold, run={"limit": 5})
    board_of = build(registry, tmp_path)
    assert board_of.tasks == () and len(board_of.left_out) == 1
    assert "Left out, and why" in render(board_of, "")
