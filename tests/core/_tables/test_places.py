"""What the names behind ``--data`` stand for."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._tables.places import places_of
from nlptasks.errors import DataError, UsageError


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a folder, an archive and a file."""
    monkeypatch.chdir(tmp_path)
    for name in ("in/b.csv", "in/10.csv", "in/sub/a.jsonl", "in/.hidden", "in/_SUCCESS", "in/notes.md", "one.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text\nx\n")
    with zipfile.ZipFile("z.zip", "w") as file:
        for name in ("d/b.csv", "d/a.csv", "e.jsonl", "__MACOSX/d/._a.csv", "README"):
            file.writestr(name, "text\nx\n")
    return tmp_path


def names(registry: Registry, *given: str, **more: str) -> list[str]:
    return [place.name for place in places_of(registry, given, **more).places]


def test_a_folder_stands_for_its_files_sorted_and_what_no_format_reads_is_noted(registry, there):
    found = places_of(registry, ["in"])
    assert [place.name for place in found.places] == ["in/10.csv", "in/b.csv", "in/sub/a.jsonl"]
    assert found.notes == ("in: 1 file of no known format left out (notes.md)",)
    assert names(registry, "in", data_format="csv")[-1] == "in/sub/a.jsonl"
    assert "in/notes.md" in names(registry, "in", data_format="csv")


def test_a_glob_stands_for_what_matches_sorted(registry, there):
    assert names(registry, "in/*.csv") == ["in/10.csv", "in/b.csv"]
    assert names(registry, "**/*.jsonl", "one.csv") == ["in/sub/a.jsonl", "one.csv"]
    Path("[1].csv").write_text("text\nx\n")
    assert names(registry, "[1].csv") == ["[1].csv"], "a file of that very name is no glob"


def test_an_archive_stands_for_its_members(registry, there):
    assert names(registry, "z.zip") == ["z.zip/d/a.csv", "z.zip/d/b.csv", "z.zip/e.jsonl"]
    assert names(registry, "z.zip/d") == ["z.zip/d/a.csv", "z.zip/d/b.csv"]
    assert names(registry, "z.zip/*.jsonl") == ["z.zip/e.jsonl"]
    assert names(registry, "z.zip/d/b.csv") == ["z.zip/d/b.csv"]


def test_a_folder_of_text_files_is_one_table(registry, there):
    (there / "in" / "t").mkdir()
    (there / "in" / "t" / "1.txt").write_text("x")
    assert [place.parts for place in places_of(registry, ["in/t"]).places] == [(f"in/t{os.sep}",)]
    assert names(registry, "in/t", data_format="text") == ["in/t/1.txt"]
    assert names(registry, "in/t/*.txt") == ["in/t/1.txt"], "files that are named are read line by line"


def test_a_data_set_on_disk_is_one_table_of_the_files_that_it_names(registry, there):
    saved = there / "saved"
    saved.mkdir()
    (saved / "state.json").write_text(json.dumps({"_data_files": [{"filename": "data-1.arrow"}]}))
    assert [place.parts for place in places_of(registry, ["saved"]).places] == [("saved/data-1.arrow",)]
    (saved / "state.json").write_text(json.dumps({"_data_files": [{"filename": "../one.csv"}]}))
    with pytest.raises(DataError, match="one of another folder"):
        places_of(registry, ["saved"])
    both = there / "both"
    both.mkdir()
    (both / "dataset_dict.json").write_text(json.dumps({"splits": ["train", "test"]}))
    with pytest.raises(UsageError, match=r"several splits") as refused:
        places_of(registry, ["both"])
    assert refused.value.hint == "name one: both/train, both/test"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["nothing/*.csv"], "no file matches 'nothing/\\*.csv'"),
        (["empty"], "empty is a folder without a file"),
        (["in/../in/b.csv", "in"], "in/b.csv is given twice \\(as in/../in/b.csv\\)"),
        (["odd"], "odd holds no file that a format reads: x.md"),
        (["z.zip/*.tsv"], "no file in z.zip matches '\\*.tsv'"),
        (["loop"], "loop/again is a link that leads back"),
        (["gone"], "gone/x.csv is a link that leads nowhere"),
        (["self"], "self/x.csv is a link that leads nowhere or in a circle"),
    ],
)
def test_one_message_for_what_cannot_be_meant(registry, there, given, said):
    for name in ("empty", "odd", "loop", "gone", "self"):
        (there / name).mkdir()
    (there / "odd" / "x.md").touch()
    (there / "loop" / "again").symlink_to(there / "loop")
    (there / "gone" / "x.csv").symlink_to(there / "nowhere.csv")
    (there / "self" / "x.csv").symlink_to("x.csv")
    with pytest.raises(UsageError, match=said):
        places_of(registry, given)


def test_what_is_not_there_is_left_to_who_opens_it(registry, there):
    assert names(registry, "-", "gone.csv") == ["-", "gone.csv"]

    assert names(registry, "sqlite:///a.db?query=x") == ["sqlite:///a.db"]
