"""``nlptasks leaderboard build``."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import yaml


@pytest.fixture
def board(films, tmp_path: Path) -> str:
    """A folder of three records."""
    for name, wrong in (("good", 2), ("fair", 12), ("poor", 30)):
        films(f"records/{name}", wrong, system=name)
    return str(tmp_path / "records")


def test_the_board_is_printed_or_written_by_its_suffix(nlptasks, board):
    code, out, told = nlptasks("leaderboard", "build", board)
    assert (code, told) == (0, "")
    assert out.index("good") < out.index("fair") < out.index("poor")
    for name in ("board.html", "board.md", "board.csv", "board.json"):
        code, out, told = nlptasks("leaderboard", "build", board, "-o", name)
        assert (code, out) == (0, "")
        assert told.endswith(f" -> {name}\n")
    assert json.loads(Path("board.json").read_text())["title"] == "Leaderboard"
    assert Path("board.html").read_text().startswith("<!doctype html>")


def test_the_same_records_give_the_same_bytes(nlptasks, board):
    nlptasks("leaderboard", "build", board, "-o", "one.html")
    nlptasks("leaderboard", "build", board, "-o", "two.html")
    assert Path("one.html").read_bytes() == Path("two.html").read_bytes()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("-o", "board.pdf"), "board.pdf"),
        (("--min-trust", "V9"), "V9"),
        (("-o", "there.md"), "there.md"),
    ],
)
def test_what_cannot_be_built(nlptasks, board, args, said):
    Path("there.md").write_text("mine")
    code, out, told = nlptasks("leaderboard", "build", board, *args)
    assert (code, out) == (2, "")
    assert said in told
    assert Path("there.md").read_text() == "mine"


def newer_version(folder: str, **more: object) -> None:
    """Give the data set of a repository another row, and a version for it."""
    suite = yaml.safe_load(Path(folder, "suite.yaml").read_text())
    (card,) = suite["datasets"]
    earlier = {"version": "1", "sha256": card["sha256"], "file": "data/reviews-1.csv"}
    Path(folder, "data/reviews-1.csv").write_bytes(Path(folder, "data/reviews.csv").read_bytes())
    text = Path(folder, "data/reviews.csv").read_text() + "r33,A fine new row.,positive\n"
    Path(folder, "data/reviews.csv").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    suite["datasets"] = [{**card, "sha256": digest, "n": 33, "version": "2", "earlier": [earlier], **more}]
    Path(folder, "suite.yaml").write_text(yaml.safe_dump(suite))


def test_an_earlier_version_is_shown_among_what_was(nlptasks, lb, predict):
    nlptasks("leaderboard", "submit", "my/rude", "--to", lb)
    newer_version(lb)
    how = ("--suite", "lb/suite.yaml", "--dataset", "reviews", "--name", "polite", "-o", "my/new")
    assert nlptasks("rescore", predict("lb/data/reviews.csv", "polite"), *how)[0] == 0
    assert nlptasks("leaderboard", "submit", "my/new", "--to", lb)[0] == 0
    assert nlptasks("leaderboard", "check", "lb/records", "--suite", "lb/suite.yaml")[0] == 0
    build = ("leaderboard", "build", "lb/records", "--suite", "lb/suite.yaml", "-f")
    nlptasks(*build, "-o", "b.json")
    (task,) = json.loads(Path("b.json").read_text())["tasks"]
    assert [(p["version"], p["retired"], p["n"], p["rows"][0]["system"]) for p in task["panels"]] == [
        ("2", False, 33, "polite")
    ]
    assert [(p["version"], p["retired"], p["n"], p["rows"][0]["system"]) for p in task["retired"]] == [
        ("1", True, 32, "rude")
    ]
    out = nlptasks(*build)[1]
    assert "reviews, version 1 (retired): accuracy on 32 samples" in out
    assert "version" in nlptasks("leaderboard", "diff", "b.json", "lb/records")[1]
    assert nlptasks("leaderboard", "diff", "b.json", "lb/records", "--suite", "lb/suite.yaml")[2] == "no difference\n"
    # what lies in the file of the earlier version still counts
    old = Path("lb/data/reviews-1.csv")
    old.write_text(old.read_text().replace("negative", "positive", 1))
    assert nlptasks("leaderboard", "check", "lb/records", "--suite", "lb/suite.yaml")[0] == 1


def test_a_data_set_is_retired_as_a_whole(nlptasks, lb):
    nlptasks("leaderboard", "submit", "my/rude", "--to", lb)
    suite = Path("lb/suite.yaml")
    suite.write_text(suite.read_text().replace("  gold:", "  retired: true\n  gold:"))
    assert nlptasks("leaderboard", "build", "lb/records", "--suite", "lb/suite.yaml", "-o", "b.json")[0] == 0
    (task,) = json.loads(Path("b.json").read_text())["tasks"]
    assert not task["panels"] and not task["standings"]
    assert task["retired"][0]["dataset"] == "reviews"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"retired": "yes"}, "retired"),
        ({"earlier": "1"}, "earlier"),
        ({"earlier": [{"version": "1"}]}, "sha256"),
        ({"earlier": [{"version": "1", "sha256": "12"}]}, "64 hexadecimal digits"),
        ({"earlier": [{"version": "1", "sha256": "ab" * 32, "name": "x"}]}, "name"),
        ({"version": [1]}, "version"),
    ],
)
def test_a_wrong_version_is_named(nlptasks, lb, more, said):
    newer_version(lb, **more)
    code, out, told = nlptasks("benchmark", "show", "lb/suite.yaml")
    assert (code, out) == (2, "")
    assert "lb/suite.yaml:" in told and said in told
