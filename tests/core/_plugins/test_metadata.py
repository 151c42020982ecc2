"""The metadata of distributions, with damaged ones among them, copies, and one in an archive."""

from __future__ import annotations

import sys
import zipfile
from importlib import metadata

import pytest

from nlptasks._plugins.metadata import loaded, scanned

METADATA = """Metadata-Version: 2.1
Name: Some.Thing
Version: 1.5
Requires-Dist: nlptasks>=0.1
Requires-Dist: other; extra == 'x'
Requires-Python: >=3.11

Version: of the description
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Writes the metadata of a distribution into a folder on ``sys.path``."""

    def write(folder: str, name: str, files: dict[str, str]) -> None:
        (tmp_path / folder).mkdir(exist_ok=True)
        if str(tmp_path / folder) not in sys.path:
            monkeypatch.syspath_prepend(tmp_path / folder)
        info = tmp_path / folder / name
        info.mkdir()
        for file, text in files.items():
            (info / file).write_text(text)

    return write


def found(group: str = "things"):
    return {item.name: item for item in scanned(group).values() if item.entries}


def test_what_is_known_of_a_distribution(place):
    entries = "[other]\na = b\n[things]\n# none\none = pkg.module:obj\ntwo = pkg\n"
    place("a", "some_thing-1.5.dist-info", {"METADATA": METADATA, "entry_points.txt": entries})
    item = found()["Some.Thing"]
    assert item.entries == (("one", "pkg.module:obj"), ("two", "pkg"))
    assert (item.version, item.requires_python) == ("1.5", ">=3.11")
    assert item.requires == ("nlptasks>=0.1", "other; extra == 'x'")


def test_it_is_what_importlib_finds():
    group = "nlptasks"
    theirs = {(entry.name, entry.value) for entry in metadata.entry_points(group=group)}
    assert {entry for item in scanned(group).values() for entry in item.entries} == theirs
    assert "pytest" in found("console_scripts")


def test_a_damaged_distribution_hides_no_other_and_a_copy_only_itself(place):
    good = {"METADATA": METADATA, "entry_points.txt": "[things]\none = pkg\n"}
    place("second", "some_thing-1.0.dist-info", good)
    place("second", "nameless-1.dist-info", {"METADATA": "Version: 1\n", "entry_points.txt": "[things]\none = pkg\n"})
    place("second", "broken-1.dist-info", {"METADATA": METADATA, "entry_points.txt": "[things]\nno entry\n"})
    assert list(found()) == ["Some.Thing"]
    place("first", "some_thing-2.0.dist-info", {"METADATA": METADATA.replace("1.5", "2.0")})
    assert found() == {}


def test_a_distribution_in_an_archive(tmp_path, monkeypatch):
    archive = tmp_path / "packed.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("some_thing-1.5.dist-info/METADATA", METADATA)
        file.writestr("some_thing-1.5.dist-info/entry_points.txt", "[things]\none = pkg\n")
    monkeypatch.syspath_prepend(archive)
    assert found()["Some.Thing"].entries == (("one", "pkg"),)


def test_what_an_entry_point_names():
    assert loaded("json") is sys.modules["json"]
    assert loaded("json.decoder:JSONDecoder.decode").__name__ == "decode"
    assert loaded("json : loads [extra]").__name__ == "loads"
    with pytest.raises(ModuleNotFoundError):
        loaded("no_such_module:x")
