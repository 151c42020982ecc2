from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import nlptasks
from nlptasks.api import _example
from nlptasks.errors import UsageError
from nlptasks.plugin.protocols import Example
from nlptasks.records.store import read_record
from nlptasks_tasks.generation import SPEC as GENERATION
from nlptasks_tasks.qa import SPEC as QA


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, nlptasks; print(sorted({'torch', 'numpy', 'pluggy', 'click'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_one_text_or_many() -> None:
    sentiment = nlptasks.load("sentiment", device="cpu")
    one = sentiment("great phone")
    assert one is not None
    assert one.answer == "positive"
    assert sentiment([{"text": "great phone"}, "  "]) == [one, None]
    assert sentiment([]) == []
    assert sentiment.labels == ("negative", "positive")


def test_unknown_names_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="did you mean 'sentiment'"):
        nlptasks.load("sentimnt")
    with pytest.raises(UsageError, match="lables"):
        nlptasks.load("classification", lables=("a", "b"))
    with pytest.raises(AttributeError):
        _ = nlptasks.nothing


def test_run_and_train_do_what_the_commands_do(tmp_path: Path) -> None:
    data = tmp_path / "tickets.csv"
    rows = [("my parcel is late", "shipping"), ("you charged me twice", "billing")]
    data.write_text("text,label\n" + "".join(f"{text} {at},{gold}\n" for at in range(8) for text, gold in rows))
    report = nlptasks.train("classification", data, tmp_path / "head", device="cpu")
    assert report.labels == ("billing", "shipping")
    done = nlptasks.run("classification", data, head=str(tmp_path / "head"), device="cpu")
    assert Path(done.output) == tmp_path / "tickets.classification.csv"
    assert done.tasks[0].scores[0].value == 1
    assert done.tasks[0].scores[0].n == 16
    head = str(tmp_path / "head")
    record = nlptasks.evaluate("classification", data, head=head, output=tmp_path / "record", device="cpu", limit=6)
    assert (record.dataset.n, record.scores["accuracy"].value) == (6, 1)
    assert record.model.trained_on == (record.dataset.sha256,)
    assert record.model.digest
    assert record.model.trainable == 2 * 384 + 2
    assert read_record(tmp_path / "record").record == record


def test_optional_inputs_may_be_left_out() -> None:
    assert _example(GENERATION, {}) == Example({"prompt": ""})
    with pytest.raises(UsageError, match="needs 'context'"):
        _example(QA, {"question": "Who?"})
