"""The journal of an evaluation, whatever a kill or an edit left of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks._running.journal import Entry, Journal, differing
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.records.schema import Sample

KEY = {"task": "sentiment", "decoding": {"seed": 1}, "limit": 0}


def entry(*names: str) -> Entry:
    samples = tuple(Sample(id=name, gold="a", prediction="b\n\u2028😀", flags=("empty",)) for name in names)
    return Entry(samples=samples, seconds=0.25, tokens=7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Journal(tmp_path / "deep" / "x.journal.jsonl", KEY) as journal:
        journal.add(entry("1", "2"))
        journal.add(entry("3"))
    return journal.path


def test_what_was_written_is_read_again(path: Path) -> None:
    with Journal(path, KEY) as journal:
        assert journal.entries == [entry("1", "2"), entry("3")]
        journal.add(entry("4"))
    with Journal(path, KEY) as journal:
        assert journal.entries[-1] == entry("4")


@pytest.mark.parametrize("lost", [1, 2, 30])
def test_a_line_that_was_cut_short_is_dropped(path: Path, lost: int) -> None:
    path.write_bytes(path.read_bytes()[:-lost])
    with Journal(path, KEY) as journal:
        assert journal.entries == [entry("1", "2")]
        journal.add(entry("3"))
    with Journal(path, KEY) as journal:
        assert journal.entries == [entry("1", "2"), entry("3")]


@pytest.mark.parametrize("kept", [0, 1, 20])
def test_a_kill_before_the_first_block(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    with Journal(path, KEY) as journal:
        assert journal.entries == []
        journal.add(entry("1"))
    with Journal(path, KEY) as journal:
        assert journal.entries == [entry("1")]


def test_another_evaluation_is_refused_field_by_field(path: Path) -> None:
    other = {**KEY, "decoding": {"seed": 2}, "limit": 5}
    with pytest.raises(UsageError) as error, Journal(path, other):
        raise AssertionError("it must not open")
    assert "decoding.seed: it has 1, this run has 2\n  limit: it has 0, this run has 5" in error.value.message
    with Journal(path, other, restart=True) as journal:
        assert journal.entries == []


@pytest.mark.parametrize("head", ["not json", "[]", '{"schema": "other"}', '{"schema":"nlptasks.journal","version":9}'])
def test_a_file_of_another_kind_is_refused(path: Path, head: str) -> None:
    path.write_text(f"{head}\n")
    with pytest.raises(UsageError, match="not a journal"), Journal(path, KEY):
        raise AssertionError("it must not open")


@pytest.mark.parametrize("line", ["{}", "[", '{"samples":[{"id":1,"gold":"a"}],"seconds":0,"tokens":1}'])
def test_a_damaged_block_is_named(path: Path, line: str) -> None:
    whole = path.read_text().splitlines()
    path.write_text("\n".join([whole[0], line, whole[2]]) + "\n")
    with pytest.raises(NlptasksError, match=r"jsonl:2: not a block of samples"), Journal(path, KEY):
        raise AssertionError("it must not open")


def test_two_processes_cannot_write_one_journal(path: Path) -> None:
    with Journal(path, KEY), pytest.raises(UsageError, match="another process"), Journal(path, KEY):
        raise AssertionError("it must not open")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot write"), Journal(tmp_path / "file" / "x", KEY):
        raise AssertionError("it must not open")


def test_differences_of_nested_fields() -> None:
    assert differing({"a": {"b": 1, "c": 2}, "d": ""}, {"a": {"b": 1}, "d": None}) == [
        ("a.c", "2", "nothing"),
        ("d", "''", "nothing"),
    ]
