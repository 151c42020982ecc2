"""In which form a board is written."""

from __future__ import annotations

import shutil

import pytest

from nlptasks._board.board import build
from nlptasks._board.writing import check_output, render
from nlptasks.errors import UsageError


def test_the_same_folder_elsewhere_gives_the_same_bytes(registry, results, board, tmp_path):
    copy = tmp_path / "another" / "name"
    shutil.copytree(results, copy)
    again = build(registry, copy)
    for suffix in ("", ".html", ".md", ".csv", ".json"):
        text = render(again, suffix)
        assert text == render(board, suffix)
        assert str(results) not in text and str(tmp_path) not in text


@pytest.mark.parametrize("name", ["board", "board.pdf"])
def test_a_form_that_is_not_known(name):
    with pytest.raises(UsageError, match="a board cannot be written as"):
        check_output(name, force=False)


def test_the_suffix_is_the_form_and_nothing_is_overwritten_without_a_word(tmp_path):
    file = tmp_path / "board.HTML"
    assert check_output(str(file), force=False) == ".html"
    assert check_output("", force=False) == ""
    file.symlink_to(tmp_path / "gone")
    with pytest.raises(UsageError, match="exists already"):
        check_output(str(file), force=False)
    assert check_output(str(file), force=True) == ".html"
