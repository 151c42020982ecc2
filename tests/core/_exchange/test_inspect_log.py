"""Logs of inspect_ai. Files that are none: ``test_foreign.py``."""

from __future__ import annotations

import json
import shutil
import zipfile

import pytest

from nlptasks._exchange.formats import exchange, imported
from nlptasks.errors import DataError


def read(path, model=""):
    form = exchange("inspect")
    return imported(form, form.read(path, path.name), file=path.name, model=model)


@pytest.fixture
def changed(tmp_path, recorded):
    """The log after a change to what it holds."""

    def make(change):
        data = json.loads((recorded / "inspect" / "capitals.json").read_text())
        change(data)
        (tmp_path / "log.json").write_text(json.dumps(data))
        return tmp_path / "log.json"

    return make


def test_a_log_with_two_scorers(recorded):
    (record,) = read(recorded / "inspect" / "capitals.json")
    assert (record.task, record.dataset.name, record.dataset.revision, record.dataset.n) == (
        *("capitals", "capitals"),
        *("2", 4),
    )
    assert (record.model.name, record.run.limit, record.run.versions) == (
        *("mockllm/model", 0),
        {"inspect_ai": "0.3.285"},
    )
    assert (list(record.scores), record.primary) == (["match/accuracy", "f1/mean"], "match/accuracy")
    accuracy = record.scores["match/accuracy"]
    assert (accuracy.value, accuracy.n) == (0.5, 4)
    assert (accuracy.low, accuracy.high) == (
        pytest.approx(0.5 - 1.96 * 0.28867513),
        pytest.approx(0.5 + 1.96 * 0.28867513),
    )
    assert accuracy.signature == (
        "imported:inspect|scorer:match|metric:accuracy|reducer:none|version:2|epochs:1|direction:unknown|ci:1.96*stderr"
    )


def test_an_archive_of_a_part_of_the_data(recorded):
    (record,) = read(recorded / "inspect" / "limited.eval", model="mine")
    assert (record.dataset.name, record.dataset.n, record.run.limit) == ("colours", 2, 2)
    assert (record.model.name, record.scores["accuracy"].value, record.scores["accuracy"].n) == ("mine", 0.5, 2)


@pytest.mark.parametrize("status", ["started", "cancelled", "error"])
def test_an_evaluation_that_did_not_end_is_refused(changed, status):
    path = changed(lambda data: data.update(status=status, results=None))
    with pytest.raises(DataError, match=f"log.json:.*the evaluation did not come to its end: it says '{status}'"):
        read(path)


def test_samples_that_ran_several_times_count_once(changed):
    def twice(data):
        data["eval"]["config"]["epochs"] = 2
        data["results"] |= {"total_samples": 8}
        del data["eval"]["dataset"]["sample_ids"]

    (record,) = read(changed(twice))
    assert (record.dataset.n, record.run.limit) == (4, 0)
    assert "epochs:2" in record.scores["f1/mean"].signature


def test_samples_that_were_not_scored_are_not_counted(changed):
    (record,) = read(changed(lambda data: data["results"]["scores"][0].update(scored_samples=3, unscored_samples=1)))
    assert [result.n for result in record.scores.values()] == [3, 4]


def test_a_mean_of_a_scorer_has_its_direction(changed):
    def loss(data):
        data["results"]["scores"][1]["name"] = "perplexity"

    (record,) = read(changed(loss))
    assert [result.higher_is_better for result in record.scores.values()] == [True, False]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["results"].update(scores=[]), "results.scores: no scorer has a metric"),
        (lambda data: data["results"].update(scores=3), "the key 'scores' must be a list"),
        (lambda data: data["eval"].pop("model"), "has no 'model'"),
        (lambda data: data.pop("status"), "has no 'status'"),
        (
            lambda data: data["results"]["scores"][0]["metrics"]["accuracy"].update(value="x"),
            "'value' must be a number",
        ),
    ],
)
def test_what_is_wrong_is_named(changed, change, said):
    with pytest.raises(DataError) as refused:
        read(changed(change))
    assert said in refused.value.message


def test_an_archive_without_its_header_was_not_finished(tmp_path, recorded):
    with zipfile.ZipFile(tmp_path / "x.eval", "w") as archive:
        archive.writestr("_journal/start.json", "{}")
    with pytest.raises(DataError, match=r"x\.eval: it has no member header\.json: the evaluation was not finished"):
        read(tmp_path / "x.eval")
    shutil.copy(recorded / "inspect" / "limited.eval", tmp_path / "cut.eval")
    content = (tmp_path / "cut.eval").read_bytes()
    (tmp_path / "cut.eval").write_bytes(content[:3_000])
    with pytest.raises(DataError, match=r"cut\.eval"):
        read(tmp_path / "cut.eval")
