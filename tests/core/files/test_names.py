"""Names of files that no file system takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks.files.names import at_home, is_file, is_folder, is_there


@pytest.mark.parametrize("name", ["x" * 300, "a/" + "x" * 5_000, "a\0b", "nosuch"])
def test_nothing_lies_under_a_name_that_cannot_be(name: str) -> None:
    assert not is_file(name)
    assert not is_folder(Path(name))
    assert not is_there(Path(name))


def test_what_lies_there(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.touch()
    assert is_file(file)
    assert is_folder(tmp_path)
    assert is_there(file)
    assert not is_folder(file)


def test_the_home_of_nobody() -> None:
    assert at_home("~/a") == Path.home() / "a"
    assert at_home("~nobody by this name/a") == Path("~nobody by this name/a")
