"""``nlptasks run`` as a command: what it needs, and what it says at its end. The run itself: ``_running``."""

from __future__ import annotations

import pytest


def test_the_data_are_asked_for(command):
    command("run", "sentiment", "--head", "constant").refused(
        "the flag '--data' is missing", "nlptasks run sentiment --data FILE; see 'nlptasks run sentiment --help'"
    )


def test_a_summary_stands_on_standard_error_unless_it_is_not_wanted(command):
    command.write("reviews.csv", "text\ngood\nbad\n")
    told = command.constant("--data", "reviews.csv").succeeded()
    assert told.stdout == b""
    assert told.lines[0].startswith("2 rows in ")
    assert "-> reviews.sentiment.csv" in told.lines[0]
    quiet = command.constant("--data", "reviews.csv", "--quiet", "--force").succeeded()
    assert quiet.stderr == ""
    header, *rows = command.read("reviews.sentiment.csv").splitlines()
    assert (header, rows) == ("text,sentiment,sentiment_score", ["good,positive,0.75", "bad,positive,0.75"])


@pytest.mark.parametrize(("args", "code"), [(("run",), 2), (("run", "--help"), 0)])
def test_without_a_task_it_lists_them(nlptasks, args, code):
    found, out, told = nlptasks(*args)
    assert found == code
    assert "nlptasks run sentiment,classification --data FILE" in " ".join((out + told).split())


@pytest.fixture
def folder(command):
    """The command, with a folder of two tables in its folder."""
    (command.folder / "in").mkdir()
    command.write("in/a.csv", "id,text\n1,good\n2,bad\n")
    command.write("in/b.csv", "id,text\n3,fine\n")
    return command


def test_a_folder_is_one_table_with_a_column_that_says_the_file(folder):
    assert folder.constant("--data", "in", "-q").succeeded().stderr == ""
    assert folder.read("in.sentiment.csv").splitlines() == [
        "id,text,file,sentiment,sentiment_score",
        "1,good,in/a.csv,positive,0.75",
        "2,bad,in/a.csv,positive,0.75",
        "3,fine,in/b.csv,positive,0.75",
    ]


def test_several_files_need_a_name_for_the_output(folder):
    several = ("--data", "in/a.csv", "--data", "in/b.csv", "-q")
    folder.constant(*several).refused("no one name stands for them", "add --output NAME")
    chosen = folder.constant(*several, "--output", "-", "--limit", "3", "--sample", "2", "--columns", "file")
    rows = chosen.succeeded().stdout.decode().splitlines()
    assert len(rows) == 2
    assert all(row.startswith('{"file": "in/') and "text" not in row for row in rows)


def test_the_seed_is_that_of_the_sample_where_the_head_has_none(folder):
    sampled = ("--data", "in", "-q", "-o", "-", "--seed", "3")
    folder.constant(*sampled, "--sample", "1").succeeded()
    folder.constant(*sampled).refused("--seed is no option of the head 'constant'")


def test_a_dry_run_writes_nothing(folder):
    result = folder.constant("--data", "in", "--dry-run").succeeded()
    assert result.stdout.startswith(b"would read in: 2 files")
    assert result.stdout.endswith(b"nothing was written\n")
    assert result.after == result.before


def test_each_step_is_told_where_that_is_asked_for(folder):
    told = folder.constant("--data", "in", "-q", "-v", "-o", "out.csv").succeeded()
    assert told.lines[0] == "in: 2 files, 36 bytes; columns id, text, file"
