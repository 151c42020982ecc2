"""Folders of HELM's runs. Files that are none: ``test_foreign.py``."""

from __future__ import annotations

import json
import shutil

import pytest

from nlptasks._exchange.formats import exchange, imported
from nlptasks.errors import DataError, NlptasksError, UsageError


@pytest.fixture
def run(tmp_path, recorded):
    """A run's folder that can be changed: ``run(FILE, change)`` changes what one of its files holds."""
    folder = shutil.copytree(recorded / "helm", tmp_path / "run")

    def change(name, made):
        file = folder / name
        data = json.loads(file.read_text())
        file.write_text(json.dumps(made(data) or data))
        return folder

    change.folder = folder
    return change


def read(path, model=""):
    form = exchange("helm")
    return imported(form, form.read(path, str(path)), file=str(path), model=model)


@pytest.mark.parametrize("name", ["", "stats.json", "run_spec.json"])
def test_a_run_by_its_folder_or_one_of_its_files(run, name):
    (record,) = read(run.folder / name)
    assert (record.task, record.dataset.name, record.dataset.split) == ("simple_mcqa", "simple_mcqa", "test")
    assert (record.model.name, record.dataset.n, record.primary) == ("simple/model1", 2, "exact_match")
    assert list(record.scores) == ["exact_match", "token-perplexity", "bits_per_byte"]
    exact = record.scores["exact_match"]
    assert (exact.value, exact.n, exact.higher_is_better) == (0.0, 2, True)
    assert exact.signature == (
        "imported:helm|metric:exact_match|split:test|method:multiple_choice_joint|shots:5|trials:1|direction:unknown"
    )
    perplexity = record.scores["token-perplexity"]
    assert (perplexity.value, perplexity.higher_is_better) == (1.0, False)


def test_a_part_of_the_instances_is_told(run):
    assert read(run.folder)[0].run.limit == 2  # as many as were asked for, so there may be more

    def more(spec):
        spec["adapter_spec"]["max_eval_instances"] = 1000

    assert read(run("run_spec.json", more))[0].run.limit == 0
    (run.folder / "per_instance_stats.json").unlink()
    assert (read(run.folder)[0].run.limit, read(run.folder)[0].dataset.n) == (1000, 0)


def test_instances_are_counted_once_and_unperturbed(run):
    def more(items):
        perturbed = {**items[0], "instance_id": "id9", "perturbation": {"name": "typos"}}
        return [*items, items[0], perturbed]

    assert read(run("per_instance_stats.json", more))[0].dataset.n == 2


def test_numbers_of_perturbed_instances_and_of_parts_of_a_split_are_left_out(run):
    def more(stats):
        name = {"name": "exact_match", "split": "test"}
        return [
            {"name": {**name, "perturbation": {"name": "typos"}}, "count": 1, "mean": 0.1},
            {"name": {**name, "sub_split": "hard"}, "count": 1, "mean": 0.2},
            {"name": {"name": "f1_score", "split": "valid"}, "count": 1, "mean": 0.3},
            *stats,
        ]

    (record,) = read(run("stats.json", more))
    assert "f1_score" not in record.scores
    assert record.scores["exact_match"].value == 0.0


def test_the_data_are_named_without_the_model(run):
    def named(spec):
        spec["name"] = "mmlu:subject=anatomy,method=joint,model=simple_model1"

    (record,) = read(run("run_spec.json", named), model="mine")
    assert (record.task, record.dataset.name, record.model.name) == (
        "mmlu",
        "mmlu:subject=anatomy,method=joint",
        "mine",
    )


def test_what_is_missing_is_named(run, tmp_path):
    def nameless(spec):
        spec["adapter_spec"] |= {"model": "", "model_deployment": ""}

    with pytest.raises(UsageError, match="does not name its model"):
        read(run("run_spec.json", nameless))
    with pytest.raises(DataError, match=r"stats\.json: it holds no score of all instances"):
        read(run("stats.json", lambda stats: stats[:1]), model="m")
    (run.folder / "stats.json").unlink()
    with pytest.raises(UsageError, match=r"there is no stats\.json"):
        read(run.folder)
    with pytest.raises(UsageError, match="there is no file"):
        read(tmp_path / "other")
    (tmp_path / "alone.json").write_text("[]")
    with pytest.raises(DataError, match=r"what was run stands in run_spec\.json"):
        read(tmp_path / "alone.json")


@pytest.mark.parametrize("name", ["run_spec.json", "stats.json", "per_instance_stats.json"])
@pytest.mark.parametrize("text", ["", "null", "3", "[3]", "[[]]", "{}", '[{"name": 3}]', "[" * 10_000])
def test_damaged_files_are_explained(run, name, text):
    (run.folder / name).write_text(text)
    with pytest.raises(NlptasksError, match=name if text != "[]" else ""):
        read(run.folder)
