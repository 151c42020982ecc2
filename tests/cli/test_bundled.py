"""The command as a new user types it: the bundled backbone, its heads, and the reviews in ``examples``."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

REVIEWS = Path(__file__).parents[2] / "examples" / "reviews.csv"
ROWS = 239


@pytest.fixture
def reviews(command) -> list[dict[str, str]]:
    """The rows of ``reviews.csv``, which lies in the command's folder."""
    command.write("reviews.csv", REVIEWS.read_bytes())
    return rows(command.read("reviews.csv"))


def rows(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(text.splitlines(keepends=True)))


def own(answered: list[dict[str, str]], like: list[dict[str, str]]) -> list[dict[str, str]]:
    """What the answered rows hold in the columns of the others."""
    return [{name: row[name] for name in like[0]} for row in answered]


def likely(scores: list[str], least: float) -> bool:
    """Whether every score is the probability of the best of some labels."""
    return all(least - 1e-6 <= float(score) <= 1 for score in scores)


def test_sentiment_of_the_example(command, reviews):
    result = command("run", "sentiment", "--data", "reviews.csv").succeeded()
    answered = rows(command.read("reviews.sentiment.csv"))
    assert len(answered) == ROWS
    assert own(answered, reviews) == reviews
    assert {row["sentiment"] for row in answered} <= {"positive", "negative", ""}
    assert {"positive", "negative"} <= {row["sentiment"] for row in answered}
    assert likely([row["sentiment_score"] for row in answered if row["sentiment"]], 0.5)
    found = re.search(r"accuracy (\d\.\d+) +\[95 % (\d\.\d+) to (\d\.\d+)\] +n=(\d+)", result.stderr)
    assert found, result.stderr
    value, low, high = (float(number) for number in found.groups()[:3])
    assert low < value < high
    assert low > 0.5
    assert result.stdout == b""


def test_two_tasks_at_once(command, reviews):
    some = reviews[:12]
    command.write("some.jsonl", "".join(json.dumps(row) + "\n" for row in some))
    result = command("run", "sentiment,classification", "--data", "some.jsonl", "--output", "some.csv").succeeded()
    answered = rows(command.read("some.csv"))
    assert own(answered, some) == some
    first, score, *others = list(answered[0])[len(some[0]) :]
    assert (first, score, len(others)) == ("sentiment", "sentiment_score", 2)
    assert likely([row[others[1]] for row in answered], 0.25)
    assert "sentiment (head nlptasks:binary)" in result.stderr
    assert "classification (head nlptasks:topics)" in result.stderr


def test_labels_that_nobody_trained(command):
    command.write("mails.csv", "id,text\n1,I was charged twice this month\n2,My parcel has not arrived yet\n")
    line = ("run", "classification", "--labels", "billing,shipping", "--data", "mails.csv", "--output", "out.csv")
    result = command(*line).succeeded()
    answered = rows(command.read("out.csv"))
    output, score = list(answered[0])[2:]
    assert [row[output] for row in answered] == ["billing", "shipping"]
    assert likely([row[score] for row in answered], 0.5)
    assert "(head nlptasks:zero-shot)" in result.stderr
