"""``python -m nlptasks`` is the command, and runs nothing that lies in the working directory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nlptasks._version import __version__


@pytest.mark.parametrize("module", ["json", "click"])
def test_nothing_in_the_working_directory_runs(tmp_path, module):
    (tmp_path / f"{module}.py").write_text("raise SystemExit('the wrong one')")
    done = subprocess.run(
        [sys.executable, "-m", "nlptasks", "--version"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"nlptasks {__version__}\n", "")
