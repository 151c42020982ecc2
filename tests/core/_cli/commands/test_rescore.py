"""``nlptasks rescore``: files of predictions, and records."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from nlptasks.records.store import read_record

pytestmark = pytest.mark.usefixtures("mine")


def test_a_file_of_predictions(nlptasks):
    code, out, told = nlptasks("rescore", "mine.csv", "--task", "sentiment", "--output", "record")
    assert (code, told) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "sentiment on mine: 3 samples -> record"
    assert "predictions: column 'prediction'; gold answers: column 'label'" in lines[1]
    assert any(
        line.strip().startswith("accuracy  0.333  [95 % ") and "n=3; trivial baseline 0.667" in line for line in lines
    )
    record = read_record(Path("record")).record
    assert record.run.argv == ("nlptasks", "rescore", "mine.csv", "--task", "sentiment")
    assert nlptasks("rescore", "mine.csv", "--task", "sentiment", "--output", "record")[0] == 2
    assert nlptasks("rescore", "mine.csv", "--task", "sentiment", "--output", "record", "--force")[0] == 0


def test_coverage_is_printed(nlptasks):
    Path("part.csv").write_text("id,prediction\nr1,positive\n")
    args = ("rescore", "part.csv", "--task", "sentiment", "--data", "mine.csv")
    code, _, told = nlptasks(*args)
    assert code == 2
    assert "2 of 3 rows have no prediction: r2, r3" in told
    code, out, told = nlptasks(*args, "--partial", "--json")
    assert code == 0
    assert "coverage 33.3%: a missing prediction counts as an empty one" in told
    assert "2 missing" in told
    assert json.loads(out)["flags"] == {"missing": 2}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("mine.csv",), "mine.csv is no record; as a file of predictions it needs a task"),
        (("mine.csv", "mine.csv", "--task", "sentiment"), "one file of predictions at a time"),
        (("mine.csv", "--task", "sentimant"), "did you mean 'sentiment'?"),
        (("none.csv", "--task", "sentiment"), "there is no file none.csv"),
        ((".",), "record.json: No such file or directory"),
        (("mine.csv", "--task", "sentiment", "--metric", "bleuu"), "did you mean 'bleu'?"),
        (("-", "--task", "sentiment"), "a record names its files by their bytes"),
    ],
)
def test_what_cannot_be_scored(nlptasks, args, said):
    code, out, told = nlptasks("rescore", *args)
    assert (code, out) == (2, "")
    assert said in told


def test_a_record(nlptasks, record):
    code, out, _ = nlptasks("rescore", record, "--metric", "kappa", "-o", "more")
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert lines[1] == ["METRIC", "RECORD", "NOW", "DIFFERENCE", "NOTE"]
    assert ["accuracy", "0.333333", "0.333333", "+0"] in lines
    assert next(line for line in lines if line[0] == "kappa")[-1] == "new"
    assert set(read_record(Path("more")).record.scores) == {*read_record(Path(record)).record.scores, "kappa"}
    code, _, told = nlptasks("rescore", record, "--task", "sentiment")
    assert code == 2
    assert "--task goes with a file of predictions; record is a record" in told


def test_a_record_that_says_something_else(nlptasks, record, cheat):
    cheat(record, 0.5)
    code, out, _ = nlptasks("rescore", record)
    assert code == 1
    assert next(line for line in out.splitlines() if line.startswith("accuracy")).split()[1:] == [
        "0.500000",
        "0.333333",
        "-0.167",
        "differs",
    ]
    code, out, _ = nlptasks("rescore", record, "--json")
    assert code == 1
    assert [metric["metric"] for metric in json.loads(out)[0]["metrics"] if metric["differs"]] == ["accuracy"]


def test_ids_that_are_the_numbers_of_rows(nlptasks):
    Path("gold.csv").write_text("text,label\na,positive\nb,\nc,negative\n")
    Path("numbered.csv").write_text("id,prediction\n3,negative\n1,positive\n2,positive\n")
    code, _, told = nlptasks("rescore", "numbered.csv", "--task", "sentiment", "--data", "gold.csv", "-o", "numbered")
    assert code == 0, told
    opened = read_record(Path("numbered"))
    assert [(sample.id, sample.prediction) for sample in opened.samples] == [("1", "positive"), ("3", "negative")]


def test_predictions_for_a_data_set_of_a_benchmark(nlptasks):
    Path("rows.csv").write_text("n,text,label\nx,a,positive\ny,b,negative\n")
    sha256 = hashlib.sha256(Path("rows.csv").read_bytes()).hexdigest()
    Path("mine.yaml").write_text(
        "name: mine\nsummary: two rows\nversion: '1'\ndatasets:\n  - name: two\n    task: sentiment\n"
        f"    file: rows.csv\n    sha256: {sha256}\n    id: n\n    primary: macro-f1\n    language: en\n"
    )
    Path("answers.jsonl").write_text('{"n": "y", "prediction": "negative"}\n{"n": "x", "prediction": "negative"}\n')
    line = ("rescore", "answers.jsonl", "--suite", "mine.yaml", "-o", "two")
    assert "--dataset names none" in nlptasks(*line)[2]
    assert "--gold does not go with a benchmark" in nlptasks(*line, "--dataset", "two", "--gold", "label")[2]
    code, _, told = nlptasks(*line, "--dataset", "two")
    assert code == 0, told
    record = read_record(Path("two")).record
    assert (record.dataset.name, record.dataset.benchmark, record.primary) == ("two", "mine 1", "macro-f1")
    assert record.scores["accuracy"].value == 0.5
