"""Which evaluations a command asks for, and what they are called."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from nlptasks._running.jobs import RESULTS, _slug, file_jobs, suite_jobs
from nlptasks._scoring.datasets import dataset_of
from nlptasks._settings.groups import BenchmarkChoice, Evaluation, RecordTarget, SystemChoice, TableSource
from nlptasks.errors import UsageError
from nlptasks.records.suites import Suite, read_suite

CHOICE = SystemChoice(heads={"sentiment": "worded"})
CONTENT = "text,label\ngood,positive\n"


@pytest.fixture
def suite(tmp_path) -> Suite:
    for name in ("films", "shops"):
        (tmp_path / f"{name}.csv").write_text(CONTENT)
    sha256 = hashlib.sha256(CONTENT.encode()).hexdigest()
    cards = "".join(
        f"  - {{name: {name}, task: sentiment, file: {name}.csv, sha256: {sha256}, licence: CC0, language: en}}\n"
        for name in ("films", "shops")
    )
    (tmp_path / "mine.yaml").write_text(f"name: mine\nversion: 2\ndatasets:\n{cards}")
    return read_suite(tmp_path / "mine.yaml")


def of_file(here, **more):
    values = {"target": RecordTarget(), "evaluation": Evaluation()} | more
    task = here.tasks(["sentiment"])[0]
    return file_jobs(here, task, TableSource(data="a/films.csv"), CHOICE, values["target"], values["evaluation"])


def test_a_record_lies_below_results_unless_the_user_names_a_place(here):
    (job,) = of_file(here)
    assert Path(job.request.target.output) == RESULTS / "sentiment" / "films" / "worded"
    assert job.group == "sentiment films"
    (job,) = of_file(here, target=RecordTarget(output="mine", name="My System"))
    assert job.request.target.output == "mine"


def test_the_command_holds_what_was_asked_for_without_places(here):
    (job,) = of_file(here, evaluation=Evaluation(slices=("meta.place", "label"), cluster="author", limit=3))
    assert job.request.data.meta == ("place", "author")
    assert job.request.argv[:3] == ("nlptasks", "eval", "sentiment")
    line = " ".join(job.request.argv)
    assert "--data films.csv" in line
    assert "--head worded" in line
    assert "--limit 3" in line


def test_a_head_that_does_not_sample_takes_no_seeds(here):
    with pytest.raises(UsageError, match="--seed"):
        of_file(here, evaluation=Evaluation(seeds=(1, 2)))


@pytest.mark.parametrize(
    ("name", "usual", "slug"),
    [("worded", False, "worded"), ("bundled binary", True, "bundled-binary"), ("a.b-2", False, "a.b-2")],
)
def test_plain_names_are_folders(name, usual, slug):
    assert _slug(name, usual=usual) == slug


def test_names_that_would_share_a_folder_are_told_apart():
    names = ["My System", "my system", "my-system", "My/System", "..", "x" * 100, "x" * 101]
    slugs = [_slug(name) for name in names]
    assert len(set(slugs)) == len(names)
    assert all("/" not in slug and not slug.startswith(".") and slug for slug in slugs)


def jobs(here, suite, *, datasets=(), **more):
    values = {"target": RecordTarget(), "evaluation": Evaluation(), "tasks": ()} | more
    choice = BenchmarkChoice(suite="mine.yaml", datasets=datasets)
    return suite_jobs(here, suite, choice, CHOICE, values["target"], values["evaluation"], tasks=values["tasks"])


def test_each_data_set_of_a_suite_is_a_job(here, suite):
    found = jobs(here, suite)
    assert [job.request.data.dataset.name for job in found] == ["films", "shops"]
    assert {job.request.data.dataset.benchmark for job in found} == {"mine 2"}
    assert Path(found[0].request.target.output) == RESULTS / "mine" / "films" / "worded"
    (one,) = jobs(here, suite, datasets=("shops",), target=RecordTarget(output="out"))
    assert Path(one.request.target.output) == Path("out/shops/worded")
    assert "--dataset shops" in " ".join(one.request.argv)


def test_what_a_card_says_is_on_the_record(suite):
    made = dataset_of(suite, suite.datasets[0])
    assert (made.name, made.licence, made.language, made.sha256, made.n) == ("films", "CC0", "en", "", 0)


def test_what_a_suite_has_not(here, suite):
    with pytest.raises(UsageError, match="the benchmark 'mine' has no data set 'gone'") as caught:
        jobs(here, suite, datasets=("gone",))
    assert caught.value.hint == "it has: films, shops"
    with pytest.raises(UsageError, match="has no data set for this"):
        jobs(here, suite, tasks=here.tasks(["qa"]))
