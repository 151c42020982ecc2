"""Predictions as tables of a notebook."""

from __future__ import annotations

from nlptasks.plugin.notebook import column_names, table
from nlptasks.plugin.predictions import Label, Span, Text


def test_cells_and_names_are_escaped():
    assert table(["<b>"], [["<script>&"]]) == (
        "<table><thead><tr><th>&lt;b&gt;</th></tr></thead><tbody><tr><td>&lt;script&gt;&amp;</td></tr></tbody></table>"
    )


def test_a_row_is_as_wide_as_the_header():
    assert table(["a", "b"], [[1], [1, 2, 3]]).count("<td>") == 4
    assert "<td>1</td><td></td>" in table(["a", "b"], [[1]])


def test_a_long_cell_is_cut_before_it_is_escaped():
    shown = table(["a"], [["<" * 201]])
    assert shown.count("&lt;") == 200
    assert "…" in shown
    assert "…" not in table(["a"], [["<" * 200]])


def test_a_prediction_shows_itself_under_the_names_of_its_columns():
    assert column_names(Label) == ["prediction", "score"]
    assert column_names(Span) == ["prediction", "score", "start", "end"]
    shown = Label("positive", 0.75)._repr_html_()
    assert "<th>prediction</th><th>score</th>" in shown
    assert "<td>positive</td><td>0.75</td>" in shown
    assert "<td>a</td>" in Text("a", others=("b",))._repr_html_()
