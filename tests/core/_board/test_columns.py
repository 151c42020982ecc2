"""A column is declared in one place, and every form of a board has it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from nlptasks._board import plain
from nlptasks._board.board import as_json, build
from nlptasks._board.columns import COLUMNS, CSV, PAGE, PLAIN, BoardColumn
from nlptasks._board.page.html import as_html
from nlptasks._board.panels import Panel
from nlptasks._board.rows import SystemRow
from nlptasks._board.submissions import FILE, card_json
from nlptasks._plugins.registry import Registry
from nlptasks._settings.boards import SubmissionCard
from nlptasks.records.schema import Cost, Dataset

from .conftest import Answers, Make


@pytest.fixture(scope="module")
def board(registry: Registry, make: Make, answers: Answers, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("columns")
    for seed, name in enumerate(("a", "b")):
        predictions, gold = answers(60, 0.8, seed)
        cost = Cost(seconds=1.0, rows_per_second=77.0, p95_ms=12.5, peak_rss_mb=321.0)
        make(folder / name, name, predictions=predictions, gold=gold, cost=cost)
    card = SubmissionCard(date="2026-01-31", licence="MIT", training="zero-shot")
    (folder / "a" / FILE).write_text(card_json(card))
    return build(registry, folder)


def test_names_of_columns_are_their_own() -> None:
    for names in ([column.name for column in CSV], [column.plain for column in PLAIN]):
        assert len(set(names)) == len(names)
    assert set(CSV) | set(PLAIN) | set(PAGE) == set(COLUMNS)


def test_every_form_has_its_columns(board) -> None:
    panel = board.tasks[0].panels[0]
    text, markdown, page = plain.as_text(board), plain.as_markdown(board), as_html(board)
    for column in PLAIN:
        assert column.plain in text
        assert column.plain in markdown.replace("\\", "")
    for column in PAGE:
        assert f">{column.said(column.page, panel)}<" in page
    rows = list(csv.DictReader(io.StringIO(plain.as_csv(board))))
    assert list(rows[0]) == [column.name for column in CSV]
    assert rows[0]["p95_ms"] == "12.5"
    said = {row["system"]: (row["licence"], row["training"], row["date"]) for row in rows}
    assert said == {"a": ("MIT", "zero-shot", "2026-01-31"), "b": ("", "", "")}


def test_the_page_leaves_out_a_column_that_is_known_of_no_system(registry, make, answers, tmp_path):
    predictions, gold = answers(60, 0.8)
    make(tmp_path / "a", "a", predictions=predictions, gold=gold)
    page = as_html(build(registry, tmp_path))
    assert ">Weights<" in page
    assert ">Licence<" not in page and ">Since<" not in page and 'id="licence"' not in page


def test_what_columns_make_of_records_is_on_the_board(board) -> None:
    row = as_json(board)["tasks"][0]["panels"][0]["rows"][0]
    assert (row["p95_ms"], row["peak_rss_mb"]) == (12.5, 321.0)
    assert "facts" not in row


def test_what_is_not_known_is_a_dash_and_sorts_last() -> None:
    panel, row = (
        Panel(id="x", task="t", dataset=Dataset(name="d", sha256="", n=0), metric="m", signature="s"),
        SystemRow(system="x"),
    )
    made = BoardColumn(name="new", of=lambda records: None, shown=str)
    assert (made.show(panel, row), made.order(panel, row)) == ("–", "")
    known = replace(row, facts={"new": 3})
    assert (made.show(panel, known), made.order(panel, known)) == ("3", 3)
