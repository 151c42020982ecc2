"""What a folder holds of runs that were stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nlptasks._running.resuming.left import left_runs, remove
from nlptasks._running.resuming.lines import LockedLines
from nlptasks.errors import UsageError

if TYPE_CHECKING:
    from .conftest import Runs

LEFT = ".out.csv.nlptasks-run"


def test_what_was_stopped_is_listed_and_removed(runs: Runs, tmp_path: Path) -> None:
    runs.write(30)
    runs.stopped("out.csv", after=20)
    (tmp_path / ".other.csv.nlptasks-run").write_bytes(b"what is this\n")
    damaged, run = left_runs([tmp_path])
    assert (run.output, run.rows, run.writing, run.damaged) == (str(tmp_path / "out.csv"), 20, False, False)
    assert run.bytes == (tmp_path / LEFT).stat().st_size
    assert (damaged.output, damaged.damaged) == ("", True)
    assert left_runs([tmp_path / "out.csv"]) == [run]
    assert remove(run)
    assert remove(damaged)
    assert left_runs([tmp_path]) == []


def test_what_is_being_written_is_left_alone(runs: Runs, tmp_path: Path) -> None:
    runs.write(30)
    runs.stopped("out.csv", after=20)
    other = LockedLines(tmp_path / LEFT, advice="")
    (run,) = left_runs([tmp_path])
    assert run.writing
    assert not remove(run)
    other.close()
    assert remove(run)


def test_an_output_of_no_such_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing is kept of a run that writes it"):
        left_runs([tmp_path / "out.csv"])
