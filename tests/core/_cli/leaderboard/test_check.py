"""``nlptasks leaderboard check``."""

from __future__ import annotations

import json
from pathlib import Path


def test_a_check_fails_where_something_is_wrong(nlptasks, board):
    code, out, told = nlptasks("leaderboard", "check", board)
    assert code == 0, out
    assert told.startswith("0 errors, ")
    samples = Path(board, "good", "samples.jsonl.gz")
    samples.write_bytes(samples.read_bytes()[:-4])
    code, out, told = nlptasks("leaderboard", "check", board, "--json")
    assert code == 1
    assert [item["record"] for item in json.loads(out) if item["severity"] == "error"] == ["good"]


def test_a_suite_of_ones_own_says_what_the_data_are(nlptasks, lb):
    nlptasks("leaderboard", "submit", "my/rude", "--to", lb)
    how = ("leaderboard", "check", "lb/records", "--suite", "lb/suite.yaml")
    assert nlptasks(*how)[0] == 0
    data = Path("lb/data/reviews.csv")
    text = data.read_text()
    data.write_text(text.replace("negative", "positive", 1))
    code, _, told = nlptasks(*how)
    assert code == 1 and "this is not the file of the data set 'reviews' of 'example'" in told
