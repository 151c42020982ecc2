"""Names and flags that nobody knows: the nearest known one, what there is, and exit code 2."""

from __future__ import annotations

import pytest


@pytest.fixture
def data(command) -> str:
    """A file that is in order."""
    command.write("reviews.csv", "id,text\n1,good\n")
    return "reviews.csv"


def test_an_unknown_command(command):
    command("rum", "sentiment").refused("'nlptasks rum'", "did you mean 'run'?", "train")


def test_an_unknown_task(command, data):
    command("run", "sentimnt", "--data", data).refused("task", "'sentimnt'", "did you mean 'sentiment'?", "translation")


def test_an_unknown_task_among_several(command, data):
    command("run", "sentiment,clasification", "--data", data).refused("did you mean 'classification'?")


def test_a_task_twice(command, data):
    command("run", "sentiment,sentiment", "--data", data).refused("named twice")


def test_the_task_is_missing(command, data):
    command("run", "--data", data).refused("the task comes first", "sentiment")


def test_an_unknown_head(command, data):
    result = command("run", "sentiment", "--head", "constnt", "--data", data)
    result.refused("head", "'constnt'", "did you mean 'constant'?", "binary")


def test_an_unknown_backbone(command, data):
    result = command("run", "sentiment", "--backbone", "bundeld", "--data", data)
    result.refused("backbone", "'bundeld'", "did you mean 'bundled'?")


def test_a_backbone_that_the_head_does_not_need(command, data):
    command.constant("--backbone", "bundled", "--data", data).refused("'constant' works without a backbone", "leave")


def test_an_unknown_flag(command, data):
    command.constant("--data", data, "--anser", "negative").refused("'--anser'", "--answer", "run sentiment --help")


def test_a_flag_of_another_head(command, data):
    result = command.constant("--data", data, "--begun", "now")
    result.refused("--begun", "'constant'", "--answer, --certainty")


def test_a_value_that_is_no_choice(command, data):
    command.constant("--data", data, "--answer", "neutral").refused("'--answer'", "'neutral'", "'positive', 'negative'")


@pytest.mark.parametrize("value", ["0.2", "7", "nan", "high"])
def test_a_value_that_is_out_of_range(command, data, value):
    command.constant("--data", data, "--certainty", value).refused("--certainty")


def test_the_data_are_missing(command):
    command.constant().refused("'--data'", "run sentiment --help")


def test_a_global_flag_behind_the_command(command, data):
    command.constant("--data", data, "--strict").refused("--strict", "nlptasks --strict ...")


@pytest.mark.parametrize("flag", ["--format", "--output-format"])
def test_an_unknown_format(command, data, flag):
    result = command.constant("--data", data, flag, "jsnl")
    result.refused("format", "'jsnl'", "did you mean 'jsonl'?", "parquet")


def test_a_plugin_folder_that_is_not_there(command, data):
    result = command.constant("--data", data, plugins=command.folder / "plugin")
    result.refused("--plugins-dir", "is not a folder")


LONG = ("x" * 300, "y" * 5_000)


@pytest.mark.parametrize("name", LONG, ids=lambda name: name[:3])
@pytest.mark.parametrize(
    "args",
    [
        ("run", "sentiment", "--data", "a.csv", "--head"),
        ("run", "sentiment", "--data", "a.csv", "--backbone"),
        ("run", "sentiment", "--head", "constant", "-o", "out.csv", "--data"),
        ("run", "sentiment", "--head", "constant", "--data", "a.csv", "-o"),
        ("eval", "sentiment", "--head", "constant", "--data", "a.csv", "-o"),
        ("eval", "sentiment", "--head", "constant", "--suite"),
        ("eval", "sentiment", "--head", "constant", "--benchmark"),
        ("rescore", "--task", "sentiment"),
        ("compare", "a.csv"),
        ("slice",),
        ("verify",),
        ("leaderboard", "build"),
        ("leaderboard", "diff", "a.csv"),
        ("leaderboard", "build", ".", "--attestations"),
        ("train", "sentiment", "--data", "a.csv", "--data", "a.csv", "--validation", "a.csv", "--output"),
        ("benchmark", "show"),
        ("import", "--from", "lm-eval"),
        ("plugins", "check"),
        ("backbones", "show"),
    ],
    ids=" ".join,
)
def test_a_name_that_no_file_system_takes(command, args, name):
    command.write("a.csv", "text,label\ngood,positive\n")
    result = command(*args, name)
    assert result.lines[0].startswith("error: "), result.stderr
    assert "--traceback" not in result.stderr
    assert result.code in (1, 2)


def test_labels_that_look_like_somebodys_home(command):
    command.write("a.csv", "text,label\ngood,~good\n")
    command("eval", "sentiment", "--head", "prompted", "--data", "a.csv", "--labels", "~good,~bad").refused(
        "--backbone"
    )


@pytest.mark.parametrize("flag", ["--head", "--backbone"])
def test_the_home_of_nobody(command, flag):
    command.write("a.csv", "text\ngood\n")
    command("run", "sentiment", "--data", "a.csv", flag, "~nobody by this name/x").refused("~nobody by this name/x")
