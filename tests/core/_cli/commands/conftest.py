"""Commands as they are typed, run in this process, and records for them to work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks.records.store import read_record, write_record

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
def cheat() -> Callable[[str, float], None]:
    """Writes into a record an accuracy that is not that of its samples."""

    def written(folder: str, value: float) -> None:
        opened = read_record(Path(folder))
        scores = dict(opened.record.scores)
        scores["accuracy"] = replace(scores["accuracy"], value=value)
        write_record(Path(folder), replace(opened.record, scores=scores), opened.samples, opened.stats, force=True)

    return written


@pytest.fixture
def exchanged(nlptasks: Nlptasks, monkeypatch: pytest.MonkeyPatch) -> str:
    """A record made at a known time, to be written in the formats of other tools."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    Path("mine.csv").write_text("label,prediction\na,a\nb,a\n")
    assert nlptasks("rescore", "mine.csv", "--task", "classification", "-o", "record")[0] == 0
    return "record"
