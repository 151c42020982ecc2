"""A board as text, markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json

import pytest

from nlptasks._board.board import build
from nlptasks._board.panels import Panel
from nlptasks._board.plain import as_csv, as_json_text, as_markdown, as_text, facts, summary, tie_text
from nlptasks._board.rows import Placing, SystemRow
from nlptasks._board.writing import render
from nlptasks.records.schema import Cost, Dataset


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


def test_what_one_must_know_to_read_a_panel():
    found = Panel(
        id="x",
        task="t",
        dataset=Dataset(name="d", sha256="", n=20, floor=0.5, ceiling=0.1, cluster="article"),
        metric="ter",
        signature="s",
        higher_is_better=False,
        detectable=0.05,
    )
    assert facts(found) == [
        "Lower is better.",
        "Trivial baseline: 0.500.",
        "Ceiling: 0.100.",
        "The smallest difference of the two best systems that would be found with 80 % power after the correction: "
        "0.050.",
        "Fewer than 30 samples: the intervals are wide and rough.",
        "Samples with one article are drawn together.",
    ]
    assert facts(Panel(id="x", task="t", dataset=Dataset(name="d", sha256="", n=30), metric="m", signature="s")) == []


@pytest.mark.parametrize(
    ("backbones", "said"),
    [
        (("", "house"), ["s0, whose record names no backbone, is ahead of all whose do."]),
        (("house", ""), []),
        (("", ""), []),
    ],
)
def test_a_simple_system_that_is_ahead_is_named(backbones, said):
    rows = tuple(
        SystemRow(system=f"s{at}", place=Placing(position=at + 1), backbone=name) for at, name in enumerate(backbones)
    )
    assert (
        facts(Panel(id="x", task="t", dataset=Dataset(name="d", sha256="", n=30), metric="m", signature="s", rows=rows))
        == said
    )


def test_tie_lines_and_the_board_in_words(board):
    assert tie_text(()) == ""
    assert tie_text(((1, 2), (2, 4))) == "Not told apart: 1–2, 2–4."
    assert summary(board) == "5 records, 3 systems, 2 data sets, 0 left out"
