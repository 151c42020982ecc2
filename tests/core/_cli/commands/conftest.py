"""Commands as they are typed, run in this process, and records for them to work on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

ROWS = [
    ("r1", "good", "positive", "positive"),
    ("r2", "bad", "negative", "positive"),
    ("r3", "ok", "positive", "negative"),
]

Nlptasks = Callable[..., tuple[int, str, str]]


@pytest.fixture
def mine(nlptasks: Nlptasks) -> str:
    """A file of three predictions of sentiment, one of them right."""
    rows = [",".join(row) for row in (("id", "text", "label", "prediction"), *ROWS)]
    Path("mine.csv").write_text("\n".join(rows) + "\n")
    return "mine.csv"


@pytest.fixture
def record(nlptasks: Nlptasks, mine: str) -> str:
    """The record of those predictions."""
    code, _, told = nlptasks("rescore", mine, "--task", "sentiment", "--name", "mine", "-o", "record")
    assert code == 0, told
    return "record"


@pytest.fixture
def exchanged(nlptasks: Nlptasks, monkeypatch: pytest.MonkeyPatch) -> str:
    """A record made at a known time, to be written in the formats of other tools."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    Path("mine.csv").write_text("label,prediction\na,a\nb,a\n")
    assert nlptasks("rescore", "mine.csv", "--task", "classification", "-o", "record")[0] == 0
    return "record"
