"""Outputs appear whole or not at all, and never in place of something that was not to be replaced."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def data(command) -> str:
    """A file that is in order."""
    command.write("reviews.csv", "id,text\n1,good\n2,bad\n")
    return "reviews.csv"


@pytest.fixture
def large(command) -> str:
    """A file whose output is larger than the small disk, compressed too."""
    lines = (f"{number},{number**40}" for number in range(5_000))
    command.write("large.csv", "id,text\n" + "\n".join(lines) + "\n")
    return "large.csv"


def test_the_output_lies_beside_the_data_and_is_named_in_the_summary(command, data):
    result = command.constant("--data", data).succeeded()
    assert result.after.keys() - result.before.keys() == {"reviews.sentiment.csv"}
    assert "2 rows" in result.lines[0]
    assert result.lines[0].endswith("-> reviews.sentiment.csv")
    assert result.stdout == b""


def test_an_output_that_exists(command, data):
    command.write("out.csv", "mine\n")
    result = command.constant("--data", data, "--output", "out.csv")
    result.refused("out.csv exists already", "--force", "--output NAME")


def test_an_output_that_exists_is_replaced_on_request(command, data):
    command.write("out.csv", "mine\n")
    command.constant("--data", data, "--output", "out.csv", "--force").succeeded()
    assert command.read("out.csv").startswith("id,text,sentiment,sentiment_score\n")


def test_a_failed_run_keeps_the_output_that_it_was_to_replace(command):
    command.write("reviews.csv", "id,text\n" + "1,good\n" * 500 + "2\n")
    command.write("out.csv", "mine\n")
    result = command.constant("--data", "reviews.csv", "--output", "out.csv", "--force")
    result.refused("reviews.csv:502:", code=1)


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["plain", "forced"])
@pytest.mark.parametrize("name", ["reviews.csv", "./reviews.csv", "link.csv"])
def test_the_input_is_never_overwritten(command, data, name, force):
    (command.folder / "link.csv").symlink_to(data)
    result = command.constant("--data", data, "--output", name, *force)
    result.refused(f"{Path(name)} is the input", "--output NAME")


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["plain", "forced"])
def test_an_output_that_is_a_directory(command, data, force):
    (command.folder / "out").mkdir()
    command.constant("--data", data, "--output", "out", *force).refused("out is a directory", "out/NAME.csv")


def test_a_folder_that_is_missing(command, data):
    result = command.constant("--data", data, "--output", "results/out.csv")
    result.refused("cannot write results/out.csv", "there is no folder", "mkdir -p")


def test_a_folder_of_the_kernel(command, data):
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux has /proc")
    command.constant("--data", data, "--output", "/proc/out.csv").refused("cannot write /proc/out.csv", "--output")


@pytest.mark.usefixtures("read_only")
def test_a_disk_that_is_read_only(command, data):
    result = command.constant("--data", data, "--output", "disk/out.csv")
    result.refused("cannot write disk/out.csv", "Read-only file system", "--output FOLDER/NAME")


def test_a_folder_without_permission(command, data):
    if os.geteuid() == 0:
        pytest.skip("root may write to every folder; the test of a read-only disk stands for this one")
    (command.folder / "locked").mkdir(mode=0o555)
    result = command.constant("--data", data, "--output", "locked/out.csv")
    result.refused("cannot write locked/out.csv", "Permission denied", "--output FOLDER/NAME")


def test_an_output_without_a_format(command, data):
    result = command.constant("--data", data, "--output", "out.docx")
    result.refused("out.docx", "'.docx'", ".csv", ".parquet", "--output-format")


def test_plain_text_cannot_hold_the_answers(command, data):
    command.constant("--data", data, "--output", "out.txt").refused("plain text holds one column", ".csv")


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.csv.zst", "out.parquet"])
@pytest.mark.usefixtures("disk")
def test_a_full_disk(command, large, name):
    result = command.constant("--data", large, "--output", f"disk/{name}")
    result.refused("no space left", f"disk/{name}", "free some space", code=1)


@pytest.mark.usefixtures("disk")
def test_a_full_disk_keeps_the_output_that_was_to_be_replaced(command, large):
    command.write("disk/out.csv", "mine\n")
    command.constant("--data", large, "--output", "disk/out.csv", "--force").refused("no space left", code=1)


def test_a_full_standard_output(command, data):
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command.line("run", "sentiment", "--head", "constant", "--data", data, "--output", "-"),
            cwd=command.folder,
            env=command.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    first = done.stderr.decode().splitlines()[0]
    assert first.startswith("error: cannot write")
    assert "No space left on device" in first
    assert done.returncode == 1


def test_columns_are_kept_byte_for_byte_and_rows_in_order(command):
    rows = [
        '007,1.50, spaces ,"a, b"',
        '1e3,,"say ""hi""",ünï',
        "=1+1,NA,'single',\t",
        '-0,null,"two\nlines",日本',
        *(f"{number},x,y{number % 7},{'long ' * (number % 11)}z" for number in range(600)),
    ]
    command.write("reviews.csv", "\n".join(["id,more,text,note", *rows]) + "\n")
    command.constant("--data", "reviews.csv").succeeded()
    answered = [f"{row},positive,0.75" for row in rows]
    expected = "\n".join(["id,more,text,note,sentiment,sentiment_score", *answered]) + "\n"
    assert command.read("reviews.sentiment.csv") == expected


@pytest.mark.parametrize("taken", ["sentiment", "sentiment_score", "Sentiment", "SENTIMENT_Score", " sentiment "])
def test_columns_that_are_taken_give_predicted_ones(command, taken):
    command.write("reviews.csv", f"text,{taken}\ngood,negative\n")
    command.constant("--data", "reviews.csv").succeeded()
    header, row = csv.reader(command.read("reviews.sentiment.csv").splitlines())
    assert header == ["text", taken, "predicted_sentiment", "predicted_sentiment_score"]
    assert row == ["good", "negative", "positive", "0.75"]


def test_rows_without_text_are_kept_and_counted(command):
    command.write("reviews.csv", "id,text\n1,good\n2,\n3,   \n4,bad\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    rows = command.read("reviews.sentiment.csv").splitlines()[1:]
    assert rows == ["1,good,positive,0.75", "2,,,", "3,   ,,", "4,bad,positive,0.75"]
    assert "2 rows skipped: no text" in result.stderr
    assert "2 predictions" in result.stderr


def test_no_summary_on_request(command, data):
    result = command.constant("--data", data, "--quiet").succeeded()
    assert result.stderr == ""
    assert "reviews.sentiment.csv" in result.after


def test_a_warning_of_a_plugin_is_one_line(command):
    command.write("warned.py", "import warnings\nwarnings.warn('this model\\nis old', stacklevel=1)\n")
    result = command("tasks", "list", plugins=command.folder).succeeded()
    assert "warning: this model is old" in result.lines
    assert not any("warned.py" in line or "warnings.warn" in line for line in result.lines)
