"""``nlptasks runs``."""

from __future__ import annotations

import json
from pathlib import Path

from nlptasks._running.resuming.keeping import SCHEMA
from nlptasks._running.resuming.kept import signed


def left() -> None:
    about = {
        "output": "out.csv",
        "input": "in.csv",
        "command": "nlptasks run x",
        "started": "2026-01-01T00:00:00+00:00",
    }
    header = signed({"schema": SCHEMA, "version": 1, "key": {}, "about": about})
    Path(".out.csv.nlptasks-run").write_bytes(header + signed({"first": 1_000, "rows": 24}))


def test_they_are_listed_and_removed(nlptasks):
    assert nlptasks("runs", "list") == (0, "", "no run that was stopped\n")
    left()
    code, out, _ = nlptasks("runs", "list")
    assert code == 0
    assert out.splitlines()[1].split(maxsplit=4) == [
        *("out.csv", "stopped", "1,024", "2026-01-01T00:00:00+00:00", "nlptasks run x"),
    ]
    (run,) = json.loads(nlptasks("runs", "list", "--json")[1])
    assert (run["output"], run["rows"], run["path"]) == ("out.csv", 1_024, ".out.csv.nlptasks-run")
    assert nlptasks("runs", "clean", "out.csv") == (0, "removed 1,024 rows that were kept of out.csv\n", "")
    assert list(Path().iterdir()) == []


def test_a_name_of_nothing_is_refused(nlptasks):
    code, _, error = nlptasks("runs", "clean", "other.csv")
    assert (code, "nothing is kept" in error) == (2, True)
