"""Which plugins there are; nothing is imported."""

from __future__ import annotations

import sys

import pytest

from nlptasks._plugins.discovery import discover
from nlptasks.errors import UsageError


def test_what_ships_and_what_is_installed_beside_it_is_sorted(site):
    site.add("good", requires=["numpy"], python=">=3.8")
    site.add("crash")
    found = discover()
    places = [(one.record.distribution, one.record.id) for one in found]
    assert places == sorted(places)
    (good,) = [one for one in found if one.record.id == "good"]
    assert (good.record.distribution, good.record.version, good.record.module) == ("zoo-good", "1.0", "zoo_good")
    assert (good.requires, good.requires_python, good.record.state) == (("numpy",), ">=3.8", "found")
    assert {"bundled", "metrics"} <= {one.record.id for one in found if one.record.distribution == "nlptasks"}
    assert "zoo_good" not in sys.modules


def test_files_of_a_folder(tmp_path):
    for name in ("mine.py", "my_other.py", "_hidden.py", ".dot.py", "notes.txt"):
        (tmp_path / name).write_text("raise SystemExit")
    (tmp_path / "package").mkdir()
    mine = [one for one in discover(tmp_path) if one.path]
    assert [(one.record.id, one.record.distribution, one.record.version) for one in mine] == [
        ("mine", "file:mine", ""),
        ("my_other", "file:my-other", ""),
    ]


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="gone is not a folder"):
        discover(tmp_path / "gone")
