"""Results of MTEB. Files that are none: ``test_foreign.py``."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nlptasks._exchange.formats import exchange, imported
from nlptasks.errors import DataError, UsageError
from nlptasks.records.schema import Result


def read(path, model=""):
    form = exchange("mteb")
    return imported(form, form.read(path, str(path)), file=str(path), model=model)


@pytest.mark.parametrize("name", ["", "Colours.json"])
def test_each_language_is_a_data_set(recorded, name):
    english, german = read(recorded / "mteb" / name)
    assert (english.dataset.name, german.dataset.name) == ("Colours (en)", "Colours (de)")
    assert (english.task, english.dataset.split, english.dataset.revision) == ("Colours", "test", "abc123")
    assert (english.model.name, english.model.parameters) == ("org/random", 1234)
    assert english.run.versions == {"mteb": "2.26.24"}
    assert english.primary == next(iter(english.scores)) == "main_score"
    main, f1 = english.scores["main_score"], english.scores["f1"]
    assert (main.value, f1.value, main.n) == (0.8125, 0.808716, 0)
    assert main.signature == "imported:mteb|subset:en|languages:eng-Latn|metric:main_score"
    assert f1.signature.endswith("|metric:f1|direction:unknown")
    assert "scores_per_experiment" not in english.scores


def test_a_file_without_its_model(recorded, tmp_path):
    (tmp_path / "Colours.json").write_bytes((recorded / "mteb" / "Colours.json").read_bytes())
    with pytest.raises(UsageError, match="does not name its model"):
        read(tmp_path / "Colours.json")
    assert read(tmp_path, model="mine")[0].model.name == "mine"
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no result file in it"):
        read(tmp_path / "empty")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "has no 'task_name'"),
        ('{"task_name": "t", "scores": {"test": [{}]}}', "scores.test[0]: has no 'main_score'"),
        ('{"task_name": "t", "scores": {"test": 3}}', "the key 'test' must be a list"),
        ('{"task_name": "t", "scores": {}}', "it holds no result"),
        ('{"task_name": "t", "scores": {"test": [{"main_score": 1}]}, "nlptasks": [3]}', "nlptasks[0]: not a record"),
    ],
)
def test_a_damaged_file_of_a_folder_is_named(recorded, tmp_path, text, said):
    (tmp_path / "model_meta.json").write_bytes((recorded / "mteb" / "model_meta.json").read_bytes())
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(DataError) as refused:
        read(tmp_path)
    assert said in refused.value.message
    assert str(tmp_path) in refused.value.message


def test_a_score_that_is_not_defined_comes_back(record):
    form = exchange("mteb")
    bare = replace(record, scores={"accuracy": Result(value=None, n=3, signature="x")}, digests={})
    assert imported(form, form.dump([bare], 0), file="f") == [bare]


def test_an_export_as_mteb_reads_it(record, tmp_path):
    results = pytest.importorskip("mteb.results", reason="mteb is not installed: pip install mteb")
    path = tmp_path / "films.json"
    path.write_text(exchange("mteb").dump([record], 0))
    found = results.TaskResult.from_disk(path, load_historic_data=False)
    assert (found.task_name, found.dataset_revision) == ("films", "2")
    (scores,) = found.scores["test"]
    assert (scores["main_score"], scores["accuracy"], scores["macro-f1"]) == (0.75, 0.75, 0.5)
    found.to_disk(path)
    (again,) = json.loads(path.read_text())["scores"]["test"]
    assert again["main_score"] == 0.75
    assert [back.scores["main_score"].value for back in read(path, model="m")] == [0.75]
