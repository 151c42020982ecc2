"""Texts that a head cannot read are counted, named, and counted alike in parts."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace

import pytest

import nlptasks
from nlptasks._cli.views.evaluated import evaluated
from nlptasks._cli.views.summary import summary
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._running.eval import Evaluated
from nlptasks._running.foreign import ForeignTexts, foreign_texts
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.session import Session
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import Example, Window
from nlptasks.records.store import read_record

REVIEWS = [
    "Great phone.",
    "房间很干净,服务员也很热情。",
    "",
    "Das Zimmer war sehr sauber und das Personal ist nett, aber es war laut.",
    "🍕🔥😍",
]


def test_parts_make_the_whole() -> None:
    whole, one, other = ForeignTexts(), ForeignTexts(), ForeignTexts()
    for number, why in enumerate(["de", "zh", "de", "fr", "de", "unknown", "zh"]):
        whole.add(number, why, f"line {number}")
        (one if number < 4 else other).add(number, why, f"line {number}")
    other.merge(one)
    assert other == whole
    assert other.named == tuple(f"line {number}" for number in range(5))
    assert ForeignTexts.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_a_run_tells_of_them(tmp_path) -> None:
    data = tmp_path / "reviews.jsonl"
    data.write_text(
        "".join(json.dumps({"text": text, "label": "positive"}) + "\n" for text in REVIEWS), encoding="utf-8"
    )
    report = nlptasks.run("sentiment", data, output=str(tmp_path / "out.jsonl"))
    task = report.tasks[0]
    assert task.predicted == 4
    assert task.foreign == {"zh": 1, "de": 1, "unknown": 1}
    assert task.foreign_rows == ("2", "4", "5")
    lines = summary(report).splitlines()
    at = next(at for at, line in enumerate(lines) if "mean confidence" in line)
    assert lines[at + 1] == (
        "  3 of 4 texts (75.0%) are not in a language that the head reads: 1 de, 1 unknown to the tokenizer, 1 zh; "
        "lines 2, 4, 5"
    )
    assert task.reader.endswith("--backbone multilingual")
    assert lines[at + 2] == f"  to have them read: {task.reader}"


def test_a_loaded_task_warns_once() -> None:
    sentiment = nlptasks.load("sentiment", device="cpu")
    assert sentiment("Great phone.")
    said = r"3 of 5 texts \(60.0%\) are not in a language .* it reads en\): .*; positions 1, 3, 4.*multilingual$"
    with pytest.warns(RuntimeWarning, match=said) as told:
        sentiment(REVIEWS)
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sentiment(REVIEWS)


def test_an_evaluation_flags_them(tmp_path) -> None:
    data = tmp_path / "reviews.jsonl"
    data.write_text("".join(json.dumps({"text": text, "label": "positive"}) + "\n" for text in REVIEWS))
    record = nlptasks.evaluate("sentiment", data, output=tmp_path / "mine")
    assert record.flags["foreign_input"] == 3
    found = read_record(tmp_path / "mine", samples=True).samples
    assert [sample.id for sample in found if "foreign_input" in sample.flags] == ["2", "4", "5"]
    outcome = Evaluated(record=record, folder=tmp_path / "mine", foreign=("2", "4", "5"), reader="--backbone b")
    line = "  3 of 5 texts (60.0%) are not in a language that the head reads: ids 2, 4, 5"
    assert {line, "  to have them read: --backbone b"} <= set(evaluated(outcome).splitlines())


def test_nothing_is_said_of_a_head_whose_languages_nobody_knows() -> None:
    session = Session(load_plugins(Config()).registry)
    spec = session.registry.get(TaskSpec, "sentiment").spec
    chosen = session.choose((spec,), SystemChoice())
    head = replace(session.load(chosen).heads[0], languages=())
    windows = [[Window((2, 7, 3))]]
    assert foreign_texts(head, None, [Example({"text": REVIEWS[3]})], windows) == ("",)
