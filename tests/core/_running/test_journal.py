"""The journal of an evaluation, whatever a kill or an edit left of it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from nlptasks._running.journal import Journal, JournalEntry, differing
from nlptasks._running.resuming.lines import LockedLines
from nlptasks._running.samples import Outcome
from nlptasks.errors import NlptasksError, UsageError

KEY = {"task": "sentiment", "decoding": {"seed": 1}, "limit": 0}


def entry(*names: str) -> JournalEntry:
    rows = tuple(
        Outcome(prediction=f"{name}\n\u2028😀\ud800", score=0.5, probabilities={"a": 0.5}, unread=True)
        for name in names
    )
    return JournalEntry(rows=(*rows, Outcome(nll=1.5, unfinished=True)), seconds=0.25, tokens=7)


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


def test_one_that_holds_nothing_is_left_by_no_failure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Journal(tmp_path / "a" / "b" / "x.journal.jsonl", KEY):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError), Journal(tmp_path / "a" / "x.journal.jsonl", KEY) as journal:
        journal.add(entry("1"))
        raise RuntimeError
    assert journal.path.exists()


def test_a_signal_between_the_line_and_the_entry_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append = LockedLines.append

    def interrupted(lines: LockedLines, data: bytes) -> None:
        append(lines, data)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Journal(tmp_path / "x.journal.jsonl", KEY) as journal:
        monkeypatch.setattr(LockedLines, "append", interrupted)
        journal.add(entry("1"))
    monkeypatch.undo()
    with Journal(journal.path, KEY) as journal:
        assert journal.entries == [entry("1")]


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


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    "head",
    [
        b"not json",
        b"[]",
        b'{"schema": "other"}',
        b'{"schema":"nlptasks.journal","version":2}',
        b'{"schema":"nlptasks.journal","version":2,"key":[]}',
        b'{"schema":"nlptasks.journal","version":2,"key":{"a":NaN}}',
        b'{"schema":"nlptasks.journal","version":2,"key":' + DEEP + b"}",
        b"\xff\xfe",
        b"\0\0\0",
    ],
    ids=lambda head: repr(head[:60]),
)
def test_a_file_of_another_kind_is_refused(path: Path, head: bytes) -> None:
    path.write_bytes(head + b"\n")
    with pytest.raises(UsageError, match=r"jsonl:1: not a journal"), Journal(path, KEY):
        raise AssertionError("it must not open")


@pytest.mark.parametrize("version", [1, 9, None, "2"])
def test_the_journal_of_another_version_is_refused(path: Path, version: object) -> None:
    path.write_text(json.dumps({"schema": "nlptasks.journal", "version": version, "key": KEY}) + "\n")
    with pytest.raises(UsageError, match="another version"), Journal(path, KEY):
        raise AssertionError("it must not open")


def test_a_key_that_somebody_wrote_is_another(path: Path) -> None:
    deep = '{"a":' * 900 + "1e999" + "}" * 900
    path.write_text('{"schema":"nlptasks.journal","version":2,"key":{"task":' + deep + "}}\n")
    with pytest.raises(UsageError, match="left by another evaluation"), Journal(path, KEY):
        raise AssertionError("it must not open")


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[",
        b"",
        b"null",
        b"7",
        b'{"rows":[],"seconds":0,"tokens":"1"}',
        b'{"rows":[],"seconds":[],"tokens":1}',
        b'{"rows":[],"seconds":-1,"tokens":1}',
        b'{"rows":[],"seconds":NaN,"tokens":1}',
        b'{"rows":[],"seconds":1e999,"tokens":1}',
        b'{"rows":[],"seconds":1,"tokens":' + b"9" * 5_000 + b"}",
        b'{"rows":{"a":1},"seconds":1,"tokens":1}',
        b'{"rows":[{"prediction":7}],"seconds":1,"tokens":1}',
        b'{"rows":[{"prediction":"a","score":"0.5"}],"seconds":1,"tokens":1}',
        b'{"rows":[{"prediction":"a","score":1e999}],"seconds":1,"tokens":1}',
        b'{"rows":[{"prediction":"a","probabilities":{"a":null}}],"seconds":1,"tokens":1}',
        b'{"rows":[{"prediction":"a","unread":1}],"seconds":1,"tokens":1}',
        b'{"rows":[{"gold":"a"}],"seconds":1,"tokens":1}',
        b'{"rows":[{"prediction":"\xff"}],"seconds":1,"tokens":1}',
        b'{"rows":' + DEEP + b',"seconds":1,"tokens":1}',
        DEEP,
    ],
    ids=lambda line: repr(line[:60]),
)
def test_a_damaged_block_is_named(path: Path, line: bytes) -> None:
    whole = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([whole[0], line, whole[2]]) + b"\n")
    with pytest.raises(NlptasksError, match=r"jsonl:2: not a block of predictions") as error, Journal(path, KEY):
        raise AssertionError("it must not open")
    assert "--restart" in error.value.hint
    assert len(error.value.message) < 300


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_nobody_else_may_read_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with Journal(path, KEY):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_disk_that_takes_no_more_is_explained_and_the_journal_stays_whole(path: Path) -> None:
    import resource

    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, limits[1]))
    try:
        with pytest.raises(NlptasksError, match="cannot write") as error, Journal(path, KEY) as journal:
            journal.add(entry(*map(str, range(50))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "make room" in error.value.hint
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_nothing_is_left_of_a_journal_that_cannot_begin(tmp_path: Path) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(NlptasksError, match="cannot write"), Journal(tmp_path / "x", KEY):
            raise AssertionError("it must not open")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(tmp_path.iterdir())


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
