"""Predictions that later runs find on the disk."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nlptasks._running.duplicates.memory import RowKey, RowResult
from nlptasks._running.duplicates.store import NAME, prediction_store
from nlptasks._running.resuming.kept import KeptPrediction
from nlptasks.errors import NlptasksError, UsageError

KEY = {"tasks": {"sentiment": {"head": "x:mood"}}, "backbone": {"digest": "abc"}}


def key(text: str) -> RowKey:
    return ((("text", text),), ("asked \ud800",))


def result(at: int = 0) -> RowResult:
    return RowResult(
        made=(KeptPrediction("positive", 1 / 3 + at), None),
        nll=(0.1, None),
        foreign=("", "fr"),
        unread=(False, True),
        long=True,
        cells=("positive", 1 / 3, None, [1, "ä\u2028\ud800", {"b": 2.5}], at),
    )


def kept(folder: Path, *texts: str, megabytes: int = 10, about: object = KEY) -> list[RowResult | None]:
    """What the store in a folder has of some rows, which are there afterwards."""
    with prediction_store(folder, about, megabytes, pytest.fail) as store:  # type: ignore[arg-type]
        found = store.found([key(text) for text in texts])
        store.keep((key(text), result(at)) for at, text in enumerate(texts))
    return found


def test_what_was_kept_is_found(tmp_path: Path) -> None:
    assert kept(tmp_path / "deep" / "er", "secret", "b") == [None, None]
    assert kept(tmp_path / "deep" / "er", "b", "c", "secret") == [result(1), None, result(0)]
    file = tmp_path / "deep" / "er" / NAME
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"secret" not in file.read_bytes()


def test_of_another_system_it_has_nothing(tmp_path: Path) -> None:
    kept(tmp_path, "a")
    assert kept(tmp_path, "a", about=KEY | {"backbone": {"digest": "abd"}}) == [None]


def test_a_row_that_could_not_be_predicted_is_tried_again(tmp_path: Path) -> None:
    with prediction_store(tmp_path, KEY, 10, pytest.fail) as store:
        store.keep([(key("a"), RowResult(reason="it fails"))])
        assert store.found([key("a")]) == [None]


def test_many_rows_at_once(tmp_path: Path) -> None:
    texts = [f"text {at}" for at in range(2_000)]
    assert kept(tmp_path, *texts) == [None] * 2_000
    assert kept(tmp_path, *texts) == [result(at) for at in range(2_000)]


def test_it_stays_as_small_as_it_should_and_the_oldest_go(tmp_path: Path) -> None:
    for at in range(30):
        kept(tmp_path, *(f"{at} {row}" for row in range(200)), megabytes=1)
    assert (tmp_path / NAME).stat().st_size < 1.3 * (1 << 20)
    found = kept(tmp_path, "29 3", "0 3")
    assert found[0] is not None
    assert found[1] is None


def test_a_row_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    kept(tmp_path, "a", "b")
    with sqlite3.connect(tmp_path / NAME) as rows:
        rows.execute("UPDATE rows SET value = replace(value, 'positive', 'negative')")
    rows.close()
    assert kept(tmp_path, "a", "b") == [None, None]
    assert kept(tmp_path, "a") == [result(0)]


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"\x01" * 5_000])
def test_a_damaged_file_begins_anew_and_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    told: list[str] = []
    with prediction_store(tmp_path, KEY, 10, told.append) as store:
        store.keep([(key("a"), result())])
    assert len(told) == 1
    assert f"{tmp_path / NAME} is damaged" in told[0]
    assert kept(tmp_path, "a") == [result()]


def test_a_file_whose_middle_is_damaged_ends_the_run_with_advice(tmp_path: Path) -> None:
    texts = [f"text {at}" for at in range(2_000)]
    kept(tmp_path, *texts)
    content = bytearray((tmp_path / NAME).read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(NlptasksError, match=r"the cache .*predictions\.sqlite: ") as error:
        kept(tmp_path, *texts)
    assert "leave --cache out" in error.value.hint


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match=r"--cache .*file"):
        kept(tmp_path / "file", "a")
    with pytest.raises(UsageError, match=r"--cache .*: "):
        kept(Path(os.devnull) / "x", "a")


def test_several_at_once(tmp_path: Path) -> None:
    def work(name: int) -> None:
        for at in range(10):
            kept(tmp_path, *(f"{name} {at} {row}" for row in range(20)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    texts = [f"{name} {at} {row}" for name in range(4) for at in range(10) for row in range(20)]
    assert None not in kept(tmp_path, *texts)
