"""``nlptasks leaderboard submit``."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest


def test_a_record_goes_below_records(nlptasks, lb):
    how = ("--licence", "MIT", "--training", "zero-shot", "--by", "Ada", "--link", "https://example.org")
    code, out, told = nlptasks("leaderboard", "submit", "my/rude", "--to", lb, *how)
    assert (code, out, told) == (0, "-> lb/records/rude-reviews\n", "")
    card = json.loads(Path("lb/records/rude-reviews/submission.json").read_text())
    assert (card["licence"], card["training"], card["by"]) == ("MIT", "zero-shot", "Ada")
    assert len(card["date"]) == 10
    for name in ("record.json", "samples.jsonl.gz", "stats.npz"):
        assert Path("lb/records/rude-reviews", name).read_bytes() == Path("my/rude", name).read_bytes()
    assert nlptasks("leaderboard", "check", "lb/records", "--suite", "lb/suite.yaml")[0] == 0


def test_nothing_is_written_over(nlptasks, lb):
    nlptasks("leaderboard", "submit", "my/rude", "--to", lb)
    before = Path("lb/records/rude-reviews/record.json").read_bytes()
    code, out, told = nlptasks("leaderboard", "submit", "my/polite", "--to", lb, "--as", "rude-reviews")
    assert (code, out) == (2, "") and "exists already" in told
    assert Path("lb/records/rude-reviews/record.json").read_bytes() == before
    code, out, told = nlptasks("leaderboard", "submit", "my/rude", "--to", lb, "--as", "again")
    assert code == 1 and "rude-reviews is the same evaluation" in told
    assert not Path("lb/records/again").exists()


def test_a_cheat_is_refused_with_what_the_check_finds(nlptasks, lb, cheat):
    cheat("my/rude", 0.99)
    code, out, told = nlptasks("leaderboard", "submit", "my/rude", "--to", lb)
    assert (code, out) == (1, "")
    assert "it is not submitted" in told and "altered-value: its accuracy is 0.99" in told
    assert [path.name for path in Path("lb/records").iterdir()] == [".gitkeep"]


def test_predictions_of_another_system_are_refused(nlptasks, lb):
    nlptasks("leaderboard", "submit", "my/rude", "--to", lb)
    Path("copy.csv").write_bytes(Path("rude.csv").read_bytes() + b"\n")
    nlptasks("rescore", "copy.csv", "--suite", "lb/suite.yaml", "--dataset", "reviews", "--name", "a", "-o", "my/a")
    code, _, told = nlptasks("leaderboard", "submit", "my/a", "--to", lb)
    assert code == 1 and "identical-predictions: its 32 predictions are those of rude-reviews (rude)" in told


def test_other_data_than_the_suites_are_refused(nlptasks, lb):
    rows = Path("lb/data/reviews.csv").read_text().replace("r02,It broke after two days", "r02,It held for years")
    Path("other.csv").write_text(rows)
    nlptasks("rescore", "rude.csv", "--task", "sentiment", "--data", "other.csv", "--name", "r", "-o", "my/r")
    record = json.loads(Path("my/r/record.json").read_text())
    assert record["dataset"]["name"] == "other"
    code, _, told = nlptasks("leaderboard", "submit", "my/r", "--to", lb)
    assert code == 1 and "the suite has no data set 'other' of the task 'sentiment'; it has reviews" in told


def test_an_archive_holds_the_same_and_has_the_same_bytes(nlptasks, lb, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for name in ("one.zip", "two.zip"):
        assert nlptasks("leaderboard", "submit", "my/rude", "--to", name)[:2] == (0, f"-> {name}\n")
    assert Path("one.zip").read_bytes() == Path("two.zip").read_bytes()
    with zipfile.ZipFile("one.zip") as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"rude-reviews"}
        archive.extractall("unpacked")
    assert Path("unpacked/rude-reviews/record.json").read_bytes() == Path("my/rude/record.json").read_bytes()
    code, _, told = nlptasks("leaderboard", "submit", "my/rude", "--to", "one.zip")
    assert code == 2 and "one.zip exists already" in told


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("my/rude",), "--to DIR"),
        (("my/rude", "--to", "nowhere"), "leaderboard init nowhere"),
        (("nowhere", "--to", "lb"), "nowhere"),
        (("my/rude", "--to", "lb", "--as", "../up"), "no name for a folder"),
        (("my/rude", "--to", "lb", "--as", ".x"), "no name for a folder"),
        (("my/rude", "--to", "lb", "--name", "x"), "--name goes with a file of predictions"),
        (("my/rude", "--to", "lb", "--training", "some"), "some"),
        (("rude.csv", "--to", "lb"), "name the system: --name NAME"),
        (("rude.csv", "--to", "lb", "--name", "x"), "the gold answers of no data set are hidden"),
    ],
)
def test_what_cannot_be_submitted(nlptasks, lb, args, said):
    code, out, told = nlptasks("leaderboard", "submit", *args)
    assert (code, out) == (2, "")
    assert said in told


def test_predictions_for_hidden_gold(nlptasks, hidden):
    code, out, told = nlptasks("leaderboard", "submit", "rude.csv", "--to", hidden, "--name", "rude")
    assert (code, out, told) == (0, "-> hid/submissions/rude-reviews\n", "")
    assert Path("hid/submissions/rude-reviews/predictions.csv").read_bytes() == Path("rude.csv").read_bytes()
    code, _, told = nlptasks("leaderboard", "submit", "rude.csv", "--to", hidden, "--name", "rude")
    assert code == 2 and "exists already" in told


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (lambda lines: lines[:20], "13 of 32 rows have no prediction: r20, "),
        (lambda lines: [*lines, "x1,positive"], "1 of 33 predictions have no row: x1"),
        (lambda lines: [*lines, lines[-1]], "1 of the ids stand there more than once: r32"),
        (lambda lines: ["id,other", *lines[1:]], "no column of predictions"),
    ],
)
def test_predictions_that_do_not_fit(nlptasks, hidden, lines, said):
    Path("x.csv").write_text("\n".join(lines(Path("rude.csv").read_text().splitlines())) + "\n")
    code, out, told = nlptasks("leaderboard", "submit", "x.csv", "--to", hidden, "--name", "x")
    assert (code, out) == (2, "") and said in told
    assert [path.name for path in Path("hid/submissions").iterdir()] == [".gitkeep"]
