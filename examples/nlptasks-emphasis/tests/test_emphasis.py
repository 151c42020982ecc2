import csv
import os
import subprocess
import sys

import pytest
from nlptasks_emphasis import Head, Options, nlptasks_heads, nlptasks_run_finished

from nlptasks.plugin import Column, TaskSpec
from nlptasks.plugin.events import RunFinished
from nlptasks.plugin.options import from_values
from nlptasks.plugin.protocols import Example, HeadContext

TASK = TaskSpec(
    name="sentiment",
    summary="is a text positive or negative?",
    inputs=(Column(name="text"),),
    gold=Column(name="label"),
    prediction="nlptasks.plugin.predictions:Label",
    output="sentiment",
    metrics=("accuracy",),
    primary="accuracy",
    baseline="builtins:dict",
    examples=({"text": "It works.", "label": "positive"},),
)


def answer(text, **options):
    head = Head(HeadContext(task=TASK, options=from_values(Options, options)))
    example = Example({"text": text})
    assert head.windows([example]) == [[]]
    return head.read(example, [], [])


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("A great phone, I love it.", "positive"),
        ("It BROKE.", "negative"),
        ("Not good.", "negative"),
        ("It wasn’t bad.", "positive"),
        ("I would not call it a waste", "negative"),  # too far behind the negation
        ("It was not there, great phone", "positive"),  # another clause
        ("It is slow but really great", "positive"),  # the emphasised word wins
        ("Great, but it broke!", "negative"),
    ],
)
def test_answers(text, label):
    prediction = answer(text)
    assert prediction.label == label
    assert 0.5 < prediction.score <= 1
    assert sum(prediction.scores.values()) == pytest.approx(1)


def test_options_change_the_answer():
    assert answer("Not so very very good").label == "positive"
    assert answer("Not so very very good", negation_reach=4).label == "negative"
    assert answer("VERY good", emphasis=5).score > answer("VERY good").score


@pytest.mark.parametrize("text", ["", "great! " * 10_000, "awful " * 10_000, "😀", "שלום", "''"])
def test_reads_any_text(text):
    assert answer(text).label in Head.labels


def test_the_observer_counts_rows(tmp_path, monkeypatch):
    finished = RunFinished(rows=7, seconds=0.1, output="out.csv", outcome={})
    nlptasks_run_finished(finished)
    monkeypatch.setenv("NLPTASKS_EMPHASIS_LOG", str(tmp_path / "log"))
    nlptasks_run_finished(finished)
    assert (tmp_path / "log").read_text() == "7\tout.csv\n"


def test_the_descriptor_names_the_head():
    (spec,) = nlptasks_heads()
    assert spec.object == f"{Head.__module__}:{Head.__name__}"


def test_importing_the_plugin_is_light():
    heavy = "{'torch', 'transformers', 'sklearn', 'numpy', 'pandas'}"
    code = f"import sys, nlptasks_emphasis; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_finds_it(tmp_path):
    (tmp_path / "data.csv").write_text("text\nI love it\nIt broke\n")
    command = [sys.executable, "-m", "nlptasks", "run", "sentiment", "--head", "emphasis", "--data", "data.csv"]
    environment = os.environ | {"NLPTASKS_EMPHASIS_LOG": "log"}
    subprocess.run([*command, "--output", "out.csv"], cwd=tmp_path, check=True, env=environment)
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["sentiment"] for row in csv.DictReader(file)] == ["positive", "negative"]
    assert (tmp_path / "log").read_text() == "2\tout.csv\n"
