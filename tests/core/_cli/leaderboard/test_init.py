"""``nlptasks leaderboard init``: the repository that it writes works as it is, its workflow too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml


def test_a_repository_begins_with_an_example(nlptasks):
    code, out, told = nlptasks("leaderboard", "init", "lb", "--name", "example")
    assert (code, told) == (0, "")
    assert "wrote lb, with the data set reviews" in out
    assert nlptasks("benchmark", "show", "lb/suite.yaml")[0] == 0
    there = {path.relative_to("lb").as_posix() for path in Path("lb").rglob("*") if path.is_file()}
    assert {"suite.yaml", "README.md", "RULES.md", "data/reviews.csv", ".github/workflows/check.yml"} <= there
    assert {"records/.gitkeep", "attestations/.gitkeep", "submissions/.gitkeep"} <= there


def test_it_begins_with_data_of_ones_own(nlptasks):
    Path("news.jsonl").write_text(
        '{"key": "a", "text": "one", "topic": "sport"}\n{"key": "b", "text": "two", "topic": "art"}\n'
    )
    args = (
        "--task",
        "classification",
        "--data",
        "news.jsonl",
        "--gold",
        "topic",
        "--id",
        "key",
        "--dataset",
        "news-de",
    )
    code, _, told = nlptasks("leaderboard", "init", "lb", *args, "--licence", "CC0-1.0")
    assert (code, told) == (0, "")
    (card,) = yaml.safe_load(Path("lb/suite.yaml").read_text())["datasets"]
    assert card["name"] == "news-de" and card["file"] == "data/news-de.jsonl" and card["n"] == 2
    assert (card["gold"], card["id"], card["licence"]) == ("topic", "key", "CC0-1.0")
    assert Path("lb/data/news-de.jsonl").read_bytes() == Path("news.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("lb", "--name", "../up"), "no name for a leaderboard"),
        (("lb", "--name", 'a"; rm -rf /'), "no name for a leaderboard"),
        (("lb", "--data", "x.csv"), "--task TASK"),
        (("lb", "--gold", "x"), "--data FILE"),
        (("lb", "--task", "sentiment", "--data", "nowhere.csv"), "nowhere.csv"),
        (("lb", "--task", "sentiment", "--data", "-"), "save the rows in a file"),
        (("there",), "there exists already"),
    ],
)
def test_what_cannot_be_begun_leaves_nothing_behind(nlptasks, args, said):
    Path("there").mkdir()
    code, out, told = nlptasks("leaderboard", "init", *args)
    assert (code, out) == (2, "")
    assert said in told
    assert [path.name for path in Path().iterdir()] == ["there"]


def test_hidden_gold_is_in_no_file_that_git_takes(nlptasks, hidden):
    subprocess.run(["git", "init", "-q", hidden], check=True)
    kept = subprocess.run(
        ["git", "-C", hidden, "ls-files", "--others", "--exclude-standard"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert "data/reviews.csv" in kept and not any(name.startswith("hidden") for name in kept)
    lines = Path(hidden, "data/reviews.csv").read_text().splitlines()
    assert lines[0] == "id,text" and len(lines) == 33
    assert Path(hidden, "hidden/reviews.csv").read_bytes() == Path("lb/data/reviews.csv").read_bytes()


def test_the_workflows_commands_run(nlptasks, lb, cheat):
    """Every ``run`` of the check, in the two checkouts that it makes."""
    nlptasks("leaderboard", "submit", "my/rude", "--to", lb)
    Path("base").mkdir()
    subprocess.run(["cp", "-r", "lb/.", "base"], check=True)
    nlptasks("leaderboard", "submit", "my/polite", "--to", lb)
    subprocess.run(["cp", "-r", "lb", "head"], check=True)
    workflow = yaml.safe_load(Path("head/.github/workflows/check.yml").read_text())
    assert yaml.safe_load(Path("head/.github/workflows/comment.yml").read_text())["name"] == "comment"
    (job,) = workflow["jobs"].values()
    steps = {step["name"]: step["run"] for step in job["steps"] if "run" in step}
    assert list(steps) == ["Install", "Difference", "Number", "Check", "Board"]
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = os.environ | {"GITHUB_STEP_SUMMARY": "summary.md", "PATH": path}
    for name in ("Difference", "Check", "Board"):
        done = subprocess.run(["bash", "-e", "-c", steps[name]], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "| sentiment | reviews | polite | 2 |" in Path("summary.md").read_text()
    assert Path("board.html").read_text().startswith("<!doctype html>")
    cheat("head/records/polite-reviews", 0.99)
    done = subprocess.run(["bash", "-e", "-c", steps["Check"]], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "polite-reviews" in done.stdout
