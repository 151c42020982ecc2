"""The files below a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks.errors import UsageError
from nlptasks.files.walking import is_of_tools, walked


def test_links_to_other_folders_are_followed_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("data/b.csv", "data/a/z.csv", "elsewhere/c.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "data" / "c").symlink_to(tmp_path / "elsewhere")
    found = [path.relative_to(tmp_path / "data").as_posix() for path in walked(tmp_path / "data")]
    assert found == ["a/z.csv", "b.csv", "c/c.csv"]


def test_a_circle_of_two_links_is_refused(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "on").symlink_to(tmp_path / other)
    with pytest.raises(UsageError, match="leads back to"):
        list(walked(tmp_path / "a"))


def test_files_of_tools_are_no_data() -> None:
    assert [is_of_tools(name) for name in (".DS_Store", "_SUCCESS", "_reviews.csv")] == [True, True, False]
