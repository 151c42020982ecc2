"""Runs that go on where they were stopped, in all formats."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nlptasks._running.predict import SpoiltBackboneError
from nlptasks._running.resuming.lines import LockedLines
from nlptasks.errors import DataError, NlptasksError, PluginError, UsageError

if TYPE_CHECKING:
    from .conftest import Runs

FORMATS = ("csv", "tsv", "jsonl", "parquet", "csv.gz", "jsonl.zst")
TASKS = ("sentiment", "qa", "translation")
LEFT = ".out.csv.nlptasks-run"


@pytest.fixture(autouse=True)
def rows(runs: Runs) -> None:
    """A table of 30 rows."""
    runs.write(30)


@pytest.mark.parametrize("ending", FORMATS)
def test_the_bytes_are_those_of_a_run_that_nobody_stopped(runs: Runs, tmp_path: Path, ending: str) -> None:
    whole = runs(f"whole.{ending}", TASKS)
    for after in (10, 20, 5, 0, 33):
        runs.stopped(f"out.{ending}", TASKS, after=after)
        assert f"out.{ending}" not in runs.files
    report = runs(f"out.{ending}", TASKS)
    assert (tmp_path / f"out.{ending}").read_bytes() == (tmp_path / f"whole.{ending}").read_bytes()
    assert report.tasks == whole.tasks
    assert (report.rows, report.tokens, report.skipped) == (30, whole.tokens, whole.skipped)
    assert "rows were kept by a run that was stopped" in report.notes[0]
    assert runs.files == {"in.csv", f"out.{ending}", f"whole.{ending}"}


def test_texts_that_occur_again_are_predicted_once_also_where_it_goes_on(runs: Runs, tmp_path: Path) -> None:
    texts = ["good", "bad", "", "so so", "good", "bad", *(f"new {at % 40}" for at in range(50)), "good", "good", "bad"]
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text"], *([text] for text in texts)])
    whole = runs("whole.csv", head="encoding")
    blocks = [texts[at : at + 4] for at in range(0, len(texts), 4)]
    known = [block for at, block in enumerate(blocks) if set(block) <= {text for one in blocks[:at] for text in one}]
    assert runs.read == len(set(texts) - {""}) + len([block for block in known if block[0]])
    for after in (3, 5, 12):
        runs.stopped("out.csv", after=after, head="encoding")
    report = runs("out.csv", head="encoding")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert (report.tasks, report.tokens, report.skipped) == (whole.tasks, whole.tokens, whole.skipped)


def test_it_says_how_to_go_on(runs: Runs) -> None:
    runs.stopped("out.csv", after=9)
    assert "8 rows of " in runs.told[0]
    assert "the same command goes on from there" in runs.told[0]
    runs("out.csv")


def test_a_run_that_fails_keeps_what_it_predicted(runs: Runs) -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(PluginError):
        runs("out.csv", after=9, stop=fail)
    assert runs("out.csv").notes == ("8 rows were kept by a run that was stopped",)


@pytest.mark.parametrize("at", [10, 700, 1_200, -2, -1])
def test_a_byte_that_changed_is_found(runs: Runs, tmp_path: Path, at: int) -> None:
    runs("whole.csv")
    runs.stopped("out.csv", after=20)
    content = bytearray((tmp_path / LEFT).read_bytes())
    content[at] ^= 1
    (tmp_path / LEFT).write_bytes(content)
    runs("out.csv")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.99])
def test_an_end_that_is_lost_is_predicted_again(runs: Runs, tmp_path: Path, part: float) -> None:
    runs("whole.csv")
    runs.stopped("out.csv", after=20)
    content = (tmp_path / LEFT).read_bytes()
    (tmp_path / LEFT).write_bytes(content[: int(part * len(content))])
    runs.stopped("out.csv", after=3)
    runs("out.csv")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_block_that_was_written_twice_counts_once(runs: Runs, tmp_path: Path) -> None:
    """A signal may come between writing a block and noting that it is written."""
    runs("whole.csv")
    runs.stopped("out.csv", after=20)
    *lines, last = (tmp_path / LEFT).read_bytes().splitlines(keepends=True)
    (tmp_path / LEFT).write_bytes(b"".join([*lines, last, last]))
    runs("out.csv")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_what_differs_is_said(runs: Runs, tmp_path: Path) -> None:
    runs.stopped("out.csv", after=20)
    with (tmp_path / "in.csv").open("a", encoding="utf-8") as file:
        file.write("one more,c,q,s,positive\n")
    with pytest.raises(UsageError, match=r"(?s)another one:\n  input\.sha256: it had .*--restart"):
        runs("out.csv")
    with pytest.raises(UsageError, match=r"tasks\.translation: it had nothing"):
        runs("out.csv", ("sentiment", "translation"))
    with pytest.raises(UsageError, match=r"input\.gold: it had nothing, this run has label"):
        runs("out.csv", gold="label")
    assert LEFT in runs.files
    assert runs("out.csv", restart=True).rows == 31
    assert LEFT not in runs.files


def test_another_version_of_the_file_is_refused(runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        context.setattr("nlptasks._running.resuming.keeping._VERSION", 1)
        runs.stopped("out.csv", after=20)
    with pytest.raises(UsageError, match="another version of nlptasks"):
        runs("out.csv")


def test_one_process_writes_an_output(runs: Runs, tmp_path: Path) -> None:
    runs.stopped("out.csv", after=20)
    other = LockedLines(tmp_path / LEFT, advice="x")
    with pytest.raises(UsageError, match=r"out\.csv: another process is writing it"):
        runs("out.csv")
    other.close()
    assert runs("out.csv").rows == 30


def test_two_that_began_at_once(runs: Runs, tmp_path: Path) -> None:
    def begin() -> None:
        runs.folder.joinpath(LEFT).write_bytes(b"of another process\n")

    with pytest.raises(UsageError, match="meanwhile"):
        runs("out.csv", after=0, stop=begin)
    assert (tmp_path / LEFT).read_bytes() == b"of another process\n"


def test_a_kill_behind_the_last_step(runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The output is in its place, and what was kept of the run is too."""
    with monkeypatch.context() as context:
        context.setattr("nlptasks._running.resuming.lines.LockedLines.remove", lambda _: None)
        runs("out.csv")
    before = (tmp_path / "out.csv").read_bytes()
    assert LEFT in runs.files
    assert runs("out.csv", after=0, stop=lambda: pytest.fail("it predicted again")).rows == 30
    assert ((tmp_path / "out.csv").read_bytes(), runs.files) == (before, {"in.csv", "out.csv"})


