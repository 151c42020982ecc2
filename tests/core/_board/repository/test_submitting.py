"""Submissions; the command's own tests are in tests/core/_cli/leaderboard/test_submit.py."""

from __future__ import annotations

import os

import pytest

from nlptasks._board.repository.submitting import submit_record
from nlptasks._board.trust import Believed
from nlptasks._settings.boards import SubmissionCard
from nlptasks.errors import NlptasksError


def test_others_records_are_not_ones_own_fault(registry, two, tmp_path):
    """A pipe and a damaged record of others cost a submission nothing."""
    os.mkfifo(two / "a" / "x")
    done = submit_record(registry, two / "b", tmp_path / "x.zip", SubmissionCard(), believed=Believed())
    assert done.path == tmp_path / "x.zip"


def test_a_warning_is_told_and_no_error(registry, make, answers, tmp_path):
    predictions, gold = answers(60, 0.8)
    flags = [("truncated_output",)] * 60
    make(tmp_path / "a", "a", predictions=predictions, gold=gold, flags=flags)
    done = submit_record(registry, tmp_path / "a", tmp_path / "x.zip", SubmissionCard(), believed=Believed())
    assert [(item.check, item.record) for item in done.warnings] == [("truncated", "a-reviews")]


def test_a_name_that_looks_like_anothers_is_refused(registry, make, answers, tmp_path):
    from nlptasks._board.repository.submitting import _checked
    from nlptasks.records.store import read_record

    for at, system in enumerate(("honest", "hоnest")):
        predictions, gold = answers(60, 0.8, seed=at)
        make(tmp_path / "records" / f"{at}", system, predictions=predictions, gold=gold)
    beside, mine = tmp_path / "records", tmp_path / "mine"
    (beside / "1").rename(mine)
    with pytest.raises(NlptasksError, match="look-alike"):
        _checked(registry, read_record(mine), "mine", SubmissionCard(), beside, Believed())
