"""``nlptasks leaderboard diff``."""

from __future__ import annotations

import json
from pathlib import Path


def test_a_difference_names_the_system(nlptasks, board, films):
    nlptasks("leaderboard", "build", board, "-o", "before.json")
    assert nlptasks("leaderboard", "diff", "before.json", board) == (0, "", "no difference\n")
    films("records/late", 40, system="late")
    code, out, _ = nlptasks("leaderboard", "diff", "before.json", board, "--json")
    assert code == 0
    assert "late" in {change["system"] for change in json.loads(out)}


def test_markdown_for_a_pull_request(nlptasks, lb):
    Path("none").mkdir()
    nlptasks("leaderboard", "submit", "my/rude", "--to", lb)
    code, out, _ = nlptasks("leaderboard", "diff", "none", "lb/records", "--markdown", "--suite", "lb/suite.yaml")
    assert code == 0
    assert out.startswith("### What this changes on the board\n\n1 came, 0 went, 0 moved.\n")
    assert "| sentiment | reviews | rude | 1 | 1 | 0.750 \\[0.579, 0.867\\] | V1 |" in out
    assert nlptasks("leaderboard", "diff", "lb/records", "lb/records", "--markdown")[1].endswith("Nothing.\n")
    code, _, told = nlptasks("leaderboard", "diff", "lb/records", "lb/records", "--markdown", "--json")
    assert code == 2 and "leave one of them out" in told


def test_what_a_name_holds_changes_no_markdown(nlptasks, films):
    films("old/a", 2, system="a")
    folder = Path(films("new/a", 2, system="a")).parent
    films("new/b", 9, system="x | y](http://bad) <b>")
    out = nlptasks("leaderboard", "diff", str(folder.parent / "old"), str(folder), "--markdown")[1]
    assert "x \\| y\\](http://bad) \\<b\\>" in out
