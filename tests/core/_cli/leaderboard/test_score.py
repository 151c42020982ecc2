"""``nlptasks leaderboard score``: hidden gold answers stay hidden, and the score is believed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest


@pytest.fixture
def waiting(nlptasks, hidden):
    """A repository with hidden gold answers, and a submission that waits there."""
    nlptasks("leaderboard", "submit", "rude.csv", "--to", hidden, "--name", "rude", "--training", "zero-shot")
    return hidden


def score(nlptasks, *more):
    return nlptasks("leaderboard", "score", "hid/submissions/rude-reviews", "--repository", "hid", "--by", "Ada", *more)


CHECK = ("leaderboard", "check", "hid/records", "--suite", "hid/suite.yaml")
BELIEVED = ("--attestations", "hid/attestations")


def test_what_is_published_tells_no_row(nlptasks, waiting):
    code, out, told = score(nlptasks, "--keep", "mine")
    assert (code, out) == (0, "rude: accuracy 0.7500 on 32 samples\n")
    assert "hid/attestations/" in told
    assert sorted(path.name for path in Path("hid/records/rude-reviews").iterdir()) == [
        "record.json",
        "submission.json",
    ]
    record = json.loads(Path("hid/records/rude-reviews/record.json").read_text())
    assert record["withheld"] and record["digests"] == {} and record["slices"] == {}
    assert record["scores"]["accuracy"]["value"] == 0.75
    assert json.loads(Path("hid/records/rude-reviews/submission.json").read_text())["training"] == "zero-shot"
    # what the maintainer keeps has the rows
    assert len(gzip.decompress(Path("mine/samples.jsonl.gz").read_bytes()).splitlines()) == 32


def test_the_score_is_ranked_where_the_maintainer_is_believed(nlptasks, waiting):
    score(nlptasks)
    how = ("leaderboard", "build", "hid/records", "-f", "-o", "b.json", "--suite", "hid/suite.yaml")
    for flags, trust, position in (((), "V0", None), (BELIEVED, "V1", 1)):
        assert nlptasks(*how, *flags)[0] == 0
        (task,) = json.loads(Path("b.json").read_text())["tasks"]
        (row,) = task["panels"][0]["rows"]
        assert (row["trust"], row["position"]) == (trust, position)
    assert nlptasks(*CHECK, *BELIEVED)[0] == 0
    code, out, _ = nlptasks(*CHECK)
    assert code == 1 and "nobody who is believed says that he scored it" in out


def test_strangers_can_check_without_the_gold(nlptasks, waiting):
    score(nlptasks)
    Path("hid/hidden/reviews.csv").unlink()
    assert nlptasks(*CHECK, *BELIEVED)[0] == 0


def test_an_edited_score_is_no_longer_attested(nlptasks, waiting):
    score(nlptasks)
    path = Path("hid/records/rude-reviews/record.json")
    path.write_text(path.read_text().replace('"value": 0.75', '"value": 0.95'))
    assert nlptasks(*CHECK, *BELIEVED)[0] == 1


def test_a_record_with_the_rows_is_an_error(nlptasks, waiting):
    score(nlptasks, "--keep", "hid/records/whole")
    code, out, _ = nlptasks(*CHECK, *BELIEVED)
    assert code == 1 and "it holds samples of a data set whose gold answers are hidden" in out


def test_another_hidden_file_is_refused(nlptasks, waiting):
    path = Path("hid/hidden/reviews.csv")
    path.write_text(path.read_text().replace("negative", "positive"))
    code, out, told = score(nlptasks)
    assert (code, out) == (1, "") and "this is not the file of the data set 'reviews'" in told
    assert [path.name for path in Path("hid/records").iterdir()] == [".gitkeep"]


def test_a_maintainers_own_record_is_published_too(nlptasks, hidden):
    args = ("--suite", "hid/suite.yaml", "--dataset", "reviews", "--name", "own", "-o", "private/own")
    assert nlptasks("rescore", "polite.csv", *args)[0] == 0
    code, out, _ = nlptasks("leaderboard", "score", "private/own", "--repository", hidden)
    assert code == 0 and out.startswith("own: accuracy ")
    assert nlptasks(*CHECK, *BELIEVED)[0] == 0


def test_what_is_no_submission(nlptasks, waiting):
    code, _, told = nlptasks("leaderboard", "score", "hid/data", "--repository", "hid")
    assert code == 2 and "no submission: it takes one file 'predictions.*'" in told
    assert score(nlptasks)[0] == 0
    code, _, told = score(nlptasks)
    assert code == 2 and "exists already" in told
