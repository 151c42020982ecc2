"""A run imports nothing that it does not use: torch alone takes seconds, and hundreds of megabytes."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: What takes long to import, or much memory, and no prediction of the bundled heads needs.
UNUSED = {"matplotlib", "openvino_telemetry", "pandas", "polars", "scipy", "sklearn", "torch", "transformers"}

ROWS = {
    "sentiment": "text\nThe phone is good.\n",
    "classification": "text\nThe phone is good.\n",
    "translation": "source\nThe phone is good.\n",
    "qa": "question,context\nWhat is good?,The phone is good.\n",
    "summarization": "document\nThe phone is good. It came late. It cost much.\n",
    "generation": "prompt\nOnce upon a time\n",
}
MORE = {"translation": ("--to", "de"), "generation": ("--max-new-tokens", "4")}


@pytest.mark.parametrize("task", ROWS)
def test_a_run_imports_nothing_that_it_does_not_use(tmp_path, task):
    (tmp_path / "rows.csv").write_text(ROWS[task], encoding="utf-8")
    line = ("-m", "nlptasks", "run", task, "--data", "rows.csv", "-o", "out.csv", *MORE.get(task, ()))
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *line],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    times = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    imported = {name.partition(".")[0] for name in times}
    assert {"numpy", "openvino"} <= imported
    assert imported & UNUSED == set()
