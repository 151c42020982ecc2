"""Runs that are killed at random moments and go on: ten here, two hundred in benchmarks/kills/LOG.md."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

KILLS = Path(__file__).parents[2] / "benchmarks" / "kills"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process, and what a process has of memory")
def test_ten_kills(tmp_path: Path) -> None:
    command = [sys.executable, str(KILLS), "--kills", "10", "--seed", "2", "--log", str(tmp_path / "log")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = (tmp_path / "log").read_text(encoding="utf-8")
    assert "10 runs ended" in said
    assert "0 faults" in said
    assert "kill -9" in said
