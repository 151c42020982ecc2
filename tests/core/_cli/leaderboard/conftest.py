"""Folders of records, and a repository with two honest submissions, for the commands on boards."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

Nlptasks = Callable[..., tuple[int, str, str]]

#: Words that make a rule call a review bad.
RULES = {"rude": ("not", "never", "broke", "no ", "slow", "cold"), "polite": ("broke", "lost", "late")}


@pytest.fixture
def board(films, tmp_path: Path) -> str:
    """A folder of three records."""
    for name, wrong in (("good", 2), ("fair", 12), ("poor", 30)):
        films(f"records/{name}", wrong, system=name)
    return str(tmp_path / "records")


@pytest.fixture
def predict() -> Callable[..., str]:
    """Writes what a rule predicts for a table with ids and texts, and returns the file's name."""

    def written(data: str, rule: str, *, name: str = "") -> str:
        with Path(data).open(newline="") as file:
            rows = list(csv.DictReader(file))
        lines = ["id,prediction"]
        for row in rows:
            bad = any(word in row["text"].lower() for word in RULES[rule])
            lines.append(f"{row['id']},{'negative' if bad else 'positive'}")
        Path(f"{name or rule}.csv").write_text("\n".join(lines) + "\n")
        return f"{name or rule}.csv"

    return written


@pytest.fixture
def lb(nlptasks: Nlptasks, predict: Callable[..., str]) -> str:
    """A repository with the example's data set, and records of two rules below ``my``."""
    assert nlptasks("leaderboard", "init", "lb", "--name", "example")[0] == 0
    for rule in RULES:
        made = predict("lb/data/reviews.csv", rule)
        args = ("--suite", "lb/suite.yaml", "--dataset", "reviews", "--name", rule, "-o", f"my/{rule}")
        assert nlptasks("rescore", made, *args)[0] == 0
    return "lb"


@pytest.fixture
def hidden(nlptasks: Nlptasks, lb: str) -> str:
    """A repository whose gold answers are the maintainer's alone."""
    args = ("--name", "secret", "--task", "sentiment", "--data", "lb/data/reviews.csv", "--withhold-gold")
    assert nlptasks("leaderboard", "init", "hid", *args)[0] == 0
    return "hid"
