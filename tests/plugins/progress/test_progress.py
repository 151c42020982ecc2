from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from nlptasks.plugin.events import BatchFinished, RunFailed, RunFinished, RunStarted
from nlptasks_progress import ProgressObserver
from nlptasks_progress.bar import ProgressBar

STARTED = RunStarted(
    tasks=("sentiment",), source="[bold]f.csv", output="o.csv", rows=None, bytes=1_000, interactive=True
)
BATCH = BatchFinished(rows=1_234, bytes_read=500, tokens=9, seconds=2.0)


def test_the_bar_shows_share_rows_and_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(
        "nlptasks_progress.bar.Console", lambda stderr: Console(file=screen, force_terminal=True, width=120)
    )
    bar = ProgressBar(STARTED)
    bar.update(BATCH)
    bar._progress.refresh()
    bar.close()
    shown = screen.getvalue()
    assert all(part in shown for part in ("sentiment", "50%", "1,234 rows", "617 rows/s"))


def test_nothing_is_shown_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    observer = ProgressObserver()
    observer.nlptasks_run_started(RunStarted(**{**vars(STARTED), "interactive": False}))
    observer.nlptasks_batch_finished(BATCH)
    observer.nlptasks_run_finished(RunFinished(rows=1, seconds=1.0, output="o", outcome={}))
    observer.nlptasks_run_failed(RunFailed(rows=1, error="e"))
    assert capsys.readouterr() == ("", "")


def test_a_run_that_fails_takes_the_bar_away(capsys: pytest.CaptureFixture[str]) -> None:
    observer = ProgressObserver()
    observer.nlptasks_run_started(STARTED)
    observer.nlptasks_batch_finished(BATCH)
    observer.nlptasks_run_failed(RunFailed(rows=1, error="e"))
    assert observer._bar is None


def test_the_plugin_imports_no_rich(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = "import sys, nlptasks_progress; print('rich' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True, cwd=tmp_path).strip() == "False"
