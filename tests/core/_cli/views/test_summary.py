"""The end of a run, as a person reads it."""

from __future__ import annotations

import math
from typing import Any

from nlptasks._cli.views.summary import summary
from nlptasks.records.report import RunReport, TaskReport
from nlptasks.statistics.scoring import Score


def report(*tasks: TaskReport, **more: Any) -> RunReport:
    values = {
        "source": "in.csv", "output": "out.csv", "rows": 2, "skipped": {}, "bad_rows": (), "long": 0, "cut": 0,
        "tokens": 0, "seconds": 0.1, "backbone": "", "digest": "", "notes": (),
    }  # fmt: skip
    return RunReport(**(values | more), tasks=tasks)


def task(**more: Any) -> TaskReport:
    return TaskReport(**({"task": "sentiment", "head": "nlptasks:binary", "columns": (), "predicted": 2} | more))


def test_a_rate_is_told_only_of_what_takes_time():
    assert summary(report()) == "2 rows in 0.1 s -> out.csv"
    assert summary(report(rows=3_000, seconds=2.0)) == "3,000 rows in 2.0 s (1,500 rows/s) -> out.csv"


def test_names_from_the_data_are_escaped():
    told = summary(report(task(labels={"\x1b[31mred": 2}), output="o\nut.csv", notes=("a\tb",)))
    assert told.splitlines() == [
        "2 rows in 0.1 s -> o\\nut.csv",
        "  a\\tb",
        "sentiment (head nlptasks:binary): 2 predictions",
        "  \\x1b[31mred  100.0%  2  ####################",
    ]


def test_proportions_stand_in_order_and_many_are_cut():
    few = summary(report(task(labels={"b": 1, "a": 1, "c": 2}))).splitlines()[2:]
    assert [line.split()[:2] for line in few] == [["c", "50.0%"], ["a", "25.0%"], ["b", "25.0%"]]
    many = summary(report(task(labels={f"l{at}": 1 for at in range(14)})))
    assert many.endswith("  and 2 more labels: 14.3%")


def test_what_was_left_out_is_counted():
    told = summary(report(skipped={"no text": 1}, bad_rows=("in.csv:3: x",), long=2, cut=1)).splitlines()[1:]
    assert told == ["  1 row skipped: no text", "    in.csv:3: x", "  2 long texts read in several windows; 1 cut"]
    assert summary(report(cut=1)).endswith("  1 text cut: the head read a part of it")


def test_a_score_that_is_not_defined_is_called_so():
    # Such as macro-F1 of a head that predicts several labels at once, and so from no closed set.
    nan = math.nan
    score = Score(metric="macro-f1", value=nan, low=nan, high=nan, n=3, signature="metric:macro-f1")
    assert "  macro-f1 not defined  n=3" in summary(report(task(gold="label", scores=(score,)))).splitlines()


def test_a_gold_column_without_scores_is_told():
    told = summary(report(task(gold="label", unscored={"no gold": 2}))).splitlines()[2:]
    assert told == [
        "  no row could be scored against the column 'label'",
        "  2 rows not scored: no gold",
    ]


def test_few_labels_give_a_table_and_many_the_most_frequent_mistakes():
    confusion = {("a", "a"): 1_000, ("b", "a"): 2}
    assert summary(report(task(gold="label", confusion=confusion))).splitlines()[3:] == [
        "  column 'label' down, predictions across:",
        "           a  b",
        "    a  1,000  2",
        "    b      0  0",
    ]
    pairs = {(f"l{at}", f"l{at}"): 9 for at in range(9)} | {("l1", "l2"): 3, ("l3", "l2"): 4}
    assert summary(report(task(gold="label", confusion=pairs))).splitlines()[-3:] == [
        "  most frequent mistakes:",
        "    l2 predicted as l3: 4",
        "    l2 predicted as l1: 3",
    ]
