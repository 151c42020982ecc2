"""``nlptasks errors``: on a terminal, as JSON and as a page."""

from __future__ import annotations

import json
from pathlib import Path


def test_errors(nlptasks, record):
    code, out, _ = nlptasks("errors", record)
    assert code == 0
    assert "2 of 3 samples are of the kind wrong" in out.splitlines()[0]
    assert "  mine  positive  [wrong, accuracy 0.000]" in out.splitlines()
    assert "  gold  negative" in out.splitlines()
    data = json.loads(nlptasks("errors", record, "--json", "-n", "1")[1])
    assert (data["found"], [error["id"] for error in data["errors"]]) == (2, ["r2"])
    assert data["errors"][0]["predictions"]["mine"]["wrong"] is True


def test_a_page_of_errors(nlptasks, record):
    code, out, told = nlptasks("errors", record, "--output", "errors.html")
    assert (code, out, told) == (0, "", "2 of 2 errors -> errors.html\n")
    assert Path("errors.html").read_text().startswith("<!DOCTYPE html>\n")
    assert nlptasks("errors", record, "--output", "errors.html")[0] == 2
    first = Path("errors.html").read_bytes()
    assert nlptasks("errors", record, "--output", "errors.html", "--force")[0] == 0
    assert Path("errors.html").read_bytes() == first


def test_hostile_text_on_a_terminal(nlptasks):
    Path("evil.csv").write_text(
        'id,text,label,prediction\n1,"\x1b[31mred\u202e",positive,"\x1b]0;x\x07"\n2,a,positive,positive\n'
    )
    nlptasks("rescore", "evil.csv", "--task", "sentiment", "--name", "\x1b[2J", "-o", "evil")
    code, out, _ = nlptasks("errors", "evil")
    assert code == 0
    assert "\\x1b[31mred\\u202e" in out
    assert "\x1b" not in out
