"""``nlptasks leaderboard build``, ``check`` and ``diff``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


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


def test_a_check_fails_where_something_is_wrong(nlptasks, board):
    code, out, told = nlptasks("leaderboard", "check", board)
    assert code == 0, out
    assert told.startswith("0 errors, ")
    samples = Path(board, "good", "samples.jsonl.gz")
    samples.write_bytes(samples.read_bytes()[:-4])
    code, out, told = nlptasks("leaderboard", "check", board, "--json")
    assert code == 1
    assert [item["record"] for item in json.loads(out) if item["severity"] == "error"] == ["good"]


def test_a_difference_names_the_system(nlptasks, board, films):
    nlptasks("leaderboard", "build", board, "-o", "before.json")
    assert nlptasks("leaderboard", "diff", "before.json", board) == (0, "", "no difference\n")
    films("records/late", 40, system="late")
    code, out, _ = nlptasks("leaderboard", "diff", "before.json", board, "--json")
    assert code == 0
    assert "late" in {change["system"] for change in json.loads(out)}