def test_an_output_of_somebody_else_is_kept(runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        context.setattr("nlptasks._running.resuming.lines.LockedLines.remove", lambda _: None)
        runs("out.csv")
    (tmp_path / "out.csv").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        runs("out.csv")
    assert (tmp_path / "out.csv").read_text() == "mine"


def test_a_short_run_leaves_no_file_even_when_it_is_stopped(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlptasks._running.resuming.keeping._FIRST", 60.0)
    runs.stopped("out.csv", after=20)
    assert runs.files == {"in.csv"}


def test_memory_is_bounded(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlptasks._running.resuming.keeping._FIRST", 60.0)
    monkeypatch.setattr("nlptasks._running.resuming.keeping._WAITING", 1)
    runs.stopped("out.csv", after=20)
    assert LEFT in runs.files


def test_a_full_disk_keeps_what_was_kept(runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno
    import os

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    runs("whole.csv")
    with monkeypatch.context() as context, pytest.raises(NlptasksError, match="make room and run the same command"):
        runs("out.csv", after=9, stop=lambda: context.setattr("os.fsync", full))
    shutil.copy(tmp_path / LEFT, tmp_path / "copy")
    assert runs("out.csv").notes == ("8 rows were kept by a run that was stopped",)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_nothing_is_kept_of_a_run_to_the_standard_output(runs: Runs, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing is kept of such a run: .*/dev/null"):
        runs("/dev/null", restart=True)
    assert runs("/dev/null").rows == 30


def test_rows_that_were_left_out_stay_so(runs: Runs, tmp_path: Path) -> None:
    with (tmp_path / "in.csv").open("a", encoding="utf-8") as file:
        file.write("cut short\n" + "fail here,c,q,s,positive\n" + "last,c,q,s,positive\n" * 9)
    whole = runs("whole.csv", on_error="skip")
    assert (whole.rows, whole.rejected) == (39, 2)
    runs.stopped("out.csv", after=36, on_error="skip")
    with pytest.raises(DataError, match=r"in\.csv:32: "):
        runs("out.csv")
    found = runs("out.csv", on_error="skip")
    assert (found.rows, found.rejected, found.skipped) == (39, 2, whole.skipped)
    for ending in ("", ".rejects.jsonl"):
        assert (tmp_path / f"out.csv{ending}").read_bytes() == (tmp_path / f"whole.csv{ending}").read_bytes()


def test_a_run_that_failed_goes_on_without_the_row(runs: Runs, tmp_path: Path) -> None:
    with (tmp_path / "in.csv").open("a", encoding="utf-8") as file:
        file.write("fail here,c,q,s,positive\n" + "last,c,q,s,positive\n")
    with pytest.raises(PluginError, match="it reads 'fail'"):
        runs("out.csv")
    report = runs("out.csv", on_error="skip")
    assert report.notes == ("28 rows were kept by a run that was stopped",)
    assert report.skipped["cannot be predicted; left out"] == 1


def test_nothing_is_kept_where_a_head_spoilt_the_backbone(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(_: object) -> None:
        raise SpoiltBackboneError("it did")

    runs.stopped("out.csv", after=20)
    monkeypatch.setattr("nlptasks._running.resuming.keeping._DOUBT", 0.0)
    monkeypatch.setattr("nlptasks._running.spreading.place.check_frozen", spoilt)
    with pytest.raises(SpoiltBackboneError):
        runs("out.csv")
    assert runs.files == {"in.csv"}
