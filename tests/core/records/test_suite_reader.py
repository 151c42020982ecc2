"""Where the files of a suite are found: beside it, in a folder of data sets, or in the cache of the Hub."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import huggingface_hub.constants
import pytest

from nlptasks.errors import DataError, NlptasksError, UsageError
from nlptasks.records.suites import Card, Suite, find, locate

CONTENT = "text,label\ngood,positive\n"
SHA256 = hashlib.sha256(CONTENT.encode()).hexdigest()


def write(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def suite(folder: Path, *, ships: bool = True, **card: str) -> Suite:
    """A suite of one data set."""
    known = {"name": "reviews", "task": "sentiment", "file": "reviews.csv", "sha256": SHA256}
    return Suite(name="mine", summary="", version="1", datasets=(Card(**(known | card)),), ships=ships, folder=folder)


def test_another_file_is_refused_with_both_hashes(tmp_path):
    path = write(tmp_path, CONTENT + "bad,negative\n", "reviews.csv")
    mine = suite(tmp_path)
    with pytest.raises(DataError) as caught:
        locate(mine, mine.datasets[0])
    assert SHA256 in caught.value.message
    assert hashlib.sha256(path.read_bytes()).hexdigest() in caught.value.message
    assert "'reviews' of 'mine'" in caught.value.message
    assert caught.value.path == path
    assert caught.value.hint


def test_the_data_folder(tmp_path):
    mine = suite(tmp_path / "package", ships=False)
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        write(folder, CONTENT, "reviews.csv")
    card = mine.datasets[0]
    environ = {"NLPTASKS_DATA": str(second)}
    assert locate(mine, card, environ=environ) == second / "reviews.csv"
    assert locate(mine, card, data_dir=str(first), environ=environ) == first / "reviews.csv"
    (first / "reviews.csv").unlink()
    with pytest.raises(UsageError, match=re.escape(str(first / "reviews.csv"))):
        locate(mine, card, data_dir=str(first), environ=environ)


def test_no_data_folder_is_named(tmp_path):
    mine = suite(tmp_path, ships=False, source="the shop's archive")
    with pytest.raises(UsageError, match=r"does not come with the suite: reviews\.csv") as caught:
        locate(mine, mine.datasets[0], environ={})
    assert "--data-dir DIR, or NLPTASKS_DATA=DIR" in caught.value.hint
    assert "the shop's archive" in caught.value.hint


@pytest.mark.parametrize(("data_dir", "named"), [("missing", "--data-dir"), ("", "NLPTASKS_DATA")])
def test_the_data_folder_is_not_there(tmp_path, data_dir, named):
    mine = suite(tmp_path, ships=False)
    with pytest.raises(UsageError, match=rf"missing \({named}\) is no folder"):
        locate(mine, mine.datasets[0], data_dir=data_dir, environ={"NLPTASKS_DATA": "missing"})


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the Hub."""
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(folder))
    return folder


def test_a_file_of_the_hub_that_cannot_be_reached(tmp_path, cache):
    mine = suite(tmp_path, ships=False, hub="somebody/reviews", revision="v1")
    assert find(mine, mine.datasets[0], environ={}) is None
    with pytest.raises(NlptasksError, match=r"missing: reviews\.csv of somebody/reviews") as caught:
        locate(mine, mine.datasets[0], environ={})
    assert "hf download --repo-type dataset somebody/reviews reviews.csv --revision v1" in caught.value.hint
    assert "DIR/reviews.csv" in caught.value.hint


def test_a_file_in_the_cache_of_the_hub(tmp_path, cache):
    mine = suite(tmp_path, ships=False, hub="somebody/reviews", revision="v1")
    snapshot = cache / "datasets--somebody--reviews" / "snapshots" / ("c" * 40)
    snapshot.mkdir(parents=True)
    refs = cache / "datasets--somebody--reviews" / "refs"
    refs.mkdir()
    write(refs, "c" * 40, "v1")
    file = write(snapshot, CONTENT, "reviews.csv")
    assert locate(mine, mine.datasets[0], environ={}) == file
    file.write_text("something else")
    with pytest.raises(DataError, match=SHA256):
        locate(mine, mine.datasets[0], environ={})
    own = tmp_path / "own"
    own.mkdir()
    write(own, CONTENT, "reviews.csv")
    assert locate(mine, mine.datasets[0], data_dir=str(own), environ={}) == own / "reviews.csv"


def test_what_the_hub_answers_is_explained(tmp_path, cache, monkeypatch):
    def fails(*args: object, **kwargs: object) -> str:
        raise ConnectionError("no route\nto host")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fails)
    mine = suite(tmp_path, ships=False, hub="somebody/reviews")
    with pytest.raises(NlptasksError, match="cannot be downloaded: no route to host"):
        locate(mine, mine.datasets[0], environ={})
