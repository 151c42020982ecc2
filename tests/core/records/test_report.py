"""What a run tells at its end."""

from __future__ import annotations

import pytest

from nlptasks.records.report import RunReport, TaskReport


@pytest.mark.parametrize("kind", [RunReport, TaskReport])
def test_every_field_is_told(kind, undocumented):
    assert undocumented(kind) == set()


def test_a_task_without_gold_has_no_scores():
    report = TaskReport(task="qa", head="nlptasks:extractive", columns=("answer",), predicted=3)
    assert (report.gold, report.scores, report.confusion, report.unscored) == ("", (), {}, {})
    assert report.confidence is None
    assert report == TaskReport(task="qa", head="nlptasks:extractive", columns=("answer",), predicted=3)
