"""Aligned tables and JSON."""

from __future__ import annotations

from nlptasks._cli.views.tables import echo_json, table


def test_columns_are_aligned_and_no_line_ends_in_spaces():
    assert table(("NAME", "N", ""), [("a", "10", ""), ("longer", "1", "x")]) == "NAME    N\na       10\nlonger  1   x"


def test_a_table_without_rows_is_its_header():
    assert table(("A", "B"), []) == "A  B"


def test_cells_are_escaped():
    assert table(("A",), [("\x1b[31m\n",)]) == "A\n\\x1b[31m\\n"


def test_json_keeps_letters_as_they_are(capsys):
    echo_json({"ä": [1, None]})
    assert capsys.readouterr().out == '{\n  "ä": [\n    1,\n    null\n  ]\n}\n'
