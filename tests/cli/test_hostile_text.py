"""Data and names that try to write on the terminal."""

from __future__ import annotations

import pytest

RED, RIGHT_TO_LEFT = "\x1b[31m", "\u202e"


def test_a_head_that_fails_on_a_hostile_text_does_not_write_on_the_terminal(command):
    command.write("reviews.csv", f"text\nboom{RED}{RIGHT_TO_LEFT}\n")
    result = command("run", "sentiment", "--head", "raising", "--data", "reviews.csv")
    escaped(result.refused("file:constant:raising", code=1).stderr)


def test_hostile_column_names_are_escaped_in_errors(command):
    command.write("reviews.csv", f"id,{RED}stuff{RIGHT_TO_LEFT}\n1,good\n")
    escaped(command.constant("--data", "reviews.csv").refused("no column 'text'").stderr)


def test_hostile_column_names_are_escaped_in_hints(command):
    name = f"{RED}truth{RIGHT_TO_LEFT}"
    command.write("reviews.csv", f"text,{name}\ngood,1\n")
    result = command.constant("--data", "reviews.csv", "--gold", f"{name}s")
    escaped(result.refused("did you mean").stderr)


def test_hostile_column_names_are_escaped_where_a_row_is_ragged(command):
    command.write("reviews.csv", f"text,{RED}stuff{RIGHT_TO_LEFT}\ngood\n")
    escaped(command.constant("--data", "reviews.csv").refused("reviews.csv:2:", code=1).stderr)


def test_hostile_column_names_are_escaped_where_bad_rows_are_skipped(command):
    command.write("reviews.csv", f"text,{RED}stuff{RIGHT_TO_LEFT}\ngood,1\ngood\n")
    escaped(command.constant("--data", "reviews.csv", "--on-error", "skip").stderr)


def test_hostile_gold_answers_are_escaped_in_the_summary(command):
    command.write("reviews.csv", f"text,label\ngood,{RED}yes{RIGHT_TO_LEFT}\ngood,1\n")
    escaped(command.constant("--data", "reviews.csv").succeeded().stderr)


def test_a_hostile_gold_column_is_escaped_in_the_summary(command):
    name = f"{RED}truth{RIGHT_TO_LEFT}"
    command.write("reviews.csv", f"text,{name}\ngood,1\ngood,0\n")
    escaped(command.constant("--data", "reviews.csv", "--gold", name).succeeded().stderr)


@pytest.mark.parametrize("missing", [False, True], ids=["read", "nearest"])
def test_hostile_file_names_are_escaped(command, missing):
    name = f"{RED}reviews{RIGHT_TO_LEFT}.csv"
    command.write(name, "text\n")
    escaped(command.constant("--data", name.replace("s", "z") if missing else name).stderr)


def test_a_hostile_output_name_is_escaped_in_the_summary(command):
    command.write("reviews.csv", "text\ngood\n")
    name = f"{RED}out{RIGHT_TO_LEFT}.csv"
    escaped(command.constant("--data", "reviews.csv", "--output", name).succeeded().stderr)


def test_hostile_text_is_kept_as_it_is_in_the_output(command):
    command.write("reviews.csv", f"text\n{RED}good{RIGHT_TO_LEFT}\n")
    command.constant("--data", "reviews.csv").succeeded()
    assert command.read("reviews.sentiment.csv").splitlines()[1] == f"{RED}good{RIGHT_TO_LEFT},positive,0.75"


def escaped(stderr: str) -> None:
    """Check that the colour and the direction mark are shown as escapes. (click drops colours that are not escaped.)"""
    assert "\x1b" not in stderr
    assert RIGHT_TO_LEFT not in stderr
    assert r"\x1b[31m" in stderr
    assert r"\u202e" in stderr
