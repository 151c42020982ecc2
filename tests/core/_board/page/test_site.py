"""A folder of web pages."""

from __future__ import annotations

import shutil

from nlptasks._board.page.site import write_site


def test_boards_of_one_folder_name_are_two(registry, results, tmp_path):
    twin = tmp_path / "deep" / "results"
    shutil.copytree(results, twin)
    assert write_site(registry, [results, twin], tmp_path / "site", title="Two") == 2
    assert (tmp_path / "site" / "results.html").is_file() and (tmp_path / "site" / "results-2.html").is_file()
    assert (tmp_path / "site" / "results" / "sentiment-reviews-test" / "good.svg").is_file()
