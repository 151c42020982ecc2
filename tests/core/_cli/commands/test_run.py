"""``nlptasks run`` as a command: what it needs, and what it says at its end. The run itself: ``_running``."""

from __future__ import annotations

import pytest


def test_the_data_are_asked_for(command):
    command("run", "sentiment", "--head", "constant").refused(
        "the flag '--data' is missing", "nlptasks run sentiment --data FILE; see 'nlptasks run sentiment --help'"
    )


def test_a_summary_stands_on_standard_error_unless_it_is_not_wanted(command):
    command.write("reviews.csv", "text\ngood\nbad\n")
    told = command.constant("--data", "reviews.csv").succeeded()
    assert told.stdout == b""
    assert told.lines[0].startswith("2 rows in ")
    assert "-> reviews.sentiment.csv" in told.lines[0]
    quiet = command.constant("--data", "reviews.csv", "--quiet", "--force").succeeded()
    assert quiet.stderr == ""
    header, *rows = command.read("reviews.sentiment.csv").splitlines()
    assert (header, rows) == ("text,sentiment,sentiment_score", ["good,positive,0.75", "bad,positive,0.75"])


@pytest.mark.parametrize(("args", "code"), [(("run",), 2), (("run", "--help"), 0)])
def test_without_a_task_it_lists_them(nlptasks, args, code):
    found, out, told = nlptasks(*args)
    assert found == code
    assert "nlptasks run sentiment,classification --data FILE" in " ".join((out + told).split())
