"""What a run would do, as a person reads it."""

from __future__ import annotations

from dataclasses import replace

from nlptasks._cli.views.planned import planned
from nlptasks._running.trial.plan import Plan, PlannedTask

PLAN = Plan(
    source="in",
    files=tuple(f"in/{n}.csv" for n in range(12)),
    bytes=1_234_567,
    columns=("id", "text"),
    keeps=("id",),
    tasks=(PlannedTask(task="sentiment", head="h", reads="text from 'text'", writes=("sentiment",)),),
    backbone="bundled",
    output="in.sentiment.csv",
    notes=("delimiter: ;",),
    loading=1.26,
    first=64,
    first_seconds=0.5,
    rows=64_000,
    exact=False,
)


def test_a_plan():
    lines = planned(PLAN).splitlines()
    assert lines[0] == "would read in: 12 files, 1,234,567 bytes"
    assert (lines[1], lines[11]) == ("  in/0.csv", "  and 2 more")
    assert lines[12:] == [
        "  delimiter: ;",
        "  columns: id, text",
        "would predict sentiment (head h on bundled): reads text from 'text'",
        "would write in.sentiment.csv: id, sentiment",
        "about 64,000 rows, about 8 minutes (64 rows took 0.50 s, loading 1.3 s); nothing was written",
    ]


def test_few_rows_many_rows_and_rows_that_nobody_can_count():
    assert "3 rows, about 1 s" in planned(replace(PLAN, rows=3, exact=True, files=("in",)))
    assert "about 20 hours" in planned(replace(PLAN, rows=9_216_000))
    assert "cannot be told beforehand" in planned(replace(PLAN, rows=None, bytes=None))
