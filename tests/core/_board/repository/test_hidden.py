"""What is published of hidden gold; the command's own tests are in tests/core/_cli/leaderboard/test_score.py."""

from __future__ import annotations

from nlptasks._board.repository.hidden import without_rows
from nlptasks.records.store import read_record


def test_nothing_of_a_single_row_is_left(results):
    record = read_record(results / "reviews-good").record
    bare = without_rows(record)
    assert record.slices and record.digests
    assert not bare.slices and not bare.digests and bare.withheld
    assert bare.scores == record.scores and bare.id == record.id
