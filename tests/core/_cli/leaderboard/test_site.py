"""``nlptasks leaderboard site``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def files(folder: str) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()
    }


def test_several_boards_have_an_index_whose_links_lead_somewhere(nlptasks, lb, board):
    nlptasks("leaderboard", "submit", "my/rude", "--to", lb)
    code, out, told = nlptasks("leaderboard", "site", lb, board, "-o", "site", "--title", "All <of> them")
    assert (code, out, told) == (0, "", "2 boards -> site/index.html\n")
    index = Path("site/index.html").read_text()
    assert "All &lt;of&gt; them" in index and "<script" not in index
    links = re.findall(r'href="([^"#]+)', index)
    assert {"lb.html", "records.html", "lb.json"} <= set(links)
    assert all(Path("site", link).is_file() for link in links)
    assert Path("site/lb/sentiment-reviews/rude.svg").is_file()
    nlptasks("leaderboard", "site", lb, board, "-o", "again", "--title", "All <of> them")
    assert files("site") == files("again")


def test_a_repository_of_hidden_gold_believes_its_maintainer(nlptasks, hidden):
    nlptasks("leaderboard", "submit", "rude.csv", "--to", hidden, "--name", "rude")
    nlptasks("leaderboard", "score", "hid/submissions/rude-reviews", "--repository", "hid", "--by", "Ada")
    assert nlptasks("leaderboard", "site", hidden, "-o", "site")[0] == 0
    assert "rank 1 of 1, V1" in Path("site/hid/sentiment-reviews/rude.svg").read_text()


def test_a_leaderboard_begins_without_a_record(nlptasks, lb):
    assert nlptasks("leaderboard", "site", lb, "-o", "site")[0] == 0
    assert "0 records" in Path("site/index.html").read_text()


@pytest.mark.parametrize(
    ("args", "said"), [(("lb", "-o", "lb"), "lb exists already"), (("my", "-o"), "-o"), ((), "DIR")]
)
def test_what_cannot_be_written_touches_nothing(nlptasks, lb, args, said):
    before = files(".")
    code, out, told = nlptasks("leaderboard", "site", *args)
    assert (code, out) == (2, "") and said in told
    assert files(".") == before
